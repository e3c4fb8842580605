"""The accounts of the claimed holder on the agent's screen (rows B1, B2, B3, B7).

The agent sees them; what the caller has not yet proven enough to hear is marked ``do not tell``.
Every look is journaled (row F4).
"""

from dataclasses import dataclass
from datetime import datetime

from cardline.cards.limits.actions import requests_of
from cardline.cards.limits.model import LimitRequest, LimitState
from cardline.cards.model import (
    Account,
    AnnualFee,
    Balance,
    Card,
    CreditMark,
    Holder,
    InterestLine,
    Points,
    Posting,
    Statement,
)
from cardline.cards.serving import Claimant, Serving, claimant, took_part
from cardline.core.transaction import Transaction
from cardline.evidence.actions import journal
from cardline.identity import actions as identity
from cardline.identity.model import Act, Weighed

HEARD = (
    Act.HEAR_BALANCE,
    Act.HEAR_STATEMENT,
    Act.HEAR_TRANSACTIONS,
    Act.HEAR_INTEREST,
    Act.HEAR_POINTS,
    Act.HEAR_ANNUAL_FEE,
)


@dataclass(frozen=True, slots=True)
class ExplainedStatement:
    """A statement and how its interest was reckoned."""

    statement: Statement
    interest: list[InterestLine]


@dataclass(frozen=True, slots=True)
class AccountSeen:
    """One account with all that stands on it."""

    account: Account
    balance: Balance
    statements: list[ExplainedStatement]
    postings: list[Posting]
    points: Points
    temporary: LimitRequest | None
    marks: dict[str, CreditMark]
    """Marks on the credit record by month, ``2026-03``."""


@dataclass(frozen=True, slots=True)
class Seen:
    """All that the agent sees of a holder's accounts."""

    holder: Holder
    accounts: list[AccountSeen]
    cards: list[Card]
    fees: dict[str, AnnualFee]
    """Annual fee by card."""
    tell: dict[Act, Weighed]
    """Whether the caller may be told."""
    at: datetime


async def see_accounts(
    tx: Transaction, serving: Serving, *, statements: int = 12, postings: int = 50
) -> Seen:
    """Return the claimed holder's accounts. Journals ``account.seen``.

    Raises ``NobodyClaimed``, and ``NotServing`` for an agent who had no part in the call.
    """
    await took_part(tx, serving)
    person = await claimant(tx, serving)
    tell = await identity.weigh(
        tx,
        acts=HEARD,
        proofs=serving.interaction.proofs,
        subject=person.subject,
        config=serving.identity,
        stream=serving.stream,
        at=serving.at,
    )
    await journal(
        tx,
        stream=serving.stream,
        kind="account.seen",
        by=serving.by,
        body={"holder": person.holder.id, "role": serving.staff.role},
        at=serving.at,
    )
    temporary = await _temporary(tx, person)
    fees = {
        str(card.id): await serving.bank.annual_fee(tx, card_id=card.id, at=serving.at)
        for card in person.cards
    }
    accounts = [
        await _account(tx, serving, account, statements, postings, temporary.get(str(account.id)))
        for account in person.accounts
    ]
    return Seen(person.holder, accounts, list(person.cards), fees, tell, serving.at)


async def _account(
    tx: Transaction,
    serving: Serving,
    account: Account,
    statements: int,
    postings: int,
    temporary: LimitRequest | None,
) -> AccountSeen:
    bank = serving.bank
    explained = [
        ExplainedStatement(one, await bank.interest_lines(tx, account_id=account.id, statement=one))
        for one in await bank.statements(tx, account_id=account.id, limit=statements)
    ]
    marks = await bank.credit_marks(tx, account_id=account.id)
    return AccountSeen(
        account=account,
        balance=await bank.balance(tx, account_id=account.id, at=serving.at),
        statements=explained,
        postings=await bank.recent_postings(tx, account_id=account.id, limit=postings),
        points=await bank.points(tx, account_id=account.id, at=serving.at),
        temporary=temporary,
        marks={f"{month:%Y-%m}": mark for month, mark in sorted(marks.items())},
    )


async def _temporary(tx: Transaction, person: Claimant) -> dict[str, LimitRequest]:
    return {
        str(one.account_id): one
        for one in await requests_of(tx, person.holder.id)
        if one.term == "temporary" and one.state is LimitState.IN_FORCE
    }
