"""SQL of passwords, second factors and tries."""

from datetime import datetime

from cardline.core.transaction import Transaction
from cardline.desk.login.model import Credentials, Tries
from cardline.desk.staff.model import Staff


async def lock_tries(tx: Transaction, *, key: bytes, at: datetime) -> Tries:
    """Wait for the counter of a number, making it where there is none, and return it."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO staff_login_tries (key, wrong, last_at) VALUES (%s, 0, %s)
        ON CONFLICT (key) DO UPDATE SET key = excluded.key
        RETURNING wrong, locked_until, last_at
        """,
        (key, at),
    )
    row = await cursor.fetchone()
    assert row is not None
    return Tries(*row)


async def put_tries(tx: Transaction, *, key: bytes, tries: Tries) -> None:
    """Write a counter that is locked."""
    await tx.connection.execute(
        "UPDATE staff_login_tries SET wrong = %s, locked_until = %s, last_at = %s WHERE key = %s",
        (tries.wrong, tries.locked_until, tries.last_at, key),
    )


async def forget_tries(tx: Transaction, *, key: bytes) -> None:
    """Take the tries at a number back."""
    await tx.connection.execute("DELETE FROM staff_login_tries WHERE key = %s", (key,))


async def sweep_tries(tx: Transaction, *, before: datetime) -> None:
    """Delete counters that nobody used since ``before``; those in use are left for later."""
    await tx.connection.execute(
        """
        DELETE FROM staff_login_tries WHERE key IN (
            SELECT key FROM staff_login_tries WHERE last_at < %s FOR UPDATE SKIP LOCKED)
        """,
        (before,),
    )


async def credentials(tx: Transaction, number: str, *, lock: bool = False) -> Credentials | None:
    """Return how somebody logs in, those who have left included; ``lock`` keeps it so."""
    cursor = await tx.connection.execute(
        f"""
        SELECT number, name, role, agent_id, phone_user, left_at IS NOT NULL,
            password_hash, totp_sealed, totp_pending, coalesce(totp_step, 0),
            coalesce(must_change, false)
        FROM staff LEFT JOIN staff_login USING (number)
        WHERE number = %s {"FOR NO KEY UPDATE OF staff" if lock else ""}
        """,  # noqa: S608 - one of two constants
        (number,),
    )
    row = await cursor.fetchone()
    return Credentials(Staff(*row[:5]), *row[5:]) if row else None


async def put_password(
    tx: Transaction, *, number: str, hashed: str, must_change: bool, at: datetime
) -> None:
    """Write a password, and whether it must be changed first; the second factor stays."""
    await tx.connection.execute(
        """
        INSERT INTO staff_login (number, password_hash, must_change, password_set_at)
        VALUES (%s, %s, %s, %s)
        ON CONFLICT (number) DO UPDATE SET
            password_hash = excluded.password_hash,
            must_change = excluded.must_change,
            password_set_at = excluded.password_set_at
        """,
        (number, hashed, must_change, at),
    )


async def put_pending(tx: Transaction, *, number: str, sealed: bytes) -> None:
    """Write the secret of an enrolment that is to be confirmed."""
    await tx.connection.execute(
        "UPDATE staff_login SET totp_pending = %s WHERE number = %s", (sealed, number)
    )


async def put_second_factor(
    tx: Transaction, *, number: str, sealed: bytes, step: int, at: datetime
) -> None:
    """Write a confirmed second factor and the time step that confirmed it."""
    await tx.connection.execute(
        """
        UPDATE staff_login
        SET totp_sealed = %s, totp_pending = NULL, totp_step = %s, enrolled_at = %s
        WHERE number = %s
        """,
        (sealed, step, at, number),
    )


async def put_step(tx: Transaction, *, number: str, step: int) -> None:
    """Write that the code of a time step is spent."""
    await tx.connection.execute(
        "UPDATE staff_login SET totp_step = %s WHERE number = %s", (step, number)
    )


async def forget_second_factor(tx: Transaction, number: str) -> bool:
    """Delete a second factor, pending or confirmed; False where there was none."""
    cursor = await tx.connection.execute(
        """
        UPDATE staff_login
        SET totp_sealed = NULL, totp_pending = NULL, totp_step = 0, enrolled_at = NULL
        WHERE number = %s AND (totp_sealed IS NOT NULL OR totp_pending IS NOT NULL)
        """,
        (number,),
    )
    return cursor.rowcount == 1
