"""The index cut into volumes: one document holds so much that it is set in seconds. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from cardline.evidence.packs.making import Decision

LINES_OF_A_VOLUME: Final = 12_000
"""About 350 pages, set in 4 s with 600 MB; all of a thousand contacts stands in one volume."""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as the template is told it, and how many lines it takes, about."""

    told: Any
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the index. ``title``: in the language of the pack, and in the other one.

    ``note`` and ``missing`` stand behind the last row.
    """

    name: str
    title: tuple[str, str]
    kind: Literal["items", "files", "decisions"]
    rows: tuple[Row, ...] = ()
    count: int | None = None
    lead: str = ""
    head: tuple[str, ...] = ()
    note: str = ""
    missing: tuple[str, ...] = ()


def in_volumes(chapters: Iterable[Chapter], *, most: int) -> list[list[Chapter]]:
    """Return the chapters volume by volume; a chapter goes on in the next where one is full."""
    volumes: list[list[Chapter]] = [[]]
    lines = 0
    for chapter in chapters:
        begun: list[Row] = []
        for row in chapter.rows:
            if lines and lines + row.lines > most:
                if begun:
                    volumes[-1].append(replace(chapter, rows=tuple(begun), note="", missing=()))
                volumes.append([])
                begun, lines = [], 0
            begun.append(row)
            lines += row.lines
        volumes[-1].append(replace(chapter, rows=tuple(begun)))
    return volumes


def folded(decisions: Sequence[Decision]) -> Iterator[tuple[Decision, Decision, int]]:
    """Yield decisions by time: the first and the last of the same within a stream, how many."""
    same: dict[Decision, list[Decision]] = {}
    for one in decisions:
        same.setdefault(replace(one, at=decisions[0].at, seq=0), []).append(one)
    for each in sorted(same.values(), key=lambda one: (one[0].at, one[0].stream, one[0].seq)):
        yield each[0], each[-1], len(each)
