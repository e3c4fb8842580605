"""Who is in a call beside the caller, and who hears whom (row A4)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cardline.core.ids import AgentId, LegId
from cardline.desk.interactions.model import LegPurpose, Monitoring
from cardline.ports.line.commands import CALLER, Party
from cardline.routing.model import Offer

Presence = Literal["ringing", "talking", "away", "gone"]
"""``away``: answered, but the browser is silent; the leg is kept for a while."""
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
    since: datetime | None = None
    """When it answered."""
    monitoring: Monitoring | None = None
    """How a lead follows the talk; ``None`` for everybody else."""
    absences: int = 0
    """How often the browser fell silent: an older time limit does not count for a later one."""

    @property
    def is_web(self) -> bool:
        """True for a browser."""
        return self.target.startswith("web:")

    @property
    def answered(self) -> bool:
        """True while it is up: talking, or away for a moment."""
        return self.presence in ("talking", "away")

    @property
    def takes_part(self) -> bool:
        """False for a lead who only listens or whispers: the caller is not with them."""
        return self.monitoring in (None, "join")


@dataclass
class Parties:
    """The legs of one call and how they are connected."""

    legs: dict[LegId, LegInCall] = field(default_factory=dict)
    mode: Mode = "talk"
    at_keys: bool = False
    """The caller enters something secret: nobody hears anybody."""

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

    def here(self) -> list[LegInCall]:
        """Return everybody who rings or is up."""
        return [leg for leg in self.legs.values() if leg.presence != "gone"]

    def answered(self) -> list[LegInCall]:
        """Return everybody who is up: talking, away, listening."""
        return [leg for leg in self.legs.values() if leg.answered]

    def engaged(self) -> list[LegInCall]:
        """Return those with whom the caller is, the ones who are away for a moment included."""
        return [leg for leg in self.answered() if leg.takes_part]

    def talking(self) -> list[LegInCall]:
        """Return those who have answered, are still there and take part."""
        return [leg for leg in self.engaged() if leg.presence == "talking"]

    def ringing(self) -> list[LegInCall]:
        """Return those who are being rung to take part."""
        return [
            leg
            for leg in self.legs.values()
            if leg.presence == "ringing" and leg.monitoring is None
        ]

    def agents(self) -> set[AgentId]:
        """Return every agent who ever rang in this call."""
        return {leg.agent for leg in self.legs.values() if leg.agent is not None}

    def shown(self) -> tuple[Mode, tuple[tuple[LegId, Presence, Monitoring | None], ...]]:
        """Return what a desk is shown of the parties, to tell whether it has changed."""
        return self.mode, tuple((leg.leg, leg.presence, leg.monitoring) for leg in self.here())

    def monitors(self) -> list[LegInCall]:
        """Return the leads who follow the talk, or are rung to follow it."""
        return [leg for leg in self.here() if leg.monitoring is not None]

    def hears(self) -> dict[Party, tuple[Party, ...]]:
        """Return who hears whom, for the mode; the caller hears nobody while on hold.

        Who listens hears everybody who talks. Who whispers is heard by our agents besides, and
        never by the caller or by somebody outside the house.
        """
        if self.at_keys:
            return {}
        talking = self.talking()
        group: list[Party] = [leg.leg for leg in talking]
        if self.mode in ("talk", "conference") and group:
            group = [CALLER, *group]
        hears: dict[Party, tuple[Party, ...]] = {
            one: tuple(other for other in group if other != one) for one in group
        }
        for lead in self._listening():
            hears[lead.leg] = tuple(group)
            if lead.monitoring == "whisper":
                for leg in talking:
                    if leg.agent is not None:
                        hears[leg.leg] = (*hears[leg.leg], lead.leg)
        return {one: heard for one, heard in hears.items() if heard}

    def _listening(self) -> list[LegInCall]:
        return [
            leg for leg in self.legs.values() if leg.presence == "talking" and not leg.takes_part
        ]

    @property
    def caller_waits(self) -> bool:
        """True while the caller is on hold or the agents consult."""
        return self.mode in ("hold", "consult")

    @property
    def caller_is_alone(self) -> bool:
        """True where the caller should be talking, but everybody who was there is away."""
        return bool(self.engaged()) and not self.talking() and not self.caller_waits
