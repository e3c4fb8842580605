"""SQL of retention. It reads and erases rows of other areas, and is the one place that does."""
