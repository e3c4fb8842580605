"""Types of outreach: what we want to say to whom by which channel, and what stands against it."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from cardline.core.clock import SHANGHAI
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
    """Why a number or a holder is blocked."""

    WRONG_NUMBER = "wrong_number"
    """The number is somebody else's: nothing may go there, not even a warning."""
    NO_CONTACT = "no_contact"
    """The holder wants to be left alone: only what protects them passes."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact that is about to be made.

    ``to`` is the number that is called or texted; ``None`` where the channel needs none: then a
    holder must be given. ``solicited``: it answers what the person has just asked of us, within the
    same interaction. ``agent_held``: an agent is held ready for this call, so that nobody who
    answers is left without a person.
    """

    purpose: Purpose
    channel: Channel
    to: PhoneNumber | None
    holder: HolderId | None
    solicited: bool = False
    campaign: str | None = None
    agent_held: bool = False


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
    """A withdrawal for a purpose over all channels; it beats every consent that is not younger."""

    purpose: Purpose
    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a number or a holder, ``[since, until)``."""

    kind: BlockKind
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Past:
    """A contact that was made, as far as caps are concerned."""

    purpose: Purpose
    at: datetime


@dataclass(frozen=True, slots=True)
class Recipient:
    """What is known of whom we want to contact; facts about the holder and the number together.

    ``known`` is false where the number belongs to nobody whom the bank knows: then only answers
    pass.
    """

    known: bool
    zone: ZoneInfo = SHANGHAI
    consents: tuple[Consent, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    blocks: tuple[Block, ...] = ()
    past: tuple[Past, ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of the day, ``[opens, closes)`` in the holder's zone, and whether holidays count."""

    opens: time
    closes: time
    on_holidays: bool


@dataclass(frozen=True, slots=True)
class Caps:
    """Most contacts a day in the holder's zone, and in 7 and 30 such days; ``None``: no limit."""

    day: int | None
    week: int | None
    month: int | None


@dataclass(frozen=True)
class ContactPolicy:
    """The numbers of the gate; read-only and shared.

    ``hours`` and ``caps`` of a purpose may be absent: any hour, no cap. ``shares_caps`` names the
    purposes that are counted together with a purpose.
    """

    version: RuleVersion
    needs_consent: frozenset[Purpose]
    hours: dict[Purpose, Hours]
    caps: dict[Purpose, Caps]
    shares_caps: dict[Purpose, frozenset[Purpose]]
    holidays: frozenset[date]
    holiday_years: frozenset[int]
    """Years whose holidays are known; in another year nothing that keeps holidays may go out."""
    answers_per_day: int
    """Automatic answers to one number within 24 hours: two robots do not talk for ever."""
