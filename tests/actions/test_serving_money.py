"""Limits, fees and closing a card, on a real ledger (rows B5, B7)."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest

from cardline.adapters.postgres.database import Database
from cardline.cards.closures import actions as closures
from cardline.cards.closures.actions import Closing
from cardline.cards.fees import actions as fee_reversals
from cardline.cards.fees.actions import Reversed
from cardline.cards.limits import actions as limits
from cardline.cards.limits import decisions as limit_decisions
from cardline.cards.limits.actions import Limited
from cardline.cards.limits.model import LimitOutcome, LimitRequest, Term
from cardline.cards.model import CardState, Posting, PostingKind, Product
from cardline.cards.serving import NotServing
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import CardId
from cardline.core.money import to_fen
from cardline.desk.staff.model import Staff
from cardline.identity.model import Factor
from tests.actions.serving_desk import (
    ACCOUNT,
    AGENT,
    CARD,
    HOLDER,
    LEAD,
    OTHER,
    OTHER_ACCOUNT,
    OTHER_CARD,
    TODAY,
    Desk,
)

WHY = "收入证明与还款记录良好，同意调整。"


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def grown(desk: Desk, *, unknown_loans: bool = False) -> Desk:
    """A good customer: eight months of purchases, each paid."""
    holder = replace(HOLDER, other_loans=None) if unknown_loans else HOLDER
    account = replace(ACCOUNT, opened_on=date(2026, 1, 10))
    await desk.open(holder=holder, account=account)
    for month in range(2, 9):
        await desk.spend(900000, date(2026, month, 1))
        await desk.spend(-900000, date(2026, month, 15), PostingKind.PAYMENT, card_id=None)
    await desk.close_months()
    return desk


async def ask(
    desk: Desk,
    yuan: str,
    *,
    term: Term = "permanent",
    until: date | None = None,
    interaction: str = "i1",
    key: str = "",
) -> Limited:
    async with desk.serving(interaction) as (tx, here):
        return await limits.request_limit(
            tx,
            here,
            account_id=ACCOUNT.id,
            wanted=to_fen(yuan),
            term=term,
            until=until,
            key=key,
        )


async def by_lead(
    desk: Desk,
    request: LimitRequest,
    decision: Literal["grant", "refuse"] = "grant",
    *,
    yuan: str | None = None,
    staff: Staff = LEAD,
) -> tuple[str, ...]:
    async with desk.database.transaction() as tx:
        done = await limit_decisions.decide_referred(
            tx,
            request.id,
            staff=staff,
            decision=decision,
            amount=to_fen(yuan) if yuan else None,
            why=WHY,
            bank=desk.bank,
            identity=desk.identity,
            policy=desk.servicing,
            at=desk.now,
        )
    return done.verdict.codes


async def test_a_good_customer_gets_what_is_asked_for_at_once(desk: Desk) -> None:
    await grown(desk)
    done = await ask(desk, "25000")
    assert (done.outcome, done.verdict.codes) == (LimitOutcome.GRANTED, ())
    assert await desk.limit() == to_fen("25000")
    assert await desk.texts() == [(HOLDER.phone, "limit_set")]
    assert await desk.ask("SELECT was, credit_limit FROM bank_limit_change") == [
        (to_fen("20000"), to_fen("25000"))
    ]
    assert done.request is not None
    facts = done.request.decision["facts"]
    assert (facts["statements"], facts["late"], facts["other_loans"]) == (6, 0, 0)
    assert facts["highest_use"] >= 900000


async def test_pressing_twice_is_one_request(desk: Desk) -> None:
    await grown(desk)
    first, second = await asyncio.gather(ask(desk, "25000"), ask(desk, "25000"))
    assert first.request is not None
    assert second.request is not None
    assert first.request.id == second.request.id
    assert {first.already, second.already} == {True, False}
    assert await desk.ask("SELECT count(*) FROM bank_limit_change") == [1]


async def test_two_different_requests_at_once_raise_only_once(desk: Desk) -> None:
    await grown(desk)
    both = await asyncio.gather(ask(desk, "25000"), ask(desk, "30000"))
    assert sorted(one.outcome or "" for one in both) == ["granted", "refused"]
    assert await desk.ask("SELECT count(*) FROM bank_limit_change") == [1]


async def test_a_lower_offer_waits_for_the_holder(desk: Desk) -> None:
    await grown(desk)
    offered = (await ask(desk, "60000")).request
    assert offered is not None
    assert (offered.state, offered.amount) == ("offered", to_fen("30000"))
    assert await desk.limit() == to_fen("20000")
    assert (await ask(desk, "25000")).verdict.codes == ("request-open",)
    async with desk.serving() as (tx, here):
        assert (await limits.settle_offer(tx, here, offered.id, accepts=True)).verdict.allowed
    assert await desk.limit() == to_fen("30000")
    async with desk.serving() as (tx, here):
        again = await limits.settle_offer(tx, here, offered.id, accepts=True)
    assert "request-is-in-force" in again.verdict.codes


async def test_an_offer_lapses(desk: Desk) -> None:
    await grown(desk)
    offered = (await ask(desk, "60000")).request
    assert offered is not None
    desk.now += timedelta(days=7)
    name = await desk.call()
    async with desk.serving(name) as (tx, here):
        late = await limits.settle_offer(tx, here, offered.id, accepts=True)
    assert late.verdict.codes == ("offer-lapsed",)
    assert await desk.sweep() == 1
    assert await desk.limit() == to_fen("20000")


async def test_unknown_loans_are_for_a_person_who_is_not_whoever_asked(desk: Desk) -> None:
    await grown(desk, unknown_loans=True)
    request = (await ask(desk, "25000")).request
    assert request is not None
    assert request.state == "referred"
    assert await by_lead(desk, request, staff=AGENT) == ("four-eyes",)
    assert await by_lead(desk, request, yuan="15000") == ("amount-unfit",)
    tries = await asyncio.gather(*(by_lead(desk, request) for _ in range(3)))
    assert sorted(tries) == [(), *[("request-is-in-force",)] * 2]
    assert await desk.limit() == to_fen("25000")


async def test_a_person_may_refuse_and_the_holder_is_told(desk: Desk) -> None:
    await grown(desk, unknown_loans=True)
    request = (await ask(desk, "25000")).request
    assert request is not None
    assert await by_lead(desk, request, "refuse") == ()
    assert await desk.limit() == to_fen("20000")
    assert [template for _, template in await desk.texts()] == ["limit_refused"]


async def test_a_temporary_limit_ends_by_itself_and_the_ledger_returns(desk: Desk) -> None:
    await grown(desk)
    end = TODAY + timedelta(days=30)
    assert (await ask(desk, "40000", term="temporary", until=end)).outcome == "granted"
    assert await desk.limit() == to_fen("40000")
    desk.now = datetime(2026, 10, 10, 15, 59, tzinfo=UTC)  # a minute before the day ends
    assert await desk.sweep() == 0
    desk.now += timedelta(minutes=1)
    assert await asyncio.gather(desk.sweep(), desk.sweep()) in ([1, 0], [0, 1])
    assert await desk.limit() == to_fen("20000")
    assert ("limit_ended") in [template for _, template in await desk.texts()]
    assert await desk.kinds() == ["limit.requested", "limit.ended"]


async def test_a_limit_that_was_moved_meanwhile_does_not_return(desk: Desk) -> None:
    await grown(desk)
    await ask(desk, "40000", term="temporary", until=TODAY + timedelta(days=30))
    async with desk.database.transaction() as tx:
        await desk.bank.set_credit_limit(
            tx, account_id=ACCOUNT.id, limit=to_fen("5000"), key="core", at=desk.now
        )
    desk.now += timedelta(days=40)
    assert await desk.sweep() == 1
    assert await desk.limit() == to_fen("5000")


async def test_a_late_payer_hears_every_reason(desk: Desk) -> None:
    account = replace(ACCOUNT, opened_on=date(2026, 1, 10))
    await desk.open(account=account)
    await desk.spend(900000, date(2026, 2, 1))
    await desk.close_months()
    done = await ask(desk, "25000")
    assert done.outcome == "refused"
    assert set(done.verdict.codes) >= {"in-arrears", "late-too-often"}
    assert await desk.texts() == []


async def test_an_account_of_another_holder_is_not_there(desk: Desk) -> None:
    await grown(desk)
    with pytest.raises(NotFound):
        async with desk.serving() as (tx, here):
            await limits.request_limit(
                tx,
                here,
                account_id=OTHER_ACCOUNT.id,
                wanted=to_fen("25000"),
                term="permanent",
                until=None,
                key="",
            )
    with pytest.raises(Invalid):
        await ask(desk, "30000", term="temporary")
    await desk.hang_up("i1")
    with pytest.raises(NotServing):
        await ask(desk, "25000")


# ---------------------------------------------------------------- annual fee


async def with_fee(
    desk: Desk, *, uses: int = 0, product: Product = Product.STANDARD, activated: bool = True
) -> Posting:
    """A card whose year ended on 15 January 2026 and was charged."""
    await desk.open(
        account=replace(ACCOUNT, opened_on=date(2025, 1, 15)),
        card=replace(CARD, issued_on=date(2025, 1, 15), product=product, activated=activated),
    )
    for month in range(uses):
        await desk.spend(100, date(2025, 3 + month, 10))
        await desk.spend(-100, date(2025, 3 + month, 11), PostingKind.PAYMENT, card_id=None)
    fee = 68000 if product is Product.PLATINUM else 10000
    return await desk.spend(fee, date(2026, 2, 5), PostingKind.ANNUAL_FEE)


async def back(desk: Desk, posting: Posting, *, interaction: str = "i1") -> Reversed:
    async with desk.serving(interaction) as (tx, here):
        return await fee_reversals.request_reversal(tx, here, posting_id=posting.id)


async def test_a_fee_is_given_back_once_however_often_it_is_asked_for(desk: Desk) -> None:
    fee = await with_fee(desk)
    tries = await asyncio.gather(*(back(desk, fee) for _ in range(4)))
    assert all(one.verdict.allowed for one in tries)
    assert sum(one.already for one in tries) == 3
    assert await desk.owed() == 0
    later = await desk.call()
    assert (await back(desk, fee, interaction=later)).verdict.codes == ("reversed-already",)
    assert await desk.owed() == 0
    assert await desk.texts() == [(HOLDER.phone, "fee_reversed")]


async def test_a_fee_that_use_had_waived_is_an_error_and_needs_no_goodwill(desk: Desk) -> None:
    fee = await with_fee(desk, uses=5)
    done = (await back(desk, fee)).reversal
    assert done is not None
    assert done.ground == "waived-by-use"


async def test_goodwill_comes_once_in_a_while(desk: Desk) -> None:
    fee = await with_fee(desk)
    assert (await back(desk, fee)).reversal is not None
    another = await desk.spend(10000, date(2026, 3, 5), PostingKind.ANNUAL_FEE)
    refused = await back(desk, another)
    assert refused.verdict.codes == ("goodwill-recent",)
    assert refused.verdict.not_before is not None


async def test_a_large_fee_waits_for_somebody_else(desk: Desk) -> None:
    fee = await with_fee(desk, product=Product.PLATINUM)
    waiting = (await back(desk, fee)).reversal
    assert waiting is not None
    assert (waiting.state, await desk.owed()) == ("awaiting", 68000)

    async def settle(
        staff: Staff, decision: Literal["agree", "turn-down"] = "agree"
    ) -> tuple[str, ...]:
        async with desk.database.transaction() as tx:
            done = await fee_reversals.settle_reversal(
                tx,
                waiting.id,
                staff=staff,
                decision=decision,
                why="老客户，同意退还",
                bank=desk.bank,
                identity=desk.identity,
                policy=desk.servicing,
                at=desk.now,
            )
        return done.verdict.codes

    assert await settle(AGENT) == ("four-eyes",)
    tries = await asyncio.gather(settle(LEAD), settle(LEAD), settle(LEAD, "turn-down"))
    assert tries.count(()) == 1
    state = (await desk.ask("SELECT state FROM card_fee_reversal"))[0]
    assert await desk.owed() == (0 if state == "reversed" else 68000)


async def test_what_is_no_annual_fee_is_not_given_back(desk: Desk) -> None:
    await desk.open()
    bought = await desk.spend(10000)
    assert (await back(desk, bought)).verdict.codes == ("not-an-annual-fee",)
    assert await desk.owed() == 10000


# ---------------------------------------------------------------- closing


async def close(
    desk: Desk, *, card: CardId = CARD.id, points: bool = False, interaction: str = "i1"
) -> Closing:
    async with desk.serving(interaction) as (tx, here):
        return await closures.request_closure(tx, here, card_id=card, points_given_up=points)


async def card_state(desk: Desk) -> CardState:
    async with desk.database.transaction() as tx:
        card = await desk.bank.card(tx, card_id=CARD.id)
    assert card is not None
    return card.state


async def test_a_settled_card_cools_and_is_closed(desk: Desk) -> None:
    await desk.open()
    first, second = await asyncio.gather(close(desk), close(desk))
    assert first.closure is not None
    assert second.closure is not None
    assert first.closure.id == second.closure.id
    assert await card_state(desk) is CardState.ACTIVE
    desk.now += timedelta(days=7)
    assert await asyncio.gather(desk.sweep(), desk.sweep()) in ([1, 0], [0, 1])
    assert await card_state(desk) is CardState.CLOSED
    assert {template for _, template in await desk.texts()} == {"card_closing", "card_closed"}


async def test_what_is_owed_is_listed(desk: Desk) -> None:
    await desk.open()
    await desk.spend(500, points=5)
    await desk.spend(700, TODAY + timedelta(days=1))
    refused = await close(desk)
    assert set(refused.verdict.codes) == {"balance-owed", "unposted", "points-left"}
    assert refused.closure is None
    assert await desk.kinds() == ["card.closing-refused"]


async def test_what_is_spent_while_it_cools_stops_the_closing(desk: Desk) -> None:
    await desk.open()
    assert (await close(desk)).verdict.allowed
    await desk.spend(500)
    desk.now += timedelta(days=7)
    assert await desk.sweep() == 1
    assert await card_state(desk) is CardState.ACTIVE
    assert await desk.ask("SELECT state, reasons->0->>'code' FROM card_closure") == [
        ("stopped", "balance-owed")
    ]


async def test_the_holder_keeps_the_card_after_all(desk: Desk) -> None:
    await desk.open()
    closing = (await close(desk)).closure
    assert closing is not None
    desk.now += timedelta(days=6)
    name = await desk.call()
    async with desk.serving(name) as (tx, here):
        assert (await closures.withdraw_closure(tx, here, closing.id)).verdict.allowed
    desk.now += timedelta(days=6)
    assert await desk.sweep() == 0
    assert await card_state(desk) is CardState.ACTIVE


async def test_closing_needs_the_phone_and_a_secret_and_ones_own_card(desk: Desk) -> None:
    await desk.open(proven=(Factor.CARD_AND_ID_TAILS, Factor.QUERY_PASSWORD))
    assert not (await close(desk)).verdict.allowed
    with pytest.raises(NotFound):
        await close(desk, card=OTHER_CARD.id)
    mine = await desk.call()
    closing = (await close(desk, interaction=mine)).closure
    assert closing is not None
    other = await desk.call(OTHER.id)
    with pytest.raises(NotFound):
        async with desk.serving(other) as (tx, here):
            await closures.withdraw_closure(tx, here, closing.id)
