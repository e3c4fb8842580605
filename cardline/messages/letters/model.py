"""Types of letters that leave and that come in."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from cardline.cards.model import Language
from cardline.core.ids import HolderId, InteractionId
from cardline.core.verdict import Verdict
from cardline.messages.arrivals import Box
from cardline.messages.file_model import StoredFile
from cardline.messages.model import MessageId, MessageState

WAKE_CHANNEL = "letters"
"""The ``NOTIFY`` channel that tells the printing of a new letter."""


ReturnReason = Literal[
    "unknown", "moved", "refused", "not-collected", "deceased", "damaged", "other"
]


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who a letter is for, as it shows in the window of the envelope; at most six lines."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A PDF that goes into the same envelope."""

    file: StoredFile
    name: str


@dataclass(frozen=True, slots=True)
class QueuedLetter:
    """What became of a letter: queued with its number, or refused with the gate's reasons."""

    id: MessageId
    number: str
    """As it stands on the letter; empty where it was refused."""
    state: MessageState
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as staff see it in the queue; what it says stands in its PDF."""

    id: MessageId
    number: str
    key: str
    holder: HolderId | None
    addressee: Addressee
    purpose: str
    template: str
    language: Language
    registered: bool
    state: MessageState
    stream: str
    at: datetime
    printed_at: datetime | None
    missing: tuple[str, ...]
    author: str | None
    carrier: str | None
    posting: str | None
    posted_at: datetime | None
    returned_at: datetime | None
    return_reason: ReturnReason | None
    again: MessageId | None
    file: str | None
    fault: str | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_why: str | None


@dataclass(frozen=True, slots=True)
class LetterDraft:
    """A letter in somebody's own words that waits for a second person, or what came of it."""

    id: str
    holder: HolderId | None
    addressee: Addressee
    language: Language
    zone: str
    subject: str
    text: str
    registered: bool
    stream: str
    author: str
    written_at: datetime
    state: Literal["waiting", "approved", "rejected"] = "waiting"
    decided_by: str | None = None
    why: str = ""
    letter: MessageId | None = None


@dataclass(frozen=True, slots=True)
class ScannedLetter:
    """A letter that came in. ``received_on``: the day on which it reached the bank."""

    id: str
    interaction: InteractionId
    box: Box
    holder: HolderId | None
    sender: str
    subject: str
    language: Language
    received_on: date
    posting: str
    taken: bool
    scanned_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Words:
    """What every letter has besides its own text, in one language."""

    date: str
    number: str
    greeting: str
    closing: str
    contact: str
    footer: str
    page: str
    enclosed: str
    registered: str
    fact_number: str
    fact_date: str
    returned: str
    """What the desk reads where a letter has come back."""
    sent_back: str
    """What its author reads where a letter in their own words was sent back."""
    scanned: str
    """What the desk reads where a letter has come in."""
