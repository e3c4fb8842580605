"""What an agent does about a caller who reports a theft (row B6).

The agent may hold on plausible proof. Refusing is the exception: it needs a typed reason, and
whoever refuses has read what a refusal can cost. Only in a conversation that the agent serves, and
only cards of the holder whom it is about: saying whom (``claims.claim``) proves nothing, is
possible at any time and is journaled, so that no holder waits for protection.
"""

from cardline.cards import actions as cards
from cardline.cards.model import CardOutcome
from cardline.cards.serving import Claimant, Serving, claimant, decide, talks, took_part
from cardline.core.errors import Invalid
from cardline.core.ids import CardId
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions import claims
from cardline.evidence.actions import journal
from cardline.identity import actions as identity
from cardline.identity.model import Act, Proof, Proofs

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


async def hold_card(
    tx: Transaction, act: Serving, *, card_id: CardId, plausible: str
) -> CardOutcome:
    """Hold a card because the caller's story is plausible; ``plausible`` says what made it so.

    Raises ``NotFound`` for a card that is not the claimed holder's, ``Invalid`` where the proof is
    not described, ``NobodyClaimed``, ``NotServing``.
    """
    await took_part(tx, act)
    _explained(plausible, "describe what makes the caller plausible")
    person = await claimant(tx, act)
    card = person.card(card_id)
    proofs = await _vouched(tx, act, person, plausible)
    verdict = await decide(tx, act, person, Act.HOLD, proofs=proofs)
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
            subject=person.subject,
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
    tx: Transaction, act: Serving, *, reason: str, warning_read: bool
) -> JsonObject:
    """Write down that a hold was refused, by whom and why.

    Raises ``Invalid`` with the warning where it was not read, or where the reason is too short,
    ``NotServing``.
    """
    await took_part(tx, act)
    if not warning_read:
        raise Invalid(f"{REFUSAL_WARNING['zh']} / {REFUSAL_WARNING['en']}")
    _explained(reason, "say why the hold is refused")
    body: JsonObject = {"reason": mask_secrets(reason.strip()).text, "warning": "read"}
    await journal(
        tx,
        stream=act.interaction.id,
        kind="card.hold-refused-by-agent",
        by=act.staff.actor,
        body=body,
        at=act.at,
    )
    return body


async def release_card(tx: Transaction, act: Serving, *, card_id: CardId) -> CardOutcome:
    """Lift a hold or a freeze; the interaction's proofs must hold two factors.

    Only while the person who proved them talks with this agent: ``NotServing`` otherwise. Raises
    ``NotFound`` for a card that is not the claimed holder's, ``NobodyClaimed``.
    """
    await talks(tx, act)
    person = await claimant(tx, act)
    card = person.card(card_id)
    wanted = Act.RELEASE_HOLD if card.state == "held" else Act.RELEASE_FREEZE
    verdict = await decide(tx, act, person, wanted)
    return await cards.release(
        tx,
        card.id,
        by=act.staff.actor,
        bank=act.bank,
        verdict=verdict,
        stream=act.interaction.id,
        at=act.at,
    )


async def take_for_holder(tx: Transaction, act: Serving, *, why: str) -> Proofs:
    """Take the caller for the holder who is claimed, by the agent's own judgement (rows B4, B6).

    A proof like any other for the rest of the conversation: alone it opens nothing that can do
    harm, and it is the part of a person in what no keys may open. Only while the agent talks with
    the caller. Journals ``identity.proven``. Raises ``Invalid`` where ``why`` explains nothing,
    ``NobodyClaimed``, ``NotServing``.
    """
    await talks(tx, act)
    _explained(why, "describe what makes you take the caller for the holder")
    person = await claimant(tx, act)
    proof = await _vouch(tx, act, person, why)
    return await claims.keep_proof(tx, act.interaction.id, proof)


async def freeze_card(
    tx: Transaction, act: Serving, *, card_id: CardId, plausible: str = ""
) -> CardOutcome:
    """Freeze a card for good, with the caller's own proofs or the agent's judgement.

    Raises ``NotFound`` for a card that is not the claimed holder's, ``Invalid`` where a judgement
    is not described, ``NobodyClaimed``, ``NotServing``.
    """
    await took_part(tx, act)
    person = await claimant(tx, act)
    card = person.card(card_id)
    proofs = act.interaction.proofs
    if plausible:
        _explained(plausible, "describe what makes the caller plausible")
        proofs = await _vouched(tx, act, person, plausible)
    verdict = await decide(tx, act, person, Act.FREEZE, proofs=proofs)
    return await cards.freeze(
        tx,
        card.id,
        by=act.staff.actor,
        bank=act.bank,
        verdict=verdict,
        stream=act.interaction.id,
        at=act.at,
    )


async def _vouched(tx: Transaction, act: Serving, person: Claimant, plausible: str) -> Proofs:
    return act.interaction.proofs.with_proof(await _vouch(tx, act, person, plausible))


async def _vouch(tx: Transaction, act: Serving, person: Claimant, why: str) -> Proof:
    return await identity.vouch(
        tx,
        holder=person.holder.id,
        agent=act.staff.actor,
        detail=why,
        stream=act.interaction.id,
        at=act.at,
    )


def _explained(text: str, what: str) -> None:
    if len(text.strip()) < LEAST_REASON:
        raise Invalid(f"{what}, in at least {LEAST_REASON} characters")
