"""Types of messages: what all kinds share, and short messages out and in (commands)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, NewType

from cardline.cards.model import Language
from cardline.core.errors import CardlineError
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject
from cardline.core.verdict import Verdict
from cardline.messages.sealing import TextSeal
from cardline.outreach.campaigns.policy import survey_lasts
from cardline.outreach.model import ContactPolicy, Purpose
from cardline.trust.model import TrustConfig
from cardline.trust.policy import load_trust

MessageId = NewType("MessageId", str)

Values = Mapping[str, str | int | datetime]
"""What a template is filled with. Times are written in the holder's zone and language."""

WAKE_CHANNEL = "sms"
"""The ``NOTIFY`` channel that tells the dispatcher of a new message."""


class MessageState(StrEnum):
    """Where a message is. ``REFUSED`` by the gate; ``LAPSED``: it would have come too late.

    A letter is ``PRINTED`` where others are ``SENT``; then it is ``POSTED`` and may be
    ``RETURNED``, as an e-mail may have ``BOUNCED``. ``WITHDRAWN``: stopped before it was printed.
    A text that was ``SENT`` is ``DELIVERED`` or ``UNDELIVERED`` where the network tells;
    ``UNKNOWN``: it left, and nobody knows whether it was taken. It is not sent again.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"
    LAPSED = "lapsed"
    PRINTED = "printed"
    POSTED = "posted"
    RETURNED = "returned"
    BOUNCED = "bounced"
    WITHDRAWN = "withdrawn"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    UNKNOWN = "unknown"


class RejectedByGateway(CardlineError):
    """The gateway will never take this message: trying again is useless."""

    code = "sms-rejected"


class FateUnknown(CardlineError):
    """The message left, and nobody knows whether it was taken: again would be twice."""

    code = "sms-unknown"


@dataclass(frozen=True, slots=True)
class Template:
    """One message of the catalogue. ``secret`` names the values that nobody but the holder sees."""

    name: str
    purpose: Purpose
    texts: dict[Language, str]
    times: dict[Language, str]
    """How a time is written."""
    fields: frozenset[str]
    secret: frozenset[str]


@dataclass(frozen=True)
class SmsConfig:
    """What the sending of short messages needs; built once, at the start."""

    catalogue: Mapping[str, Template]
    policy: ContactPolicy
    seal: TextSeal
    sender: Mapping[Language, str]
    """Name of the bank as it signs: ``【…】``."""
    hotline: str
    """Number of the hotline as people dial it."""
    inbound: str = ""
    """Number to which people send commands; empty where replies are not taken."""
    trust: TrustConfig = field(default_factory=load_trust)
    """How people learn whether a message was ours; by itself the pack ``cn`` and no registry."""
    survey_lasts: timedelta = field(default_factory=survey_lasts)
    """How long an answer to a survey is taken; by itself that of the pack ``cn``."""
    tries: int = 6
    """How often a message is handed over before it counts as failed."""
    pauses: tuple[float, ...] = (2.0, 10.0, 60.0, 300.0, 900.0)
    """Seconds between the tries."""
    lease_seconds: float = 60.0
    """A sender that has not answered for so long is taken for dead."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text that is ready to go, and what may be shown of it."""

    text: str
    masked: str


@dataclass(frozen=True, slots=True)
class Queued:
    """What became of a message: queued, or refused with the gate's reasons."""

    id: MessageId
    state: MessageState
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that a dispatcher has claimed: what all kinds have, and the whole ``row``.

    ``phone`` or ``address`` is where it goes. ``tries`` counts this one.
    """

    id: MessageId
    key: str
    holder: HolderId | None
    phone: PhoneNumber | None
    address: str | None
    purpose: Purpose
    template: str
    zone: str
    stream: str
    solicited: bool
    tries: int
    row: JsonObject = field(repr=False)


@dataclass(frozen=True, slots=True)
class SentSms:
    """A message to a holder as staff may read it: its secrets are masked."""

    id: MessageId
    template: str
    purpose: Purpose
    text: str
    state: MessageState
    at: datetime


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What one round of the dispatcher did."""

    sent: int = 0
    later: int = 0
    refused: int = 0
    failed: int = 0
    unknown: int = 0


CommandKind = Literal[
    "freeze",
    "make-final",
    "object",
    "reset-password",
    "stop-marketing",
    "rate",
    "verify",
    "help",
    "unknown",
]


@dataclass(frozen=True, slots=True)
class SmsCommand:
    """What somebody asks for by text.

    ``digits`` is a card tail (freeze; empty: the only card, ``all``: every card), the word of a
    hold (make-final, object), an identity-number tail (reset-password), or the number that called
    or texted (verify; empty: whatever we sent).
    """

    kind: CommandKind
    digits: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a text that came in. ``answer`` is ``None`` where nothing is answered."""

    command: CommandKind
    answer: Queued | None
    again: bool = False
    """True where the gateway delivered the same message before: nothing was done twice."""


@dataclass(frozen=True, slots=True)
class SentText:
    """A short message as its receiver may see it again: secrets are masked."""

    id: MessageId
    at: datetime
    text: str
    state: MessageState
    purpose: Purpose
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReceivedText:
    """A text that came in, as it was kept: numbers are masked."""

    message: str
    at: datetime
    text: str
    command: str
