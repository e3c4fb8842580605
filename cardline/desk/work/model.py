"""Types of the agent's work: wrap-up, promises, tasks, notes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cardline.core.ids import AgentId, HolderId, InteractionId

TaskKind = Literal["promise", "callback", "wrap-up", "message", "other"]


@dataclass(frozen=True, slots=True)
class Promise:
    """What the agent promised, and by when."""

    what: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class WrapUp:
    """What an agent writes down of a conversation; a draft until ``completed_at``."""

    interaction: InteractionId
    agent: AgentId
    author: str
    version: int
    began_at: datetime
    saved_at: datetime
    matter: str = ""
    outcome: str = ""
    summary: str = ""
    anything_else_asked: bool = False
    read_back_confirmed: bool = False
    promises: tuple[Promise, ...] = ()
    masked: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    holder: HolderId | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What somebody must still do. It lies with an agent, or with the queue of a matter."""

    id: str
    source: str
    kind: TaskKind
    what: str
    interaction: InteractionId | None
    holder: HolderId | None
    agent: AgentId | None
    matter: str | None
    due_at: datetime
    opened_at: datetime
    opened_by: str
    done_at: datetime | None = None
    done_by: str | None = None
    result: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody of the staff wrote down; ``masked`` and ``asks`` name kinds of secrets."""

    id: str
    interaction: InteractionId | None
    holder: HolderId | None
    author: str
    text: str
    masked: tuple[str, ...]
    asks: tuple[str, ...]
    at: datetime
