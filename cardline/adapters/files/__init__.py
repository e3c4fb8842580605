"""Where files lie, and who looks for viruses in them."""
