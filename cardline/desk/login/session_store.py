"""SQL of sessions."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, LiteralString

from cardline.core.transaction import Transaction
from cardline.desk.login.model import Session
from cardline.desk.staff.model import Staff


async def insert_session(tx: Transaction, session: Session, *, secret_hash: bytes) -> None:
    """Write a session that begins."""
    await tx.connection.execute(
        """
        INSERT INTO staff_session
            (id, number, secret_hash, second_factor, must_change, opened_at, seen_at, idle_until,
             ends_at, user_agent)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            session.id,
            session.staff.number,
            secret_hash,
            session.second_factor,
            session.must_change,
            session.opened_at,
            session.seen_at,
            session.idle_until,
            session.ends_at,
            session.user_agent,
        ),
    )


_SELECT: LiteralString = """
    SELECT number, name, role, agent_id, phone_user,
        id, left_at IS NOT NULL, second_factor, must_change, opened_at, seen_at, idle_until,
        ends_at, ended_at, user_agent
    FROM staff_session JOIN staff USING (number)
"""


async def session_by_secret(tx: Transaction, secret_hash: bytes) -> Session | None:
    """Return the session whose secret has this hash, whatever became of it."""
    cursor = await tx.connection.execute(_SELECT + " WHERE secret_hash = %s", (secret_hash,))
    row = await cursor.fetchone()
    return _session(row) if row else None


async def sessions_by_id(tx: Transaction, ids: Collection[str]) -> list[Session]:
    """Return these sessions, whatever became of them."""
    cursor = await tx.connection.execute(_SELECT + " WHERE id = ANY(%s)", (list(ids),))
    return [_session(row) for row in await cursor.fetchall()]


def _session(row: Sequence[Any]) -> Session:
    return Session(row[5], Staff(*row[:5]), *row[6:])


async def renew_session(
    tx: Transaction, session: str, *, seen_at: datetime, idle_until: datetime
) -> None:
    """Write that a session was used; never back in time.

    It waits for no disk, as every request may have to: a crash may end the session a minute early.
    """
    await tx.connection.execute(
        """
        WITH hasty AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
        UPDATE staff_session SET seen_at = %s, idle_until = %s FROM hasty
        WHERE id = %s AND seen_at < %s AND ended_at IS NULL
        """,
        (seen_at, idle_until, session, seen_at),
    )


async def prove_session(
    tx: Transaction, session: str, *, idle_until: datetime, ends_at: datetime
) -> bool:
    """Write that the second factor was proven in a session; False where it had ended."""
    cursor = await tx.connection.execute(
        """
        UPDATE staff_session SET second_factor = true, idle_until = %s, ends_at = %s
        WHERE id = %s AND ended_at IS NULL
        """,
        (idle_until, ends_at, session),
    )
    return cursor.rowcount == 1


async def password_changed(tx: Transaction, session: str) -> None:
    """Write that the password which somebody else set was changed in this session."""
    await tx.connection.execute(
        "UPDATE staff_session SET must_change = false WHERE id = %s", (session,)
    )


async def end_session(tx: Transaction, session: str, *, at: datetime) -> bool:
    """End a session; False where it had ended."""
    cursor = await tx.connection.execute(
        "UPDATE staff_session SET ended_at = %s WHERE id = %s AND ended_at IS NULL", (at, session)
    )
    return cursor.rowcount == 1


async def end_sessions(tx: Transaction, number: str, *, but: str | None, at: datetime) -> list[str]:
    """End everything open of somebody, but one; return the ids."""
    cursor = await tx.connection.execute(
        """
        UPDATE staff_session SET ended_at = %s
        WHERE number = %s AND ended_at IS NULL AND ends_at > %s AND id IS DISTINCT FROM %s
        RETURNING id
        """,
        (at, number, at, but),
    )
    return sorted([row[0] for row in await cursor.fetchall()])


async def open_sessions(tx: Transaction, number: str, *, at: datetime) -> list[Session]:
    """Return the sessions of somebody that are open, newest first."""
    cursor = await tx.connection.execute(
        _SELECT
        + """
        WHERE number = %s AND ended_at IS NULL AND ends_at > %s AND idle_until > %s
        ORDER BY opened_at DESC, id DESC
        """,
        (number, at, at),
    )
    return [_session(row) for row in await cursor.fetchall()]


async def delete_sessions(tx: Transaction, *, before: datetime) -> int:
    """Delete what ended before; return how many."""
    cursor = await tx.connection.execute(
        "DELETE FROM staff_session WHERE least(ended_at, ends_at) < %s", (before,)
    )
    return cursor.rowcount
