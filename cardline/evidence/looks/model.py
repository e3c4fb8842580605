"""Types of looks at a holder's data: what was looked at, and who may listen to what (row F4)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol

from cardline.core.actor import Actor
from cardline.core.ids import HolderId
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
    "list",
    "letter",
    "plan",
    "warning",
    "looks",
    "preview",
]
"""What was seen; each has words for the holder in the catalogue of the holder's pages."""


Looker = Role | Literal["operator"]
"""As what somebody looked; ``operator``: at the command line."""


class OnStaff(Protocol):
    """One of the staff, as far as a look needs to know."""

    @property
    def actor(self) -> Actor: ...
    @property
    def role(self) -> Role: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: whose data it shows.

    ``within``: the conversation whose stream has the look; else it stands in the holder's own.
    """

    holder: HolderId | None
    within: str | None = None

    @property
    def stream(self) -> str | None:
        """Where a look at it is written; ``None``: it is about nobody."""
        return self.within or (f"holder:{self.holder}" if self.holder else None)


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
    one_list: timedelta
    """A line of a list that somebody works through within this time is one look."""
