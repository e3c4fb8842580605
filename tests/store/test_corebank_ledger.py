"""The embedded ledger on a real PostgreSQL: posting, closing, explaining."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from cardline.adapters.corebank.bank import EmbeddedCoreBank
from cardline.adapters.postgres.database import Database
from cardline.cards.actions import close_periods
from cardline.cards.model import PostingKind
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import AccountId
from cardline.core.money import Fen
from cardline.core.transaction import Transaction
from tests.rules.card_book import day, fen
from tests.store.ledger_fixture import ACCOUNT, CARD, fill, line, noon


async def close(bank: EmbeddedCoreBank, tx: Transaction, through: date) -> int:
    closed = 0
    while batch := await bank.close_periods(tx, through=through, at=noon(through)):
        closed += len(batch)
    return closed


async def test_the_published_example_runs_through_the_ledger(database: Database) -> None:
    async with database.transaction() as tx:
        opened_on = day("03-10")
        bank = await fill(
            tx,
            account=replace(ACCOUNT, opened_on=opened_on),
            card=replace(CARD, issued_on=opened_on),
        )
        await bank.post_many(tx, postings=[line(PostingKind.PURCHASE, day("03-30"), fen("1000"))])
        await close(bank, tx, day("04-05"))
        await bank.post(
            tx,
            account_id=ACCOUNT.id,
            kind=PostingKind.PAYMENT,
            amount=Fen(-fen("100")),
            posted_on=day("04-23"),
            at=noon(day("04-23")),
            key="pay-1",
        )
        await close(bank, tx, day("05-05"))
        april, may = reversed(await bank.statements(tx, account_id=ACCOUNT.id, limit=2))
        assert (april.closing, april.paid, april.due_on) == (
            fen("1000"),
            fen("100"),
            day("04-23"),
        )
        assert (april.minimum_payment, april.unpaid_minimum) == (fen("100"), 0)
        assert may.interest == fen("17.85")
        lines = await bank.interest_lines(tx, account_id=ACCOUNT.id, statement=may)
        assert [(each.principal, each.days, each.amount) for each in lines] == [
            (fen("1000"), 24, fen("12")),
            (fen("900"), 13, fen("5.85")),
        ]
        assert {each.posted_on for each in lines} == {day("03-30")}


async def test_balance_now_and_at_a_time_before(database: Database) -> None:
    async with database.transaction() as tx:
        bank = await fill(tx)
        await close(bank, tx, day("01-05"))
        opening = await bank.balance(tx, account_id=ACCOUNT.id, at=noon(day("01-06")))
        await bank.post_many(
            tx,
            postings=[
                line(PostingKind.PURCHASE, day("01-10"), 30_000),
                line(PostingKind.REFUND, day("01-12"), -10_000),
            ],
        )
        then = await bank.balance(tx, account_id=ACCOUNT.id, at=noon(day("01-11")))
        now = await bank.balance(tx, account_id=ACCOUNT.id, at=noon(day("01-12")))
        assert (then.owed - opening.owed, now.owed - opening.owed) == (30_000, 20_000)
        assert now.available == ACCOUNT.credit_limit - now.owed


async def test_over_the_limit_nothing_is_available(database: Database) -> None:
    async with database.transaction() as tx:
        bank = await fill(tx)
        await bank.post_many(
            tx, postings=[line(PostingKind.PURCHASE, day("01-10"), ACCOUNT.credit_limit + 1)]
        )
        balance = await bank.balance(tx, account_id=ACCOUNT.id, at=noon(day("01-11")))
        assert balance.available == 0


async def test_a_repeated_posting_is_posted_once(database: Database) -> None:
    order = {
        "account_id": ACCOUNT.id,
        "kind": PostingKind.ADJUSTMENT,
        "amount": Fen(-2000),
        "at": noon(day("01-10")),
        "key": "compensation-7",
    }
    async with database.transaction() as tx:
        bank = await fill(tx)
        first = await bank.post(tx, posted_on=day("01-10"), **order)  # type: ignore[arg-type]
    async with database.transaction() as tx:
        again = await bank.post(tx, posted_on=day("01-10"), **order)  # type: ignore[arg-type]
        assert again == first
        assert await bank.recent_postings(tx, account_id=ACCOUNT.id) == [first]


async def test_nothing_is_posted_into_a_closed_period(database: Database) -> None:
    async with database.transaction() as tx:
        bank = await fill(tx)
        await close(bank, tx, day("04-05"))
        with pytest.raises(Invalid, match="closed by the statement of 2026-04-05"):
            await bank.post_many(tx, postings=[line(PostingKind.PURCHASE, day("04-05"), 1)])
        await bank.post_many(tx, postings=[line(PostingKind.PURCHASE, day("04-06"), 1)])


@pytest.mark.parametrize(
    ("kind", "amount"),
    [
        (PostingKind.PURCHASE, -1),
        (PostingKind.PAYMENT, 1),
        (PostingKind.REFUND, 0),
        (PostingKind.ADJUSTMENT, 0),
        (PostingKind.POINTS, 0),
    ],
)
async def test_an_amount_with_the_wrong_sign_is_refused(
    database: Database, kind: PostingKind, amount: int
) -> None:
    async with database.transaction() as tx:
        bank = await fill(tx)
        with pytest.raises(Invalid, match=f"kind {kind}"):
            await bank.post_many(tx, postings=[line(kind, day("04-06"), amount)])


async def test_an_unknown_account_is_refused(database: Database) -> None:
    async with database.transaction() as tx:
        bank = await fill(tx)
        with pytest.raises(NotFound):
            await bank.post(
                tx,
                account_id=AccountId("none"),
                kind=PostingKind.PAYMENT,
                amount=Fen(-1),
                posted_on=day("04-06"),
                at=noon(day("04-06")),
                key="k",
            )


async def test_closing_catches_up_and_twice_changes_nothing(database: Database) -> None:
    async with database.transaction() as tx:
        bank = await fill(tx)  # opened on 15 January 2024
        closed = await close(bank, tx, date(2024, 12, 31))
        assert closed == 11
    async with database.transaction() as tx:
        assert await close(bank, tx, date(2024, 12, 31)) == 0
        statements = await bank.statements(tx, account_id=ACCOUNT.id)
        assert [each.closing_on.month for each in statements] == list(range(12, 1, -1))
        for newer, older in pairwise(statements):
            assert newer.period_from == older.period_to
            assert newer.opening == older.closing


async def test_closing_is_journaled(database: Database) -> None:
    at = datetime(2024, 2, 6, tzinfo=UTC)
    async with database.transaction() as tx:
        bank = await fill(tx)
        assert await close_periods(tx, bank=bank, through=date(2024, 2, 5), at=at) == 1
        assert await close_periods(tx, bank=bank, through=date(2024, 2, 5), at=at) == 0
        cursor = await tx.connection.execute("SELECT stream, kind FROM journal")
        assert await cursor.fetchall() == [("statements:2024-02-05", "statements.closed")]


async def test_the_annual_fee_comes_with_the_statement_after_the_card_year(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        bank = await fill(tx)
        await close(bank, tx, date(2025, 2, 5))
        statement = await bank.last_statement(tx, account_id=ACCOUNT.id)
        assert statement is not None
        assert (statement.fees, statement.closing) == (fen("100"), fen("100"))
        (posting,) = await bank.recent_postings(tx, account_id=ACCOUNT.id)
        assert (posting.kind, posting.card_id) == (PostingKind.ANNUAL_FEE, CARD.id)


async def test_progress_of_the_annual_fee_and_points(database: Database) -> None:
    async with database.transaction() as tx:
        bank = await fill(tx)
        await bank.post_many(
            tx,
            postings=[
                line(PostingKind.PURCHASE, date(2024, 3, 1), 5050, points=50),
                line(PostingKind.CASH, date(2024, 3, 2), 10_000),
                line(PostingKind.POINTS, date(2024, 3, 3), 0, points=-20),
            ],
        )
        fee = await bank.annual_fee(tx, card_id=CARD.id, at=noon(date(2024, 4, 1)))
        assert (fee.uses, fee.uses_needed, fee.waived) == (2, 5, False)
        points = await bank.points(tx, account_id=ACCOUNT.id, at=noon(date(2024, 4, 1)))
        assert (points.balance, points.expires_on) == (30, date(2026, 4, 1))
        recent = await bank.recent_postings(tx, account_id=ACCOUNT.id, limit=1)
        assert [each.kind for each in recent] == [PostingKind.CASH]


async def test_the_business_day_is_the_one_in_shanghai(database: Database) -> None:
    async with database.transaction() as tx:
        bank = await fill(tx)
        late_evening = datetime(2025, 1, 14, 16, 0, tzinfo=UTC)  # 15 January in Shanghai
        fee = await bank.annual_fee(tx, card_id=CARD.id, at=late_evening)
        assert fee.year_from == date(2025, 1, 15)
        before = await bank.annual_fee(tx, card_id=CARD.id, at=late_evening - timedelta(seconds=1))
        assert before.year_from == date(2024, 1, 15)
