"""Entering and leaving queues, and call-backs that keep the place (row A3)."""

from datetime import datetime
from typing import Literal

from cardline.core.actor import SYSTEM, Actor
from cardline.core.errors import NotFound
from cardline.core.ids import CallId, InteractionId, new_id
from cardline.core.masking import mask_phone
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.routing import rules
from cardline.routing.model import (
    CallbackAsked,
    Language,
    LeaveOutcome,
    Offer,
    RoutingPolicy,
    Waiter,
)
from cardline.routing.store import locks, waits


async def enter_queue(
    tx: Transaction,
    *,
    interaction: InteractionId,
    call: CallId,
    matter: str,
    language: Language,
    urgent: bool,
    caller_number: str,
    policy: RoutingPolicy,
    since: datetime | None = None,
    line: str = "",
    at: datetime,
    by: Actor = SYSTEM,
) -> Waiter:
    """Let a caller wait for an agent (row A3).

    The place is ``since``; where it is not given, the earliest place that this interaction ever
    had, so that nobody waits twice for one matter. Entering the same queue again changes nothing;
    entering another one leaves the first (``transferred``). ``line`` is the stable name of the
    line that holds the call. Whether anybody is there to answer says :func:`queue_state`.
    """
    queue = rules.queue_for(matter, language, policy)
    entry = Waiter(
        wait=new_id("wt"),
        interaction=interaction,
        queue=queue.name,
        language=language,
        urgent=urgent or queue.urgent,
        since=since or at,
        entered_at=at,
        call=call,
        number=caller_number,
    )
    entered = await waits.enter(tx, entry, since=since, line=line)
    if entered is None:
        present = await waits.last(tx, interaction)
        if present is not None and present[1] and _same(present[0], entry):
            return present[0]
        await leave_queue(tx, interaction=interaction, outcome="transferred", at=at, by=by)
        entered = await waits.enter(tx, entry, since=since, line=line)
        if entered is None:
            raise RuntimeError(f"{interaction} entered two queues at once")
    await _journal_entry(tx, entered, by=by, at=at)
    return entered


async def leave_queue(
    tx: Transaction,
    *,
    interaction: InteractionId,
    outcome: LeaveOutcome,
    at: datetime,
    by: Actor = SYSTEM,
) -> Offer | None:
    """End the stay; an open offer is withdrawn in the same moment and returned.

    Nothing happens where the interaction does not wait: an acceptance may have been first.
    """
    await locks.lock_interactions(tx, [interaction])
    left = await waits.leave(tx, interaction, outcome, at=at)
    if left is None:
        return None
    stay, withdrawn = left
    body: JsonObject = {
        "wait": stay.wait,
        "queue": stay.queue,
        "outcome": outcome,
        "waited_seconds": round((at - stay.entered_at).total_seconds(), 3),
    }
    if withdrawn is not None:
        body["withdrawn_offer"] = withdrawn.id
        body["agent"] = withdrawn.agent
    await journal(tx, stream=interaction, kind="queue.left", by=by, body=body, at=at)
    return withdrawn


async def request_callback(
    tx: Transaction,
    *,
    interaction: InteractionId,
    number: str,
    policy: RoutingPolicy,
    outcome: Literal["callback", "message"] = "callback",
    not_before: datetime | None = None,
    at: datetime,
    by: Actor = SYSTEM,
) -> CallbackAsked:
    """Wait for a call-back at the same place instead of on the line (row A3).

    ``outcome`` says how the stay on the line ends: ``message`` at a closed queue. After a call-back
    that reached nobody, ask again with ``not_before``; it is refused when all tries are spent.
    Raises ``NotFound`` where the interaction never waited.
    """
    await locks.lock_interactions(tx, [interaction])
    found = await waits.last(tx, interaction)
    if found is None:
        raise NotFound("This contact never waited in a queue; enter a queue first.")
    before, waits_now = found
    attempt = before.attempt + 1 if before.callback else 0
    if before.callback and waits_now:
        attempt = before.attempt  # only the number or the time changes
    verdict = rules.may_call_back(attempt, policy)
    withdrawn: Offer | None = None
    if verdict.allowed:
        if waits_now:
            withdrawn = await leave_queue(
                tx, interaction=interaction, outcome=outcome, at=at, by=by
            )
        entry = Waiter(
            wait=new_id("wt"),
            interaction=interaction,
            queue=before.queue,
            language=before.language,
            urgent=before.urgent,
            since=before.since,
            entered_at=at,
            callback=True,
            number=number,
            not_before=not_before,
            attempt=attempt,
        )
        entered = await waits.enter(tx, entry, since=before.since, line="")
        if entered is None:
            raise RuntimeError(f"{interaction} entered two queues at once")
        await _journal_entry(tx, entered, by=by, at=at)
    else:
        await journal(
            tx,
            stream=interaction,
            kind="callback.refused",
            by=by,
            body={"queue": before.queue, "attempt": attempt},
            at=at,
            verdict=verdict,
        )
    return CallbackAsked(verdict, withdrawn)


async def _journal_entry(tx: Transaction, entered: Waiter, *, by: Actor, at: datetime) -> None:
    body: JsonObject = {
        "wait": entered.wait,
        "queue": entered.queue,
        "urgent": entered.urgent,
        "since": entered.since.isoformat(),
    }
    if entered.callback:
        body["number"] = mask_phone(entered.number)
        body["attempt"] = entered.attempt
        if entered.not_before is not None:
            body["not_before"] = entered.not_before.isoformat()
    kind = "callback.requested" if entered.callback else "queue.entered"
    await journal(tx, stream=entered.interaction, kind=kind, by=by, body=body, at=at)


def _same(present: Waiter, entry: Waiter) -> bool:
    return (present.queue, present.call, present.urgent) == (entry.queue, entry.call, entry.urgent)
