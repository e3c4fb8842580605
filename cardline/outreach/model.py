"""Types of outreach: what we want to say to whom by which channel, and what stands against it."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from cardline.core.calendar import WorkCalendar
from cardline.core.home import home
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.verdict import RuleVersion


class Purpose(StrEnum):
    """Why we contact somebody. A template has one purpose and cannot borrow another."""

    SERVICE = "service"
    """About something that the holder asked for or must know."""
    SECURITY = "security"
    """Protects the holder now: codes, freezes, warnings. At any hour, never counted."""
    REMINDER = "reminder"
    """A bill or a due date, before it is overdue."""
    COLLECTION = "collection"
    """About what is overdue."""
    MARKETING = "marketing"
    SURVEY = "survey"


class Channel(StrEnum):
    """By which way."""

    CALL = "call"
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"
    APP = "app"
    """A message of the bank's app or of its official account."""


class BlockKind(StrEnum):
    """What stands against contacts with a number or a holder, for a period."""

    WRONG_NUMBER = "wrong_number"
    """The number is somebody else's: nothing may go there, not even a warning."""
    NO_CONTACT = "no_contact"
    """The holder wants to be left alone: only what protects them passes."""
    DO_NOT_CALL = "do_not_call"
    """A public list on which people put themselves against advertising."""
    VULNERABLE = "vulnerable"
    """The holder is ill, bereaved, in need: nobody sells or presses. Why is not written here."""
    COMPLAINT = "complaint"
    """A complaint of the holder is open."""
    CALLS_COMPLAINT = "calls_complaint"
    """The holder has complained about being contacted (row C5)."""


class Outcome(StrEnum):
    """What became of a call that the gate let pass."""

    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    ABANDONED = "abandoned"
    """Answered, but nobody of ours was there in time."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact that is about to be made.

    ``to`` is the number that is called or texted; ``None`` where the channel needs none: then a
    holder must be given, or the ``address`` to which an answer goes (e-mail, letter).
    ``solicited``: it answers what the person has just asked of us, within the same interaction.
    ``agent_held``: an agent is held ready for this call, so that nobody who answers is left without
    a person.
    """

    purpose: Purpose
    channel: Channel
    to: PhoneNumber | None
    holder: HolderId | None
    solicited: bool = False
    campaign: str | None = None
    agent_held: bool = False
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """A holder's explicit consent for one purpose and channel, ``[since, until)``."""

    purpose: Purpose
    channel: Channel
    since: datetime
    until: datetime | None
    source: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A withdrawal for a purpose; it beats every consent that is not younger.

    ``channel`` ``None``: over all channels.
    """

    purpose: Purpose
    at: datetime
    source: str
    channel: Channel | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a number or a holder, ``[since, until)``."""

    kind: BlockKind
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Past:
    """A contact that was made, as far as caps are concerned.

    ``here``: to the very number of the contact that is judged. ``outcome`` is ``None`` where a call
    is still on its way, or where there is nothing to be answered.
    """

    purpose: Purpose
    at: datetime
    channel: Channel = Channel.SMS
    outcome: Outcome | None = None
    here: bool = True


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """How well a number is known to be this holder's.

    ``known_since``: the bank has had it since then; ``None``: for as long as it knows the holder.
    ``confirmed_at``: when the holder last proved to have it. ``scrubbed_at``: when it was last held
    against the public lists of those who want no advertising.
    """

    known_since: datetime | None = None
    confirmed_at: datetime | None = None
    scrubbed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the holder has set (row D5). Wishes only ever take away; protection keeps none of them.

    ``opens`` and ``closes``: the holder's own hours, ``[opens, closes)``; ``days_off``: ISO
    weekdays, Monday 1. ``most_week`` and ``most_month``: contacts in 7 and 30 days of the zone.
    """

    kinds_off: frozenset[Purpose] = frozenset()
    channels_off: frozenset[Channel] = frozenset()
    opens: time | None = None
    closes: time | None = None
    days_off: frozenset[int] = frozenset()
    most_week: int | None = None
    most_month: int | None = None
    paused_until: datetime | None = None
    campaigns_off: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rejected:
    """One entry of a holder's reject list: a campaign or a number."""

    campaign: str | None
    phone: PhoneNumber | None
    since: datetime


NO_WISHES = Wishes()
NO_FACTS = NumberFacts()


