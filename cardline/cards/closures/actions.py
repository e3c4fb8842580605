"""Closing a card: asked for when all is settled, cooled, then closed or withdrawn (row B7)."""

from dataclasses import dataclass, replace
from datetime import datetime

from cardline.cards.announcing import announce
from cardline.cards.cases.actions import open_cases
from cardline.cards.closures import store
from cardline.cards.closures.model import CardClosure, CardClosureId, ClosureFacts, ClosureState
from cardline.cards.corebank import CoreBank
from cardline.cards.model import Card, CardState, PostingKind
from cardline.cards.rules.card_closure import may_close_card, may_withdraw_closure
from cardline.cards.rules.state import merge, state_at
from cardline.cards.service_policy import ServicePolicy
from cardline.cards.serving import Serving, claimant, decide, talks, tell, tell_holder
from cardline.core.actor import SYSTEM, Actor
from cardline.core.errors import NotFound
from cardline.core.ids import CardId, HolderId, new_id
from cardline.core.money import Fen
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.evidence.actions import journal
from cardline.evidence.rules import encode_verdict
from cardline.identity.config import IdentityConfig
from cardline.identity.model import Act

_LOOKED_AT = 60
"""Newest postings that are searched for cash since the last statement."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What became of a request to close a card, or to keep it after all."""

    verdict: Verdict
    closure: CardClosure | None
    already: bool = False


async def request_closure(
    tx: Transaction, serving: Serving, *, card_id: CardId, points_given_up: bool
) -> Closing:
    """Begin to close a card. It stays usable while it cools, and all is looked at again then.

    Journals ``card.closing`` or ``card.closing-refused`` with everything that is to be settled.
    """
    await talks(tx, serving)
    person = await claimant(tx, serving)
    person.card(card_id)
    card = await serving.bank.card(tx, card_id=card_id, lock=True)
    assert card is not None
    known = await store.closure_of(tx, card_id)
    if known is not None and known.interaction == serving.interaction.id:
        return Closing(Verdict(serving.policy.version), known, already=True)
    facts = await closure_facts(
        tx, card, bank=serving.bank, at=serving.at, closing_already=known is not None
    )
    verdict = merge(
        await decide(tx, serving, person, Act.CLOSE_CARD),
        may_close_card(facts, points_given_up=points_given_up, policy=serving.policy),
    )
    closure = CardClosure(
        id=CardClosureId(new_id("close-")),
        holder_id=person.holder.id,
        card_id=card.id,
        interaction=serving.interaction.id,
        state=ClosureState.COOLING,
        requested_by=serving.staff.number,
        requested_at=serving.at,
        closes_at=serving.at + serving.policy.closure_cooling,
    )
    kind = "card.closing" if verdict.allowed else "card.closing-refused"
    await _journal(tx, closure, card, kind, serving.by, serving.at, verdict)
    if not verdict.allowed:
        return Closing(verdict, None)
    await store.add_closure(tx, closure)
    await tell(
        tx,
        serving,
        person.holder,
        template="card_closing",
        values={"tail": card.tail, "until": closure.closes_at},
        key=f"{closure.id}/closing",
    )
    return Closing(verdict, closure)


async def closure_facts(
    tx: Transaction, card: Card, *, bank: CoreBank, at: datetime, closing_already: bool = False
) -> ClosureFacts:
    """Read what must be settled before a card is closed.

    ``last_card`` looks at the cards of whoever owns the account and of whoever carries this one.
    """
    account = await bank.account(tx, account_id=card.account_id)
    carriers = {card.holder_id, account.holder_id} if account else {card.holder_id}
    others = [
        each
        for holder in sorted(carriers)
        for each in await bank.cards_of(tx, holder_id=holder)
        if each.account_id == card.account_id and each.id != card.id
    ]
    balance = await bank.balance(tx, account_id=card.account_id, at=at)
    statement = await bank.last_statement(tx, account_id=card.account_id)
    since = [
        one
        for one in await bank.recent_postings(tx, account_id=card.account_id, limit=_LOOKED_AT)
        if statement is None or one.posted_on > statement.closing_on
    ]
    runs = statement is not None and statement.closing > 0 and statement.interest > 0
    last = all(each.state is CardState.CLOSED for each in others)
    return ClosureFacts(
        state=state_at(card, at),
        last_card=last,
        owed=balance.owed,
        unposted=Fen(await bank.unposted(tx, account_id=card.account_id, at=at)),
        interest_to_come=runs or any(one.kind is PostingKind.CASH for one in since),
        instalments=statement is not None and statement.instalments > 0,
        points=(await bank.points(tx, account_id=card.account_id, at=at)).balance,
        open_cases=await open_cases(tx, card.account_id, card_id=None if last else card.id),
        closing_already=closing_already,
    )


