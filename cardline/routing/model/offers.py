"""Offers and talks, and what the actions answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cardline.core.ids import AgentId, CallId, InteractionId, LegId, OfferId, QueueName
from cardline.core.verdict import Verdict
from cardline.routing.model.agents import Agent
from cardline.routing.model.queues import Waiter

OfferState = Literal["open", "accepted", "declined", "expired", "withdrawn"]
DeclineReason = Literal["declined", "phone-failed"]
TalkKind = Literal["offer", "transfer", "consult", "conference", "monitor", "outbound"]
"""``outbound``: the agent was taken for a call that the bank makes."""
TalkCause = Literal["ended", "failed", "transferred", "lost"]
"""``failed``: never heard each other, no wrap-up is due. ``lost``: found dead by the reconciler."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """``rules.next_offer``: this agent for this waiter; ``overflow`` where by another skill."""

    waiter: Waiter
    agent: Agent
    overflow: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A single-use offer of one waiter to one agent. ``token`` must come back to accept it."""

    id: OfferId
    token: str
    wait: str
    interaction: InteractionId
    call: CallId | None
    agent: AgentId
    phone: str
    queue: QueueName
    urgent: bool
    callback: bool
    number: str
    since: datetime
    made_at: datetime
    ring_until: datetime
    """Ring the agent's phone until here."""
    expires_at: datetime
    """From here on it can no longer be accepted; a little after ``ring_until``."""
    state: OfferState = "open"

    @property
    def leg(self) -> LegId:
        """The leg that rings for this offer; known before it rings, on every node."""
        return LegId(f"l-{self.id}")

    def __repr__(self) -> str:
        return f"Offer({self.id}, {self.interaction} to {self.agent}, {self.state})"


@dataclass(frozen=True, slots=True)
class Talk:
    """One agent's part in one conversation: the fact behind talk times and transfers."""

    id: str
    interaction: InteractionId
    agent: AgentId
    kind: TalkKind
    started_at: datetime
    queue: QueueName | None = None
    offer: OfferId | None = None
    call: CallId | None = None
    leg: LegId | None = None
    ended_at: datetime | None = None
    cause: TalkCause | None = None


@dataclass(frozen=True, slots=True)
class CallbackAsked:
    """Answer to a request for a call-back, and the open offer that it withdrew, if any."""

    verdict: Verdict
    withdrawn: Offer | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """Answer to an acceptance: allowed with the talk, or refused with the reason."""

    verdict: Verdict
    offer: Offer | None = None
    talk: Talk | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """Whether somebody waits without an offer, and whether an open offer has run out."""

    waiting: bool
    expired: bool


@dataclass(frozen=True, slots=True)
class CallsUp:
    """What a line says is up, after a restart of either side.

    ``line`` limits it to the calls of that line. ``ringing`` are offers whose ringing goes on.
    """

    calls: frozenset[CallId]
    legs: frozenset[LegId] = frozenset()
    ringing: frozenset[OfferId] = frozenset()
    line: str = ""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What the reconciler had to end."""

    waits: tuple[InteractionId, ...] = ()
    offers: tuple[OfferId, ...] = ()
    talks: tuple[InteractionId, ...] = ()
