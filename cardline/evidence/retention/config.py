"""What erasing needs; built once, at the start."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cardline.core.transaction import Transaction
from cardline.evidence.retention.model import RetentionPolicy
from cardline.evidence.sealing.recordings import Recordings
from cardline.ports.files import FileShelf


@dataclass(frozen=True, slots=True)
class Tie:
    """Something that an interaction belongs to, which keeps it longer: a complaint."""

    cls: str
    """The class of the pack, ``complaint``."""
    at: datetime | None
    """From when on it counts; ``None`` while it has not ended."""
    complaint: str | None = None
    """Id of the complaint, on which a hold may lie."""


Ties = Callable[[Transaction, Sequence[str]], Awaitable[Mapping[str, Sequence[Tie]]]]
"""Tells what some interactions belong to; an area whose matters keep conversations gives one."""


@dataclass(frozen=True)
class RetentionConfig:
    """Policy, the places where things lie, and who else has a say."""

    policy: RetentionPolicy
    recordings: Recordings
    shelf: FileShelf
    ties: tuple[Ties, ...] = ()
