"""Short messages by SMPP 3.4: one transceiver session with the carrier's message centre (SMSC)."""
