"""Freezing from the registered phone, and holding from any other (row B6).

Freezing fails towards protection: what cannot be decided here goes to a person at the head of
the urgent queue, never to a refusal.
"""

from zoneinfo import ZoneInfo

from cardline.cards import actions as cards
from cardline.cards.model import Card, CardState
from cardline.core.ids import CardId
from cardline.core.verdict import Verdict
from cardline.hotline.acts.caller import Acting
from cardline.hotline.acts.identity import candidates_for
from cardline.hotline.flows.model import Done, Utterance
from cardline.identity import actions as identity
from cardline.identity.model import Act, Factor, Subject
from cardline.messages.actions import send_sms


async def freeze_options(acting: Acting) -> Done:
    """What can be frozen from here: one card, several, none any more, or nobody knows whose."""
    caller = acting.caller
    known = any(
        proof.factor in (Factor.REGISTERED_NUMBER, Factor.QUERY_PASSWORD, Factor.ONE_TIME_CODE)
        for proof in caller.proofs.given
        if caller.holder and proof.holder == caller.holder.id
    )
    if caller.holder is None or not known:
        return Done("unknown")
    open_cards = await acting.open_cards()
    if not open_cards:
        return Done("already")
    if any(card.state is CardState.HELD for card in open_cards):
        return Done("held", values=_offered(open_cards[0]))
    return Done("several" if len(open_cards) > 1 else "one", values=_offered(open_cards[0]))


async def release_hold(acting: Acting) -> Done:
    """Lift every hold of a caller who has proven two factors; a freeze stays."""
    caller = acting.caller
    held = [card for card in await acting.open_cards() if card.state is CardState.HELD]
    lines = []
    for card in held:
        verdict = await _decided(acting, Act.RELEASE_HOLD)
        outcome = await cards.release(
            acting.tx,
            card.id,
            by=caller.actor,
            bank=acting.services.bank,
            verdict=verdict,
            stream=caller.interaction,
            at=acting.at,
        )
        if not outcome.allowed:
            return Done("refused")
        await _tell(acting, card, "hold_lifted")
        lines.append(Utterance("hold_released", {"tail": card.tail}))
    return Done("released", lines=tuple(lines)) if lines else Done("none")


async def next_card(acting: Acting) -> Done:
    """The card after the one that was just offered, round and round."""
    open_cards = await acting.open_cards()
    if not open_cards:
        return Done("one")
    ids = [card.id for card in open_cards]
    current = str(acting.do.values.get("card", ""))
    place = (ids.index(CardId(current)) + 1) % len(ids) if current in ids else 0
    return Done("several" if len(ids) > 1 else "one", values=_offered(open_cards[place]))


async def freeze_card(acting: Acting) -> Done:
    """Freeze the card that was offered."""
    card = str(acting.do.values.get("card", ""))
    chosen = [own for own in await acting.open_cards() if own.id == card]
    if not chosen:
        return Done("frozen", lines=(Utterance("already_frozen"),))
    if not await _freeze(acting, chosen[0]):
        return Done("refused")
    return Done("frozen", lines=(Utterance("card_frozen", {"tail": chosen[0].tail}),))


async def freeze_all(acting: Acting) -> Done:
    """Freeze every card of the holder."""
    chosen = await acting.open_cards()
    frozen = [card for card in chosen if await _freeze(acting, card)]
    if not frozen:
        return Done("refused")
    if len(frozen) == 1:
        return Done("frozen", lines=(Utterance("card_frozen", {"tail": frozen[0].tail}),))
    return Done("frozen", lines=(Utterance("cards_frozen", {"number": len(frozen)}),))


async def hold_by_tails(acting: Acting) -> Done:
    """From any phone: a temporary hold, told at once to the registered phone."""
    card_tail = acting.do.collected["card_tail"]
    id_tail = acting.do.collected["id_tail"]
    caller = acting.caller
    candidates = await candidates_for(acting, card_tail, id_tail)
    checked = await identity.check_tails(
        acting.tx,
        candidates=candidates,
        card_tail=card_tail,
        id_tail=id_tail,
        caller=caller.number,
        freezing=True,
        config=acting.services.identity,
        stream=caller.interaction,
        by=caller.actor,
        at=acting.at,
    )
    if checked.proof is None:
        return Done("limited" if "locked" in checked.verdict.codes else "unknown")
    caller.proofs = caller.proofs.claiming(checked.proof.holder).with_proof(checked.proof)
    caller.holder = await acting.services.bank.holder(acting.tx, holder_id=checked.proof.holder)
    chosen = [card for card in await acting.open_cards() if card.tail == card_tail]
    if not chosen:
        return Done("already")
    subject = next(one for one in candidates if one.id == checked.proof.holder)
    limit = await identity.reserve_hold(
        acting.tx,
        subject=subject,
        proofs=caller.proofs,
        caller=caller.number,
        config=acting.services.identity,
        stream=caller.interaction,
        by=caller.actor,
        at=acting.at,
    )
    if not limit.allowed:
        return Done("limited")
    return await _hold(acting, chosen[0], subject)


async def _hold(acting: Acting, card: Card, subject: Subject) -> Done:
    caller = acting.caller
    length = acting.services.identity.policy.hold_length
    verdict = await _decided(acting, Act.HOLD)
    outcome = await cards.hold(
        acting.tx,
        card.id,
        until=acting.at + length,
        by=caller.actor,
        bank=acting.services.bank,
        verdict=verdict,
        stream=caller.interaction,
        at=acting.at,
    )
    held = outcome.card
    if not outcome.allowed or held is None:
        return Done("limited")
    if held.state is not CardState.HELD or held.held_until is None:
        return Done("already")
    hours = round((held.held_until - acting.at).total_seconds() / 3600)
    await identity.announce_hold(
        acting.tx,
        subject=subject,
        card=card.id,
        card_tail=card.tail,
        until=held.held_until,
        caller=caller.number,
        config=acting.services.identity,
        stream=caller.interaction,
        at=acting.at,
    )
    return Done("held", lines=(Utterance("card_held", {"tail": card.tail, "hours": hours}),))


async def _freeze(acting: Acting, card: Card) -> bool:
    caller = acting.caller
    verdict = await _decided(acting, Act.FREEZE)
    outcome = await cards.freeze(
        acting.tx,
        card.id,
        by=caller.actor,
        bank=acting.services.bank,
        verdict=verdict,
        stream=caller.interaction,
        at=acting.at,
    )
    if outcome.allowed and not outcome.already:
        await _tell(acting, card, "card_frozen")
    return outcome.allowed


async def _tell(acting: Acting, card: Card, template: str) -> None:
    holder = acting.caller.holder
    assert holder is not None
    await send_sms(
        acting.tx,
        config=acting.services.identity.sms,
        holder=holder.id,
        to=holder.phone,
        template=template,
        values={"tail": card.tail},
        language=holder.language,
        zone=ZoneInfo(holder.zone),
        key=f"{template}:{card.id}:{card.version}:{acting.caller.interaction}",
        stream=acting.caller.interaction,
        at=acting.at,
    )


async def _decided(acting: Acting, act: Act) -> Verdict:
    caller = acting.caller
    return await identity.decide(
        acting.tx,
        act=act,
        proofs=caller.proofs,
        subject=await acting.subject(),
        config=acting.services.identity,
        stream=caller.interaction,
        by=caller.actor,
        at=acting.at,
    )


def _offered(card: Card) -> dict[str, object]:
    return {"tail": card.tail, "card": str(card.id)}
