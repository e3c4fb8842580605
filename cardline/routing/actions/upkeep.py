"""Leases of the lines, and the reconciler that brings the records back to the facts."""

from datetime import datetime

from cardline.core.transaction import Transaction
from cardline.routing.actions.offers import withdraw_offer
from cardline.routing.actions.talks import end_talk
from cardline.routing.actions.waits import leave_queue
from cardline.routing.model import CallsUp, Reconciled, RoutingPolicy
from cardline.routing.store import agents, locks, offers, talks, waits


async def line_alive(tx: Transaction, *, line: str, policy: RoutingPolicy, at: datetime) -> None:
    """Take a sign of life of a line: its calls are offered for ``line_lease`` from now on.

    A line that never gives one is believed. Send it every third of the lease.
    """
    await agents.lease_line(tx, line, until=at + policy.line_lease)


async def reconcile(
    tx: Transaction, *, up: CallsUp, policy: RoutingPolicy, at: datetime
) -> Reconciled:
    """End what the records hold for going on and the line does not; needs its own transaction.

    Callers of this line who are gone are ``abandoned``; talks without their call or leg are
    ``lost``, and the agent's wrap-up begins; offers that do not ring are withdrawn, without blame
    for the agent. Call-backs and what other lines hold are left alone. Repeating it is harmless.
    """
    await locks.lock_sweep(tx)
    return await _close_dead(tx, up, policy, at=at)


async def give_up_silent_lines(
    tx: Transaction, *, policy: RoutingPolicy, at: datetime
) -> list[str]:
    """Close the records of lines that were silent for ``line_given_up``; its own transaction.

    The time is longer than any restart of the application: the line keeps calls over that.
    """
    await locks.lock_sweep(tx)
    silent = await agents.silent_lines(tx, since=at - policy.line_given_up)
    for line in silent:
        await _close_dead(tx, CallsUp(calls=frozenset(), line=line), policy, at=at)
        await agents.forget_line(tx, line)
    return silent


async def _close_dead(
    tx: Transaction, up: CallsUp, policy: RoutingPolicy, *, at: datetime
) -> Reconciled:
    waiting = await waits.live_on_line(tx, up.line)
    here = {interaction for interaction, _ in waiting}
    gone = [interaction for interaction, call in waiting if call not in up.calls]
    silent = [
        offer
        for offer in await offers.still_open(tx)
        if offer.id not in up.ringing and (offer.callback or offer.interaction in here)
    ]
    dead = [
        talk
        for talk in await talks.open_on_line(tx, up.line)
        if talk.call not in up.calls or (talk.leg is not None and talk.leg not in up.legs)
    ]
    ringing = [offer.interaction for offer in silent]
    await locks.lock_interactions(tx, [*gone, *ringing, *(talk.interaction for talk in dead)])
    withdrawn = [await withdraw_offer(tx, interaction=offer.interaction, at=at) for offer in silent]
    for interaction in gone:
        await leave_queue(tx, interaction=interaction, outcome="abandoned", at=at)
    for talk in dead:
        await end_talk(
            tx,
            interaction=talk.interaction,
            agent=talk.agent,
            policy=policy,
            cause="lost",
            at=at,
        )
    return Reconciled(
        waits=tuple(gone),
        offers=tuple(offer.id for offer in withdrawn if offer is not None),
        talks=tuple(talk.interaction for talk in dead),
    )
