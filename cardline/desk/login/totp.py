"""One-time codes by time (RFC 6238 over RFC 4226): six digits, SHA-1, steps of 30 seconds."""

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
SECRET_BYTES = 20
_DIGITS = 6
_ISSUER = "Cardline"


def step_of(now: datetime) -> int:
    """Return the time step of a moment (RFC 6238, section 4.2)."""
    return int(now.timestamp()) // STEP_SECONDS


def code_of(secret: bytes, step: int, *, digits: int = _DIGITS) -> str:
    """Return the code of a time step (RFC 4226, section 5.3)."""
    digest = hmac.new(secret, step.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def accepted_step(
    secret: bytes, code: str, *, now: datetime, last_step: int, window: int
) -> int | None:
    """Return the time step whose code this is, within ``window`` steps of now; else ``None``.

    Steps up to ``last_step`` are spent: a code is used once (RFC 6238, section 5.2). Every step is
    compared, each in constant time.
    """
    present, typed = step_of(now), code.encode()
    found = None
    for step in range(max(0, present - window), present + window + 1):
        same = hmac.compare_digest(code_of(secret, step).encode(), typed)
        if same and step > last_step:
            found = step
    return found


def base32(secret: bytes) -> str:
    """Write a secret as authenticator applications take it, without padding."""
    return base64.b32encode(secret).decode().rstrip("=")


def secret_of(text: str) -> bytes:
    """Read what :func:`base32` wrote. Raises ``ValueError`` for anything else."""
    return base64.b32decode(text + "=" * (-len(text) % 8))


def provisioning_uri(secret: bytes, *, account: str) -> str:
    """Return the ``otpauth`` address that an authenticator application reads as a QR code."""
    label = quote(f"{_ISSUER}:{account}", safe=":")
    query = urlencode({"secret": base32(secret), "issuer": _ISSUER})
    return f"otpauth://totp/{label}?{query}"
