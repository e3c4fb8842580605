"""Types of e-mail that leaves and that comes in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cardline.cards.model import Language
from cardline.core.ids import HolderId, InteractionId
from cardline.core.transaction import JsonObject
from cardline.core.verdict import RuleVersion
from cardline.messages.arrivals import Box
from cardline.messages.file_model import FilePolicy, StoredFile
from cardline.messages.model import MessageId, MessageState, RejectedByGateway
from cardline.outreach.model import Purpose

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
