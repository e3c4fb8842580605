"""Merkle trees as of RFC 6962, 2.1: SHA-256, leaves and nodes hashed apart. Pure.

A tree over no leaf is SHA-256 of nothing; one over ``n`` leaves splits at the largest power of two
below ``n``.
"""

import hashlib
from collections.abc import Sequence

_LEAF = b"\x00"
_NODE = b"\x01"


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256 over 0x00 and its data."""
    return hashlib.sha256(_LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node: SHA-256 over 0x01 and what is below it, left then right."""
    return hashlib.sha256(_NODE + left + right).digest()


class Tree:
    """A tree over the hashes of leaves, level by level; ``root`` and ``path`` are looked up."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        """``leaves``: their hashes, in order."""
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            above = [
                node_hash(below[place], below[place + 1]) for place in range(0, len(below) - 1, 2)
            ]
            if len(below) % 2:
                above.append(below[-1])  # alone: it goes up as it is, which is RFC 6962's split
            self._levels.append(above)

    @property
    def root(self) -> bytes:
        """The hash of the whole tree."""
        top = self._levels[-1]
        return top[0] if top else hashlib.sha256().digest()

    def path(self, index: int) -> tuple[bytes, ...]:
        """Return the hashes beside the way from a leaf up, the lowest first (RFC 6962, 2.1.1)."""
        found = []
        for level in self._levels[:-1]:
            beside = index ^ 1
            if beside < len(level):
                found.append(level[beside])
            index //= 2
        return tuple(found)


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root to which a path leads; ``None`` where it cannot be one of such a tree.

    ``leaf`` is a leaf's hash, ``index`` its place, ``size`` the number of leaves.
    """
    if not 0 <= index < size:
        return None
    last, place, digest = size - 1, index, leaf
    for beside in path:
        while not place & 1 and place == last:  # alone on its level
            if last == 0:
                return None
            place >>= 1
            last >>= 1
        digest = node_hash(beside, digest) if place & 1 else node_hash(digest, beside)
        place >>= 1
        last >>= 1
    while last and not place & 1 and place == last:
        place >>= 1
        last >>= 1
    return digest if last == 0 else None
