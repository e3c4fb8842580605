"""Whose bill falls due: a reminder is filled from the ledger, and each account has its score."""

from datetime import date

import pytest

from cardline.adapters.postgres.database import Database
from cardline.cards.model import PostingKind
from cardline.core.errors import Invalid
from cardline.core.ids import AccountId
from cardline.core.money import Fen, yuan
from cardline.core.policy import load_area
from cardline.outreach.campaigns import actions
from cardline.outreach.campaigns.model import Kind, Listed
from cardline.outreach.scoring.model import Decision
from cardline.outreach.scoring.reading import Scored, score_due
from cardline.outreach.scoring.shipped import costs_of, load_model
from tests.actions.campaign_floor import LEAD, Bank
from tests.store.ledger_fixture import noon

DUE = date(2026, 11, 23)
"""18 days after the statement of 5 November."""


@pytest.fixture
async def bank(database: Database) -> Bank:
    """Two holders who owed nothing in October; since then the first has spent 9,000 yuan."""
    bank = Bank(database)
    await bank.holders(2)
    await close(bank, date(2026, 10, 6))
    for account in ("a1", "a2"):  # annual fees of the years before
        await post(bank, PostingKind.PAYMENT, -5000_00, date(2026, 10, 10), account)
    await post(bank, PostingKind.PURCHASE, 9000_00, date(2026, 10, 20))
    await close(bank, date(2026, 11, 6))
    return bank


async def post(bank: Bank, kind: PostingKind, fen: int, on: date, account: str = "a1") -> None:
    async with bank.database.transaction() as tx:
        await bank.bank.post(
            tx,
            account_id=AccountId(account),
            kind=kind,
            amount=Fen(fen),
            posted_on=on,
            at=noon(on),
            key=f"{kind}{on}{account}",
        )


async def close(bank: Bank, through: date) -> None:
    more = True
    while more:
        async with bank.database.transaction() as tx:
            more = bool(await bank.bank.close_periods(tx, through=through, at=bank.now))


async def filled(bank: Bank, due_on: date = DUE, kind: Kind = Kind.REMINDER) -> Listed:
    campaign = await bank.campaign(kind, people=0, start=False)
    async with bank.database.transaction() as tx:
        return await actions.add_due(tx, campaign.id, due_on, bank=bank.bank, by=LEAD, at=bank.now)


async def scored(bank: Bank, due_on: date = DUE) -> list[Scored]:
    async with bank.database.transaction() as tx:
        return await score_due(
            tx,
            due_on,
            bank=bank.bank,
            model=load_model(),
            costs=costs_of(load_area("scoring")),
        )


async def test_who_still_owes_the_minimum_on_that_day_is_listed(bank: Bank) -> None:
    assert (await filled(bank)).added == 1
    assert (await filled(bank, date(2026, 11, 24))).added == 0
    async with bank.database.transaction() as tx:
        cursor = await tx.connection.execute("SELECT holder, fields FROM campaign_entry")
        ((holder, fields),) = await cursor.fetchall()
        statement = await bank.bank.last_statement(tx, account_id=AccountId("a1"))
    assert statement is not None
    assert holder == "h1"
    assert fields == {"amount": yuan(statement.unpaid_minimum), "due": "2026-11-23"}


async def test_who_has_paid_is_left_in_peace(bank: Bank) -> None:
    await post(bank, PostingKind.PAYMENT, -9000_00, date(2026, 11, 10))
    assert (await filled(bank)).added == 0
    assert await scored(bank) == []


async def test_only_a_reminder_is_filled_by_due_date(bank: Bank) -> None:
    with pytest.raises(Invalid, match="only a bill reminder"):
        await filled(bank, kind=Kind.CARE)


async def test_an_account_is_scored_from_its_own_statements_with_its_reasons(bank: Bank) -> None:
    (found,) = await scored(bank)
    assert found.holder == "h1"
    assert 0 < found.need.probability < 1
    assert found.need.decision in Decision
    assert found.need.causes, "somebody who paid once in years is above the average somewhere"
