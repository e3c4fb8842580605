"""From rows to things: with every event and hold that keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.core.verdict import Verdict
from cardline.evidence.retention.config import RetentionConfig, Tie
from cardline.evidence.retention.model import Event, Hold, Keeping, Subject, Thing
from cardline.evidence.retention.rules import before, keep_until, may_erase
from cardline.evidence.retention.store import search
from cardline.evidence.retention.store.kind import Kind
from cardline.evidence.retention.store.search import Candidate

_CALLS = frozenset({"recording", "conversation", "file"})


@dataclass(frozen=True, slots=True)
class Judged:
    """A thing, what keeps it, and whether it may be erased now."""

    kind: Kind
    row: Candidate
    thing: Thing
    keeping: Keeping
    verdict: Verdict


async def judged(
    tx: Transaction,
    kind: Kind,
    *,
    config: RetentionConfig,
    holds: Sequence[Hold],
    after: tuple[datetime, str] | None = None,
    holder: HolderId | None = None,
    lock: bool,
    now: datetime,
) -> list[Judged]:
    """Return the next things of a kind that may be over, with the verdict on each.

    ``holder``: one who asked for erasure, whose things are judged by what the law alone needs.
    """
    policy, asked = config.policy, holder is not None
    cls = policy.classes[kind.cls]
    rows = await search.candidates(
        tx,
        kind,
        before=before(now, cls.asked if asked else cls.keep),
        after=after,
        holder=holder,
        lock=lock,
        limit=policy.at_once,
    )
    found = []
    for row, thing in zip(rows, await _things(tx, kind, rows, config), strict=True):
        keeping = keep_until(thing, policy, holds, asked=asked)
        found.append(Judged(kind, row, thing, keeping, may_erase(keeping, policy, now=now)))
    return found


async def _things(
    tx: Transaction, kind: Kind, rows: Sequence[Candidate], config: RetentionConfig
) -> list[Thing]:
    names = sorted({row.interaction for row in rows if row.interaction})
    collections = (
        await search.collections(tx, names) if names and kind.name in _CALLS else frozenset[str]()
    )
    ties: dict[str, list[Tie]] = {}
    if names:
        for told in [await source(tx, names) for source in config.ties]:
            for interaction, some in told.items():
                ties.setdefault(interaction, []).extend(some)
    things = []
    for row in rows:
        mine = ties.get(row.interaction or "", [])
        events = [Event(kind.cls, row.began), *(Event(one.cls, one.at) for one in mine)]
        if row.interaction in collections:
            events.append(Event("collection_recording", row.began))
        things.append(
            Thing(kind.name, row.key, row.holder, row.interaction, tuple(events), _of(row, mine))
        )
    return things


def _of(row: Candidate, ties: Sequence[Tie]) -> frozenset[Subject]:
    subjects: set[Subject] = set()
    if row.holder:
        subjects.add(("holder", row.holder))
    if row.interaction:
        subjects.add(("interaction", row.interaction))
    subjects |= {("complaint", one.complaint) for one in ties if one.complaint}
    return frozenset(subjects)
