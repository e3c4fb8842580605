"""Closing the periods of many accounts at once: read in bulk, reckon by rules, write in bulk."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from cardline.adapters.corebank import account_store, card_store, ledger_store
from cardline.cards.model import Account, Card, Posting, PostingId, Statement
from cardline.cards.rules.closing import Charge, Closing, close_period
from cardline.cards.rules.periods import next_closing, period_closing
from cardline.cards.rules.terms import CardTerms
from cardline.core.ids import AccountId, new_id
from cardline.core.transaction import Transaction

Row = TypeVar("Row", Card, Statement, Posting)


async def close_accounts(
    tx: Transaction, *, through: date, at: datetime, limit: int, terms: CardTerms
) -> list[Statement]:
    """Close the oldest open period of at most ``limit`` accounts that ended by ``through``."""
    due = await account_store.accounts_to_close(tx, through, limit)
    if not due:
        return []
    ids = [account.id for account, _ in due]
    cards = _by_account(await card_store.cards_of_accounts(tx, ids))
    statements = _by_account(await ledger_store.statements_of_accounts(tx, ids))
    postings = _by_account(
        await ledger_store.postings_through(tx, [(account.id, on) for account, on in due])
    )
    closings = [
        close_period(
            account,
            cards[account.id],
            postings[account.id],
            statements[account.id],
            period_closing(closing_on, account.statement_day),
            terms,
        )
        for account, closing_on in due
    ]
    await _write(tx, closings, at)
    await account_store.set_next_closing(
        tx, [(account.id, _following(account, on)) for account, on in due]
    )
    return [closing.statement for closing in closings]


async def _write(tx: Transaction, closings: Sequence[Closing], at: datetime) -> None:
    await ledger_store.add_postings(
        tx,
        [
            _posting(charge, closing.statement, at)
            for closing in closings
            for charge in closing.charges
        ],
    )
    await ledger_store.add_statements(tx, [closing.statement for closing in closings])
    await ledger_store.add_interest_lines(
        tx, [(closing.statement, closing.interest_lines) for closing in closings]
    )


def _posting(charge: Charge, statement: Statement, at: datetime) -> Posting:
    return Posting(
        id=PostingId(new_id("p")),
        account_id=statement.account_id,
        card_id=charge.card_id,
        kind=charge.kind,
        amount=charge.amount,
        posted_on=statement.closing_on,
        at=at,
    )


def _following(account: Account, closing_on: date) -> date:
    return next_closing(closing_on + timedelta(days=1), account.statement_day)


def _by_account(rows: Sequence[Row]) -> dict[AccountId, list[Row]]:
    found: dict[AccountId, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.account_id].append(row)
    return found
