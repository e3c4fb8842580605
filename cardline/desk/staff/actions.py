"""Staff: who they are, how they prove it to the API, and their desk phones."""

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime

from cardline.core.actor import Actor
from cardline.core.errors import NotFound
from cardline.core.ids import AgentId
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.login.sessions import end_sessions_of
from cardline.desk.staff import store
from cardline.desk.staff.model import CALL_ROLES, PhoneAccount, Role, Staff
from cardline.evidence.actions import journal

PHONES_CHANNEL = "phones"
"""``LISTEN phones``: the desk phones that may register have changed."""


def new_token() -> str:
    """Return a token for the API: 256 random bits, shown once."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Return what is stored of a token. A fast hash suffices: tokens are random, not chosen."""
    return hashlib.sha256(token.encode()).digest()


def digest_ha1(user: str, realm: str, password: str) -> str:
    """Return HA1 of HTTP digest as SIP phones use it (RFC 2617, section 3.2.2.2)."""
    return hashlib.md5(f"{user}:{realm}:{password}".encode(), usedforsecurity=False).hexdigest()


async def add_staff(
    tx: Transaction,
    staff: Staff,
    *,
    token: str,
    phone_ha1: str | None,
    by: Actor,
    at: datetime,
) -> bool:
    """Add somebody; False where the staff number is taken."""
    added = await store.insert_staff(
        tx, staff, token_hash=token_hash(token), phone_ha1=phone_ha1, at=at
    )
    if added:
        body = {"number": staff.number, "name": staff.name, "role": staff.role}
        await journal(
            tx, stream=f"staff:{staff.number}", kind="staff.added", by=by, body=body, at=at
        )
        await store.wake_phones(tx, PHONES_CHANNEL)
    return added


async def leave(tx: Transaction, number: str, *, by: Actor, at: datetime) -> Staff:
    """Somebody leaves: token, phone and sessions stop working now. Raises ``NotFound``."""
    staff = await find(tx, number)
    await store.leave(tx, number, at)
    await end_sessions_of(tx, number, by=by, at=at)
    await journal(tx, stream=f"staff:{number}", kind="staff.left", by=by, body={}, at=at)
    await store.wake_phones(tx, PHONES_CHANNEL)
    return staff


async def set_role(tx: Transaction, number: str, role: Role, *, by: Actor, at: datetime) -> Staff:
    """Change what somebody may do; sessions end. Raises ``NotFound``.

    Who begins to take calls gets an id in routing, and the browser for a phone; whoever takes no
    more calls loses the desk phone and keeps the id, by which the records speak of him.
    """
    before = await find(tx, number)
    if before.role == role:
        return before
    calls = role in CALL_ROLES
    agent = before.agent_id or (AgentId(f"a{number}") if calls else None)
    after = replace(
        before, role=role, agent_id=agent, phone_user=before.phone_user if calls else None
    )
    await store.set_role(tx, after)
    await end_sessions_of(tx, number, by=by, at=at)
    body: JsonObject = {"role": role, "was": before.role}
    await journal(tx, stream=f"staff:{number}", kind="staff.role-set", by=by, body=body, at=at)
    await store.wake_phones(tx, PHONES_CHANNEL)
    return after


async def renew(
    tx: Transaction, number: str, *, token: str, phone_ha1: str | None, by: Actor, at: datetime
) -> None:
    """Give somebody a new token and phone password; the old ones stop working. ``NotFound``."""
    await find(tx, number)
    await store.renew(tx, number, token_hash=token_hash(token), phone_ha1=phone_ha1)
    await journal(tx, stream=f"staff:{number}", kind="staff.renewed", by=by, body={}, at=at)
    await store.wake_phones(tx, PHONES_CHANNEL)


async def find(tx: Transaction, number: str) -> Staff:
    """Return somebody by the staff number. Raises ``NotFound`` for nobody, or who has left."""
    staff = await store.staff_by_number(tx, number)
    if staff is None:
        raise NotFound(f"nobody has the staff number {number}")
    return staff


async def agent_of(tx: Transaction, agent: AgentId) -> Staff | None:
    """Return who takes calls under an id, also after they have left."""
    return await store.staff_by_agent(tx, agent)


async def staff_by_token(tx: Transaction, token: str) -> Staff | None:
    """Return who holds a token, unless they have left."""
    return await store.staff_by_token_hash(tx, token_hash(token))


async def all_staff(tx: Transaction) -> list[Staff]:
    """Return everybody who has not left."""
    return await store.all_staff(tx)


async def phone_accounts(tx: Transaction) -> list[PhoneAccount]:
    """Return the desk phones that may register."""
    return [PhoneAccount(user, ha1) for user, ha1 in await store.phone_accounts(tx)]
