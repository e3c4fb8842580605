"""Messages to the bank's app and official account: a gateway of the bank, or a folder."""
