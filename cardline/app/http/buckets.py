"""How often an address may try: a token bucket for each, in memory, of bounded size."""

import ipaddress
import math

_MOST = 10_000
"""Addresses that are remembered at once; beyond it new ones wait."""


class Buckets:
    """Each source may try ``at_once`` times, then once every ``seconds_each``."""

    __slots__ = ("_at_once", "_each", "_full_at", "_most")

    def __init__(self, *, at_once: int, seconds_each: float, most: int = _MOST) -> None:
        self._at_once = at_once
        self._each = seconds_each
        self._most = most
        # When the bucket of a source will be full again: all that needs to be known of it.
        self._full_at: dict[str, float] = {}

    def take(self, source: str, now: float) -> int:
        """Take one try at ``now`` (seconds); return 0, or whole seconds until there is one."""
        # A clock that was set back must not shut anybody out.
        latest = now + self._at_once * self._each
        full_at = min(max(self._full_at.get(source, now), now), latest)
        wait = full_at + self._each - now - self._at_once * self._each
        if wait > 1e-6:
            return math.ceil(wait)
        if source not in self._full_at and not self._has_room(now):
            return math.ceil(self._each)
        self._full_at[source] = full_at + self._each
        return 0

    def _has_room(self, now: float) -> bool:
        if len(self._full_at) >= self._most:
            self._full_at = {
                source: full_at for source, full_at in self._full_at.items() if full_at > now
            }
        return len(self._full_at) < self._most


def source_of(host: str) -> str:
    """Return what counts as one source: an IPv4 address, or a /64 network of IPv6."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
