"""Messages of the bank's app and of its official account, by signed webhooks."""
