"""SQL of logging in, sessions and preferences of holders."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from cardline.core.ids import HolderId
from cardline.core.transaction import JsonObject, Transaction
from cardline.identity.model import Proofs
from cardline.portal.model import Preferences, Session, SessionId, SignIn, SignInId

_SIGN_IN = "id, phone, asked_at, ends_at, back_to, kept"
_SESSION = "id, holder, proofs, opened_at, seen_at, idle_until, ends_at, ended_at, user_agent, kept"


async def put_sign_in(tx: Transaction, one: SignIn, *, secret_hash: bytes) -> None:
    """Write a try to log in; another one in the same browser takes its place."""
    await tx.connection.execute(
        """
        INSERT INTO portal_sign_in (id, secret_hash, phone, back_to, kept, asked_at, ends_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (secret_hash) DO UPDATE SET id = excluded.id, phone = excluded.phone,
            back_to = excluded.back_to, kept = excluded.kept, asked_at = excluded.asked_at,
            ends_at = excluded.ends_at, done_at = NULL
        """,
        (
            one.id,
            secret_hash,
            one.phone,
            one.back_to,
            Jsonb(one.kept) if one.kept is not None else None,
            one.asked_at,
            one.ends_at,
        ),
    )


async def sign_in(
    tx: Transaction, *, secret_hash: bytes, at: datetime, lock: bool = False
) -> SignIn | None:
    """Return the open try of a browser."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_SIGN_IN} FROM portal_sign_in
        WHERE secret_hash = %s AND done_at IS NULL AND ends_at > %s {"FOR UPDATE" if lock else ""}
        """,  # noqa: S608 - constants only
        (secret_hash, at),
    )
    row = await cursor.fetchone()
    return SignIn(SignInId(row[0]), *row[1:]) if row else None


async def end_sign_in(tx: Transaction, sign_in: SignInId, *, at: datetime) -> None:
    """Write that a try led to a session, and forget what was kept."""
    await tx.connection.execute(
        "UPDATE portal_sign_in SET done_at = %s, kept = NULL WHERE id = %s", (at, sign_in)
    )


async def sweep_sign_ins(tx: Transaction, *, before: datetime) -> None:
    """Forget tries that were over before a time."""
    await tx.connection.execute("DELETE FROM portal_sign_in WHERE ends_at < %s", (before,))


async def insert_session(tx: Transaction, session: Session, *, secret_hash: bytes) -> None:
    """Write a session that begins."""
    await tx.connection.execute(
        """
        INSERT INTO portal_session (id, holder, secret_hash, proofs, kept, opened_at, seen_at,
                                    idle_until, ends_at, user_agent)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            session.id,
            session.holder,
            secret_hash,
            Jsonb(msgspec.to_builtins(session.proofs)),
            Jsonb(session.kept) if session.kept is not None else None,
            session.opened_at,
            session.seen_at,
            session.idle_until,
            session.ends_at,
            session.user_agent,
        ),
    )


async def session_by_secret(tx: Transaction, secret_hash: bytes) -> Session | None:
    """Return the session whose secret has this hash, whatever became of it."""
    cursor = await tx.connection.execute(
        f"SELECT {_SESSION} FROM portal_session WHERE secret_hash = %s",  # noqa: S608 - constants only
        (secret_hash,),
    )
    row = await cursor.fetchone()
    return _session(row) if row else None


async def open_sessions(tx: Transaction, *, holder: HolderId, at: datetime) -> list[Session]:
    """Return the sessions of a holder that serve, newest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_SESSION} FROM portal_session
        WHERE holder = %s AND ended_at IS NULL AND idle_until > %s AND ends_at > %s
        ORDER BY opened_at DESC, id DESC LIMIT 50
        """,  # noqa: S608 - constants only
        (holder, at, at),
    )
    return [_session(row) for row in await cursor.fetchall()]


