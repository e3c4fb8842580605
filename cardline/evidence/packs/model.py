"""What a pack of evidence is about, and what each area contributes to it (rows A7, C6, F2)."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType

from cardline.cards.model import Language
from cardline.core.ids import HolderId
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.looks.model import Looker

PackId = NewType("PackId", str)

Audience = Literal["holder", "auditor"]
"""For whom a pack is made: the holder's own leaves out what is the bank's internal business."""


Asker = Looker | Literal["holder"]
"""As what somebody asks for a pack or fetches it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a pack is about: all of a holder, some interactions, or a complaint.

    ``interactions``: these alone; ``None`` for all of the holder's. ``numbers``: telephone numbers
    that are the subject's own, in E.164; any other stays out. ``most``: newest contacts of all.
    """

    holder: HolderId | None
    language: Language
    audience: Audience
    most: int
    interactions: tuple[str, ...] | None = None
    complaint: str = ""
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PackFile:
    """A file that goes into a pack as it is.

    ``name``: path within the pack, ``recordings/ID.wav``. ``of``: id of the item that it belongs
    to. ``read`` gives the content in parts; going through them may block, and is done in a thread.
    Raises ``NotFound`` where the file is gone. ``title``: what people call it, or how long it is.
    """

    name: str
    of: str
    read: Callable[[Transaction], Awaitable[Iterator[bytes]]]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an item in the index that people read; ``at`` and ``who`` may be unknown."""

    text: str
    at: datetime | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in the index: a conversation, a statement, a decision."""

    id: str
    at: datetime
    title: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What one area contributes.

    ``records``: the area's own facts as JSON, ``records/NAME.json``. ``items``: the same for
    people, in the language of the subject. ``streams``: streams of the journal that belong to it.
    ``missing``: what should be here and is not, in words.
    """

    records: tuple[JsonObject, ...] = ()
    items: tuple[Item, ...] = ()
    files: tuple[PackFile, ...] = ()
    streams: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """An area that contributes. ``read`` leaves out what is other people's.

    ``name``: stable, lower case; names the file of its records. ``titles``: of its section.
    """

    name: str
    titles: Mapping[Language, str]
    read: Callable[[Transaction, Subject], Awaitable[Part]]
