"""SQL of consents, withdrawals and blocks: facts about a holder and a number are read together."""

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
    Purpose,
    Withdrawal,
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
        SELECT purpose, at, source, channel FROM outreach_withdrawal
        WHERE holder = %s OR phone = %s ORDER BY at
        """,
        (holder, phone),
    )
    return tuple(
        Withdrawal(Purpose(purpose), at, source, Channel(channel) if channel else None)
        for purpose, at, source, channel in await cursor.fetchall()
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
    tx: Transaction, *, holder: HolderId, purpose: Purpose, channel: Channel | None, at: datetime
) -> None:
    """End the holder's consents for a purpose, on one channel or on every."""
    await tx.connection.execute(
        """
        UPDATE outreach_consent SET until = greatest(since, %(at)s)
        WHERE holder = %(holder)s AND purpose = %(purpose)s
          AND (%(channel)s::text IS NULL OR channel = %(channel)s)
          AND (until IS NULL OR until > %(at)s)
        """,
        {"holder": holder, "purpose": purpose, "channel": channel, "at": at},
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
        INSERT INTO outreach_withdrawal (id, holder, phone, purpose, at, source, channel)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        """,
        (
            new_id("withdrawal-"),
            holder,
            phone,
            withdrawal.purpose,
            withdrawal.at,
            withdrawal.source,
            withdrawal.channel,
        ),
    )


async def withdrawn_as(
    tx: Transaction,
    *,
    holder: HolderId | None,
    phone: PhoneNumber | None,
    purpose: Purpose,
    channel: Channel | None,
) -> datetime | None:
    """Return when exactly this pair of holder and number withdrew last, from no less than this."""
    cursor = await tx.connection.execute(
        """
        SELECT max(at) FROM outreach_withdrawal
        WHERE holder IS NOT DISTINCT FROM %s AND phone IS NOT DISTINCT FROM %s AND purpose = %s
          AND (channel IS NULL OR channel = %s)
        """,
        (holder, phone, purpose, channel),
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


async def has_open_block(tx: Transaction, *, kind: BlockKind, source: str) -> bool:
    """True where something of this kind and source stands that nobody has ended."""
    cursor = await tx.connection.execute(
        "SELECT 1 FROM outreach_block WHERE kind = %s AND source = %s AND until IS NULL LIMIT 1",
        (kind, source),
    )
    return await cursor.fetchone() is not None


async def end_blocks_of(
    tx: Transaction, *, source: str, kinds: Iterable[BlockKind], at: datetime
) -> int:
    """End the open blocks of a source and these kinds; return how many."""
    cursor = await tx.connection.execute(
        """
        UPDATE outreach_block SET until = greatest(since, %(at)s)
        WHERE source = %(source)s AND kind = ANY(%(kinds)s) AND (until IS NULL OR until > %(at)s)
        """,
        {"source": source, "kinds": [str(kind) for kind in kinds], "at": at},
    )
    return cursor.rowcount


async def withdrawn_by(
    tx: Transaction,
    *,
    holder: HolderId | None,
    phone: PhoneNumber | None,
    purpose: Purpose,
    channel: Channel | None,
) -> datetime | None:
    """Return when this person withdrew last, from no less than this: by whatever door.

    The holder from any number; or whoever has the number, as long as nobody knew who that is.
    """
    cursor = await tx.connection.execute(
        """
        SELECT max(at) FROM outreach_withdrawal
        WHERE (holder = %s OR (holder IS NULL AND phone = %s)) AND purpose = %s
          AND (channel IS NULL OR channel = %s)
        """,
        (holder, phone, purpose, channel),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0] if isinstance(row[0], datetime) else None
