"""Types of e-mail that leaves and that comes in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from cardline.cards.model import Language
from cardline.core.ids import HolderId, InteractionId
from cardline.core.transaction import JsonObject
from cardline.core.verdict import RuleVersion
from cardline.messages.arrivals import Box
from cardline.messages.file_model import FilePolicy, StoredFile
from cardline.messages.files import Files
from cardline.messages.forms import Form
from cardline.messages.model import MessageId, MessageState, RejectedByGateway
from cardline.messages.outcomes import Outcomes
from cardline.messages.sealing import TextSeal
from cardline.outreach.model import ContactPolicy, Purpose

BOUNCES = "bounces"
"""Local part to which everything comes back: ``bounces+TOKEN``."""

WAKE_CHANNEL = "mail"
"""The ``NOTIFY`` channel that tells the dispatcher of a new e-mail."""


class AddressRejected(RejectedByGateway):
    """The relay says that this very address will never take anything."""

    code = "mail-address-rejected"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along; ``name`` as the receiver sees it."""

    file: StoredFile
    name: str


@dataclass(frozen=True, slots=True)
class SentMail:
    """An e-mail of ours as it may be read again: its secrets are masked."""

    id: MessageId
    template: str
    purpose: Purpose
    subject: str
    text: str
    state: MessageState
    at: datetime
    sent_at: datetime | None


HolderProof = Literal["claimed", "papers", "called-back"]
"""How surely the staff know whose an e-mail is; weakest first. None of them opens an act."""
ClosedFor = Literal["no-answer-needed", "answered-elsewhere", "not-for-us", "junk"]
"""Why an e-mail is closed without an answer."""


@dataclass(frozen=True, slots=True)
class InMail:
    """An e-mail that came in, cleaned. ``interaction`` is ``None`` for a bounce alone.

    ``refused``: files that were not kept, each with name and reason; an empty name stands for what
    was too much. It waits for an answer while ``due_at`` is set.
    """

    id: str
    message_id: str
    kind: Literal["message", "automatic", "bounce"]
    box: Box
    interaction: InteractionId | None
    sender: str
    sender_name: str
    holder: HolderId | None
    registered: bool
    subject: str
    text: str
    language: Language
    refused: tuple[JsonObject, ...]
    answers: MessageId | None
    due_at: datetime | None
    answered_at: datetime | None
    at: datetime
    answered_by: str | None = None
    holder_proof: HolderProof | None = None
    """How the staff found out whose it is; ``None``: nobody of them said so."""
    holder_by: str | None = None
    closed_for: ClosedFor | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MailWords:
    """What every e-mail has besides its own text, in one language."""

    greeting: str
    never: str
    again: str
    """What stands before the subject of an answer."""
    failed: str
    """What the desk reads where one did not arrive."""


@dataclass(frozen=True, slots=True)
class MailInPolicy:
    """How large, how many, how long: numbers of the pack's ``mail`` area."""

    version: RuleVersion
    mail_bytes: int
    files: int
    characters: int
    parts: int
    connections: int
    stranger_answers: int
    """Automatic answers in 24 hours to an address that no holder has registered."""
    file: FilePolicy
    """How large a file of an e-mail, or a scan, may be."""


@dataclass(frozen=True)
class MailConfig:
    """What sending e-mail needs; built once, at the start."""

    forms: Mapping[str, Form]
    words: Mapping[Language, MailWords]
    policy: ContactPolicy
    seal: TextSeal
    outcomes: Outcomes
    files: Files
    sender: Mapping[Language, str]
    """Name of the bank as it stands before the address."""
    address: str
    """From which we write and to which people answer. Its domain is that of the Message-ID and of
    the envelope, so that a DKIM signature of the relay is aligned (RFC 7489, 3.1)."""
    complaints: str
    """Where complaints come in and from which they are answered."""
    hotline: str
    base_url: str
    """Where the one click is made that ends advertising (RFC 8058)."""
    answer_within: timedelta
    """How long the desk has to answer an e-mail, or to tell otherwise what did not arrive."""
    tries: int = 8
    pauses: tuple[float, ...] = field(default=(60, 300, 900, 3600, 7200, 14400, 28800))
    """Seconds between the tries (RFC 5321, 4.5.4.1: growing, for hours)."""
    lease_seconds: float = 120.0

    @property
    def domain(self) -> str:
        """The domain of everything that names us."""
        return self.address.rpartition("@")[2]

    def address_of(self, box: Box) -> str:
        """Return our address of a box."""
        return self.complaints if box == "complaints" else self.address

    def envelope(self, token: str) -> str:
        """Return to whom an e-mail comes back: one address for each, of our own domain."""
        return f"{BOUNCES}+{token}@{self.domain}"
