"""Sessions of holders: opening, seeing, proving more, ending."""

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from cardline.cards.model import Holder
from cardline.core.actor import Actor
from cardline.core.ids import HolderId, new_id
from cardline.core.masking import Secret
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict
from cardline.evidence.actions import journal
from cardline.identity.model import Proof, Proofs
from cardline.portal import session_store as store
from cardline.portal.model import PortalPolicy, Session, SessionId
from cardline.portal.rules import session_ends, session_holds

_RENEWED = timedelta(minutes=1)
"""Being seen is written at most so often."""
_LONGEST_AGENT = 120


def new_secret() -> Secret:
    """Return 256 random bits, of which the database only ever sees the hash."""
    return Secret(secrets.token_urlsafe(32))


def hashed(secret: Secret) -> bytes:
    """A fast hash suffices: these secrets are random, not chosen."""
    return hashlib.sha256(secret.reveal().encode()).digest()


def actor_of(holder: HolderId) -> Actor:
    """Name the holder in the journal."""
    return Actor("holder", holder)


async def open_session(
    tx: Transaction,
    *,
    holder: Holder,
    proof: Proof,
    kept: JsonObject | None,
    user_agent: str,
    policy: PortalPolicy,
    at: datetime,
) -> tuple[Session, Secret]:
    """Open a session with a secret of its own, never one that a browser brought along."""
    secret = new_secret()
    idle_until, ends_at = session_ends(policy, opened_at=at, seen_at=at)
    session = Session(
        id=SessionId(new_id("my")),
        holder=holder.id,
        proofs=Proofs(claimed=holder.id).with_proof(proof),
        opened_at=at,
        seen_at=at,
        idle_until=idle_until,
        ends_at=ends_at,
        ended_at=None,
        user_agent="".join(one for one in user_agent if one.isprintable())[:_LONGEST_AGENT],
        kept=kept,
    )
    await store.insert_session(tx, session, secret_hash=hashed(secret))
    await journal(
        tx,
        stream=session.id,
        kind="portal.logged-in",
        by=actor_of(holder.id),
        body={"holder": holder.id},
        at=at,
        begins=True,
    )
    return session, secret


async def see_session(
    tx: Transaction, secret: Secret, *, policy: PortalPolicy, at: datetime
) -> tuple[Verdict, Session | None]:
    """Return whose session it is, and renew it; ``session-unknown`` where nobody's."""
    session = await store.session_by_secret(tx, hashed(secret))
    if session is None:
        unknown = Reason("session-unknown", policy.sources["session_minutes"])
        return Verdict(policy.version, (unknown,)), None
    verdict = session_holds(session, policy=policy, now=at)
    if verdict.allowed and at - session.seen_at >= _RENEWED:
        idle_until, _ = session_ends(policy, opened_at=session.opened_at, seen_at=at)
        await store.renew_session(tx, session.id, seen_at=at, idle_until=idle_until)
        session = replace(session, seen_at=at, idle_until=idle_until)
    return verdict, session


async def add_proof(tx: Transaction, session: SessionId, proof: Proof) -> Proofs:
    """Keep one more proof; whoever checked it has journaled it."""
    current = await store.lock_session(tx, session)
    assert current is not None
    proofs = current.proofs.with_proof(proof)
    await store.save_proofs(tx, session, proofs)
    return proofs


async def keep_typed(tx: Transaction, session: Session, typed: JsonObject) -> None:
    """Keep what was typed on a page that asks for more proof first."""
    await store.keep(tx, session.id, typed)


async def take_kept(tx: Transaction, session: Session, *, path: str) -> JsonObject:
    """Return what had been typed on a page before the log-in, once; else nothing."""
    if session.kept is None or session.kept.get("path") != path:
        return {}
    await store.forget_kept(tx, session.id)
    fields = session.kept.get("fields")
    return dict(fields) if isinstance(fields, dict) else {}


async def open_sessions(tx: Transaction, *, holder: HolderId, at: datetime) -> list[Session]:
    """Return the sessions of a holder that serve, newest first."""
    return await store.open_sessions(tx, holder=holder, at=at)


async def all_sessions(tx: Transaction, *, holder: HolderId, limit: int) -> list[SessionId]:
    """Return the sessions of a holder, ended ones too, newest first: streams of the journal."""
    return await store.all_sessions(tx, holder=holder, limit=limit)


async def last_visit(tx: Transaction, session: Session) -> datetime | None:
    """Return when the holder logged in before this time."""
    return await store.session_before(tx, holder=session.holder, before=session.opened_at)


async def end_sessions(
    tx: Transaction, *, holder: HolderId, stream: str, at: datetime, only: str | None = None
) -> int:
    """End one session of the holder's, or all of them; return how many were open."""
    ended = await store.end_sessions(tx, holder=holder, only=only, at=at)
    if ended:
        body: JsonObject = {"holder": holder, "sessions": ended}
        kind = "portal.logged-out" if only else "portal.sessions-ended"
        await journal(tx, stream=stream, kind=kind, by=actor_of(holder), body=body, at=at)
    return len(ended)
