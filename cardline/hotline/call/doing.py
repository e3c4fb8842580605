"""An act of the flow, done for one call in one transaction with what is kept of the call."""

import time
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from cardline.core.transaction import Transaction
from cardline.desk.interactions import actions as desk
from cardline.hotline.acts import complaint as complaint_acts
from cardline.hotline.acts.caller import Acting
from cardline.hotline.acts.performing import CONVERSATIONAL, perform
from cardline.hotline.flows.model import Do, Done
from cardline.routing import actions as routing

if TYPE_CHECKING:
    from cardline.hotline.call.conversation import Conversation

log = structlog.get_logger()


async def do_act(call: "Conversation", do: Do) -> Done:
    """Do an act in one transaction; what goes wrong is the outcome ``failed``."""
    at = call.now()
    began = time.perf_counter()
    known = (call.caller.holder, call.caller.proofs, call.caller.question)

    async def work(tx: Transaction) -> Done:
        # A repeat after a lost connection begins with what was known before.
        call.caller.holder, call.caller.proofs, call.caller.question = known
        if do.act in CONVERSATIONAL:
            done = await _conversational(tx, call, do.act, at)
        else:
            done = await perform(Acting(tx, call.services, call.caller, do, at))
        await call.keeping.save(tx, call.state, at=at)
        return done

    try:
        done = await call.services.database.run(work)
    except Exception:
        log.exception("an act of a call failed", call=call.call, act=do.act)
        done = Done("failed")
    call.services.observer.act_done(do.act, done.outcome, time.perf_counter() - began)
    return done


async def _conversational(tx: Transaction, call: "Conversation", act: str, at: datetime) -> Done:
    if act == "request_callback":
        number = call.caller.number
        if number is None or not call.services.trunk:
            return Done("refused")
        asked = await routing.request_callback(
            tx,
            interaction=call.routed,
            number=number,
            policy=call.services.routing,
            at=at,
        )
        return Done("promised" if asked.verdict.allowed else "refused")
    complaint = act == "take_complaint"
    await desk.take_message(
        tx,
        call.interaction,
        number=call.caller.shown_number,
        matter=complaint_acts.MATTER if complaint else call.matter,
        language=call.caller.spoken_language,
        from_second=call.message_from,
        to_second=call.since_answer(at.timestamp()),
        at=at,
    )
    if complaint:
        return await complaint_acts.taken(tx, call.services, call.caller, at=at)
    return Done("taken")
