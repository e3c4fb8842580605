"""Types of files that people send: pictures, documents, text."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cardline.core.verdict import RuleVersion, Verdict
from cardline.evidence.sealing.model import SealedKey

FileKind = Literal["jpeg", "png", "pdf", "text"]

MEDIA_TYPES: dict[FileKind, str] = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
    "text": "text/plain; charset=utf-8",
}
SUFFIXES: dict[FileKind, str] = {"jpeg": ".jpg", "png": ".png", "pdf": ".pdf", "text": ".txt"}
SHOWN_IN_PAGE: frozenset[FileKind] = frozenset({"jpeg", "png"})
"""Kinds that a page may show; all others are only ever saved."""


@dataclass(frozen=True, slots=True)
class FilePolicy:
    """How large a file may be."""

    version: RuleVersion
    most_bytes: int
    most_pixels: int


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file as it may be kept, or why not; ``content`` is empty where it is refused."""

    verdict: Verdict
    kind: FileKind = "text"
    name: str = ""
    content: bytes = field(default=b"", repr=False)
    masked: tuple[str, ...] = ()
    """Kinds of secrets that were taken out of a text."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is kept."""

    id: str
    path: str
    name: str
    kind: FileKind
    bytes: int
    sha256: str
    scanned: bool
    owner: str
    stored_at: datetime
    key: SealedKey | None = field(default=None, repr=False)
    """Under which it lies sealed; ``None``: it lies as it is, from before sealing."""
