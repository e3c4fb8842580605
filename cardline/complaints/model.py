"""Types of complaints: who complains of what, by which door, and what has happened since (row C1).

What is due by when is reckoned from :class:`Timeline` alone; its types are in ``clock_model``. What
the bank decides and does stands in ``work_model``, what is told to people in ``telling_model``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, NewType

from cardline.core.ids import AccountId, HolderId, InteractionId

ComplaintId = NewType("ComplaintId", str)
"""The reference that is told to the complainant: ``C261127-7k3qdm``."""
Grade = NewType("Grade", str)
"""How long it may take, a word of the pack: ``simple``, ``complex``, ``special``."""
Language = Literal["zh", "en"]


class Door(StrEnum):
    """Where a complaint came in."""

    HOTLINE = "hotline"
    """Key 5, without a person."""
    AGENT = "agent"
    """Taken down by somebody of the staff."""
    CHAT = "chat"
    PORTAL = "portal"
    FORM = "form"
    """The public form: no log-in."""
    EMAIL = "email"
    LETTER = "letter"
    REGULATOR = "regulator"
    """Handed on by the financial regulator."""
    PBC = "pbc"
    """Handed on by the People's Bank of China."""
    ASSOCIATION = "association"
    """Handed on by a consumer association."""


class State(StrEnum):
    """Where a complaint is. ``JOINED``, ``WITHDRAWN`` and ``CLOSED`` are ends."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    """Being looked into."""
    REFUSED = "refused"
    """Not accepted, for a lawful reason; the complainant may ask for a re-examination."""
    AWAITING = "awaiting"
    """A decision waits for a second person."""
    DECIDED = "decided"
    ANSWERED = "answered"
    """The complainant has the answer, and there is proof of it."""
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    JOINED = "joined"
    """The same as another one, which goes on; nothing of it is lost."""


OPEN_STATES = frozenset({State.RECEIVED, State.ACCEPTED, State.AWAITING, State.DECIDED})
"""Those in which the bank still owes something."""


class Mark(StrEnum):
    """What has happened to a complaint; each at one time, the first that counts."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REFUSAL_TOLD = "refusal-told"
    DECIDED = "decided"
    ANSWERED = "answered"
    ANSWERED_AGAIN = "answered-again"
    """Told once more: the first answer was posted in time and came back."""
    REGULATOR_TOLD = "regulator-told"
    PBC_TOLD = "pbc-told"
    REEXAMINATION_ASKED = "reexamination-asked"
    REEXAMINED = "reexamined"
    REEXAMINATION_ANSWERED = "reexamination-answered"
    FOLLOWED_UP = "followed-up"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class PauseGround(StrEnum):
    """What may stop a clock; which clocks it stops stands in the pack."""

    APPRAISAL = "appraisal"
    """An expert outside the bank is asked."""
    MEDIATION = "mediation"


Severity = Literal["low", "middle", "high", "major"]


@dataclass(frozen=True, slots=True)
class Reach:
    """How somebody is reached; empty where the bank has it already, or never will."""

    phone: str = ""
    email: str = ""
    address: str = ""

    @property
    def any(self) -> bool:
        """True where there is any way at all."""
        return bool(self.phone or self.email or self.address)


@dataclass(frozen=True, slots=True)
class Complainant:
    """Who complains. Of a holder the bank knows name and ways; it does not ask for them again."""

    holder_id: HolderId | None = None
    name: str = ""
    identity_tail: str = ""
    """The last 4 characters of the identity document, where somebody unknown gave them."""
    reach: Reach = Reach()

    @property
    def anonymous(self) -> bool:
        """True where nobody could be told anything: it is looked into, and not answered."""
        return self.holder_id is None and not (self.name and self.reach.any)


@dataclass(frozen=True, slots=True)
class Proxy:
    """Who speaks for the complainant, and what shows that they may (CMP 14)."""

    name: str
    reach: Reach
    authority_files: tuple[str, ...] = ()
    """The signed authority, or what shows that they inherit."""
    identity_files: tuple[str, ...] = ()
    heir: bool = False
    principal: str = ""
    """For whom the authority is, as it says."""
    until: date | None = None
    """Its last day; ``None``: it names none."""
    checked_by: str = ""
    """Who of the bank has seen that it is one; empty: nobody."""


@dataclass(frozen=True, slots=True)
class Joint:
    """A complaint of several (CMP 12, 29)."""

    people: int
    """How many complain together."""
    representatives: tuple[str, ...] = ()
    """Names of those who speak for all."""
    in_person: bool = False
    """They came together to the bank or to an authority."""


