"""SQL of tries, query passwords and holds; that of codes and questions is in ``code_store``."""

from dataclasses import dataclass
from datetime import date, datetime

from cardline.core.ids import HolderId, new_id
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from cardline.identity.model import HoldRecord, PasswordChange


@dataclass(frozen=True, slots=True)
class QueryPassword:
    """The present query password of a holder."""

    hash: str
    set_at: datetime
    weak_until: datetime | None


async def lock_counter(tx: Transaction, *, subject: str, factor: str, day: date) -> int:
    """Lock a counter until the transaction ends and return the wrong tries of that day."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO identity_counter AS counter (subject, factor, day) VALUES (%s, %s, %s)
        ON CONFLICT (subject, factor, day) DO UPDATE SET wrong = counter.wrong
        RETURNING wrong
        """,
        (subject, factor, day),
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def count_wrong(tx: Transaction, *, subject: str, factor: str, day: date) -> None:
    """Count one wrong try more."""
    await tx.connection.execute(
        """
        UPDATE identity_counter SET wrong = wrong + 1
        WHERE subject = %s AND factor = %s AND day = %s
        """,
        (subject, factor, day),
    )


async def clear_counter(tx: Transaction, *, subject: str, factor: str, day: date) -> None:
    """Take back the wrong tries of a day: what was forgotten has been replaced."""
    await tx.connection.execute(
        """
        UPDATE identity_counter SET wrong = 0
        WHERE subject = %s AND factor = %s AND day = %s
        """,
        (subject, factor, day),
    )


async def wrong_tries(tx: Transaction, *, subject: str, day: date) -> dict[str, int]:
    """Return the wrong tries of a day by factor."""
    cursor = await tx.connection.execute(
        """
        SELECT factor, wrong FROM identity_counter WHERE subject = %s AND day = %s
        """,
        (subject, day),
    )
    return dict(await cursor.fetchall())


async def add_try(
    tx: Transaction,
    *,
    subject: str,
    holder: HolderId | None,
    factor: str,
    caller: PhoneNumber | None,
    stream: str,
    correct: bool,
    at: datetime,
) -> None:
    """Write one try."""
    await tx.connection.execute(
        """
        INSERT INTO identity_try (id, subject, holder, factor, caller, stream, correct, at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (new_id("try-"), subject, holder, factor, caller, stream, correct, at),
    )


async def query_password(tx: Transaction, *, holder: HolderId) -> QueryPassword | None:
    """Return the present query password."""
    cursor = await tx.connection.execute(
        """
        SELECT hash, set_at, weak_until FROM identity_query_password
        WHERE holder = %s AND retired_at IS NULL
        """,
        (holder,),
    )
    row = await cursor.fetchone()
    return QueryPassword(*row) if row else None


async def lock_query_password(tx: Transaction, *, holder: HolderId) -> None:
    """Let nobody else change this holder's query password until the transaction ends."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('query-password ' || %s, 0))", (holder,)
    )


async def last_hashes(tx: Transaction, *, holder: HolderId, count: int) -> list[str]:
    """Return the hashes of the newest query passwords, the present one first."""
    cursor = await tx.connection.execute(
        """
        SELECT hash FROM identity_query_password
        WHERE holder = %s ORDER BY set_at DESC, id DESC LIMIT %s
        """,
        (holder, count),
    )
    return [row[0] for row in await cursor.fetchall()]


async def replace_query_password(
    tx: Transaction,
    *,
    holder: HolderId,
    hashed: str,
    how: PasswordChange,
    weak_until: datetime | None,
    keep: int,
    at: datetime,
) -> None:
    """Put a new query password in place and forget all but the last ``keep``."""
    await tx.connection.execute(
        """
        UPDATE identity_query_password SET retired_at = %s
        WHERE holder = %s AND retired_at IS NULL
        """,
        (at, holder),
    )
    await tx.connection.execute(
        """
        INSERT INTO identity_query_password (id, holder, hash, how, set_at, weak_until)
        VALUES (%s, %s, %s, %s, %s, %s)
        """,
        (new_id("password-"), holder, hashed, how, at, weak_until),
    )
    await tx.connection.execute(
        """
        DELETE FROM identity_query_password WHERE id IN (
            SELECT id FROM identity_query_password
            WHERE holder = %s ORDER BY set_at DESC, id DESC OFFSET %s
        )
        """,
        (holder, keep),
    )


async def lock_holds(tx: Transaction, *, caller: str) -> None:
    """Let nobody else hold cards from this number until the transaction ends."""
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('holds ' || %s, 0))", (caller,)
    )


async def hold_record(
    tx: Transaction, *, caller: str, holder: HolderId, since: datetime
) -> HoldRecord:
    """Return what a number has held since a time, and when this holder last objected to it."""
    cursor = await tx.connection.execute(
        "SELECT at FROM identity_hold WHERE caller = %s AND limited AND at >= %s ORDER BY at",
        (caller, since),
    )
    times = tuple(row[0] for row in await cursor.fetchall())
    cursor = await tx.connection.execute(
        "SELECT max(objected_at) FROM identity_hold WHERE caller = %s AND holder = %s",
        (caller, holder),
    )
    row = await cursor.fetchone()
    return HoldRecord(times, row[0] if row else None)


async def add_hold(
    tx: Transaction,
    *,
    caller: str,
    holder: HolderId,
    stream: str,
    limited: bool,
    at: datetime,
) -> None:
    """Write one hold against the calling number."""
    await tx.connection.execute(
        """
        INSERT INTO identity_hold (id, caller, holder, stream, limited, at)
        VALUES (%s, %s, %s, %s, %s, %s)
        """,
        (new_id("hold-"), caller, holder, stream, limited, at),
    )


async def object_to_holds(tx: Transaction, *, holder: HolderId, stream: str, at: datetime) -> int:
    """Mark the holds of one interaction as not the holder's; return how many."""
    cursor = await tx.connection.execute(
        """
        UPDATE identity_hold SET objected_at = %s
        WHERE holder = %s AND stream = %s AND limited AND objected_at IS NULL
        """,
        (at, holder, stream),
    )
    return cursor.rowcount


async def objections_of(
    tx: Transaction, *, holder: HolderId, limit: int
) -> list[tuple[str, str, datetime, datetime]]:
    """Return number, stream, time of the hold and of the objection, newest first."""
    cursor = await tx.connection.execute(
        """
        SELECT caller, stream, at, objected_at FROM identity_hold
        WHERE holder = %s AND objected_at IS NOT NULL ORDER BY objected_at DESC LIMIT %s
        """,
        (holder, limit),
    )
    return [(row[0], row[1], row[2], row[3]) for row in await cursor.fetchall()]
