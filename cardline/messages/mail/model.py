"""Types of e-mail that leaves and that comes in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cardline.cards.model import Language
from cardline.messages.file_model import StoredFile
from cardline.messages.forms import Form
from cardline.messages.model import RejectedByGateway
from cardline.messages.outcomes import Outcomes
from cardline.messages.sealing import TextSeal
from cardline.outreach.model import ContactPolicy

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


@dataclass(frozen=True)
class MailConfig:
    """What sending e-mail needs; built once, at the start."""

    forms: Mapping[str, Form]
    policy: ContactPolicy
    seal: TextSeal
    outcomes: Outcomes
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
    tries: int = 8
    pauses: tuple[float, ...] = field(default=(60, 300, 900, 3600, 7200, 14400, 28800))
    """Seconds between the tries (RFC 5321, 4.5.4.1: growing, for hours)."""
    lease_seconds: float = 120.0

    @property
    def domain(self) -> str:
        """The domain of everything that names us."""
        return self.address.rpartition("@")[2]
