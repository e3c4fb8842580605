"""Types of e-mails, letters and messages of the app as evidence packs tell them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Way = Literal["email", "letter", "app"]


@dataclass(frozen=True, slots=True)
class SentPost:
    """What was to leave.

    ``address``: where to; of a message of the app, the account. ``reference``: Message-ID, number
    of the letter, or the gateway's identifier. ``handed_at``: the relay, the printer or the gateway
    took it. ``posting``: the carrier's number. ``why``: why it came back or failed. ``files``: id,
    owner and name of each that went along. ``printed``: the PDF of a letter.
    """

    way: Way
    id: str
    stream: str
    at: datetime
    subject: str
    text: str
    address: str
    purpose: str
    state: str
    reasons: tuple[str, ...]
    handed_at: datetime | None
    reference: str
    carrier: str
    posting: str
    posted_at: datetime | None
    returned_at: datetime | None
    why: str | None
    files: tuple[tuple[str, str, str], ...]
    printed: str | None


@dataclass(frozen=True, slots=True)
class ReceivedPost:
    """What came in. ``refused``: how many files were not kept."""

    way: Way
    id: str
    interaction: str
    at: datetime
    subject: str
    text: str
    sender: str
    reference: str
    refused: int
