"""SQL of contacts: what the gate reads in one look, and what it writes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.outreach.model import (
    NO_FACTS,
    NO_WISHES,
    Answer,
    Block,
    BlockKind,
    Channel,
    Consent,
    Contact,
    ContactRecord,
    NumberFacts,
    Outcome,
    Past,
    Purpose,
    Recipient,
    Wishes,
    Withdrawal,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a recipient, and what the gate said of this very contact before."""

    recipient: Recipient
    before: tuple[str, tuple[str, ...]] | None
    """Answer and codes of the reasons; ``None`` where it was never asked."""


async def lock(tx: Transaction, *, holder: HolderId | None, phone: PhoneNumber | None) -> None:
    """Let nobody else decide about this holder or this number until the transaction ends."""
    # Always the holder first: two transactions cannot wait for each other.
    keys = [f"holder:{holder}"] if holder else []
    keys += [f"phone:{phone}"] if phone else []
    await tx.connection.execute(
        """
        INSERT INTO outreach_person AS person (key) SELECT unnest(%s::text[])
        ON CONFLICT (key) DO UPDATE SET key = person.key
        """,
        (keys,),
    )


async def look(
    tx: Transaction,
    contact: Contact,
    *,
    key: str,
    since: datetime,
    zone: ZoneInfo,
    mark: bytes | None = None,
) -> Seen:
    """Read everything that a verdict needs; contacts since a time, without the one with ``key``.

    ``mark``: under which the number would stand on a public list.
    """
    cursor = await tx.connection.execute(
        """
        SELECT
          (SELECT json_agg(
               json_build_array(purpose, channel, since, until, source) ORDER BY since, id)
           FROM outreach_consent WHERE holder = %(holder)s),
          (SELECT json_agg(json_build_array(purpose, at, source, channel) ORDER BY at, id)
           FROM outreach_withdrawal WHERE holder = %(holder)s OR phone = %(phone)s),
          (SELECT json_agg(json_build_array(kind, since, until) ORDER BY since, id)
           FROM outreach_block WHERE holder = %(holder)s OR phone = %(phone)s),
          (SELECT json_agg(json_build_array(
               purpose, at, channel, outcome, phone IS NOT DISTINCT FROM %(phone)s)
               ORDER BY at, key)
           FROM outreach_contact
           WHERE (holder = %(holder)s OR phone = %(phone)s) AND at >= %(since)s AND key <> %(key)s
             AND NOT solicited AND cancelled_at IS NULL),
          (SELECT json_build_array(known_since, confirmed_at, scrubbed_at)
           FROM outreach_number WHERE holder = %(holder)s AND phone = %(phone)s),
          (SELECT json_build_array(kinds_off, channels_off, opens, closes, days_off, most_week,
                                   most_month, paused_until)
           FROM outreach_wish WHERE holder = %(holder)s),
          (SELECT json_agg(campaign) FROM outreach_reject
           WHERE holder = %(holder)s AND until IS NULL AND campaign IS NOT NULL),
          EXISTS (SELECT 1 FROM outreach_reject
                  WHERE holder = %(holder)s AND until IS NULL AND phone = %(phone)s),
          (SELECT json_build_array(answer, reasons) FROM outreach_contact WHERE key = %(key)s),
          (SELECT min(as_of) FROM outreach_register),
          (SELECT array_agg(as_of ORDER BY as_of) FROM outreach_register AS register
           WHERE EXISTS (SELECT 1 FROM outreach_register_number AS entry
                         WHERE entry.mark = %(mark)s AND entry.register = register.name
                           AND entry.version = register.version))
        """,
        {
            "holder": contact.holder,
            "phone": contact.to,
            "key": key,
            "since": since,
            "mark": mark,
        },
    )
    row = await cursor.fetchone()
    assert row is not None, "a row of subselects"
    consents, withdrawals, blocks, past, number, wishes, campaigns, rejected, before = row[:9]
    oldest, listed = row[9:]
    known = NumberFacts(*map(_maybe, number)) if number else NO_FACTS
    if oldest is not None and (known.scrubbed_at is None or known.scrubbed_at < oldest):
        # Whoever asks the lists asks all of them: as of the oldest one.
        known = replace(known, scrubbed_at=oldest)
    recipient = Recipient(
        known=contact.holder is not None,
        zone=zone,
        consents=tuple(
            Consent(Purpose(one[0]), Channel(one[1]), _time(one[2]), _maybe(one[3]), one[4])
            for one in consents or ()
        ),
        withdrawals=tuple(
            Withdrawal(Purpose(one[0]), _time(one[1]), one[2], Channel(one[3]) if one[3] else None)
            for one in withdrawals or ()
        ),
        blocks=tuple(
            Block(BlockKind(one[0]), _time(one[1]), _maybe(one[2])) for one in blocks or ()
        )
        + tuple(Block(BlockKind.DO_NOT_CALL, as_of, None) for as_of in listed or ()),
        past=tuple(
            Past(
                Purpose(one[0]),
                _time(one[1]),
                Channel(one[2]),
                Outcome(one[3]) if one[3] else None,
                one[4],
            )
            for one in past or ()
        ),
        number=known,
        wishes=wishes_from(wishes, campaigns),
        number_rejected=rejected,
    )
    codes = tuple(str(one["code"]) for one in before[1]) if before else ()
    return Seen(recipient, (before[0], codes) if before else None)