@dataclass(frozen=True, slots=True)
class Recipient:
    """What is known of whom we want to contact; facts about the holder and the number together.

    ``known`` is false where the number belongs to nobody whom the bank knows: then only answers
    pass. ``number_rejected``: the holder wants nothing at this number.
    """

    known: bool
    zone: ZoneInfo = field(default_factory=lambda: home().zone)
    consents: tuple[Consent, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    blocks: tuple[Block, ...] = ()
    past: tuple[Past, ...] = ()
    number: NumberFacts = NO_FACTS
    wishes: Wishes = NO_WISHES
    number_rejected: bool = False


@dataclass(frozen=True, slots=True)
class Register:
    """A public list of those who want no advertising, as it is loaded; ``as_of``: of when it is."""

    name: str
    region: str
    as_of: datetime
    numbers: int
    loaded_at: datetime


Answer = Literal["yes", "no", "later"]
"""What the gate says; ``later``: not before a time."""


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """A contact about which the gate was asked, with its last answer and why.

    ``cancelled_at`` with the answer yes: it might have been made, and was not.
    """

    key: str
    purpose: Purpose
    channel: Channel
    to: PhoneNumber | None
    campaign: str | None
    solicited: bool
    at: datetime
    asked_at: datetime
    answer: Answer
    not_before: datetime | None
    codes: tuple[str, ...]
    cancelled_at: datetime | None
    outcome: Outcome | None
    rule: str


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of the day, ``[opens, closes)`` in the holder's zone, and which days count.

    A Saturday or Sunday that the calendar makes a working day is one. ``days_off``: ISO weekdays
    that the holder does not want.
    """

    opens: time
    closes: time
    on_holidays: bool
    on_weekends: bool = True
    days_off: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Caps:
    """Most contacts a day in the holder's zone, and in 7 and 30 such days; ``None``: no limit."""

    day: int | None
    week: int | None
    month: int | None


NO_CAPS = Caps(None, None, None)


@dataclass(frozen=True, slots=True)
class Attempts:
    """Limits of calls for one purpose; days are those of the holder's zone. ``None``: no limit."""

    answered_day: int | None = None
    """Answered calls a day and person; one still on its way counts as answered."""
    unanswered_day: int | None = None
    """Unanswered tries a day and number; one still on its way counts as unanswered."""
    tries: int | None = None
    """Tries a person within ``tries_days`` days, this one not counted."""
    tries_days: int = 1
    rest_days: int | None = None
    """Days of rest after a talk, the day of the talk being the first."""


@dataclass(frozen=True)
class ContactPolicy:
    """The numbers of the gate; read-only and shared.

    ``hours`` and ``caps`` of a purpose may be absent: any hour, no cap. ``shares_caps`` names the
    purposes that are counted together with a purpose; ``total_caps`` counts everything unasked but
    protection and collection.
    """

    version: RuleVersion
    needs_consent: frozenset[Purpose]
    hours: dict[Purpose, Hours]
    caps: dict[Purpose, Caps]
    shares_caps: dict[Purpose, frozenset[Purpose]]
    calendar: WorkCalendar
    """Holidays and make-up working days; in an unknown year what keeps holidays may not go out."""
    answers_per_day: int
    """Automatic answers to one number within 24 hours: two robots do not talk for ever."""
    total_caps: Caps = NO_CAPS
    attempts: dict[Purpose, Attempts] = field(default_factory=dict)
    stops: dict[BlockKind, frozenset[tuple[Purpose, Channel]]] = field(default_factory=dict)
    """What each kind of block stops; a wrong number stops everything whatever stands here."""
    any_hour: frozenset[Channel] = frozenset()
    """Channels that disturb nobody at night: hours and days do not bind them."""
    number_age_for: frozenset[Purpose] = frozenset()
    number_known: timedelta = timedelta(0)
    number_confirmed: timedelta = timedelta.max
    abandoned_rest: timedelta = timedelta(0)
    scrub: timedelta | None = None
    """How old the comparison with the public lists may be for a marketing call."""

    wish_hours: timedelta = timedelta(0)
    """The least that a holder's own hours must last."""
    list_key: bytes = field(default=b"", repr=False)
    """Of this installation: under it numbers stand on the public lists that are loaded."""

    @property
    def holidays(self) -> frozenset[date]:
        """Days off."""
        return self.calendar.holidays
