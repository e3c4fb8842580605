"""What a kind of thing is that is kept for a time, and from when on.

A kind names its table, the class of its data, and how a row is erased: taken away whole, or masked
where its place is still needed for figures. Everything in it is a constant; values are bound.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing. ``began`` is when its class begins to count, ``near`` what finds it."""

    name: str
    cls: str
    source: str
    """What to read from, with the joins."""
    key: str
    holder: str
    interaction: str
    began: str
    near: str
    """A time with an index: not after ``began`` by much, for finding what may be over."""
    over: str
    """What must be true of a row beside its age; rows erased before are left out."""
    erase: str = ""
    """One statement over ``%(keys)s``; empty: it has an action of its own."""
    lock: str = "t"
    more: Mapping[str, str] = field(default_factory=dict)
