"""SQL that finds what may be over: every kind of thing that is kept for a time, and from when on.

A kind names its table, the class of its data, and how a row is erased: taken away whole, or masked
where its place is still needed for figures. Everything here is a constant; values are bound.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cardline.core.ids import HolderId
from cardline.core.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing. ``began`` is when its class begins to count, ``near`` what finds it."""

    name: str
    cls: str
    source: str
    """What to read from, with the joins."""
    key: str
    holder: str
    interaction: str
    began: str
    near: str
    """A time with an index: not after ``began`` by much, for finding what may be over."""
    over: str
    """What must be true of a row beside its age; rows erased before are left out."""
    erase: str = ""
    """One statement over ``%(keys)s``; empty: it has an action of its own."""
    lock: str = "t"
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that may be over."""

    key: str
    holder: HolderId | None
    interaction: str | None
    began: datetime | None
    near: datetime
    more: Mapping[str, Any]


_CLOSED = "(SELECT closed_at FROM interaction WHERE id = t.interaction)"

RECORDING = Kind(
    name="recording",
    cls="service_recording",
    source="recording AS t JOIN interaction AS i ON i.id = t.interaction",
    key="t.call",
    holder="i.holder_id",
    interaction="i.id",
    began="i.closed_at",
    near="t.stored_at",
    over="t.erased_at IS NULL",
    more={"path": "t.path", "sha256": "t.sha256"},
)
FILE = Kind(
    name="file",
    cls="file",
    source="stored_file AS t LEFT JOIN portal_message_line AS l ON l.id = t.owner "
    "JOIN interaction AS i ON i.id = coalesce(l.message, t.owner)",
    key="t.id",
    holder="i.holder_id",
    interaction="i.id",
    began="i.closed_at",
    near="t.stored_at",
    over="t.erased_at IS NULL",
    more={"path": "t.path", "sha256": "t.sha256"},
)
CONVERSATION = Kind(
    name="conversation",
    cls="contact_history",
    source="interaction AS t",
    key="t.id",
    holder="t.holder_id",
    interaction="t.id",
    began="t.closed_at",
    near="t.opened_at",
    over="t.erased_at IS NULL AND t.closed_at IS NOT NULL AND NOT EXISTS "
    "(SELECT FROM recording AS r WHERE r.interaction = t.id AND r.erased_at IS NULL) "
    "AND NOT EXISTS (SELECT FROM desk_task AS d WHERE d.interaction = t.id AND d.done_at IS NULL)",
)
_PLAIN = (
    Kind(
        name="sms-sent",
        cls="sms_record",
        source="sms_outbox AS t",
        key="t.id",
        holder="t.holder",
        interaction="t.stream",
        began="t.at",
        near="t.at",
        over="t.phone <> '' AND t.state NOT IN ('queued', 'sending')",
        erase="UPDATE sms_outbox SET phone = '', text = '***', sealed = NULL, holder = NULL "
        "WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="sms-received",
        cls="sms_record",
        source="sms_inbound AS t",
        key="t.message",
        holder="NULL::text",
        interaction="t.stream",
        began="t.at",
        near="t.at",
        over="t.phone <> ''",
        erase="UPDATE sms_inbound SET phone = '', text = '***' WHERE message = ANY(%(keys)s)",
    ),
    Kind(
        name="contact-gate",
        cls="contact_gate",
        source="outreach_contact AS t",
        key="t.key",
        holder="t.holder",
        interaction="NULL::text",
        began="t.at",
        near="t.at",
        over="true",
        erase="DELETE FROM outreach_contact WHERE key = ANY(%(keys)s)",
    ),
    Kind(
        name="consent",
        cls="consent_proof",
        source="outreach_consent AS t",
        key="t.id",
        holder="t.holder",
        interaction="NULL::text",
        began="t.until",
        near="t.until",
        over="t.until IS NOT NULL",
        erase="DELETE FROM outreach_consent WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="trust-proof",
        cls="trust_proof",
        source="trust_proof AS t",
        key="t.id",
        holder="t.holder",
        interaction="NULL::text",
        began="coalesce(t.ended_at, t.at)",
        near="t.at",
        over="true",
        erase="DELETE FROM trust_proof WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="campaign-entry",
        cls="campaign_list",
        source="campaign_entry AS t",
        key="t.id",
        holder="t.holder",
        interaction="NULL::text",
        began="t.settled_at",
        near="t.settled_at",
        over="t.phone <> '' AND t.settled_at IS NOT NULL",
        erase="UPDATE campaign_entry SET phone = '', fields = '{}' WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="scam-report",
        cls="scam_report",
        source="scam_report AS t",
        key="t.id",
        holder="t.holder",
        interaction="t.interaction",
        began="t.reviewed_at",
        near="t.opened_at",
        over="t.text <> '***'",
        erase="UPDATE scam_report SET sender = '', text = '***', holder = NULL "
        "WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="scam-warning",
        cls="warning",
        source="scam_warning AS t",
        key="t.id",
        holder="t.holder",
        interaction="t.interaction",
        began="t.at",
        near="t.at",
        over="t.words <> '***'",
        erase="UPDATE scam_warning SET words = '***' WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="conduct-warning",
        cls="warning",
        source="desk_warning AS t",
        key="t.id",
        holder="t.holder",
        interaction="t.interaction",
        began="t.at",
        near="t.at",
        over="t.words <> '***'",
        erase="UPDATE desk_warning SET words = '***', number = '', holder = NULL "
        "WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="alert",
        cls="alert",
        source="campaign_alert AS t",
        key="t.id",
        holder="t.holder",
        interaction="NULL::text",
        began="t.lapses_at",
        near="t.raised_at",
        over="t.merchant <> '***'",
        erase="UPDATE campaign_alert SET merchant = '***', amount = '***', tail = '' "
        "WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="holder-note",
        cls="contact_history",
        source="desk_note AS t",
        key="t.id",
        holder="t.holder",
        interaction="NULL::text",
        began="t.at",
        near="t.at",
        over="t.interaction IS NULL AND t.text <> '***'",
        erase="UPDATE desk_note SET text = '***' WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="plan",
        cls="contact_history",
        source="desk_plan AS t",
        key="t.id",
        holder="t.holder",
        interaction="NULL::text",
        began="coalesce(t.ended_at, t.valid_to)",
        near="coalesce(t.ended_at, t.valid_to)",
        over="t.text <> '***'",
        erase="UPDATE desk_plan SET text = '***' WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="caller-identity",
        cls="caller_lookup",
        source="trust_caller_identity AS t",
        key="t.interaction",
        holder=_CLOSED.replace("closed_at", "holder_id"),
        interaction="t.interaction",
        began="t.at",
        near="t.at",
        over="true",
        erase="DELETE FROM trust_caller_identity WHERE interaction = ANY(%(keys)s)",
    ),
    Kind(
        name="holder-session",
        cls="login_session",
        source="portal_session AS t",
        key="t.id",
        holder="t.holder",
        interaction="NULL::text",
        began="least(coalesce(t.ended_at, t.ends_at), t.idle_until)",
        near="least(coalesce(t.ended_at, t.ends_at), t.idle_until)",
        over="true",
        erase="DELETE FROM portal_session WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="one-time-code",
        cls="one_time_code",
        source="identity_code AS t",
        key="t.id",
        holder="t.holder",
        interaction="t.stream",
        began="t.expires_at",
        near="t.expires_at",
        over="true",
        erase="DELETE FROM identity_code WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="question",
        cls="one_time_code",
        source="identity_question AS t",
        key="t.id",
        holder="t.holder",
        interaction="t.stream",
        began="t.expires_at",
        near="t.expires_at",
        over="true",
        erase="DELETE FROM identity_question WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="identity-try",
        cls="identity_try",
        source="identity_try AS t",
        key="t.id",
        holder="t.holder",
        interaction="t.stream",
        began="t.at",
        near="t.at",
        over="true",
        erase="DELETE FROM identity_try WHERE id = ANY(%(keys)s)",
    ),
    Kind(
        name="try-counter",
        cls="identity_try",
        source="identity_counter AS t",
        key="t.subject || ' ' || t.factor || ' ' || t.day::text",
        holder="CASE WHEN t.subject LIKE 'holder:%%' THEN substr(t.subject, 8) END",
        interaction="NULL::text",
        began="(t.day + 2)::timestamp AT TIME ZONE 'UTC'",
        near="(t.day + 2)::timestamp AT TIME ZONE 'UTC'",
        over="true",
        erase="DELETE FROM identity_counter "
        "WHERE subject || ' ' || factor || ' ' || day::text = ANY(%(keys)s)",
    ),
    Kind(
        name="look",
        cls="look",
        source="desk_look AS t",
        key="t.id",
        holder="t.holder",
        interaction="t.interaction",
        began="t.at",
        near="t.at",
        over="true",
        erase="DELETE FROM desk_look WHERE id = ANY(%(keys)s)",
    ),
)
KINDS: tuple[Kind, ...] = (RECORDING, FILE, *_PLAIN, CONVERSATION)
"""In the order in which they are swept: a conversation goes after what hangs on it."""


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
    tx: Transaction, interactions: Sequence[str]
) -> list[tuple[str, str, datetime | None]]:
    """Return the complaints that keep some interactions: interaction, complaint, when it ended.

    Those that were made in it, and while one of the holder's is open, all that the holder had: what
    was said may be what it is about. One that was joined to another ends with that one.
    """
    cursor = await tx.connection.execute(
        """
        SELECT c.interaction, coalesce(j.id, c.id),
            CASE WHEN j.id IS NULL THEN c.closed_at ELSE j.closed_at END
        FROM complaint AS c LEFT JOIN complaint AS j ON j.id = c.joined_to
        WHERE c.interaction = ANY(%(interactions)s)
        UNION
        SELECT i.id, c.id, NULL
        FROM interaction AS i JOIN complaint AS c ON c.holder_id = i.holder_id
        WHERE c.closed_at IS NULL AND i.id = ANY(%(interactions)s)
        """,
        {"interactions": list(interactions)},
    )
    return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]
