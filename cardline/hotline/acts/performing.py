"""Which function does which act of the flow."""

from collections.abc import Awaitable, Callable

from cardline.hotline.acts import account as account_acts
from cardline.hotline.acts import bank_call as bank_call_acts
from cardline.hotline.acts import complaint as complaint_acts
from cardline.hotline.acts import freezing as freezing_acts
from cardline.hotline.acts import identity as identity_acts
from cardline.hotline.acts import machine as machine_acts
from cardline.hotline.acts import verifying as verify_acts
from cardline.hotline.acts.caller import Acting
from cardline.hotline.flows.acts import ACTS
from cardline.hotline.flows.model import Done
from cardline.identity.model import Act
from cardline.outreach import actions as outreach

DoneBy = Callable[[Acting], Awaitable[Done]]


async def stop_marketing(acting: Acting) -> Done:
    """Write the withdrawal at once, for the holder or for the bare number (row D2)."""
    caller = acting.caller
    if caller.holder is None and caller.number is None:
        return Done("unknown")
    await outreach.stop_marketing(
        acting.tx,
        holder=caller.holder.id if caller.holder else None,
        phone=caller.number,
        source="hotline",
        stream=caller.interaction,
        by=caller.actor,
        at=acting.at,
    )
    return Done("done")


FUNCTIONS: dict[str, DoneBy] = {
    "require": identity_acts.require,
    "claim": identity_acts.claim,
    "check_query_password": identity_acts.check_query_password,
    "send_code": identity_acts.send_code,
    "check_code": identity_acts.check_code,
    "next_question": identity_acts.next_question,
    "check_answer": identity_acts.check_answer,
    "set_query_password": identity_acts.set_query_password,
    "balance": account_acts.balance,
    "statement": account_acts.statement,
    "transactions": account_acts.transactions,
    "interest": account_acts.interest,
    "annual_fee": account_acts.annual_fee,
    "points": account_acts.points,
    "stop_marketing": stop_marketing,
    "recent_contacts": verify_acts.recent_contacts,
    "check_number": verify_acts.check_number,
    "complaint_state": complaint_acts.complaint_state,
    "complaint_rules": complaint_acts.complaint_rules,
    "freeze_options": freezing_acts.freeze_options,
    "release_hold": freezing_acts.release_hold,
    "next_card": freezing_acts.next_card,
    "freeze_card": freezing_acts.freeze_card,
    "freeze_all": freezing_acts.freeze_all,
    "hold_by_tails": freezing_acts.hold_by_tails,
    "begin_bank_call": bank_call_acts.begin_bank_call,
    "open_bank_call": bank_call_acts.open_bank_call,
    "note_machine": machine_acts.note_machine,
    "note_message_left": machine_acts.note_message_left,
    "note_person": machine_acts.note_person,
    "note_opening": bank_call_acts.note_opening,
    "stop_these_calls": bank_call_acts.stop_these_calls,
    "prove_bank": bank_call_acts.prove_bank,
    "note_will_ring": bank_call_acts.note_will_ring,
    "answer_alert": bank_call_acts.answer_alert,
}
"""What is not here belongs to the conversation, which holds the place (:data:`CONVERSATIONAL`)."""

GUARDED: dict[str, Act] = {
    "balance": Act.HEAR_BALANCE,
    "statement": Act.HEAR_STATEMENT,
    "transactions": Act.HEAR_TRANSACTIONS,
    "interest": Act.HEAR_INTEREST,
    "annual_fee": Act.HEAR_ANNUAL_FEE,
    "points": Act.HEAR_POINTS,
    "complaint_state": Act.HEAR_COMPLAINT,
}
"""What is told of an account is judged again when it is told: a flow that forgets to ask for proof
leads to a person, never to somebody else's balance."""

CONVERSATIONAL = frozenset({"request_callback", "take_message", "take_complaint"})


async def perform(acting: Acting) -> Done:
    """Do one act of the flow; what needs proof is judged here, whatever the flow says."""
    needed = GUARDED.get(acting.do.act)
    if needed is not None and not await identity_acts.allowed(acting, needed):
        return Done("failed")
    return await FUNCTIONS[acting.do.act](acting)


assert FUNCTIONS.keys() | CONVERSATIONAL == ACTS.keys()
