"""Who is in a call beside the caller, and who hears whom (row A4)."""

from dataclasses import dataclass, field
from typing import Literal

from cardline.core.ids import AgentId, LegId
from cardline.desk.model import LegPurpose
from cardline.ports import CALLER, Party
from cardline.routing.model import Offer

Presence = Literal["ringing", "talking", "gone"]
Mode = Literal["talk", "hold", "consult", "conference"]


@dataclass
class LegInCall:
    """One party that we rang."""

    leg: LegId
    purpose: LegPurpose
    target: str
    agent: AgentId | None = None
    offer: Offer | None = None
    presence: Presence = "ringing"


@dataclass
class Parties:
    """The legs of one call and how they are connected."""

    legs: dict[LegId, LegInCall] = field(default_factory=dict)
    mode: Mode = "talk"

    def add(self, leg: LegInCall) -> None:
        """A party begins to ring."""
        self.legs[leg.leg] = leg

    def find(self, leg: str) -> LegInCall | None:
        """Return a leg by its id."""
        return self.legs.get(LegId(leg))

    def by_offer(self, offer: str) -> LegInCall | None:
        """Return the leg that rings for an offer."""
        return next(
            (leg for leg in self.legs.values() if leg.offer and leg.offer.id == offer), None
        )

    def by_agent(self, agent: AgentId) -> LegInCall | None:
        """Return the leg of an agent who is still there."""
        return next(
            (leg for leg in self.legs.values() if leg.agent == agent and leg.presence != "gone"),
            None,
        )

    def talking(self) -> list[LegInCall]:
        """Return those who have answered and are still there."""
        return [leg for leg in self.legs.values() if leg.presence == "talking"]

    def ringing(self) -> list[LegInCall]:
        """Return those who are being rung."""
        return [leg for leg in self.legs.values() if leg.presence == "ringing"]

    def hears(self) -> dict[Party, tuple[Party, ...]]:
        """Return who hears whom, for the mode; the caller hears nobody while on hold."""
        present: list[Party] = [leg.leg for leg in self.talking()]
        if self.mode in ("talk", "conference") and present:
            present = [CALLER, *present]
        if len(present) < 2:
            return {}
        return {one: tuple(other for other in present if other != one) for one in present}

    @property
    def caller_waits(self) -> bool:
        """True while the caller is on hold or the agents consult."""
        return self.mode in ("hold", "consult")
