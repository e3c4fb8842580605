"""SQL that finds what may be over, and what keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction
from cardline.evidence.retention.store.kind import Kind


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that may be over."""

    key: str
    holder: HolderId | None
    interaction: str | None
    began: datetime | None
    near: datetime
    more: Mapping[str, Any]


async def candidates(
    tx: Transaction,
    kind: Kind,
    *,
    before: datetime,
    after: tuple[datetime, str] | None,
    holder: HolderId | None = None,
    lock: bool,
    limit: int,
) -> list[Candidate]:
    """Return rows that may be over, oldest first; ``after`` the place of the last one seen.

    ``lock``: for erasing; rows that somebody else holds are left to them.
    """
    more = "".join(f", {column}" for column in kind.more.values())
    cursor = await tx.connection.execute(
        f"""
        SELECT {kind.key}, {kind.holder}, {kind.interaction}, {kind.began}, {kind.near}{more}
        FROM {kind.source}
        WHERE {kind.near} < %(before)s AND {kind.over}
          AND (%(holder)s::text IS NULL OR {kind.holder} = %(holder)s)
          AND (%(at)s::timestamptz IS NULL OR ({kind.near}, {kind.key}) > (%(at)s, %(key)s))
        ORDER BY {kind.near}, {kind.key} LIMIT %(limit)s
        {"FOR UPDATE OF t SKIP LOCKED" if lock else ""}
        """.encode(),  # noqa: S608 - every part of it is a constant above
        {
            "before": before,
            "holder": holder,
            "at": after[0] if after else None,
            "key": after[1] if after else "",
            "limit": limit,
        },
    )
    return [
        Candidate(
            row[0], row[1], row[2], row[3], row[4], dict(zip(kind.more, row[5:], strict=True))
        )
        for row in await cursor.fetchall()
    ]


async def collections(tx: Transaction, interactions: Sequence[str]) -> set[str]:
    """Return which of these were calls to collect a debt."""
    cursor = await tx.connection.execute(
        """
        SELECT a.interaction FROM campaign_attempt AS a JOIN campaign AS c ON c.id = a.campaign
        WHERE c.kind = 'collection' AND a.interaction = ANY(%s)
        """,
        (list(interactions),),
    )
    return {row[0] for row in await cursor.fetchall()}


async def complaints(
    tx: Transaction, streams: Sequence[str]
) -> list[tuple[str, str, datetime | None]]:
    """Return the complaints that keep what belongs to streams: stream, complaint, when it ended.

    A stream is an interaction, ``complaint:ID`` or ``holder:ID``. Kept is what they were made in,
    what holds their evidence, and while one of the holder's is open, all that the holder had: what
    was said may be what it is about. One that was joined to another ends with that one.
    """
    cursor = await tx.connection.execute(
        """
        WITH evidence AS (
            SELECT i.stream, f.id AS file FROM unnest(%(streams)s::text[]) AS i (stream)
            JOIN LATERAL (
                SELECT i.stream AS owner
                UNION ALL SELECT id FROM portal_message_line WHERE message = i.stream
                UNION ALL SELECT id FROM mail_in WHERE interaction = i.stream
                UNION ALL SELECT id FROM letter_in WHERE interaction = i.stream
            ) AS o ON true
            JOIN stored_file AS f ON f.owner = o.owner AND f.erased_at IS NULL
        ), tied AS (
            SELECT c.interaction AS stream, c.id
            FROM complaint AS c WHERE c.interaction = ANY(%(streams)s)
            UNION
            SELECT 'complaint:' || c.id, c.id FROM complaint AS c WHERE c.id = ANY(%(cases)s)
            UNION
            SELECT e.stream, c.id FROM evidence AS e JOIN complaint AS c ON c.files @> ARRAY[e.file]
            UNION
            SELECT e.stream, f.complaint
            FROM evidence AS e JOIN complaint_fact AS f ON f.files @> ARRAY[e.file]
            UNION
            SELECT e.stream, c.id FROM evidence AS e JOIN complaint AS c ON c.proxy IS NOT NULL
                AND (c.proxy @> jsonb_build_object('authority_files', jsonb_build_array(e.file))
                  OR c.proxy @> jsonb_build_object('identity_files', jsonb_build_array(e.file)))
        )
        SELECT t.stream, c.id, c.closed_at FROM tied AS t JOIN complaint AS c ON c.id = t.id
        UNION
        SELECT t.stream, j.id, j.closed_at
        FROM tied AS t JOIN complaint AS c ON c.id = t.id JOIN complaint AS j ON j.id = c.joined_to
        UNION
        SELECT i.id, c.id, NULL
        FROM interaction AS i JOIN complaint AS c ON c.holder_id = i.holder_id
        WHERE c.closed_at IS NULL AND i.id = ANY(%(streams)s)
        UNION
        SELECT 'holder:' || c.holder_id, c.id, NULL
        FROM complaint AS c WHERE c.closed_at IS NULL AND c.holder_id = ANY(%(holders)s)
        """,
        {
            "streams": list(streams),
            "cases": _after("complaint:", streams),
            "holders": _after("holder:", streams),
        },
    )
    return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]


def _after(prefix: str, streams: Sequence[str]) -> list[str]:
    return [one.removeprefix(prefix) for one in streams if one.startswith(prefix)]
