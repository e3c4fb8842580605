"""Who did it: named in every journal entry."""

from dataclasses import dataclass
from typing import Literal

from cardline.core.ids import HolderId

ActorKind = Literal["holder", "caller", "agent", "staff", "system", "operator"]


@dataclass(frozen=True, slots=True)
class Actor:
    """``caller`` is a voice of unproven identity; ``operator`` is whoever uses the command line."""

    kind: ActorKind
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind


SYSTEM = Actor("system")
OPERATOR = Actor("operator")


def holder_actor(holder: HolderId | None) -> Actor:
    """Return this holder, or a caller of whom nothing is known."""
    return Actor("holder", holder) if holder else Actor("caller")
