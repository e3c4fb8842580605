"""Letters, out and in."""