async def withdraw_closure(tx: Transaction, serving: Serving, closure_id: CardClosureId) -> Closing:
    """The holder keeps the card after all. Journals ``card.closing-withdrawn`` or its refusal."""
    await talks(tx, serving)
    person = await claimant(tx, serving)
    closure = await store.closure(tx, closure_id, lock=True)
    if closure is None or closure.holder_id != person.holder.id:
        raise NotFound("this holder's card is not being closed")
    card = person.card(closure.card_id)
    verdict = merge(
        await decide(tx, serving, person, Act.WITHDRAW_REQUEST),
        may_withdraw_closure(closure, serving.policy, now=serving.at),
    )
    kind = "card.closing-withdrawn" if verdict.allowed else "card.withdrawal-refused"
    await _journal(tx, closure, card, kind, serving.by, serving.at, verdict)
    if not verdict.allowed:
        return Closing(verdict, closure)
    kept = replace(closure, state=ClosureState.WITHDRAWN, ended_at=serving.at)
    await store.save_closure(tx, kept)
    await tell(
        tx,
        serving,
        person.holder,
        template="card_kept",
        values={"tail": card.tail},
        key=f"{closure.id}/withdrawn",
    )
    return Closing(verdict, kept)


async def close_cards(
    tx: Transaction,
    *,
    bank: CoreBank,
    identity: IdentityConfig,
    policy: ServicePolicy,
    at: datetime,
    by: Actor = SYSTEM,
    limit: int = 100,
) -> int:
    """Close the cards whose cooling period is over; return how many were looked at.

    What was spent meanwhile stops it: the holder is told and asks again. Running twice changes
    nothing. Journals ``card.closed`` or ``card.closing-stopped``.
    """
    due = await store.closures_due(tx, at=at, limit=limit)
    for closure in due:
        card = await bank.card(tx, card_id=closure.card_id, lock=True)
        if card is None:
            continue
        facts = await closure_facts(tx, card, bank=bank, at=at)
        verdict = may_close_card(facts, points_given_up=True, policy=policy)
        reasons: list[JsonObject] = encode_verdict(verdict)["reasons"]
        ended = replace(
            closure,
            state=ClosureState.CLOSED if verdict.allowed else ClosureState.STOPPED,
            ended_at=at,
            reasons=tuple(reasons),
        )
        await store.save_closure(tx, ended)
        if verdict.allowed:
            await bank.set_card_state(
                tx,
                card_id=card.id,
                state=CardState.CLOSED,
                until=None,
                key=f"{closure.id}/closed",
                at=at,
            )
        kind = "card.closed" if verdict.allowed else "card.closing-stopped"
        await _journal(tx, ended, card, kind, by, at, verdict)
        holder = await bank.holder(tx, holder_id=closure.holder_id)
        if holder is not None:
            await tell_holder(
                tx,
                holder,
                config=identity,
                template="card_closed" if verdict.allowed else "card_closing_stopped",
                values={"tail": card.tail},
                key=f"{closure.id}/{ended.state}",
                stream=closure.interaction,
                at=at,
            )
    return len(due)


async def closures_of(tx: Transaction, holder_id: HolderId) -> list[CardClosure]:
    """Return the closings of a holder's cards, newest first."""
    return await store.closures_of_holder(tx, holder_id)


async def _journal(
    tx: Transaction,
    closure: CardClosure,
    card: Card,
    kind: str,
    by: Actor,
    at: datetime,
    verdict: Verdict,
) -> None:
    body: JsonObject = {
        "closure": closure.id,
        "card": card.id,
        "tail": card.tail,
        "holder": closure.holder_id,
        "closes_at": closure.closes_at.isoformat(),
    }
    await journal(
        tx, stream=closure.interaction, kind=kind, by=by, body=body, at=at, verdict=verdict
    )
    if kind.endswith("-refused"):
        return
    announce(tx, what="closure", about=closure.id, state=closure.state, holder=closure.holder_id)
