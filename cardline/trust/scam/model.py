"""Types of judging a message or a described call (rows E2, E3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from cardline.core.verdict import RuleVersion

Kind = Literal["message", "call"]
"""``call``: what a holder tells about a call, in the holder's own words."""
Opinion = Literal["official", "unknown", "scam"]
"""``official``: a registered sender, and nothing speaks against it. ``unknown``: cannot tell."""
MOST_CHECKED: Final = 10_000
"""Characters of a text that HTTP takes, where others wait; the command line takes more."""


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody received. ``sender``: number or name as it was shown; empty: not known."""

    text: str
    sender: str = ""
    kind: Kind = "message"


class SenderKind(StrEnum):
    """What a sender's number or name is, by its form and by the registry."""

    OFFICIAL = "official"
    OTHER = "other"
    """Another institution that the registry knows."""
    MOBILE = "mobile"
    PORT = "port"
    """106…: a port for short messages, rented by anybody."""
    SERVICE = "service"
    """95xxx, 96xxx, 12xxx: service numbers."""
    FREE = "free"
    """400 and 800: are called, never call."""
    FIXED = "fixed"
    FOREIGN = "foreign"
    NAME = "name"
    FAKED = "faked"
    """Made to look like a registered one, and is none."""
    NONE = "none"
    OTHER_NUMBER = "other-number"


class LinkKind(StrEnum):
    """What a link is, the worst first that applies."""

    OFFICIAL = "official"
    OTHER = "other"
    """Of another institution that the registry knows."""
    LOOK_ALIKE = "look-alike"
    ADDRESS = "address"
    """An IP address instead of a name."""
    SHORT = "short"
    ODD = "odd"
    """Below a top-level domain that costs nearly nothing, or ends in a program to install."""
    UNREGISTERED = "unregistered"


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text. ``host``: lower case, without ``www.``; empty where it is not known."""

    host: str
    kind: LinkKind


@dataclass(frozen=True, slots=True)
class Institution:
    """Names, numbers and domains of one institution, each in the form in which it is compared."""

    names: frozenset[str] = frozenset()
    """Names as :func:`cardline.trust.scam.text.bones` gives them."""
    numbers: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    """Ports whose every extension is theirs too."""
    domains: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KnownScam:
    """A number, a domain or a text's fingerprint that was reported, and confirmed by compliance."""

    kind: Literal["number", "domain", "text"]
    value: str
    until: datetime
    """The end, exclusive: numbers find new owners."""


@dataclass(frozen=True, slots=True)
class Registry:
    """What is official, what belongs to others, and which scams are known."""

    own: Institution
    others: Mapping[str, Institution] = field(default_factory=dict)
    """By the name that is shown."""
    scams: tuple[KnownScam, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason. ``weight``: 0 to 1, what it alone makes of the score; 0 weighs nothing."""

    code: str
    weight: float = 0.0
    evidence: str = ""
    """The words or the number that it was found in, without secrets."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer with every reason, the heaviest first; ``score``: 0 to 1, how much like a scam."""

    verdict: Opinion
    score: float
    reasons: tuple[Finding, ...]
    rule: RuleVersion

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all reasons."""
        return tuple(reason.code for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class ScamPolicy:
    """The numbers of this area; what each means stands in ``policies/cn/scam.toml``."""

    version: RuleVersion
    scam_from: float
    model_from: float
    model_share: float
    most_characters: int
    cooling_off: timedelta
    review_within: timedelta
    follow_up_within: timedelta
    known_for: timedelta
    report_characters: int
    reports_per_day: int
    sources: Mapping[str, str]


class ReportState(StrEnum):
    """Where a report is: taken in, then confirmed or dismissed by compliance."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody reports. ``key``: the same for a repeat of the same report."""

    message: Message
    key: str
    secrets_told: bool = False
    """A password, a code or card data was given away."""
    paid: bool = False
    """Money was moved."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it is stored. Its text has no secrets any more."""

    id: str
    key: str
    holder: str | None
    interaction: str | None
    told: Told
    frozen: tuple[str, ...]
    """Cards that were frozen with it."""
    judgement: Judgement
    opened_by: str
    opened_at: datetime
    due_at: datetime
    state: ReportState = ReportState.OPEN
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    findings: str | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """What a report lets everybody be warned of, from its confirmation on."""

    id: str
    report: str
    kind: Literal["number", "domain", "text"]
    value: str
    known_from: datetime | None = None
    known_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ScamWarning:
    """A holder was warned of a scam, and what the holder said to it (row E4)."""

    id: str
    interaction: str
    holder: str
    reasons: tuple[str, ...]
    words: str
    """What the holder means to do, without secrets."""
    goes_on: bool
    card: str | None
    """Held with the holder's agreement until ``cools_until``."""
    cools_until: datetime | None
    author: str
    at: datetime
    told: tuple[str, ...] = ()
    """Steps of the persuasion script that were said."""
    judged: "Judged | None" = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What a warned holder had received or was told, without secrets, and what it was taken for."""

    message: Message
    verdict: Opinion
    score: float
