"""Legal holds, and requests of holders to erase (row F3; PIPL 47)."""

from dataclasses import replace
from datetime import datetime

from cardline.core.actor import Actor
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.ids import HolderId, new_id
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.evidence.actions import journal
from cardline.evidence.retention.config import Known, believed
from cardline.evidence.retention.model import EraseRequest, Hold, RetentionPolicy, Subject
from cardline.evidence.retention.rules import after, may_lift
from cardline.evidence.retention.store import holds as store

_SHORTEST_REASON = 4


async def set_hold(
    tx: Transaction,
    subject: Subject,
    *,
    reason: str,
    number: str,
    by: Actor,
    at: datetime,
    known: Known = believed,
) -> Hold:
    """Let nothing of a holder, a complaint or an interaction be erased, until it is lifted.

    Waits for what is being erased at this moment. Raises ``NotFound`` where there is no such thing,
    ``Invalid`` without a reason, ``Conflict`` where the same one lies already.
    """
    told = _reason(reason)
    if not await known(tx, subject):
        raise NotFound(f"there is no {subject[0]} {subject[1]}")
    await store.shut_out(tx, setting=True)
    hold = Hold(new_id("lh"), subject, told, number, at)
    if not await store.add_hold(tx, hold):
        raise Conflict("the same hold lies already")
    await _journal_hold(tx, hold, "retention.hold-set", by=by, reason=told, at=at)
    return hold


async def ask_to_lift(
    tx: Transaction, hold: str, *, reason: str, number: str, by: Actor, at: datetime
) -> Hold:
    """Ask to lift a hold; another lifts it. Raises ``NotFound``, ``Invalid``, ``Conflict``."""
    told = _reason(reason)
    found = await _lying(tx, hold)
    await store.ask_lift(tx, hold, by=number, reason=told, at=at)
    await _journal_hold(tx, found, "retention.lift-asked", by=by, reason=told, at=at)
    return replace(found, lift_reason=told, lift_asked_by=number, lift_asked_at=at)


async def lift_hold(
    tx: Transaction, hold: str, *, number: str, by: Actor, policy: RetentionPolicy, at: datetime
) -> tuple[Verdict, Hold]:
    """Lift a hold that somebody else asked to lift; a refused try is journaled too.

    Raises ``NotFound`` where there is none.
    """
    found = await store.lock_hold(tx, hold)
    if found is None:
        raise NotFound("there is no such hold")
    verdict = may_lift(found, number, policy)
    kind = "retention.hold-lifted" if verdict.allowed else "retention.lift-refused"
    if verdict.allowed:
        await store.lift(tx, hold, by=number, at=at)
        found = replace(found, lifted_by=number, lifted_at=at)
    await _journal_hold(tx, found, kind, by=by, reason=found.lift_reason, at=at, verdict=verdict)
    return verdict, found


async def holds(tx: Transaction, *, limit: int | None = 200) -> list[Hold]:
    """Return holds, newest first, lifted ones too; all of them without a limit."""
    return await store.all_holds(tx, limit=limit)


async def ask_erasure(
    tx: Transaction, holder: HolderId, *, policy: RetentionPolicy, by: Actor, at: datetime
) -> EraseRequest:
    """A holder asks for erasure of all that may be erased; it is done after some days (PIPL 47).

    One request waits at a time: asking again changes nothing.
    """
    due = after(at, policy.request_waits)
    request = EraseRequest(new_id("er"), holder, at, due, "waiting")
    if not await store.add_request(tx, request):
        return (await store.requests_of(tx, holder, limit=1))[0]
    body: JsonObject = {"request": request.id, "due_at": due.isoformat()}
    await journal(
        tx, stream=f"holder:{holder}", kind="retention.erasure-asked", by=by, body=body, at=at
    )
    return request


async def withdraw_erasure(tx: Transaction, holder: HolderId, *, by: Actor, at: datetime) -> bool:
    """The holder thinks again; False where no request waits."""
    request = await store.withdraw_request(tx, holder, at=at)
    if request is None:
        return False
    await journal(
        tx,
        stream=f"holder:{holder}",
        kind="retention.erasure-withdrawn",
        by=by,
        body={"request": request},
        at=at,
    )
    return True


async def requests_of(tx: Transaction, holder: HolderId, *, limit: int = 10) -> list[EraseRequest]:
    """Return the requests of a holder, newest first."""
    return await store.requests_of(tx, holder, limit=limit)


async def requests(tx: Transaction, *, limit: int = 200) -> list[EraseRequest]:
    """Return requests of all holders, newest first."""
    return await store.all_requests(tx, limit=limit)


async def _lying(tx: Transaction, hold: str) -> Hold:
    found = await store.lock_hold(tx, hold)
    if found is None:
        raise NotFound("there is no such hold")
    if found.lifted_at is not None:
        raise Conflict("this hold was lifted already")
    return found


def _reason(text: str) -> str:
    told = mask_secrets(text.strip()).text
    if len(told) < _SHORTEST_REASON:
        raise Invalid("say why")
    return told


async def _journal_hold(
    tx: Transaction,
    hold: Hold,
    kind: str,
    *,
    by: Actor,
    reason: str,
    at: datetime,
    verdict: Verdict | None = None,
) -> None:
    what, subject = hold.subject
    body: JsonObject = {"hold": hold.id, "on": what, "of": subject, "reason": reason}
    await journal(tx, stream=f"hold:{hold.id}", kind=kind, by=by, body=body, at=at, verdict=verdict)
