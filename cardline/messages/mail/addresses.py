"""E-mail addresses: one written form for what is stored or compared (RFC 5321, 4.1.2)."""

import re

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST = 254


def parse_address(text: str) -> str | None:
    """Return the address with its domain in lower case; ``None`` where it is none.

    Quoted local parts and literals such as ``[127.0.0.1]`` are none: no holder has one. A domain in
    letters of its own country comes back in its ASCII form (IDNA).
    """
    local, at, domain = text.strip().rpartition("@")
    try:
        domain = domain.lower().rstrip(".").encode("idna").decode()
    except UnicodeError:
        return None
    labels = domain.split(".")
    fits = _LOCAL.fullmatch(local) and len(labels) > 1 and all(map(_LABEL.fullmatch, labels))
    address = f"{local}@{domain}"
    return address if at and fits and len(local) <= 64 and len(address) <= _LONGEST else None


def same_address(one: str, other: str) -> bool:
    """True where two addresses lead to one mailbox as far as anybody can tell from outside."""
    left, right = parse_address(one), parse_address(other)
    return left is not None and right is not None and left.casefold() == right.casefold()
