"""Identifiers: sortable by time, hard to guess, safe in a file name."""

import secrets
import time
from typing import NewType

HolderId = NewType("HolderId", str)
AccountId = NewType("AccountId", str)
CardId = NewType("CardId", str)
InteractionId = NewType("InteractionId", str)
CallId = NewType("CallId", str)
"""One call of a caller on the line, from INVITE to BYE; also the name of its recording files."""
LegId = NewType("LegId", str)
"""One SIP dialogue that we opened towards an agent or another party, inside a call."""
AgentId = NewType("AgentId", str)
OfferId = NewType("OfferId", str)
QueueName = NewType("QueueName", str)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(prefix: str) -> str:
    """Return ``prefix`` + 9 characters of time (ms, base 32) + 8 random characters.

    Lower-case Crockford base 32: no letter that is mistaken for a digit when it is read aloud.
    """
    stamp = time.time_ns() // 1_000_000
    head = "".join(_ALPHABET[(stamp >> shift) & 31] for shift in range(40, -1, -5))
    tail = "".join(_ALPHABET[byte & 31] for byte in secrets.token_bytes(8))
    return f"{prefix}{head}{tail}"
