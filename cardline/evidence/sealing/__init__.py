"""Things at rest under keys of their own: read and written here, and nowhere else (row F3)."""
