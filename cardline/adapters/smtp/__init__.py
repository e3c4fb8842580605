"""E-mail: a relay of the bank, or a folder; and a door for what comes in."""
