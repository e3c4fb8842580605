"""SQL of what holders have set: wishes and the reject list; and of what is known of numbers."""

from datetime import datetime

from cardline.core.ids import HolderId, new_id
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from cardline.outreach.model import Rejected, Wishes
from cardline.outreach.store.contacts import wishes_from


async def wishes(tx: Transaction, *, holder: HolderId) -> Wishes:
    """Return what a holder has set, the reject list of campaigns included."""
    cursor = await tx.connection.execute(
        """
        SELECT
          (SELECT json_build_array(kinds_off, channels_off, opens, closes, days_off, most_week,
                                   most_month, paused_until)
           FROM outreach_wish WHERE holder = %(holder)s),
          (SELECT json_agg(campaign) FROM outreach_reject
           WHERE holder = %(holder)s AND until IS NULL AND campaign IS NOT NULL)
        """,
        {"holder": holder},
    )
    row = await cursor.fetchone()
    assert row is not None, "a row of subselects"
    return wishes_from(row[0], row[1])


async def put_wishes(tx: Transaction, wished: Wishes, *, holder: HolderId, at: datetime) -> None:
    """Keep what a holder has set; the reject list stands apart."""
    await tx.connection.execute(
        """
        INSERT INTO outreach_wish
            (holder, kinds_off, channels_off, opens, closes, days_off, most_week, most_month,
             paused_until, at)
        VALUES (%(holder)s, %(kinds)s, %(channels)s, %(opens)s, %(closes)s, %(days)s, %(week)s,
                %(month)s, %(paused)s, %(at)s)
        ON CONFLICT (holder) DO UPDATE SET
            kinds_off = excluded.kinds_off, channels_off = excluded.channels_off,
            opens = excluded.opens, closes = excluded.closes, days_off = excluded.days_off,
            most_week = excluded.most_week, most_month = excluded.most_month,
            paused_until = excluded.paused_until, at = excluded.at
        """,
        {
            "holder": holder,
            "kinds": sorted(wished.kinds_off),
            "channels": sorted(wished.channels_off),
            "opens": wished.opens,
            "closes": wished.closes,
            "days": sorted(wished.days_off),
            "week": wished.most_week,
            "month": wished.most_month,
            "paused": wished.paused_until,
            "at": at,
        },
    )


async def rejected(tx: Transaction, *, holder: HolderId) -> list[Rejected]:
    """Return the reject list of a holder, newest first."""
    cursor = await tx.connection.execute(
        """
        SELECT campaign, phone, since FROM outreach_reject
        WHERE holder = %s AND until IS NULL ORDER BY since DESC, id
        """,
        (holder,),
    )
    return [
        Rejected(campaign, PhoneNumber(phone) if phone else None, since)
        for campaign, phone, since in await cursor.fetchall()
    ]


async def reject(
    tx: Transaction,
    *,
    holder: HolderId,
    campaign: str | None,
    phone: PhoneNumber | None,
    at: datetime,
) -> bool:
    """Put a campaign or a number on the reject list; false where it stands there."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO outreach_reject (id, holder, campaign, phone, since)
        VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (new_id("reject-"), holder, campaign, phone, at),
    )
    return cursor.rowcount == 1


async def unreject(
    tx: Transaction,
    *,
    holder: HolderId,
    campaign: str | None,
    phone: PhoneNumber | None,
    at: datetime,
) -> bool:
    """Take a campaign or a number off the reject list; false where it is not there."""
    cursor = await tx.connection.execute(
        """
        UPDATE outreach_reject SET until = greatest(since, %s)
        WHERE holder = %s AND campaign IS NOT DISTINCT FROM %s
          AND phone IS NOT DISTINCT FROM %s AND until IS NULL
        """,
        (at, holder, campaign, phone),
    )
    return cursor.rowcount == 1


async def know_number(
    tx: Transaction, *, holder: HolderId, phone: PhoneNumber, at: datetime
) -> None:
    """Write that the bank has a number of a holder since a time, and that it was proven then."""
    await tx.connection.execute(
        """
        INSERT INTO outreach_number (holder, phone, known_since, confirmed_at)
        VALUES (%(holder)s, %(phone)s, %(at)s, %(at)s)
        ON CONFLICT (holder, phone) DO UPDATE
        SET known_since = excluded.known_since, confirmed_at = excluded.confirmed_at
        """,
        {"holder": holder, "phone": phone, "at": at},
    )


async def confirm_number(
    tx: Transaction, *, holder: HolderId, phone: PhoneNumber, at: datetime
) -> None:
    """Write that a holder has proven to have a number."""
    await tx.connection.execute(
        """
        INSERT INTO outreach_number (holder, phone, confirmed_at)
        VALUES (%(holder)s, %(phone)s, %(at)s)
        ON CONFLICT (holder, phone) DO UPDATE
        SET confirmed_at = greatest(outreach_number.confirmed_at, excluded.confirmed_at)
        """,
        {"holder": holder, "phone": phone, "at": at},
    )


async def scrub_number(
    tx: Transaction, *, holder: HolderId, phone: PhoneNumber, at: datetime
) -> None:
    """Write that a number was held against the public lists."""
    await tx.connection.execute(
        """
        INSERT INTO outreach_number (holder, phone, scrubbed_at)
        VALUES (%(holder)s, %(phone)s, %(at)s)
        ON CONFLICT (holder, phone) DO UPDATE SET scrubbed_at = excluded.scrubbed_at
        """,
        {"holder": holder, "phone": phone, "at": at},
    )
