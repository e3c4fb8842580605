"""Freezing a card and undoing it (row B6): identity judges, cards does, the phone is told."""

from datetime import datetime
from zoneinfo import ZoneInfo

from cardline.cards import actions as cards
from cardline.cards.corebank import CoreBank
from cardline.cards.model import Card, CardOutcome, CardState
from cardline.cards.rules.state import state_at
from cardline.core.errors import NotFound
from cardline.core.ids import CardId
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.identity import actions as identity
from cardline.identity.config import IdentityConfig
from cardline.identity.model import Act, Proofs, Subject
from cardline.messages.actions import send_sms
from cardline.portal.model import HolderSession
from cardline.portal.sessions import actor_of


def own_card(owned: list[Card], card: str) -> Card:
    """Return the holder's card of this id. Raises ``NotFound`` for anybody else's."""
    for one in owned:
        if one.id == card:
            return one
    raise NotFound("there is no such card")


def release_act(card: Card, at: datetime) -> Act:
    """Return the act that undoing the protection of a card is."""
    held = state_at(card, at) is CardState.HELD
    return Act.RELEASE_HOLD if held else Act.RELEASE_FREEZE


async def freeze(
    tx: Transaction,
    session: HolderSession,
    *,
    subject: Subject,
    card: Card,
    bank: CoreBank,
    config: IdentityConfig,
    at: datetime,
) -> CardOutcome:
    """Freeze one card of the holder's, and tell the registered phone."""
    verdict = await identity.decide(
        tx,
        act=Act.FREEZE,
        proofs=session.proofs,
        subject=subject,
        config=config,
        stream=session.id,
        by=actor_of(session.holder.id),
        at=at,
    )
    outcome = await cards.freeze(
        tx,
        card.id,
        by=actor_of(session.holder.id),
        bank=bank,
        verdict=verdict,
        stream=session.id,
        at=at,
    )
    if outcome.allowed and not outcome.already:
        await _tell(tx, session, card, "card_frozen", config=config, at=at)
    return outcome


async def release(
    tx: Transaction,
    session: HolderSession,
    *,
    subject: Subject,
    proofs: Proofs,
    card: Card,
    bank: CoreBank,
    config: IdentityConfig,
    at: datetime,
) -> CardOutcome:
    """Lift a hold, where what was proven suffices; a freeze is lifted by a person only."""
    verdict = await identity.decide(
        tx,
        act=release_act(card, at),
        proofs=proofs,
        subject=subject,
        config=config,
        stream=session.id,
        by=actor_of(session.holder.id),
        at=at,
    )
    outcome = await cards.release(
        tx,
        card.id,
        by=actor_of(session.holder.id),
        bank=bank,
        verdict=verdict,
        stream=session.id,
        at=at,
    )
    if outcome.allowed and not outcome.already:
        await _tell(tx, session, card, "hold_lifted", config=config, at=at)
    return outcome


async def note_unanswered(
    tx: Transaction, session: HolderSession, *, card: CardId, wish: str, at: datetime
) -> None:
    """Write that the bank's system did not answer in time: what was wished is kept for a person."""
    body: JsonObject = {"holder": session.holder.id, "card": card, "wish": wish}
    by = actor_of(session.holder.id)
    await journal(tx, stream=session.id, kind="portal.bank-silent", by=by, body=body, at=at)


async def _tell(
    tx: Transaction,
    session: HolderSession,
    card: Card,
    template: str,
    *,
    config: IdentityConfig,
    at: datetime,
) -> None:
    holder = session.holder
    await send_sms(
        tx,
        config=config.sms,
        holder=holder.id,
        to=holder.phone,
        template=template,
        values={"tail": card.tail},
        language=holder.language,
        zone=ZoneInfo(holder.zone),
        key=f"{template}:{card.id}:{card.version}:{session.id}",
        stream=session.id,
        at=at,
    )
