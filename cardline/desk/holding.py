"""What an agent does about a caller who reports a theft (row B6).

The agent may hold on plausible proof. Refusing is the exception: it needs a typed reason, and
whoever refuses has read what a refusal can cost.
"""

from dataclasses import dataclass
from datetime import datetime

from cardline.cards import actions as cards
from cardline.cards.corebank import CoreBank
from cardline.cards.model import Card, CardOutcome, Holder
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.ids import CardId
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk import actions as desk
from cardline.desk.model import Interaction
from cardline.desk.staff_model import Staff
from cardline.evidence.actions import journal
from cardline.identity import actions as identity
from cardline.identity.config import IdentityConfig
from cardline.identity.model import Act, Proofs, Subject, subject_of

LEAST_REASON = 15
"""Characters: shorter than that nothing is explained."""

REFUSAL_WARNING = {
    "zh": (
        "请再想一想：临时冻结随时可以撤销，被盗刷的钱往往追不回来。"
        "接到挂失而未及时处理的，由此造成的损失可能由我行承担。确需拒绝，请写明理由。"
    ),
    "en": (
        "Think again: a hold can be undone at any time, stolen money mostly cannot. Where a loss "
        "report is not acted on in time, the bank may bear the loss. If you must refuse, say why."
    ),
}


@dataclass(frozen=True, slots=True)
class AgentAct:
    """An agent, acting within an interaction."""

    staff: Staff
    interaction: Interaction
    bank: CoreBank
    identity: IdentityConfig
    at: datetime


async def hold_card(
    tx: Transaction, act: AgentAct, *, card_id: CardId, plausible: str
) -> CardOutcome:
    """Hold a card because the caller's story is plausible; ``plausible`` says what made it so.

    Raises ``NotFound`` for no such card, ``Invalid`` where the proof is not described.
    """
    _explained(plausible, "describe what makes the caller plausible")
    card, holder, subject = await _card(tx, act, card_id)
    proofs = await _vouched(tx, act, holder, plausible)
    verdict = await identity.decide(
        tx,
        act=Act.HOLD,
        proofs=proofs,
        subject=subject,
        config=act.identity,
        stream=act.interaction.id,
        by=act.staff.actor,
        at=act.at,
    )
    held = await cards.hold(
        tx,
        card.id,
        until=act.at + act.identity.policy.hold_length,
        by=act.staff.actor,
        bank=act.bank,
        verdict=verdict,
        stream=act.interaction.id,
        at=act.at,
    )
    if held.allowed and held.card and held.card.held_until:
        await identity.announce_hold(
            tx,
            subject=subject,
            card=card.id,
            card_tail=card.tail,
            until=held.card.held_until,
            caller=proofs.caller,
            config=act.identity,
            stream=act.interaction.id,
            at=act.at,
        )
    return held


async def refuse_hold(
    tx: Transaction, act: AgentAct, *, reason: str, warning_read: bool
) -> JsonObject:
    """Write down that a hold was refused, by whom and why.

    Raises ``Invalid`` with the warning where it was not read, or where the reason is too short.
    """
    if not warning_read:
        raise Invalid(f"{REFUSAL_WARNING['zh']} / {REFUSAL_WARNING['en']}")
    _explained(reason, "say why the hold is refused")
    body: JsonObject = {"reason": reason, "warning": "read"}
    await journal(
        tx,
        stream=act.interaction.id,
        kind="card.hold-refused-by-agent",
        by=act.staff.actor,
        body=body,
        at=act.at,
    )
    return body


async def release_card(tx: Transaction, act: AgentAct, *, card_id: CardId) -> CardOutcome:
    """Lift a hold or a freeze; the interaction's proofs must hold two factors.

    Only while the caller who proved them is on the line with this agent: ``Conflict`` otherwise.
    """
    legs = await desk.legs_of(tx, act.interaction.id)
    talks = any(
        leg.agent_id == act.staff.agent_id
        and leg.ended_at is None
        and leg.monitoring in (None, "join")
        for leg in legs
    )
    if act.interaction.closed_at is not None or not talks:
        raise Conflict(
            "a hold is lifted only while you talk with the caller who proved it is theirs"
        )
    card, _, subject = await _card(tx, act, card_id)
    wanted = Act.RELEASE_HOLD if card.state == "held" else Act.RELEASE_FREEZE
    verdict = await identity.decide(
        tx,
        act=wanted,
        proofs=act.interaction.proofs,
        subject=subject,
        config=act.identity,
        stream=act.interaction.id,
        by=act.staff.actor,
        at=act.at,
    )
    return await cards.release(
        tx,
        card.id,
        by=act.staff.actor,
        bank=act.bank,
        verdict=verdict,
        stream=act.interaction.id,
        at=act.at,
    )


async def freeze_card(
    tx: Transaction, act: AgentAct, *, card_id: CardId, plausible: str = ""
) -> CardOutcome:
    """Freeze a card for good, with the caller's own proofs or the agent's judgement."""
    card, holder, subject = await _card(tx, act, card_id)
    proofs = act.interaction.proofs
    if plausible:
        _explained(plausible, "describe what makes the caller plausible")
        proofs = await _vouched(tx, act, holder, plausible)
    verdict = await identity.decide(
        tx,
        act=Act.FREEZE,
        proofs=proofs,
        subject=subject,
        config=act.identity,
        stream=act.interaction.id,
        by=act.staff.actor,
        at=act.at,
    )
    return await cards.freeze(
        tx,
        card.id,
        by=act.staff.actor,
        bank=act.bank,
        verdict=verdict,
        stream=act.interaction.id,
        at=act.at,
    )


async def _card(tx: Transaction, act: AgentAct, card_id: CardId) -> tuple[Card, Holder, Subject]:
    card = await act.bank.card(tx, card_id=card_id)
    if card is None:
        raise NotFound("there is no such card")
    holder = await act.bank.holder(tx, holder_id=card.holder_id)
    if holder is None:
        raise NotFound("there is no such card")
    own = await act.bank.cards_of(tx, holder_id=holder.id)
    return card, holder, subject_of(holder, own)


async def _vouched(tx: Transaction, act: AgentAct, holder: Holder, plausible: str) -> Proofs:
    proof = await identity.vouch(
        tx,
        holder=holder.id,
        agent=act.staff.actor,
        detail=plausible,
        stream=act.interaction.id,
        at=act.at,
    )
    return act.interaction.proofs.claiming(holder.id).with_proof(proof)


def _explained(text: str, what: str) -> None:
    if len(text.strip()) < LEAST_REASON:
        raise Invalid(f"{what}, in at least {LEAST_REASON} characters")
