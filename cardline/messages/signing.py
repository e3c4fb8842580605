"""The signature of our webhooks, in and out: nobody else speaks in the other side's name."""

import hashlib
import hmac
from datetime import datetime, timedelta

_FRESH = timedelta(minutes=5)


def sign(key: bytes, *, timestamp: str, body: bytes) -> str:
    """Return the signature: hex HMAC-SHA256 over ``timestamp``, a full stop, and the body."""
    return hmac.new(key, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def signed(key: bytes, *, timestamp: str, body: bytes, signature: str, now: datetime) -> bool:
    """True for a right signature with a timestamp (seconds since the epoch) of now ± 5 minutes."""
    if not key or not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12:
        return False
    age = abs(now.timestamp() - int(timestamp))
    mine = sign(key, timestamp=timestamp, body=body)
    return hmac.compare_digest(mine.encode(), signature.encode()) and age <= _FRESH.total_seconds()