def wishes_from(row: Sequence[Any] | None, campaigns: Sequence[str] | None) -> Wishes:
    """Put wishes together from JSON; nothing set is :data:`NO_WISHES` itself."""
    rejected = frozenset(campaigns or ())
    if row is None:
        return Wishes(campaigns_off=rejected) if rejected else NO_WISHES
    kinds, channels, opens, closes, days, week, month, paused = row
    return Wishes(
        kinds_off=frozenset(map(Purpose, kinds)),
        channels_off=frozenset(map(Channel, channels)),
        opens=time.fromisoformat(opens) if opens else None,
        closes=time.fromisoformat(closes) if closes else None,
        days_off=frozenset(days),
        most_week=week,
        most_month=month,
        paused_until=_maybe(paused),
        campaigns_off=rejected,
    )


async def put(
    tx: Transaction,
    contact: Contact,
    *,
    key: str,
    answer: Answer,
    not_before: datetime | None,
    reasons: Sequence[JsonObject],
    rule: str,
    inputs: str,
    at: datetime,
) -> None:
    """Write the answer; yes takes a place under the caps, once for a key; else it is given back.

    The place is on the day on which it was last let pass, which is the day on which it is made: a
    text that waited overnight uses up today's place and not yesterday's.
    """
    await tx.connection.execute(
        """
        INSERT INTO outreach_contact AS contact
            (key, holder, phone, address, purpose, channel, solicited, campaign, at, cancelled_at,
             answer, not_before, reasons, rule, inputs, asked_at)
        VALUES (%(key)s, %(holder)s, %(phone)s, %(address)s, %(purpose)s, %(channel)s,
                %(solicited)s, %(campaign)s, %(at)s, %(cancelled_at)s, %(answer)s, %(not_before)s,
                %(reasons)s, %(rule)s, %(inputs)s, %(at)s)
        ON CONFLICT (key) DO UPDATE SET
            at = CASE WHEN excluded.answer <> 'yes' THEN contact.at
                 WHEN contact.cancelled_at IS NULL THEN greatest(contact.at, excluded.at)
                 ELSE excluded.at END,
            cancelled_at = CASE WHEN excluded.answer = 'yes' THEN NULL
                           ELSE coalesce(contact.cancelled_at, excluded.cancelled_at) END,
            answer = excluded.answer, not_before = excluded.not_before,
            reasons = excluded.reasons, rule = excluded.rule, inputs = excluded.inputs,
            asked_at = excluded.asked_at
        """,
        {
            "key": key,
            "holder": contact.holder,
            "phone": contact.to,
            "address": contact.address if contact.holder is None else None,
            "purpose": contact.purpose,
            "channel": contact.channel,
            "solicited": contact.solicited,
            "campaign": contact.campaign,
            "at": at,
            "cancelled_at": None if answer == "yes" else at,
            "answer": answer,
            "not_before": not_before,
            "reasons": Jsonb(list(reasons)),
            "rule": rule,
            "inputs": inputs,
        },
    )


async def cancel(tx: Transaction, *, key: str, at: datetime) -> None:
    """Give the place back."""
    await tx.connection.execute(
        "UPDATE outreach_contact SET cancelled_at = %s WHERE key = %s AND cancelled_at IS NULL",
        (at, key),
    )


async def set_outcome(tx: Transaction, *, key: str, outcome: Outcome) -> bool:
    """Write what became of a call; false where there is no such call, or it was said before."""
    cursor = await tx.connection.execute(
        """
        UPDATE outreach_contact SET outcome = %s
        WHERE key = %s AND channel = 'call' AND cancelled_at IS NULL AND outcome IS NULL
        """,
        (outcome, key),
    )
    return cursor.rowcount == 1


async def records(tx: Transaction, *, holder: HolderId, limit: int) -> list[ContactRecord]:
    """Return the contacts of a holder that the gate decided about, newest first."""
    cursor = await tx.connection.execute(
        """
        SELECT key, purpose, channel, phone, campaign, solicited, at, asked_at, answer, not_before,
               reasons, cancelled_at, outcome, rule
        FROM outreach_contact WHERE holder = %s ORDER BY at DESC, key LIMIT %s
        """,
        (holder, limit),
    )
    return [
        ContactRecord(
            key=row[0],
            purpose=Purpose(row[1]),
            channel=Channel(row[2]),
            to=PhoneNumber(row[3]) if row[3] else None,
            campaign=row[4],
            solicited=row[5],
            at=row[6],
            asked_at=row[7],
            answer=row[8],
            not_before=row[9],
            codes=tuple(str(one["code"]) for one in row[10]),
            cancelled_at=row[11],
            outcome=Outcome(row[12]) if row[12] else None,
            rule=row[13],
        )
        for row in await cursor.fetchall()
    ]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
