"""Types of trust: what is officially ours, the proof of a contact, and what is asked about both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, NewType

from cardline.cards.model import Language
from cardline.core.ids import HolderId
from cardline.core.verdict import Reason, RuleVersion

ProofId = NewType("ProofId", str)

Code = tuple[int, int, int]
"""The spoken code: places of three words in ``code_words.yaml``; the same in every language."""


class OfficialKind(StrEnum):
    """What a bank publishes so that people can hold against it what they met."""

    NUMBER = "number"
    """A number that calls, is called, or texts."""
    SENDER = "sender"
    """The name in front of a short message: 【…】."""
    DOMAIN = "domain"
    CAMPAIGN = "campaign"
    """An offer, with the time in which it runs."""


@dataclass(frozen=True, slots=True)
class Official:
    """One entry of the registry, in force during ``[since, until)``.

    ``value`` is canonical (:func:`cardline.trust.rules.canonical`), ``shown`` as people read it; of
    a campaign it is the name with which it is announced. ``zh`` and ``en`` say what it is.
    """

    id: str
    kind: OfficialKind
    value: str
    zh: str
    en: str
    since: datetime
    until: datetime | None = None
    shown: str = ""
    ended_why: str = ""
    """Why somebody let it end; empty where its end was known from the beginning."""


class Answer(StrEnum):
    """Is it ours, was it us? In doubt never yes."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot-tell"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer with every reason, and what to do next, the most urgent first.

    ``steps`` are stable codes with words in the catalogue; ``official`` is the entry of the
    registry that it is, or was.
    """

    answer: Answer
    rule: RuleVersion
    reasons: tuple[Reason, ...]
    steps: tuple[str, ...]
    official: Official | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all reasons, in the order in which they were found."""
        return tuple(reason.code for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class StaffShown:
    """Who spoke for the bank, as it was said: staff number and name."""

    number: str
    name: str


ProofChannel = Literal["call", "sms", "email", "letter", "app"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What a contact of the bank's left behind, so that it can be shown to have been the bank's.

    ``to``: where it went, a number in E.164 for calls and short messages. ``shown``: the number or
    sender that was displayed. ``text``: what was written, its secrets masked by ``******``.
    ``solicited``: an answer to what the person had just asked.
    """

    id: ProofId
    key: str
    channel: ProofChannel
    to: str
    holder: HolderId | None
    purpose: str
    shown: str
    staff: StaffShown | None
    code: Code
    at: datetime
    text: str = ""
    solicited: bool = False
    answered_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says of a call or message. Everything may be unknown (empty, ``None``).

    ``tail``: the last four digits of the telephone that rang; needed beside the code, so that a
    code that was overheard in one call proves nothing about another.
    """

    kind: Literal["call", "message", ""] = ""
    number: str = ""
    at: datetime | None = None
    staff_number: str = ""
    staff_name: str = ""
    code: str = ""
    tail: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody of whom nothing is known."""


@dataclass(frozen=True, slots=True)
class ByNumber:
    """Somebody who asks from a number that is believed: hears what went to that number.

    ``holder``: who has it now. What went there for somebody who had it before is not told.
    """

    number: str
    holder: HolderId | None = None


@dataclass(frozen=True, slots=True)
class ByHolder:
    """A holder who has proven it well enough to read their own contacts; the registered number."""

    holder: HolderId
    number: str


Asker = Stranger | ByNumber | ByHolder


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer about a contact.

    ``proof``: the contact that it was, only for whom it went to. ``live``: a call with the asker
    that is up now. Both stay empty for a stranger, whatever the answer.
    """

    finding: Finding
    proof: Proof | None = None
    live: Proof | None = None


@dataclass(frozen=True, slots=True)
class CodeWord:
    """One word of the spoken code."""

    zh: str
    pinyin: str
    en: str


@dataclass(frozen=True)
class TrustPolicy:
    """The numbers of this area; read-only and shared."""

    version: RuleVersion
    code_lasts: timedelta
    """How long a code proves anything, from the contact on."""
    time_tolerance: timedelta
    """How far a time that somebody remembers may be from the contact."""
    told_back: timedelta
    """How far back a contact is told to the holder; before that we cannot tell."""
    recent: timedelta
    """How far back a contact is told by short message and on the hotline."""
    longest_call: timedelta
    """A call that was up for longer is not shown as up: its end was missed."""
    freshness: timedelta
    """Age, and distance into the future, at which a signed identity is still believed."""
    public_services: frozenset[str]
    """Numbers of authorities that people may have met; not ours."""
    inbound_only: tuple[str, ...]
    """Beginnings of numbers that only take calls."""
    sources: dict[str, str]


@dataclass(frozen=True)
class TrustConfig:
    """What trust needs; built once, at the start.

    ``own`` is what the settings say of ourselves: hotline, sender, text number, site. The rest of
    the registry is in the database.
    """

    policy: TrustPolicy
    own: tuple[Official, ...] = ()
    lines: Mapping[str, str] = field(default_factory=dict)
    """Numbers that steps and tips tell: the ``hotline``, ``police``, ``antifraud``, ``junk``."""


Names = dict[Language, str]
