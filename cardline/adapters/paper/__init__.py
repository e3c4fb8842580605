"""Ways for letters to become paper: a folder that a printer empties."""
