"""Types of staff: who they are, what they may do, their desk phones."""

from dataclasses import dataclass

from cardline.core.actor import Actor
from cardline.core.ids import AgentId
from cardline.core.roles import ROLES, Role

__all__ = ["CALL_ROLES", "ROLES", "PhoneAccount", "Role", "Staff"]

CALL_ROLES: tuple[Role, ...] = ("agent", "lead")
"""Who takes calls."""


@dataclass(frozen=True, slots=True)
class Staff:
    """One of the people who serve."""

    number: str
    name: str
    role: Role
    agent_id: AgentId | None
    phone_user: str | None

    @property
    def actor(self) -> Actor:
        """How the journal names them."""
        return Actor("agent" if self.agent_id else "staff", self.agent_id or self.number)


@dataclass(frozen=True, slots=True)
class PhoneAccount:
    """What the line needs to let a desk phone register."""

    user: str
    ha1: str
