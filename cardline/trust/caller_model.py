"""Types of signed caller identity (row E6): what is signed, and what a signature was worth."""

from dataclasses import dataclass
from typing import Literal

Attest = Literal["A", "B", "C"]
"""RFC 8588: A, the signer knows the caller and the number is theirs; B, the caller; C, neither."""


@dataclass(frozen=True, slots=True)
class RichCallData:
    """What is told beside the number (RFC 9795): ``name`` nam, ``callback`` apn, ``reason`` crn."""

    name: str = ""
    callback: str = ""
    icon: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Passport:
    """A PASSporT (RFC 8225) as we write and read it. Numbers are digits alone, without a plus."""

    origin: str
    destinations: tuple[str, ...]
    issued_at: int
    """Seconds since the epoch."""
    x5u: str
    ppt: str = ""
    attest: Attest | None = None
    origid: str = ""
    rich: RichCallData | None = None


@dataclass(frozen=True, slots=True)
class CallerVerdict:
    """What a signed identity was worth. It says nothing of who the holder is.

    ``reasons``: ``malformed``, ``unsupported``, ``incomplete`` (a claim that its type must have is
    missing), ``date-missing`` (a compact form without a Date header), ``certificate-not-valid``,
    ``wrong-signature``, ``stale``, ``other-origin``, ``other-destination``, ``info-differs``,
    ``parameter-differs``.
    """

    verdict: Literal["valid", "invalid", "unknown-signer"]
    reasons: tuple[str, ...] = ()
    origin: str = ""
    attest: str = ""
    name: str = ""
    reason: str = ""
    signer: str = ""
