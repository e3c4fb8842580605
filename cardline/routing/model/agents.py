"""Agents: what is known of them, and the state that follows from it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cardline.core.ids import AgentId, InteractionId, OfferId
from cardline.core.verdict import Reason, Verdict
from cardline.routing.model.queues import Language


class AgentStateName(StrEnum):
    """What an agent does now."""

    LOGGED_OUT = "logged-out"
    READY = "ready"
    OFFERED = "offered"
    TALKING = "talking"
    WRAP_UP = "wrap-up"
    NOT_READY = "not-ready"


class Wanted(StrEnum):
    """What the agent, or a rule for him, asked for; it holds as soon as work lets it."""

    LOGGED_OUT = "logged-out"
    READY = "ready"
    NOT_READY = "not-ready"


class AgentEvent(StrEnum):
    """Everything that may change an agent's state, beside time."""

    LOG_IN = "log-in"
    SET_READY = "set-ready"
    SET_NOT_READY = "set-not-ready"
    LOG_OUT = "log-out"
    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    NO_ANSWER = "no-answer"
    WITHDRAW = "withdraw"
    START_TALK = "start-talk"
    END_TALK = "end-talk"
    END_WRAP_UP = "end-wrap-up"
    PHONE_LOST = "phone-lost"
    PHONE_BACK = "phone-back"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Agent:
    """What is known of one agent; his state follows from it (``rules.state_of``)."""

    id: AgentId
    languages: frozenset[Language]
    skills: frozenset[str]
    """Matters for which an examination was passed and has not lapsed (row G4)."""
    wanted: Wanted = Wanted.LOGGED_OUT
    reason: str = ""
    """Why not ready; empty where ``wanted`` is not NOT_READY."""
    wanted_since: datetime | None = None
    wrap_since: datetime | None = None
    wrap_until: datetime | None = None
    """End of the wrap-up, passed or to come; also: when the last work ended."""
    phone: str = ""
    """SIP address, or ``phone:USER`` for a phone that registers."""
    phone_until: datetime | None = None
    """End of the lease of a registered phone; ``None`` where the phone is not registered."""
    offer: OfferId | None = None
    offer_since: datetime | None = None
    offer_until: datetime | None = None
    talk: InteractionId | None = None
    talk_since: datetime | None = None
    talk_reachable: bool = True
    """False while the line that holds the talk gives no sign of life."""
    number: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class AgentState:
    """The state with its reasons: the words behind "why is he not available"."""

    name: AgentStateName
    since: datetime | None
    until: datetime | None = None
    reasons: tuple[Reason, ...] = ()
    """Everything that stands against an offer now, the state itself first; empty when ready."""
    then: Wanted | None = None
    """What follows after the present work, where that is a break or the end of the shift."""


@dataclass(frozen=True, slots=True)
class Step:
    """What an event makes of an agent; a refused event leaves him as he was."""

    verdict: Verdict
    agent: Agent


@dataclass(frozen=True, slots=True)
class AgentProfile:
    """Agents on duty with the same skills and languages, counted."""

    skills: frozenset[str]
    languages: frozenset[Language]
    staffed: int
    ready: int