async def all_sessions(tx: Transaction, *, holder: HolderId, limit: int) -> list[SessionId]:
    """Return the sessions of a holder, ended ones too, newest first."""
    cursor = await tx.connection.execute(
        """
        SELECT id FROM portal_session WHERE holder = %s
        ORDER BY opened_at DESC, id DESC LIMIT %s
        """,
        (holder, limit),
    )
    return [SessionId(row[0]) for row in await cursor.fetchall()]


async def session_before(tx: Transaction, *, holder: HolderId, before: datetime) -> datetime | None:
    """Return when the holder was last seen here in an earlier session."""
    cursor = await tx.connection.execute(
        "SELECT max(opened_at) FROM portal_session WHERE holder = %s AND opened_at < %s",
        (holder, before),
    )
    row = await cursor.fetchone()
    return row[0] if row and isinstance(row[0], datetime) else None


async def renew_session(
    tx: Transaction, session: SessionId, *, seen_at: datetime, idle_until: datetime
) -> None:
    """Write that a session was used; never back in time."""
    await tx.connection.execute(
        """
        UPDATE portal_session SET seen_at = %s, idle_until = %s
        WHERE id = %s AND seen_at < %s AND ended_at IS NULL
        """,
        (seen_at, idle_until, session, seen_at),
    )


async def save_proofs(tx: Transaction, session: SessionId, proofs: Proofs) -> None:
    """Write what was proven in a session."""
    await tx.connection.execute(
        "UPDATE portal_session SET proofs = %s WHERE id = %s",
        (Jsonb(msgspec.to_builtins(proofs)), session),
    )


async def lock_session(tx: Transaction, session: SessionId) -> Session | None:
    """Return a session that nobody else changes until the transaction ends."""
    cursor = await tx.connection.execute(
        f"SELECT {_SESSION} FROM portal_session WHERE id = %s FOR UPDATE",  # noqa: S608 - constants only
        (session,),
    )
    row = await cursor.fetchone()
    return _session(row) if row else None


async def keep(tx: Transaction, session: SessionId, typed: JsonObject) -> None:
    """Write what was typed, to be shown again once."""
    await tx.connection.execute(
        "UPDATE portal_session SET kept = %s WHERE id = %s", (Jsonb(typed), session)
    )


async def forget_kept(tx: Transaction, session: SessionId) -> None:
    """Forget what was typed before the log-in: it has been shown."""
    await tx.connection.execute("UPDATE portal_session SET kept = NULL WHERE id = %s", (session,))


async def end_sessions(
    tx: Transaction, *, holder: HolderId, only: str | None, at: datetime
) -> list[str]:
    """End one session of a holder, or all; return the ids of those that were open."""
    cursor = await tx.connection.execute(
        """
        UPDATE portal_session SET ended_at = %(at)s
        WHERE holder = %(holder)s AND ended_at IS NULL
          AND (%(only)s::text IS NULL OR id = %(only)s)
        RETURNING id
        """,
        {"at": at, "holder": holder, "only": only},
    )
    return sorted([row[0] for row in await cursor.fetchall()])


async def preferences(tx: Transaction, *, holder: HolderId) -> Preferences | None:
    """Return what a holder has chosen."""
    cursor = await tx.connection.execute(
        "SELECT language, large, delivery FROM portal_preference WHERE holder = %s", (holder,)
    )
    row = await cursor.fetchone()
    return Preferences(*row) if row else None


async def put_preferences(
    tx: Transaction, chosen: Preferences, *, holder: HolderId, at: datetime
) -> None:
    """Write what a holder has chosen."""
    await tx.connection.execute(
        """
        INSERT INTO portal_preference (holder, language, large, delivery, changed_at)
        VALUES (%s, %s, %s, %s, %s)
        ON CONFLICT (holder) DO UPDATE SET language = excluded.language, large = excluded.large,
            delivery = excluded.delivery, changed_at = excluded.changed_at
        """,
        (holder, chosen.language, chosen.large, chosen.delivery, at),
    )


def _session(row: Sequence[Any]) -> Session:
    values = list(row)
    values[2] = msgspec.convert(row[2], Proofs)
    return Session(*values)
