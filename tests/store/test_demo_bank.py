"""The demonstration bank: repeatable, plausible, and everything in it adds up."""

from datetime import UTC, datetime, timedelta

import pytest

from cardline.adapters.postgres.database import Database
from cardline.cards.model import CardState, Product
from cardline.cards.views import holder_view
from cardline.core.errors import NotFound
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.sim.bank import demo_people, make_demo_bank
from cardline.sim.demo_people import demo_staff
from tests.rules.card_book import TERMS
from tests.store.ledger_fixture import ledger

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SEED = 7


async def make(tx: Transaction, holders: int = 50, now: datetime = NOW) -> bool:
    return await make_demo_bank(tx, bank=ledger(), terms=TERMS, seed=SEED, now=now, holders=holders)


async def people(tx: Transaction, now: datetime = NOW) -> JsonObject:
    return await demo_people(tx, bank=ledger(), now=now)


async def test_a_bank_that_adds_up(database: Database) -> None:
    async with database.transaction() as tx:
        assert await make(tx)
        for question in (
            # every statement is the sum of all postings up to it
            """
            SELECT count(*) FROM bank_statement AS statement WHERE closing <> (
                SELECT coalesce(sum(amount), 0) FROM bank_posting AS posting
                WHERE posting.account_id = statement.account_id AND posted_on <= closing_on)
            """,
            # every statement begins with the balance of the one before
            """
            SELECT count(*) FROM (
                SELECT opening, lag(closing, 1, 0::bigint) OVER (
                    PARTITION BY account_id ORDER BY closing_on) AS before FROM bank_statement
            ) AS pair WHERE opening <> before
            """,
            # every charge of interest is explained to the fen
            """
            SELECT count(*) FROM bank_statement AS statement WHERE interest <> (
                SELECT coalesce(sum(amount), 0) FROM bank_interest_line AS line
                WHERE (line.account_id, line.closing_on)
                    = (statement.account_id, statement.closing_on))
            """,
            # nobody lives in the future
            f"SELECT count(*) FROM bank_posting WHERE at > '{NOW.isoformat()}'",
            # every account has lived for six statements and more
            """
            SELECT count(*) FROM bank_account AS account WHERE 6 > (
                SELECT count(*) FROM bank_statement WHERE account_id = account.id)
            """,
        ):
            cursor = await tx.connection.execute(question)
            assert await cursor.fetchone() == (0,), question


async def test_it_has_something_of_everything(database: Database) -> None:
    async with database.transaction() as tx:
        await make(tx)
        everybody = (await people(tx))["holders"]
        assert len(everybody) == 50
        assert len({person["phone"] for person in everybody}) == 50
        assert {person["language"] for person in everybody} == {"zh", "en"}
        states = {card["state"] for person in everybody for card in person["cards"]}
        assert states == {"active", "held", "frozen", "closed"}
        assert {len(person["cards"]) for person in everybody} == {1, 2, 3}
        for person in everybody[:3]:
            assert [card["state"] for card in person["cards"]] == ["active"]
        cursor = await tx.connection.execute("SELECT DISTINCT kind FROM bank_posting")
        kinds = {row[0] for row in await cursor.fetchall()}
        assert kinds >= {"purchase", "payment", "refund", "interest", "late_fee", "cash"}


async def test_the_fee_that_no_use_waives_is_charged_once_the_card_year_is_over(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        await make(tx)
        cursor = await tx.connection.execute(
            """
            SELECT product, posted_on - issued_on, amount FROM bank_posting
            JOIN bank_card ON bank_card.id = card_id WHERE kind = 'annual_fee'
            """
        )
        charged = await cursor.fetchall()
        assert charged
        assert "platinum" in {product for product, _, _ in charged}
        for product, _, amount in charged:
            assert TERMS.annual_fee_uses[Product(product)] == 0
            assert amount == TERMS.annual_fee[Product(product)]
        assert all(days in (365, 366) for _, days, _ in charged)


async def test_the_same_seed_makes_the_same_bank_and_once_is_enough(database: Database) -> None:
    async with database.transaction() as tx:
        assert await make(tx, holders=10)
        before = await people(tx)
        assert not await make(tx, holders=10)
        assert await people(tx) == before


async def test_without_a_demonstration_bank_there_is_nobody(database: Database) -> None:
    async with database.transaction() as tx:
        assert (await people(tx))["holders"] == []


async def test_a_held_card_is_active_again_when_its_time_is_over(database: Database) -> None:
    async with database.transaction() as tx:
        await make(tx, holders=11)
        assert (await people(tx))["holders"][10]["cards"][0]["state"] == "held"
        later = await people(tx, NOW + timedelta(days=3))
        assert later["holders"][10]["cards"][0]["state"] == "active"


async def test_what_is_known_of_a_holder(database: Database) -> None:
    async with database.transaction() as tx:
        await make(tx, holders=7)
        phone = PhoneNumber((await people(tx))["holders"][6]["phone"])
        view = await holder_view(tx, bank=ledger(), phone=phone, at=NOW)
        assert view["holder"]["phone"] == phone
        assert view["cards"][0]["state"] == CardState.FROZEN.value
        assert view["last_statement"]["closing_on"] >= "2026-10-22"
        assert set(view["last_statement"]["balance"]) == {"fen", "yuan"}
        assert (
            view["accounts"][0]["owed"]["fen"] + view["accounts"][0]["available"]["fen"]
            == (view["accounts"][0]["credit_limit"]["fen"])
        )
        with pytest.raises(NotFound):
            await holder_view(tx, bank=ledger(), phone=PhoneNumber("+8613900000000"), at=NOW)


def test_twelve_agents_of_whom_some_speak_english() -> None:
    staff = [one for one in demo_staff() if one.skills]
    assert len({agent.number for agent in staff}) == 12
    assert [one.role for one in staff] == ["lead"] + 11 * ["agent"]
    assert 3 <= sum("en" in agent.languages for agent in staff) < 12
    assert sum("urgent" in agent.skills for agent in staff) >= 5
