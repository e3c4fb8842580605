"""Types of chats: who has it, what was written, who may take it, where the machine stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from cardline.cards.model import Language
from cardline.core.actor import Actor, holder_actor
from cardline.core.ids import AgentId, HolderId, InteractionId, QueueName
from cardline.core.verdict import RuleVersion, Verdict
from cardline.identity.model import Proofs
from cardline.messages.file_model import FilePolicy, StoredFile

CHANNEL = "chat"
"""``LISTEN chat``. Payload: ``ID`` something changed, or ``ID typing SIDE``."""

ChatState = Literal["bot", "waiting", "talking", "message", "closed"]
Author = Literal["holder", "bot", "agent", "system"]
Outcome = Literal["resolved", "follow-up", "left", "message", "polite-end"]
Side = Literal["holder", "agent"]
StayCause = Literal["asked", "transferred", "given-back"]
StayOutcome = Literal["answered", "message", "left"]
Signal = Literal[
    "theft",
    "distress",
    "complaint",
    "person",
    "stop-marketing",
    "greeting",
    "thanks",
    "helped",
    "not-helped",
]
HandOverReason = Literal["theft", "distress", "complaint", "asked", "failures", "returned"]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who writes: a holder who is logged in, or somebody unknown with a cookie of ours."""

    holder: HolderId | None
    cookie: bytes | None
    """SHA-256 of the cookie; ``None`` for a holder."""
    proofs: Proofs = field(default_factory=Proofs)


@dataclass(frozen=True, slots=True)
class BotState:
    """Where the machine stands: failures one after the other, the article that it gave last."""

    failures: int = 0
    article: str = ""
    matter: str = ""


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat as it is stored."""

    id: InteractionId
    holder_id: HolderId | None
    language: Language
    state: ChatState
    matter: str
    urgent: bool
    waiting_since: datetime | None
    given_back: bool
    wanted_agent: AgentId | None
    agent_id: AgentId | None
    accepted_at: datetime | None
    bot: BotState
    last_number: int
    last_word_at: datetime
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None

    @property
    def actor(self) -> Actor:
        """As whom its holder acts."""
        return holder_actor(self.holder_id)


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message; ``text`` never has a secret in it."""

    chat: InteractionId
    number: int
    author: Author
    agent_id: AgentId | None
    text: str
    masked: tuple[str, ...]
    article: str | None
    file: StoredFile | None
    staff_only: bool
    at: datetime
    delivered_at: datetime | None
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChatAgent:
    """An agent as chats see one. ``load``: chats that the agent has now."""

    id: AgentId
    ready: bool
    capacity: int
    languages: frozenset[str]
    skills: frozenset[str]
    since: datetime
    screen_until: datetime
    load: int = 0
    on_phone: bool = False


@dataclass(frozen=True, slots=True)
class WaitingChat:
    """A chat in the queue.

    ``served_by``: the skills of which any serves it now, ``serves_later``: also once the queue
    overflows; ``*``: any skill.
    """

    id: InteractionId
    language: Language
    matter: str
    urgent: bool
    given_back: bool
    since: datetime
    served_by: frozenset[str]
    serves_later: frozenset[str] = frozenset()
    wanted_agent: AgentId | None = None
    """The only agent who may have it, as long as that agent's screen is there."""


@dataclass(frozen=True, slots=True)
class ChatStay:
    """One stay of a chat in a queue; open while ``left_at`` is ``None``."""

    queue: QueueName
    cause: StayCause
    entered_at: datetime
    left_at: datetime | None
    outcome: StayOutcome | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that the machine might answer with."""

    article: str
    matter: str
    confidence: Decimal


@dataclass(frozen=True, slots=True)
class Say:
    """What the machine says: a text of the catalogue, an article, titles to choose from."""

    text: str
    article: str = ""
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandOver:
    """A person takes over."""

    reason: HandOverReason
    matter: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class BotStep:
    """What the machine does about one message."""

    state: BotState
    says: tuple[Say, ...]
    hand_over: HandOver | None = None


@dataclass(frozen=True)
class ChatPolicy:
    """The numbers of the pack."""

    version: RuleVersion
    capacity: int
    capacity_most: int
    screen_lease: timedelta
    return_within: timedelta
    idle: timedelta
    message_due: timedelta
    message_length: int
    messages_per_minute: int
    confidence: Decimal
    suggest: Decimal
    failures: int
    files_per_chat: int
    files: FilePolicy


@dataclass(frozen=True)
class BotWords:
    """The words that the machine hears for each signal, ready to be searched for."""

    patterns: Mapping[Signal, tuple[str, ...]]
    theft_matter: str
    complaint_matter: str
    fallback_matter: str


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a message; ``message`` is ``None`` where it was refused."""

    verdict: Verdict
    chat: Chat | None
    message: int | None = None
    masked: tuple[str, ...] = ()
