"""SQL of outreach. Facts about a holder and about a number are read together."""

from collections.abc import Iterable
from datetime import datetime

from cardline.core.ids import HolderId, new_id
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from cardline.outreach.model import (
    Block,
    BlockKind,
    Channel,
    Consent,
    Contact,
    Past,
    Purpose,
    Withdrawal,
)


async def lock(tx: Transaction, *, holder: HolderId | None, phone: PhoneNumber | None) -> None:
    """Let nobody else decide about this holder or this number until the transaction ends."""
    keys = [f"holder:{holder}"] if holder else []
    keys += [f"phone:{phone}"] if phone else []
    for key in keys:  # always the holder first: two transactions cannot wait for each other
        await tx.connection.execute(
            """
            INSERT INTO outreach_person AS person (key) VALUES (%s)
            ON CONFLICT (key) DO UPDATE SET key = person.key
            """,
            (key,),
        )


async def consents(tx: Transaction, *, holder: HolderId | None) -> tuple[Consent, ...]:
    """Return all consents of a holder, ended ones too."""
    cursor = await tx.connection.execute(
        "SELECT purpose, channel, since, until, source FROM outreach_consent WHERE holder = %s",
        (holder,),
    )
    return tuple(
        Consent(Purpose(purpose), Channel(channel), since, until, source)
        for purpose, channel, since, until, source in await cursor.fetchall()
    )


async def withdrawals(
    tx: Transaction, *, holder: HolderId | None, phone: PhoneNumber | None
) -> tuple[Withdrawal, ...]:
    """Return all withdrawals of a holder or from a number."""
    cursor = await tx.connection.execute(
        """
        SELECT purpose, at, source FROM outreach_withdrawal
        WHERE holder = %s OR phone = %s ORDER BY at
        """,
        (holder, phone),
    )
    return tuple(
        Withdrawal(Purpose(purpose), at, source) for purpose, at, source in await cursor.fetchall()
    )


async def blocks(
    tx: Transaction, *, holder: HolderId | None, phone: PhoneNumber | None
) -> tuple[Block, ...]:
    """Return all blocks of a holder or a number, ended ones too."""
    cursor = await tx.connection.execute(
        "SELECT kind, since, until FROM outreach_block WHERE holder = %s OR phone = %s",
        (holder, phone),
    )
    return tuple(
        Block(BlockKind(kind), since, until) for kind, since, until in await cursor.fetchall()
    )


async def past(
    tx: Transaction,
    *,
    holder: HolderId | None,
    phone: PhoneNumber | None,
    since: datetime,
    without: str,
) -> tuple[Past, ...]:
    """Return the unasked contacts since a time, leaving out the one with key ``without``."""
    cursor = await tx.connection.execute(
        """
        SELECT purpose, at FROM outreach_contact
        WHERE (holder = %s OR phone = %s) AND at >= %s AND key <> %s
          AND NOT solicited AND cancelled_at IS NULL
        """,
        (holder, phone, since, without),
    )
    return tuple(Past(Purpose(purpose), at) for purpose, at in await cursor.fetchall())


async def add_contact(tx: Transaction, contact: Contact, *, key: str, at: datetime) -> None:
    """Take a place under the caps; the same key takes it once."""
    await tx.connection.execute(
        """
        INSERT INTO outreach_contact AS contact
            (key, holder, phone, purpose, channel, solicited, campaign, at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (key) DO UPDATE SET cancelled_at = NULL, at = excluded.at
        WHERE contact.cancelled_at IS NOT NULL
        """,
        (
            key,
            contact.holder,
            contact.to,
            contact.purpose,
            contact.channel,
            contact.solicited,
            contact.campaign,
            at,
        ),
    )


async def cancel_contact(tx: Transaction, *, key: str, at: datetime) -> None:
    """Give the place back."""
    await tx.connection.execute(
        "UPDATE outreach_contact SET cancelled_at = %s WHERE key = %s AND cancelled_at IS NULL",
        (at, key),
    )


async def add_consent(tx: Transaction, consent: Consent, *, holder: HolderId, wording: str) -> None:
    """Write a consent."""
    await tx.connection.execute(
        """
        INSERT INTO outreach_consent (id, holder, purpose, channel, since, until, source, wording)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            new_id("consent-"),
            holder,
            consent.purpose,
            consent.channel,
            consent.since,
            consent.until,
            consent.source,
            wording,
        ),
    )


async def end_consents(
    tx: Transaction, *, holder: HolderId, purpose: Purpose, at: datetime
) -> None:
    """End the holder's consents for a purpose on every channel."""
    await tx.connection.execute(
        """
        UPDATE outreach_consent SET until = greatest(since, %(at)s)
        WHERE holder = %(holder)s AND purpose = %(purpose)s
          AND (until IS NULL OR until > %(at)s)
        """,
        {"holder": holder, "purpose": purpose, "at": at},
    )


async def add_withdrawal(
    tx: Transaction,
    withdrawal: Withdrawal,
    *,
    holder: HolderId | None,
    phone: PhoneNumber | None,
) -> None:
    """Write a withdrawal."""
    await tx.connection.execute(
        """
        INSERT INTO outreach_withdrawal (id, holder, phone, purpose, at, source)
        VALUES (%s, %s, %s, %s, %s, %s)
        """,
        (
            new_id("withdrawal-"),
            holder,
            phone,
            withdrawal.purpose,
            withdrawal.at,
            withdrawal.source,
        ),
    )


async def withdrawn_as(
    tx: Transaction, *, holder: HolderId | None, phone: PhoneNumber | None, purpose: Purpose
) -> datetime | None:
    """Return when exactly this pair of holder and number withdrew last."""
    cursor = await tx.connection.execute(
        """
        SELECT max(at) FROM outreach_withdrawal
        WHERE holder IS NOT DISTINCT FROM %s AND phone IS NOT DISTINCT FROM %s AND purpose = %s
        """,
        (holder, phone, purpose),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0] if isinstance(row[0], datetime) else None


async def add_block(
    tx: Transaction,
    block: Block,
    *,
    holder: HolderId | None,
    phone: PhoneNumber | None,
    source: str,
) -> None:
    """Write a block."""
    await tx.connection.execute(
        """
        INSERT INTO outreach_block (id, holder, phone, kind, since, until, source)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        """,
        (new_id("block-"), holder, phone, block.kind, block.since, block.until, source),
    )


async def end_blocks(
    tx: Transaction,
    *,
    holder: HolderId | None,
    phone: PhoneNumber | None,
    kinds: Iterable[BlockKind],
    at: datetime,
) -> int:
    """End the open blocks of these kinds; return how many."""
    cursor = await tx.connection.execute(
        """
        UPDATE outreach_block SET until = greatest(since, %(at)s)
        WHERE holder IS NOT DISTINCT FROM %(holder)s AND phone IS NOT DISTINCT FROM %(phone)s
          AND kind = ANY(%(kinds)s) AND (until IS NULL OR until > %(at)s)
        """,
        {"holder": holder, "phone": phone, "kinds": [str(kind) for kind in kinds], "at": at},
    )
    return cursor.rowcount
