"""The end of a call: closed, journaled, everybody in it set free."""

from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from cardline.core.transaction import Transaction
from cardline.desk.interactions import actions as desk
from cardline.hotline.supervision import requests as supervision
from cardline.routing import actions as routing
from cardline.routing.model import Offer, TalkCause

if TYPE_CHECKING:
    from cardline.hotline.call.conversation import Conversation

log = structlog.get_logger()


async def end(call: "Conversation", *, cause: str, at: datetime) -> None:
    """Write the end of a call, and set free whoever waited or talked in it."""
    agents = [leg.agent for leg in call.parties.answered() if leg.agent]
    waiting = call.state.phase == "queue"
    talk_cause: TalkCause = "failed" if cause == "line-failed" else "ended"
    # Open desks are told that nobody is in this call any more; one that asks finds no call.
    for leg in call.parties.here():
        leg.presence = "gone"

    async def work(tx: Transaction) -> None:
        await call.keeping.save(tx, call.state, at=at)
        await desk.close_interaction(tx, call.interaction, outcome=cause, at=at)
        await call.talking.proofs_end(tx, at)
        if call.help_asked:
            await supervision.help_over(tx, call.interaction)
        if waiting:
            await routing.leave_queue(tx, interaction=call.routed, outcome="abandoned", at=at)
        if call.callback and not agents:
            await _promise_unkept(tx, call, call.callback, at)
        await call.outward.over(tx, cause=cause, answered=call.was_answered, agents=agents, at=at)
        for agent in agents:
            await routing.end_talk(
                tx,
                interaction=call.routed,
                agent=agent,
                policy=call.services.routing,
                cause=talk_cause,
                at=at,
            )

    await call.services.database.run(work)


async def _promise_unkept(
    tx: Transaction, call: "Conversation", offer: Offer, at: datetime
) -> None:
    """A call-back that reached nobody is tried again later; the agent is free at once."""
    policy = call.services.routing
    await routing.end_talk(
        tx,
        interaction=call.routed,
        agent=offer.agent,
        policy=policy,
        cause="failed",
        at=at,
    )
    if not call.was_answered:
        await routing.request_callback(
            tx,
            interaction=call.routed,
            number=offer.number,
            policy=policy,
            not_before=at + policy.callback_retry,
            at=at,
        )
