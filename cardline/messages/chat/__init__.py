"""Chat: a machine first, a person when it is better, one history in any case (row A5)."""
