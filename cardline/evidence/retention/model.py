"""Types of retention: classes of data, what keeps a thing, holds, requests to erase (row F3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cardline.core.ids import HolderId
from cardline.core.verdict import RuleVersion

SubjectKind = Literal["holder", "complaint", "interaction"]
Subject = tuple[SubjectKind, str]
"""What a legal hold may lie on."""


@dataclass(frozen=True, slots=True)
class Period:
    """A time by the calendar: three years from 29 February end on 1 March."""

    years: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """One class of data, as the pack has it."""

    name: str
    keep: Period
    asked: Period
    """How long even where the holder asks for erasure: the time that the law or a claim needs."""
    starts: str
    """From when on it counts, in words."""
    source: str
    kind: Literal["T", "S", "P", "C"]


@dataclass(frozen=True)
class RetentionPolicy:
    """The classes, and how requests and sweeps go."""

    version: RuleVersion
    classes: Mapping[str, RetentionClass]
    request_waits: Period
    """From asking to erasing, within which the holder may think again."""
    sweep_from: int
    sweep_until: int
    """Hours of the bank's day between which the sweep runs."""
    at_once: int
    """Things that one transaction erases."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something from which a class counts; ``at`` is ``None`` while it has not come yet."""

    cls: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Hold:
    """Whatever this lies on is not erased, however old it is."""

    id: str
    subject: Subject
    reason: str
    set_by: str
    set_at: datetime
    lift_reason: str = ""
    lift_asked_by: str | None = None
    lift_asked_at: datetime | None = None
    lifted_by: str | None = None
    lifted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that is kept for a time."""

    kind: str
    id: str
    holder: HolderId | None
    interaction: str | None
    events: tuple[Event, ...]
    subjects: frozenset[Subject] = frozenset()


@dataclass(frozen=True, slots=True)
class Kept:
    """One reason why a thing is kept; ``until`` is ``None`` where no end is known."""

    code: str
    source: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Keeping:
    """Until when a thing is kept, and everything that keeps it; the longest counts."""

    reasons: tuple[Kept, ...]

    @property
    def until(self) -> datetime | None:
        """When it may be erased at the earliest; ``None`` where no end is known."""
        ends = [one.until for one in self.reasons]
        known = [end for end in ends if end is not None]
        return max(known) if known and len(known) == len(ends) else None


@dataclass(frozen=True, slots=True)
class EraseRequest:
    """A holder asks for erasure of what may be erased (PIPL 47)."""

    id: str
    holder: HolderId
    asked_at: datetime
    due_at: datetime
    state: Literal["waiting", "withdrawn", "done"]
    done_at: datetime | None = None
    erased: Mapping[str, int] = field(default_factory=dict)
    """Things that were erased, by kind."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """What stays: by reason the day until when, empty where no end is known."""
