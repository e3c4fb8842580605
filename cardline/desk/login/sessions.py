"""Sessions of browsers: opening, seeing, ending."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from cardline.core.actor import Actor
from cardline.core.ids import new_id
from cardline.core.masking import Secret
from cardline.core.transaction import Transaction
from cardline.core.verdict import Reason, Verdict
from cardline.desk.login import session_store as store
from cardline.desk.login.model import LoginPolicy, SeenSession, Session
from cardline.desk.login.rules import session_ends, session_holds
from cardline.desk.staff.model import Staff
from cardline.evidence.actions import journal

CHANNEL = "cardline_session"
"""Triggers tell here whose sessions changed: a staff number. Being seen is no change."""
_RENEWED = timedelta(minutes=1)
"""Being seen is written at most so often: a busy screen asks every second."""
_LONGEST_AGENT = 120


def csrf_token(secret: Secret) -> str:
    """Return what a page must send beside the cookie: derived from it, and it opens nothing."""
    return hmac.new(secret.reveal().encode(), b"csrf", hashlib.sha256).hexdigest()


def is_csrf_token(secret: Secret, token: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(csrf_token(secret).encode(), token.encode())


async def open_session(
    tx: Transaction,
    staff: Staff,
    *,
    second_factor: bool,
    must_change: bool = False,
    user_agent: str,
    policy: LoginPolicy,
    at: datetime,
) -> tuple[Session, Secret]:
    """Open a session; its secret is 256 random bits, of which the SHA-256 is kept.

    ``must_change``: the password that opens it was set by somebody else. Whoever opens it journals
    why.
    """
    secret = Secret(secrets.token_urlsafe(32))
    idle_until, ends_at = session_ends(
        policy, second_factor=second_factor, opened_at=at, seen_at=at
    )
    shown = "".join(letter for letter in user_agent if letter.isprintable())[:_LONGEST_AGENT]
    session = Session(
        id=new_id("ss"),
        staff=staff,
        left=False,
        second_factor=second_factor,
        must_change=must_change,
        opened_at=at,
        seen_at=at,
        idle_until=idle_until,
        ends_at=ends_at,
        ended_at=None,
        user_agent=shown,
    )
    await store.insert_session(tx, session, secret_hash=hashed(secret))
    return session, secret


async def see_session(
    tx: Transaction, secret: Secret, *, policy: LoginPolicy, at: datetime
) -> SeenSession:
    """Return whose session it is, and renew it; ``session-unknown`` where nobody's."""
    session = await store.session_by_secret(tx, hashed(secret))
    if session is None:
        unknown = Reason("session-unknown", policy.sources["session_hours"])
        return SeenSession(Verdict(policy.version, (unknown,)), None)
    seen = judged(session, policy=policy, at=at)
    if seen.verdict.allowed and not seen_lately(session, at=at):
        idle_until, _ = session_ends(
            policy,
            second_factor=session.second_factor,
            opened_at=session.opened_at,
            seen_at=at,
        )
        await store.renew_session(tx, session.id, seen_at=at, idle_until=idle_until)
        session = replace(session, seen_at=at, idle_until=idle_until)
    return replace(seen, session=session)


def judged(session: Session, *, policy: LoginPolicy, at: datetime) -> SeenSession:
    """Return a session that was read with whether it holds now."""
    return SeenSession(session_holds(session, policy=policy, now=at), session)


def seen_lately(session: Session, *, at: datetime) -> bool:
    """True where its being seen need not be written yet."""
    return at - session.seen_at < _RENEWED


async def holding(
    tx: Transaction, ids: Collection[str], *, policy: LoginPolicy, at: datetime
) -> dict[str, Staff]:
    """Return whose sessions these are, of those that still hold. Nothing is renewed by it.

    A connection that stays open is no use of a session: it must not keep one alive.
    """
    return {
        session.id: session.staff
        for session in await store.sessions_by_id(tx, ids)
        if session.serves and session_holds(session, policy=policy, now=at).allowed
    }


async def prove_session(
    tx: Transaction, session: Session, *, policy: LoginPolicy, at: datetime
) -> bool:
    """Let a session in which the second factor was just proven serve for everything."""
    idle_until, ends_at = session_ends(
        policy, second_factor=True, opened_at=session.opened_at, seen_at=at
    )
    return await store.prove_session(tx, session.id, idle_until=idle_until, ends_at=ends_at)


async def release_session(tx: Transaction, session: Session) -> None:
    """Let a session serve in which the password that somebody else set was changed."""
    await store.password_changed(tx, session.id)


async def log_out(tx: Transaction, session: Session, *, at: datetime) -> None:
    """End one's own session; one that has ended stays so."""
    if await store.end_session(tx, session.id, at=at):
        await journal(
            tx,
            stream=f"staff:{session.staff.number}",
            kind="staff.logged-out",
            by=session.staff.actor,
            body={"session": session.id},
            at=at,
        )


async def end_sessions_of(
    tx: Transaction, number: str, *, by: Actor, at: datetime, but: Session | None = None
) -> int:
    """End all sessions of somebody, but one where it is named; return how many."""
    ended = await store.end_sessions(tx, number, but=but.id if but else None, at=at)
    if ended:
        await journal(
            tx,
            stream=f"staff:{number}",
            kind="staff.sessions-ended",
            by=by,
            body={"sessions": ended},
            at=at,
        )
    return len(ended)


async def open_sessions_of(tx: Transaction, number: str, *, at: datetime) -> list[Session]:
    """Return the sessions of somebody that are open, newest first."""
    return await store.open_sessions(tx, number, at=at)


async def sweep_sessions(tx: Transaction, *, policy: LoginPolicy, at: datetime) -> int:
    """Delete sessions that ended long ago; return how many. The journal keeps who logged in."""
    return await store.delete_sessions(tx, before=at - policy.sessions_kept)


def hashed(secret: Secret) -> bytes:
    """Return what is kept of a secret; a fast hash suffices: it is random, not chosen."""
    return hashlib.sha256(secret.reveal().encode()).digest()
