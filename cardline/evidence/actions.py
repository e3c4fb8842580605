"""Writing the journal (row F1): one entry an act, in the transaction of the act itself."""

import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime

from cardline.core.actor import Actor
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.evidence import store
from cardline.evidence.model import Entry, Link
from cardline.evidence.rules import SALT, canonical, encode_verdict


async def journal(
    tx: Transaction,
    *,
    stream: str,
    kind: str,
    by: Actor,
    body: JsonObject,
    at: datetime,
    verdict: Verdict | None = None,
    begins: bool = False,
) -> Entry:
    """Append one entry to ``stream`` and chain it to the entry before (SHA-256).

    ``stream`` is the id of what the entry is about, mostly an interaction; ``kind`` is a stable
    word with a dot, ``card.frozen``; ``body`` holds plain JSON and never a secret. The head of the
    stream stays locked until the transaction ends, so that no two writers share a place.
    ``begins``: the stream is most likely new, which saves a statement and promises nothing.
    """
    entry = Entry(
        stream=stream,
        seq=0,
        at=at,
        kind=kind,
        by=str(by),
        body=body,
        verdict=encode_verdict(verdict) if verdict else None,
    )
    salt = secrets.token_bytes(SALT)
    before, after = canonical(entry, salt)
    seq = await store.append(tx, entry, salt=salt, before=before, after=after, begins=begins)
    return replace(entry, seq=seq)


async def read_links(tx: Transaction, stream: str) -> list[Link]:
    """Return a stream from its first place on with all that its chain needs."""
    return await store.links(tx, stream)


async def read_streams(tx: Transaction, streams: Sequence[str]) -> dict[str, list[Entry]]:
    """Return the entries of several streams, each from its first place on; for telling, not proof.

    A stream without entries is left out.
    """
    found: dict[str, list[Entry]] = {}
    for entry in await store.all_entries_of(tx, streams):
        found.setdefault(entry.stream, []).append(entry)
    return found


async def read_kinds(tx: Transaction, streams: Sequence[str], kinds: Sequence[str]) -> list[Entry]:
    """Return the entries of some kinds in some streams, in the order of time; checks nothing."""
    return await store.entries_of(tx, streams, kinds)


async def written_since(
    tx: Transaction,
    streams: Sequence[str],
    *,
    kind: str,
    by: Actor,
    body: JsonObject,
    since: datetime,
) -> set[str]:
    """Return those streams that have an entry of this kind and actor with these fields, after."""
    return await store.streams_with(tx, streams, kind=kind, by=str(by), body=body, since=since)


async def read_all(
    tx: Transaction, *, kinds: Sequence[str] = (), each: int = 2000
) -> AsyncIterator[Entry]:
    """Go through the whole journal in the order of time, or through some kinds; checks nothing."""
    after: tuple[datetime, str, int] | None = None
    while True:
        found = await store.page(tx, kinds=kinds, after=after, limit=each)
        for entry in found:
            yield entry
        if len(found) < each:
            return
        after = (found[-1].at, found[-1].stream, found[-1].seq)
