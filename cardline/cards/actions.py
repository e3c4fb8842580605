"""Freezing, holding and releasing a card (row B6): check, do, journal.

The caller brings the verdict of the identity rules; here the card's own state is checked again
under its lock. Everything errs towards protection: what is already safe is a success, a hold never
weakens a freeze, a shorter hold never shortens a longer one. Refusals are journaled too.
"""

from datetime import date, datetime

from cardline.cards.corebank import CardLedger, CoreBank
from cardline.cards.model import Card, CardOutcome, CardState
from cardline.cards.rules.state import may_change, merge, protects, state_at
from cardline.core.actor import SYSTEM, Actor
from cardline.core.errors import Invalid
from cardline.core.ids import CardId
from cardline.core.transaction import Transaction
from cardline.core.verdict import Verdict
from cardline.evidence.actions import journal


async def freeze(
    tx: Transaction,
    card_id: CardId,
    *,
    by: Actor,
    bank: CoreBank,
    verdict: Verdict,
    stream: str,
    at: datetime,
) -> CardOutcome:
    """Freeze a card until it is released. Journals ``card.frozen`` or ``card.freeze-refused``."""
    return await _change(
        tx, card_id, CardState.FROZEN, None, by=by, bank=bank, verdict=verdict, stream=stream, at=at
    )


async def hold(
    tx: Transaction,
    card_id: CardId,
    *,
    until: datetime,
    by: Actor,
    bank: CoreBank,
    verdict: Verdict,
    stream: str,
    at: datetime,
) -> CardOutcome:
    """Hold a card for a time. Journals ``card.held`` or ``card.hold-refused``.

    A frozen card stays frozen, a longer hold stays as long: both are a success (``already``).
    Raises ``Invalid`` where ``until`` is not after ``at``.
    """
    if until <= at:
        raise Invalid("a hold must end after it begins")
    return await _change(
        tx, card_id, CardState.HELD, until, by=by, bank=bank, verdict=verdict, stream=stream, at=at
    )


async def make_final(
    tx: Transaction,
    card_id: CardId,
    *,
    by: Actor,
    bank: CoreBank,
    verdict: Verdict,
    stream: str,
    at: datetime,
) -> CardOutcome:
    """Turn a hold into a freeze, as the holder confirmed; a hold that has run out is frozen too."""
    return await freeze(tx, card_id, by=by, bank=bank, verdict=verdict, stream=stream, at=at)


async def release(
    tx: Transaction,
    card_id: CardId,
    *,
    by: Actor,
    bank: CoreBank,
    verdict: Verdict,
    stream: str,
    at: datetime,
) -> CardOutcome:
    """Lift a hold or a freeze. Journals ``card.released`` or ``card.release-refused``."""
    return await _change(
        tx, card_id, CardState.ACTIVE, None, by=by, bank=bank, verdict=verdict, stream=stream, at=at
    )


async def expire_holds(
    tx: Transaction, *, bank: CoreBank, at: datetime, by: Actor = SYSTEM, limit: int = 500
) -> int:
    """Write down the holds whose time is over; return how many. Running twice changes nothing.

    Journals ``card.hold-expired`` in the stream ``card:<id>``. Until it ran such a card counts as
    active all the same.
    """
    over = await bank.expired_holds(tx, at=at, limit=limit)
    for card in over:
        stream = f"card:{card.id}"
        await bank.set_card_state(
            tx,
            card_id=card.id,
            state=CardState.ACTIVE,
            until=None,
            key=_key(stream, card, CardState.ACTIVE),
            at=at,
        )
        body = _body(card, card.state)
        await journal(tx, stream=stream, kind="card.hold-expired", by=by, body=body, at=at)
    return len(over)


async def close_periods(
    tx: Transaction,
    *,
    bank: CardLedger,
    through: date,
    at: datetime,
    by: Actor = SYSTEM,
    limit: int = 1000,
) -> int:
    """Close one batch of periods that ended by ``through``; return how many, 0 when none is left.

    Journals ``statements.closed`` in the stream ``statements:<through>``.
    """
    statements = await bank.close_periods(tx, through=through, at=at, limit=limit)
    if statements:
        body = {
            "statements": len(statements),
            "closing_fen": sum(each.closing for each in statements),
            "interest_fen": sum(each.interest for each in statements),
            "fees_fen": sum(each.fees for each in statements),
        }
        stream = f"statements:{through.isoformat()}"
        await journal(tx, stream=stream, kind="statements.closed", by=by, body=body, at=at)
    return len(statements)


_DONE = {
    CardState.FROZEN: "card.frozen",
    CardState.HELD: "card.held",
    CardState.ACTIVE: "card.released",
}
_REFUSED = {
    CardState.FROZEN: "card.freeze-refused",
    CardState.HELD: "card.hold-refused",
    CardState.ACTIVE: "card.release-refused",
}


async def _change(
    tx: Transaction,
    card_id: CardId,
    wanted: CardState,
    until: datetime | None,
    *,
    by: Actor,
    bank: CoreBank,
    verdict: Verdict,
    stream: str,
    at: datetime,
) -> CardOutcome:
    card = await bank.card(tx, card_id=card_id, lock=True)
    merged = merge(verdict, may_change(card))
    if card is None or not merged.allowed:
        body = {"card": card_id, **(_body(card, state_at(card, at)) if card else {})}
        await journal(
            tx, stream=stream, kind=_REFUSED[wanted], by=by, body=body, at=at, verdict=merged
        )
        return CardOutcome(merged, card)
    already = protects(card, wanted, until, at)
    after = card
    if not already:
        after = await bank.set_card_state(
            tx,
            card_id=card_id,
            state=wanted,
            until=until,
            key=_key(stream, card, wanted),
            at=at,
        )
    body = _body(after, state_at(card, at)) | ({"already": True} if already else {})
    await journal(tx, stream=stream, kind=_DONE[wanted], by=by, body=body, at=at, verdict=merged)
    return CardOutcome(merged, after, already)


def _key(stream: str, card: Card, wanted: CardState) -> str:
    """Name this change so that the card system does it once, however often it is asked."""
    return f"{stream}/{card.id}/{card.version + 1}/{wanted}"


def _body(card: Card, was: CardState) -> dict[str, str | bool]:
    body: dict[str, str | bool] = {
        "card": card.id,
        "tail": card.tail,
        "holder": card.holder_id,
        "was": was.value,
        "state": card.state.value,
    }
    if card.held_until is not None:
        body["until"] = card.held_until.isoformat()
    return body