@dataclass(frozen=True, slots=True)
class Intake:
    """A complaint as a door hands it in. ``key`` makes a repeat harmless: one key, one complaint.

    Free texts may still hold secrets; they are taken out before anything is kept (row E5).
    """

    key: str
    door: Door
    complainant: Complainant
    statement: str
    demand: str = ""
    subjects: tuple[str, ...] = ()
    """Words of the pack (``subjects``): ``contacts``, ``credit-record``, ``payment-services`` …"""
    persons: tuple[str, ...] = ()
    """Staff numbers of those who are complained of, where known."""
    files: tuple[str, ...] = ()
    """Ids of the evidence attached, in the shelf of files."""
    interaction: InteractionId | None = None
    """The conversation in which it was made."""
    account_id: AccountId | None = None
    language: Language = "zh"
    zone: str = "Asia/Shanghai"
    """Where the complainant lives."""
    proxy: Proxy | None = None
    joint: Joint | None = None
    received_at: datetime | None = None
    """When it reached the bank, where that was before it was written down; never later."""
    outside_reference: str = ""
    """The number under which a regulator, the PBC or an association handed it on."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A complaint reached the bank, by this door; one that is joined has several."""

    door: Door
    at: datetime
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """The time in which something outside is waited for, ``[since, until)``."""

    ground: PauseGround
    since: datetime
    until: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """Another grade that was asked for. It counts once it has all that the pack wants of it."""

    id: str
    grade: Grade
    ground: str
    """A word of the pack."""
    why: str
    asked_by: str
    asked_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    turned_down_at: datetime | None = None
    told_at: datetime | None = None
    """When the complainant was told, with proof."""


@dataclass(frozen=True)
class Timeline:
    """All that a clock needs to know of a complaint."""

    arrivals: tuple[Arrival, ...]
    """By time, oldest first."""
    marks: Mapping[Mark, datetime] = field(default_factory=dict)
    pauses: tuple[Pause, ...] = ()
    new_facts: tuple[datetime, ...] = ()
    """When the complainant brought new facts."""
    extensions: tuple[Extension, ...] = ()

    @property
    def received_at(self) -> datetime:
        """When it first reached the bank."""
        return self.arrivals[0].at


@dataclass(frozen=True)
class Complaint:
    """A complaint as it is stored; its history is the journal stream ``complaint:<id>``."""

    id: ComplaintId
    key: str
    door: Door
    complainant: Complainant
    statement: str
    demand: str
    subjects: tuple[str, ...]
    persons: tuple[str, ...]
    files: tuple[str, ...]
    interaction: InteractionId | None
    account_id: AccountId | None
    statement_day: int | None
    """Day of the month on which the account's period closes, where there is an account."""
    language: Language
    zone: str
    proxy: Proxy | None
    joint: Joint | None
    taken_by: str
    """Who took it in, as the journal names them."""
    recorded_at: datetime
    """When it was written down."""
    state: State
    timeline: Timeline
    handler: str | None = None
    """Staff number."""
    first_handler: str | None = None
    """Who handled it before the re-examination."""
    first_approver: str | None = None
    """Who agreed to the decision that is re-examined, where a second person had to."""
    interested: tuple[str, ...] = ()
    """Staff numbers of those who have an interest in the matter."""
    round: int = 1
    """2 from the re-examination on."""
    run: int = 1
    """Counts up when it is opened again: what happened before no longer counts for the clocks."""
    product: str = ""
    issue: str = ""
    severity: Severity | None = None
    causes: tuple[str, ...] = ()
    """Codes of the catalogue of causes."""
    refusal: str = ""
    """The lawful reason for which it was refused."""
    joined_to: ComplaintId | None = None
    satisfied: bool | None = None
    """What the complainant said when asked."""
    closed_at: datetime | None = None
    version: int = 0

    @property
    def ended(self) -> bool:
        """True where nothing more happens by itself."""
        return self.state in (State.CLOSED, State.WITHDRAWN, State.JOINED)

    @property
    def anonymous(self) -> bool:
        """True where nobody can be told anything: not even somebody who speaks for them."""
        spoken = self.proxy is not None and self.proxy.reach.any
        return self.complainant.anonymous and not spoken

    @property
    def mail(self) -> str | None:
        """Id of the e-mail in which it came; ``None`` where it came otherwise."""
        return self.key.partition(":")[2] if self.door is Door.EMAIL else None

    @property
    def about_contacts(self) -> bool:
        """True where it is about being called or written to (row C5)."""
        return "contacts" in self.subjects
