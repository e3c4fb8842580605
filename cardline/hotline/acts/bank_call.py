"""What the keys do in a call that the bank makes (rows D2, D3, E1, B6)."""

from typing import cast
from zoneinfo import ZoneInfo

from cardline.hotline.acts.caller import Acting
from cardline.hotline.flows.model import Done, Utterance
from cardline.identity import actions as identity
from cardline.identity.model import subject_of
from cardline.messages.actions import send_sms
from cardline.messages.model import MessageState
from cardline.outreach import actions as outreach
from cardline.outreach.campaigns import alerts, dialling, machines
from cardline.outreach.campaigns.alert_model import Answer
from cardline.outreach.campaigns.machine_model import Machines
from cardline.outreach.campaigns.model import Errand, Kind, Outcome
from cardline.outreach.model import Channel, Purpose

_ASKED_FOR = frozenset({Purpose.MARKETING, Purpose.SURVEY})
"""What needs consent is withdrawn as a whole."""


async def begin_bank_call(acting: Acting) -> Done:
    """Somebody has answered: a person of ours is there for it, or the safe message is (row D4)."""
    caller, at = acting.caller, acting.at
    errand = caller.errand
    if errand is None:
        return Done("nobody")
    claimed = await dialling.claim_agent(acting.tx, errand, floor=acting.services.routing, at=at)
    if claimed is None or claimed.agent is None or not claimed.phone:
        await dialling.note_answered(acting.tx, errand, abandoned=True, at=at)
        return Done("nobody")
    await dialling.note_answered(acting.tx, claimed, abandoned=False, at=at)
    caller.errand = claimed
    if claimed.campaign.machines is not Machines.IGNORE:
        return Done("listen")  # the agent is there: nobody waits for one while we listen
    return await _open(acting, claimed)


async def open_bank_call(acting: Acting) -> Done:
    """It is taken for a person who has answered: the opening, as :func:`begin_bank_call`."""
    caller = acting.caller
    assert caller.errand is not None, "begin_bank_call comes before"
    if caller.judged is not None:
        caller.errand = await machines.note_judged(
            acting.tx,
            caller.errand,
            caller.judged,
            floor=acting.services.routing,
            at=acting.at,
        )
    return await _open(acting, caller.errand)


async def _open(acting: Acting, claimed: Errand) -> Done:
    await prove_number(acting)
    if claimed.campaign.opening == "read":
        return Done("read")
    lines = opening_lines(claimed)
    if claimed.campaign.kind is Kind.ALERT:
        open_alerts = await alerts.open_alerts(acting.tx, claimed.entry.holder, at=acting.at)
        if open_alerts:
            asked = Utterance("bank_call_alert", {"tail": open_alerts[0].tail})
            return Done("alert", lines=(*lines, asked))
    return Done("played", lines=lines)


def opening_lines(errand: Errand) -> tuple[Utterance, ...]:
    """Return what is said before the talk: who, why, with whom, how long, how often (row D3)."""
    campaign = errand.campaign
    length = {"minutes": campaign.minutes, "times": campaign.retries + 1}
    return (
        Utterance("bank_call_hello"),
        Utterance(f"bank_call_purpose_{campaign.kind}"),
        Utterance("bank_call_staff", {"staff": errand.staff_number}),
        Utterance("bank_call_length", length),
    )


async def note_opening(acting: Acting) -> Done:
    """The opening was played whole."""
    if acting.caller.errand is not None:
        await dialling.note_opened(acting.tx, acting.caller.errand, by=None, at=acting.at)
    return Done("noted")


async def stop_these_calls(acting: Acting) -> Done:
    """Withdraw from what this call is for, at once (row D2).

    From marketing and surveys on every channel, as the hotline's key does; from the rest on calls:
    a bill still comes by message.
    """
    caller, errand = acting.caller, acting.caller.errand
    if errand is not None:
        await dialling.note_chosen(acting.tx, errand, Outcome.WITHDRAWN)
    purpose = errand.campaign.purpose if errand else Purpose.MARKETING
    await outreach.withdraw(
        acting.tx,
        purpose=purpose,
        channel=None if purpose in _ASKED_FOR else Channel.CALL,
        holder=caller.holder.id if caller.holder else None,
        phone=caller.number,
        source="call",
        stream=caller.interaction,
        by=caller.actor,
        at=acting.at,
    )
    return Done("done")


async def prove_bank(acting: Acting) -> Done:
    """Send what this call is to the registered phone, where it can be read beside the call (E1)."""
    caller, errand = acting.caller, acting.caller.errand
    if errand is None or caller.holder is None:
        return Done("unsent")
    queued = await send_sms(
        acting.tx,
        config=acting.services.identity.sms,
        holder=caller.holder.id,
        to=caller.holder.phone,
        template="bank_call_proof",
        values={"staff": errand.staff_number or "-"},
        language=caller.holder.language,
        zone=ZoneInfo(caller.holder.zone),
        key=f"bank-call-proof/{errand.attempt}",
        stream=caller.interaction,
        at=acting.at,
        solicited=True,
    )
    return Done("sent" if queued.state is not MessageState.REFUSED else "unsent")


async def note_will_ring(acting: Acting) -> Done:
    """The person would rather ring the hotline: the safest answer to any call."""
    if acting.caller.errand is not None:
        await dialling.note_chosen(acting.tx, acting.caller.errand, Outcome.WILL_RING)
    return Done("noted")


async def answer_alert(acting: Acting) -> Done:
    """Take a yes or a no about the newest open alert; a no freezes in this transaction."""
    caller, errand = acting.caller, acting.caller.errand
    subject = await acting.subject()
    if errand is None or subject is None:
        return Done("none")
    found = await alerts.open_alerts(acting.tx, errand.entry.holder, at=acting.at, lock=True)
    if not found:
        return Done("none")
    answered = await alerts.answer(
        acting.tx,
        found[0],
        cast(Answer, acting.do.arguments["answer"]),
        door="call",
        subject=subject,
        proofs=caller.proofs,
        bank=acting.services.bank,
        config=acting.services.identity,
        stream=caller.interaction,
        by=caller.actor,
        at=acting.at,
    )
    if answered.answer == "confirmed":
        await dialling.note_chosen(acting.tx, errand, Outcome.CONFIRMED)
        return Done("confirmed")
    await dialling.note_chosen(acting.tx, errand, Outcome.DENIED)
    if not answered.frozen:
        return Done("refused")
    return Done("frozen", lines=(Utterance("card_frozen", {"tail": answered.alert.tail}),))


async def prove_number(acting: Acting) -> None:
    """We dialled the registered number and it was answered: as good as a call from it."""
    caller = acting.caller
    if caller.holder is None:
        return
    cards = await acting.services.bank.cards_of(acting.tx, holder_id=caller.holder.id)
    proof = await identity.prove_number(
        acting.tx,
        subject=subject_of(caller.holder, cards),
        caller=caller.number,
        config=acting.services.identity,
        stream=caller.interaction,
        by=caller.actor,
        at=acting.at,
    )
    caller.proofs = caller.proofs.claiming(caller.holder.id).with_proof(proof)
