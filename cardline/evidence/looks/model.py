"""Types of looks at a holder's data: what was looked at, and who may listen to what (row F4)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from cardline.core.roles import Role
from cardline.core.verdict import RuleVersion

What = Literal[
    "screen",
    "story",
    "recording",
    "field",
    "file",
    "message",
    "chat",
    "case",
    "complaint",
    "search",
    "pack",
    "pack-file",
    "statement",
]
"""What was seen; each has words for the holder in the catalogue of the holder's pages."""


Looker = Role | Literal["operator"]
"""As what somebody looked; ``operator``: at the command line."""


@dataclass(frozen=True, slots=True)
class ListenPolicy:
    """Who may listen to recordings, and when it takes a reason."""

    version: RuleVersion
    roles: frozenset[Role]
    """Who may listen at all; agents to calls of their own alone."""
    with_reason: frozenset[Role]
    """Who says why."""
    own_calls: timedelta
    """How long after the end of a call its agent may listen to it."""
    reason_characters: int
    after_call: timedelta
    """How long after the end a screen still belongs to the call: no look of its own."""
    one_stay: timedelta
    """A page that renews itself within this time is one look."""
