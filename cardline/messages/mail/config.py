"""What sending e-mail needs, built once at the start."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from cardline.cards.model import Language
from cardline.messages.arrivals import Box
from cardline.messages.files import Files
from cardline.messages.forms import Form
from cardline.messages.mail.model import BOUNCES, MailWords
from cardline.messages.outcomes import Outcomes
from cardline.messages.sealing import TextSeal
from cardline.outreach.model import ContactPolicy


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
