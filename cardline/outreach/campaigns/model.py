"""Types of campaigns: what is run, for whom, and what became of every try (rows D3, D4, D7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Literal, NewType

from cardline.cards.model import Language
from cardline.core.ids import AgentId, CallId, HolderId, InteractionId
from cardline.core.phone import PhoneNumber
from cardline.core.verdict import RuleVersion, Verdict
from cardline.outreach.campaigns.machine_model import Callee, MachinePolicy, Machines
from cardline.outreach.model import Channel, Purpose

CampaignId = NewType("CampaignId", str)
EntryId = NewType("EntryId", str)
AttemptId = NewType("AttemptId", str)

CHANNEL = "campaigns"
"""``LISTEN campaigns``. The payload is the id of a campaign that was started, paused or stopped."""


class Kind(StrEnum):
    """What a campaign is about; the purpose before the gate follows from it and cannot differ."""

    REMINDER = "reminder"
    COLLECTION = "collection"
    ALERT = "alert"
    """A transaction that is out of the ordinary: was it you?"""
    CARE = "care"
    OFFER = "offer"
    SURVEY = "survey"


@dataclass(frozen=True, slots=True)
class Form:
    """What a kind means: its purpose, its short message, and what the list says for each person."""

    purpose: Purpose
    template: str
    fields: frozenset[str] = frozenset()


FORMS: Mapping[Kind, Form] = {
    Kind.REMINDER: Form(Purpose.REMINDER, "bill_reminder", frozenset({"amount", "due"})),
    Kind.COLLECTION: Form(Purpose.COLLECTION, "overdue_reminder", frozenset({"amount"})),
    Kind.ALERT: Form(
        Purpose.SECURITY, "transaction_alert", frozenset({"tail", "amount", "merchant"})
    ),
    Kind.CARE: Form(Purpose.SERVICE, "care_message"),
    Kind.OFFER: Form(Purpose.MARKETING, "offer_message", frozenset({"offer"})),
    Kind.SURVEY: Form(Purpose.SURVEY, "survey_invitation"),
}


class Mode(StrEnum):
    """How a campaign is dialled."""

    PREVIEW = "preview"
    """An agent sees the person first and dials when ready, or passes on."""
    PROGRESSIVE = "progressive"
    """One call for each free agent, who is held for it."""
    PREDICTIVE = "predictive"
    """More calls than free agents, as far as the abandonment limit bears it."""


class State(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    """For good."""
    DONE = "done"
    """Nobody is left to contact."""


class Event(StrEnum):
    """What may happen to a campaign."""

    START = "start"
    """From a draft; or on after a pause."""
    PAUSE = "pause"
    STOP = "stop"
    RUN_OUT = "run-out"


Opening = Literal["played", "read"]
Arm = Literal["contacted", "held-out"]
EntryState = Literal["waiting", "previewed", "dialling", "done"]


class Outcome(StrEnum):
    """How a try ended."""

    NO_ANSWER = "no-answer"
    BUSY = "busy"
    BAD_NUMBER = "bad-number"
    MACHINE = "machine"
    ABANDONED = "abandoned"
    """Somebody answered and no agent was free."""
    HUNG_UP = "hung-up"
    """Somebody answered and left before a person was there."""
    TALKED = "talked"
    WITHDRAWN = "withdrawn"
    """Pressed the key that stops these calls."""
    WILL_RING = "will-ring"
    """Would rather ring the hotline."""
    CONFIRMED = "confirmed"
    """An alert: it was the holder."""
    DENIED = "denied"
    """An alert: it was not; the card is frozen."""
    SENT = "sent"
    CANCELLED = "cancelled"
    """The campaign was stopped while it rang."""
    FAILED = "failed"
    """The line could not place it, or lost it."""


class Disposition(StrEnum):
    """What an agent writes about a talk; the words for people stand in ``texts.yaml``."""

    DONE = "done"
    PROMISED = "promised"
    CALL_AGAIN = "call-again"
    REFUSED = "refused"
    WRONG_PERSON = "wrong-person"
    COMPLAINED = "complained"
    HARDSHIP = "hardship"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as it is stored."""

    id: CampaignId
    name: str
    kind: Kind
    channel: Channel
    mode: Mode | None
    """``None`` for short messages."""
    matter: str
    """The skill that its agents have passed."""
    opening: Opening
    script: Mapping[Language, str]
    minutes: int
    opens: time
    closes: time
    """``[opens, closes)`` in the holder's zone."""
    retries: int
    abandonment_limit: float
    hold_out: float
    state: State
    created_by: str
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    machines: Machines = Machines.IGNORE

    @property
    def purpose(self) -> Purpose:
        """Why it contacts people, as the gate judges it."""
        return FORMS[self.kind].purpose


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of a campaign."""

    id: EntryId
    campaign: CampaignId
    place: int
    holder: HolderId
    phone: PhoneNumber
    language: Language
    zone: str
    fields: Mapping[str, str]
    arm: Arm
    state: EntryState
    attempts: int
    due_at: datetime
    claimed_by: AgentId | None = None
    claimed_until: datetime | None = None
    reasons: tuple[str, ...] = ()
    outcome: str | None = None
    disposition: str | None = None
    reached: bool | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to reach a person."""

    id: AttemptId
    entry: EntryId
    campaign: CampaignId
    number: int
    channel: Channel
    interaction: InteractionId | None
    call: CallId | None
    agent: AgentId | None
    agent_held: bool
    dialled_at: datetime
    answered_at: datetime | None = None
    abandoned: bool = False
    opened_at: datetime | None = None
    opened_by: AgentId | None = None
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    chosen: Outcome | None = None
    """What the person chose by a key; the end of the call makes it the outcome."""
    disposition: Disposition | None = None
    judged: Callee | None = None
    """Who seemed to have answered, where the campaign listens."""
    message_left_at: datetime | None = None
    """When a machine had taken our message."""

    @property
    def key(self) -> str:
        """The key under which the gate keeps this contact's place."""
        return contact_key(self.entry, self.number)


