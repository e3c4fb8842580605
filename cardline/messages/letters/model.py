"""Types of letters that leave and that come in."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NewType

from cardline.cards.model import Language
from cardline.core.verdict import Verdict
from cardline.messages.file_model import StoredFile
from cardline.messages.files import Files
from cardline.messages.forms import Form
from cardline.messages.outcomes import Outcomes
from cardline.outreach.model import ContactPolicy

LetterId = NewType("LetterId", str)

WAKE_CHANNEL = "letters"
"""The ``NOTIFY`` channel that tells the printing of a new letter."""


class LetterState(StrEnum):
    """Where a letter is. ``DRAFT`` waits for a second person; ``SENDING``: it is being printed."""

    DRAFT = "draft"
    QUEUED = "queued"
    SENDING = "sending"
    PRINTED = "printed"
    POSTED = "posted"
    RETURNED = "returned"
    REFUSED = "refused"
    FAILED = "failed"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


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

    id: LetterId
    number: str
    """As it stands on the letter; empty where it was refused, or is a draft."""
    state: LetterState
    verdict: Verdict


@dataclass(frozen=True)
class LetterConfig:
    """What writing letters needs; built once, at the start."""

    forms: Mapping[str, Form]
    policy: ContactPolicy
    outcomes: Outcomes
    files: Files
    sender: Mapping[Language, str]
    hotline: str
    back_to: Mapping[Language, str]
    """The bank's own address, in one line: where letters come back to."""
    base_url: str
    tries: int = 6
    pauses: tuple[float, ...] = (10.0, 60.0, 300.0, 900.0, 3600.0)
    lease_seconds: float = 120.0
