"""Facts that reports count, and what they come to. Times carry a zone, periods are half-open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cardline.core.ids import AgentId, HolderId, InteractionId, QueueName
from cardline.core.verdict import RuleVersion
from cardline.routing.model import LeaveOutcome, ServiceFigures, TalkCause, TalkKind, Wanted


@dataclass(frozen=True)
class ReportPolicy:
    """The numbers of reports; read-only and shared."""

    version: RuleVersion
    first_contact: timedelta
    repeat_calls: int
    long_talk: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """``[start, end)``."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start

    def within(self, start: datetime, end: datetime) -> timedelta:
        """Return how much of ``[start, end)`` lies in the period."""
        return max(min(end, self.end) - max(start, self.start), timedelta(0))


@dataclass(frozen=True, slots=True)
class Service:
    """How a queue (``None``: all together) was served in a period."""

    period: Period
    queue: QueueName | None
    figures: ServiceFigures
    wait_p50: int | None
    """Seconds, rounded up, within which half of the answered were answered."""
    wait_p90: int | None


@dataclass(frozen=True, slots=True)
class TalkFact:
    """One agent's part in one conversation."""

    interaction: InteractionId
    agent: AgentId
    queue: QueueName | None
    kind: TalkKind
    started_at: datetime
    ended_at: datetime | None
    wrapped_at: datetime | None
    cause: TalkCause | None


@dataclass(frozen=True, slots=True)
class OffersOfAgent:
    """What became of the offers that were made to an agent."""

    accepted: int = 0
    declined: int = 0
    expired: int = 0
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class DutyChange:
    """From ``at`` on an agent asked for something else."""

    at: datetime
    word: Literal["log-in", "set-ready", "set-not-ready", "not-ready", "log-out"]

    def after(self, before: Wanted) -> Wanted:
        """Return what is asked for after it."""
        match self.word:
            case "log-in":
                return Wanted.NOT_READY if before is Wanted.LOGGED_OUT else before
            case "set-ready":
                return Wanted.READY
            case "log-out":
                return Wanted.LOGGED_OUT
        return Wanted.NOT_READY


@dataclass(frozen=True, slots=True)
class Handling:
    """Conversations that ended in a period."""

    talks: int
    talking: timedelta
    wrap_up: timedelta
    transferred: int

    @property
    def mean(self) -> timedelta | None:
        """Average handling time: talk and wrap-up ÷ conversations."""
        return (self.talking + self.wrap_up) / self.talks if self.talks else None

    @property
    def transfer_rate(self) -> float | None:
        """Handed on ÷ conversations."""
        return self.transferred / self.talks if self.talks else None


@dataclass(frozen=True, slots=True)
class Duty:
    """How an agent's time in a period was used."""

    logged_in: timedelta
    ready: timedelta
    """Ready, and neither talking nor in wrap-up."""
    busy: timedelta
    """Talking or in wrap-up."""

    @property
    def occupancy(self) -> float | None:
        """Busy ÷ (busy + ready); ``None`` where the agent was neither."""
        whole = self.busy + self.ready
        return self.busy / whole if whole else None


@dataclass(frozen=True, slots=True)
class AgentReport:
    """One agent in a period."""

    agent: AgentId
    number: str
    name: str
    handling: Handling
    duty: Duty
    offers: OffersOfAgent


@dataclass(frozen=True, slots=True)
class Visit:
    """A holder's stay in a queue, and when the interaction was over."""

    interaction: InteractionId
    holder: HolderId
    matter: str
    entered_at: datetime
    outcome: LeaveOutcome | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class FirstContact:
    """Contacts that an agent answered and that were over in the period, each about one matter."""

    resolved: int
    """The holder did not come again about it within the time of the pack."""
    repeated: int
    undecided: int
    """That time is not over yet."""

    @property
    def rate(self) -> float | None:
        """First-contact resolution: resolved ÷ (resolved + repeated)."""
        decided = self.resolved + self.repeated
        return self.resolved / decided if decided else None


@dataclass(frozen=True, slots=True)
class RepeatCallers:
    """Callers who called at least as often as the pack says, and their calls."""

    callers: int
    calls: int


@dataclass(frozen=True, slots=True)
class CallBacks:
    """Call-backs that were asked for in the period."""

    asked: int
    reached: int
    given_up: int
    waiting: int


@dataclass(frozen=True, slots=True)
class ContactReport:
    """What became of the people who called."""

    calls: int
    first_contact: FirstContact
    repeat: RepeatCallers
    callbacks: CallBacks


@dataclass(frozen=True, slots=True)
class Counted:
    """How often something was done or refused, and for which reasons.

    One refusal may have several reasons: they add up to more than ``refused``.
    """

    what: str
    allowed: int
    refused: int
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ChatService:
    """How the chats of a queue (``None``: all together) were served in a period."""

    period: Period
    queue: QueueName | None
    offered: int
    """Stays that began in it: the sum of answered, messages, left and waiting."""
    answered: int
    messages: int
    left: int
    waiting: int
    transferred: int
    """Stays that began because an agent passed the chat on."""
    given_back: int
    """Stays that began because the agent was lost."""
    mean_wait: timedelta | None
    """Of the answered, from the entry into the queue."""
    wait_p50: int | None
    wait_p90: int | None
    longest_wait: timedelta
    """Of any outcome, those who still wait included."""

    @property
    def answered_share(self) -> float | None:
        """Answered ÷ offered."""
        return self.answered / self.offered if self.offered else None


@dataclass(frozen=True, slots=True)
class ChatsEnded:
    """Chats that ended in a period in one way."""

    outcome: str
    chats: int
    by_machine: int
    """Of them those that never waited for a person."""


DangerCode = Literal["waits-too-long", "talks-too-long", "agent-away", "agent-silent", "help-asked"]


@dataclass(frozen=True, slots=True)
class Danger:
    """A call at which a lead should look; ``since`` is when that what is said began."""

    code: DangerCode
    interaction: InteractionId
    since: datetime
    queue: QueueName | None = None
    agent: AgentId | None = None
