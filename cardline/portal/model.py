"""Types of the holder's pages: sessions, preferences, contacts as the holder sees them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NewType

from cardline.cards.model import Delivery, Holder, Language
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject
from cardline.core.verdict import RuleVersion
from cardline.identity.model import Proofs
from cardline.messages.file_model import StoredFile

SessionId = NewType("SessionId", str)
SignInId = NewType("SignInId", str)
NoteId = NewType("NoteId", str)


@dataclass(frozen=True)
class PortalPolicy:
    """The numbers of the holder's pages; read-only and shared."""

    version: RuleVersion
    sign_in: timedelta
    idle: timedelta
    session: timedelta
    even_pace: timedelta
    """What logging in takes at least, whoever the number belongs to."""
    bank_patience: timedelta
    known_browser: timedelta
    """How long a browser in which somebody logged in is known; it opens nothing."""
    note_characters: int
    subject_characters: int
    message_characters: int
    messages_per_day: int
    files_at_once: int
    files_kept: int
    request_bytes: int
    answer_within: timedelta
    contacts_shown: int
    contacts_searched: int
    sources: dict[str, str]
    """Entry of the pack by its key, for reasons."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A try to log in: a code was asked for, for a number that may be nobody's."""

    id: SignInId
    phone: PhoneNumber
    asked_at: datetime
    ends_at: datetime
    back_to: str
    """The page to go to afterwards."""
    kept: JsonObject | None
    """What had been typed there when the session was found to be over; never a secret."""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which a holder is logged in; also the journal stream of what is done there."""

    id: SessionId
    holder: HolderId
    proofs: Proofs
    opened_at: datetime
    seen_at: datetime
    idle_until: datetime
    ends_at: datetime
    ended_at: datetime | None
    user_agent: str
    kept: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class HolderSession:
    """What a page is given: who is logged in, what was proven, and what its forms must carry."""

    id: SessionId
    holder: Holder
    proofs: Proofs
    csrf: str
    session: Session


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a holder has chosen; ``None`` where nothing was chosen yet."""

    language: Language | None = None
    large: bool = False
    delivery: Delivery = "pages"


ContactDoor = (
    Literal["phone", "callback", "campaign", "chat", "message", "email", "letter", "app"]
    | Literal["sms-out", "sms-in", "email-out", "letter-out"]
)


@dataclass(frozen=True, slots=True)
class Word:
    """A text of the catalogue with what it is filled with: said in either language later."""

    key: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a contact's story, in the holder's words."""

    at: datetime
    who: Literal["holder", "bank", "system"]
    word: Word | None = None
    text: str = ""
    """What was said or written, as it was; empty where the word says all."""


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at the holder's data or listened, and said why."""

    at: datetime
    by: str
    """``staff:6201``, ``agent:a6001``, or ``holder:…`` for the holder's own."""
    kind: str
    reason: str
    role: str = ""
    """The role at that time, where it was written down."""
    what: str = ""
    """What was seen, a code of the catalogue; empty where the kind says it."""
    number: str = ""
    """Staff number."""

    @property
    def own(self) -> bool:
        """True for the holder's own."""
        return self.by.startswith("holder:")


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact with the bank, by whatever door."""

    id: str
    door: ContactDoor
    at: datetime
    ended_at: datetime | None = None
    subject: str = ""
    """What it was about in the holder's own words, where there are any."""
    about: tuple[str, ...] = ()
    """What it was about: codes of the catalogue, ``freeze``, ``balance``."""
    outcome: str = ""
    agents: tuple[str, ...] = ()
    """Staff numbers of who served."""
    seconds: float | None = None
    """Length of the recording, where there is one."""
    story: tuple[Told, ...] = ()
    looks: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a holder looks for among the contacts; empty fields leave everything in."""

    text: str = ""
    door: str = ""
    year: int | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Note:
    """A note of the holder's own beside a contact; nobody at the bank reads it."""

    id: NoteId
    contact: str
    text: str
    at: datetime
    count: int = 0
    """How many files stand beside it."""
    files: tuple[StoredFile, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One part of an exchange of messages with the bank."""

    id: str
    by: Literal["holder", "bank"]
    who: str
    """Staff number of who answered; empty for the holder."""
    text: str
    at: datetime
    count: int = 0
    """How many files came with it."""
    files: tuple[StoredFile, ...] = ()


@dataclass(frozen=True, slots=True)
class HolderMessage:
    """A message to the bank with what followed; it is an interaction with the door ``message``."""

    id: str
    holder: HolderId
    subject: str
    opened_at: datetime
    due_at: datetime | None
    """By when the bank answers; ``None`` where nothing waits for an answer."""
    answered_at: datetime | None
    unread: bool
    """An answer that the holder has not opened yet."""
    lines: tuple[MessageLine, ...] = ()
