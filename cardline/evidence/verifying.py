"""``journal verify``: everything that is in the journal against everything that seals it (row F1).

Chains, the ends of streams, the leaves of roots, roots, keys, and what was published before.
"""

from dataclasses import dataclass, field
from typing import Final

from cardline.core.transaction import Transaction
from cardline.evidence import root_store, store
from cardline.evidence.model import Breach, KeyId, Leaf, Root, SigningKey
from cardline.evidence.publishing import Published
from cardline.evidence.roots import KEY_MADE, STREAM
from cardline.evidence.rules import Walk
from cardline.evidence.statements import (
    Malformed,
    comes_after,
    follows,
    is_by,
    read_key,
    read_root,
    tree_of,
)

ROOTS: Final = "evidence-roots"
KEYS: Final = "evidence-keys"
_BATCH = 200
"""Streams that are looked at together."""
NOTHING: Final = Published({}, {})


@dataclass
class Report:
    """What was looked at, and every breach; of a stream the first."""

    streams: int = 0
    entries: int = 0
    unsealed: int = 0
    """Entries that no root covers yet."""
    root: Root | None = None
    """The newest root."""
    published: int = 0
    """Roots that were kept elsewhere, with which those here were compared."""
    breaches: list[Breach] = field(default_factory=list)


async def verify(tx: Transaction, *, published: Published = NOTHING) -> Report:
    """Check everything as of one moment; the first thing done in its transaction.

    ``published``: keys and roots that are kept elsewhere; none of them may be missing or differ.
    """
    await root_store.see_one_moment(tx)
    return await examine(tx, published=published)


async def examine(tx: Transaction, *, published: Published = NOTHING) -> Report:
    """Like :func:`verify`, within a transaction that has begun and sees what it sees."""
    report = Report(published=len(published.roots))
    keys = await _check_keys(tx, report, published)
    await _check_roots(tx, report, keys, published)
    after = ""
    while True:
        heads = await root_store.heads(tx, after=after, limit=_BATCH)
        await _check_streams(tx, report, heads)
        if len(heads) < _BATCH:
            break
        after = heads[-1].stream
    for stream in await root_store.streams_without_end(tx):
        report.breaches.append(Breach(stream, 1, "deleted"))
    return report


async def _check_keys(
    tx: Transaction, report: Report, published: Published
) -> dict[KeyId, SigningKey]:
    found: dict[KeyId, SigningKey] = {}
    for name, public, valid_from, valid_to, *signed in await root_store.key_rows(tx):
        try:
            key = read_key(*signed)
        except Malformed:
            report.breaches.append(Breach(KEYS, 0, f"altered: {name}"))
            continue
        stored = (name, public, valid_from, valid_to)
        if stored != (key.id, key.public, key.valid_from, key.valid_to):
            report.breaches.append(Breach(KEYS, 0, f"altered: {name}"))
        found[key.id] = key
    for name, key in published.keys.items():
        if found.get(name) != key:
            what = "not as published" if name in found else "missing"
            report.breaches.append(Breach(KEYS, 0, f"{what}: {name}"))
    for key in found.values():
        before = found.get(key.previous) if key.previous else None
        if key.previous_signature and not (before and follows(key, before)):
            report.breaches.append(Breach(KEYS, 0, f"altered: {key.id}"))
    await _check_made(tx, report, found)
    return found


async def _check_made(tx: Transaction, report: Report, keys: dict[KeyId, SigningKey]) -> None:
    """Every key was made by an act in the journal, and no other: anybody can sign for themselves.

    A key that is not in the journal could sign a history of its own from then on.
    """
    made = {
        KeyId(str(entry.body.get("key"))): entry.body
        for entry in await store.entries_of(tx, [STREAM], [KEY_MADE])
    }
    for name, key in keys.items():
        told = made.get(name)
        if told is None:
            report.breaches.append(Breach(KEYS, 0, f"inserted: {name}"))
        elif bool(told.get("vouched")) != (key.previous_signature is not None):
            report.breaches.append(Breach(KEYS, 0, f"altered: {name}"))
    for name in sorted(made.keys() - keys.keys()):
        report.breaches.append(Breach(KEYS, 0, f"missing: {name}"))


async def _check_roots(
    tx: Transaction, report: Report, keys: dict[KeyId, SigningKey], published: Published
) -> None:
    leaves = {number: count async for number, count in root_store.roots_of_leaves(tx)}
    known: set[int] = set()
    after = 0
    while rows := await root_store.root_rows(tx, after=after, limit=1000):
        for number, at, statement, signature in rows:
            what = ""
            try:
                root = read_root(statement, signature)
            except Malformed:
                root, what = None, "altered"
            if root is not None:
                what = _fault(root, number, report.root, keys) or (
                    "altered" if root.at != at else ""
                )
                if published.roots.get(number, root) != root:
                    what = "not as published"
                if (
                    not what
                    and tree_of(await root_store.leaves_of_root(tx, number)).root != root.root
                ):
                    what = "leaves altered"
                report.root = root
            if what:
                report.breaches.append(Breach(ROOTS, number, what))
            known.add(number)
        after = rows[-1][0]
    for number in sorted((leaves.keys() | published.roots.keys()) - known):
        if not any(one.stream == ROOTS and one.seq == number for one in report.breaches):
            report.breaches.append(Breach(ROOTS, number, "missing"))


def _fault(root: Root, number: int, before: Root | None, keys: dict[KeyId, SigningKey]) -> str:
    if root.number != number:
        return "altered"
    if not comes_after(root, before):
        return "chain broken"
    key = keys.get(root.key)
    if key is None or not is_by(root, key):
        return "not signed"
    return ""


async def _check_streams(tx: Transaction, report: Report, heads: list[Leaf]) -> None:
    names = [head.stream for head in heads]
    sealed: dict[str, dict[int, bytes]] = {}
    for leaf, _ in await root_store.leaves_of(tx, names):
        sealed.setdefault(leaf.stream, {})[leaf.seq] = leaf.hash
    walks = {name: Walk(name) for name in names}
    broken: dict[str, Breach] = {}
    async for link in store.links_in_order(tx, names):
        name = link.entry.stream
        if name in broken:
            continue
        breach = walks[name].step(link)
        report.entries += 1
        under = sealed.get(name, {}).get(link.entry.seq, link.hash)
        if breach is None and under != link.hash:
            breach = Breach(name, link.entry.seq, "not as sealed")
        if breach is not None:
            broken[name] = breach
    report.streams += len(heads)
    for head in heads:
        ends = sealed.get(head.stream, {})
        last = max(ends, default=0)
        report.unsealed += max(0, head.seq - last)
        breach = broken.get(head.stream) or _end(walks[head.stream], head, last)
        if breach is not None:
            report.breaches.append(breach)


def _end(walk: Walk, head: Leaf, sealed: int) -> Breach | None:
    """Return what does not hold of the end of a stream whose entries do."""
    if head.seq < 1:
        return Breach(walk.stream, head.seq, "inserted")  # an end of nothing
    if walk.seq < max(head.seq, sealed):
        return Breach(walk.stream, walk.seq + 1, "missing")
    if walk.seq > head.seq:
        return Breach(walk.stream, head.seq + 1, "inserted")
    if walk.hash != head.hash:
        return Breach(walk.stream, head.seq, "end altered")
    return None
