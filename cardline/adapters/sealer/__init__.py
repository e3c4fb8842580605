"""Master keys."""
