"""Ways for short messages to leave: the embedded outbox, and a gateway spoken to by HTTP."""