def contact_key(entry: EntryId, number: int) -> str:
    """Return the gate's key of the so-and-so-manieth try of an entry."""
    return f"campaign/{entry}/{number}"


@dataclass(frozen=True, slots=True)
class CampaignPolicy:
    """The numbers of the pack."""

    version: RuleVersion
    abandonment_limit: float
    abandonment_window: timedelta
    ring: timedelta
    lines_an_agent: int
    """Most lines that predictive dialling opens for each agent at work, whatever the rest says."""
    answer_rate: float
    """Supposed share of answers until enough were seen."""
    answer_samples: int
    handling: timedelta
    """Supposed length of talk and wrap-up until enough were seen."""
    preview_lease: timedelta
    retries: int
    retry_after: Mapping[Outcome, timedelta]
    hold_out: float
    opens: time
    closes: time
    alert_lasts: timedelta
    interval_z: float
    """Standard deviations of a two-sided interval."""
    smallest_arm: int
    """People in each arm below which no difference is told."""
    complained: timedelta
    """For how long who complained in a call is left alone."""
    complained_answer: timedelta
    """Within which somebody follows up what they complained of."""
    sms_at_once: int
    machines: MachinePolicy


@dataclass(frozen=True, slots=True)
class Floor:
    """What pacing sees at one moment: one campaign, and the agents of its matter."""

    ready: int
    """Agents who could take a person now."""
    busy: int
    """Agents in a talk of this campaign."""
    ringing: int
    """Calls that ring and hold no agent, of every campaign of the matter: they share its agents."""
    answered: float
    """Calls that people answered within the window. Machines are not counted, but for the share of
    them that is reckoned to have been people."""
    abandoned: float
    """Of these, those for which no agent was free, and those people."""
    answer_rate: float
    """Share of dialled calls that are answered, ``(0, 1]``."""
    handling: float
    """Mean seconds of talk and wrap-up."""
    lead: float
    """Mean seconds from the dial to the answer."""


@dataclass(frozen=True, slots=True)
class Dialled:
    """A call that was granted and is to be placed on the line after the commit."""

    campaign: Campaign
    entry: Entry
    attempt: Attempt
    interaction: InteractionId
    call: CallId
    phone: str = ""
    """Phone of the agent who is held for it."""

    @property
    def number(self) -> PhoneNumber:
        """Whom to dial."""
        return self.entry.phone


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry that may not be contacted now, with the gate's verdict."""

    entry: Entry
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Errand:
    """What a call of the bank is about, while it is up: read by the call's own flow."""

    campaign: Campaign
    entry: Entry
    attempt: AttemptId
    interaction: InteractionId
    agent: AgentId | None = None
    phone: str = ""
    """The agent's phone."""
    staff_number: str = ""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list, read: a holder or a number, and what the list says for this person."""

    line: int
    holder: str
    phone: PhoneNumber | None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was not taken, and why; ``code`` is stable and has words in the catalogues."""

    line: int
    why: str
    code: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What became of a list."""

    added: int
    held_out: int
    known: int
    """People who stand in the campaign already."""
    bad: tuple[BadRow, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A campaign that is to be made; what is ``None`` comes from the pack."""

    name: str
    kind: Kind
    channel: Channel = Channel.CALL
    mode: Mode | None = Mode.PROGRESSIVE
    matter: str = "general"
    opening: Opening = "played"
    script: Mapping[Language, str] = field(default_factory=dict)
    minutes: int = 3
    opens: time | None = None
    closes: time | None = None
    retries: int | None = None
    abandonment_limit: float | None = None
    hold_out: float | None = None
    machines: Machines | None = None
