"""Scoring the bank's own accounts: from their statements, nothing else (row D6)."""

from dataclasses import dataclass
from datetime import date

from cardline.cards.corebank import CoreBank
from cardline.cards.model import Statement
from cardline.core.ids import AccountId, HolderId
from cardline.core.transaction import Transaction
from cardline.outreach.scoring.model import Costs, Months, Need, NeedModel
from cardline.outreach.scoring.rules import MONTHS, features_of, need


@dataclass(frozen=True, slots=True)
class Scored:
    """One account whose bill falls due, and its score."""

    holder: HolderId
    account: AccountId
    need: Need


async def score_due(
    tx: Transaction, due_on: date, *, bank: CoreBank, model: NeedModel, costs: Costs
) -> list[Scored]:
    """Score every account whose bill is due on a day and whose minimum is open, riskiest first."""
    found: list[Scored] = []
    for holder in await bank.holders_due(tx, due_on=due_on):
        for account in await bank.accounts_of(tx, holder_id=holder):
            statements = await bank.statements(tx, account_id=account.id, limit=MONTHS)
            if not statements or statements[0].due_on != due_on:
                continue
            if statements[0].unpaid_minimum <= 0:
                continue
            months = months_of(account.credit_limit, statements)
            found.append(Scored(holder, account.id, need(model, features_of(months), costs)))
    return sorted(found, key=lambda one: (-one.need.probability, one.account))


def months_of(limit: int, newest_first: list[Statement]) -> Months:
    """Return what the model looks at, from statements as the bank gives them."""
    oldest_first = newest_first[::-1]
    return Months(
        limit=limit,
        bills=[one.closing for one in oldest_first],
        paid=[one.payments for one in oldest_first],
        arrears=[one.arrears_months for one in oldest_first],
    )
