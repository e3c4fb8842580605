"""Closing a period: interest, fees, the statement. The one place where all the arithmetic meets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cardline.cards.model import (
    FEES,
    NOTHING,
    Account,
    AnnualFee,
    Card,
    CardState,
    InterestLine,
    Posting,
    PostingKind,
    Statement,
)
from cardline.cards.rules.annual_fee import USES, annual_fee, card_year
from cardline.cards.rules.interest import interest_for, last_day_in_time, total
from cardline.cards.rules.minimum import Owed, late_fee, minimum_missed, minimum_payment
from cardline.cards.rules.periods import Period, due_date
from cardline.cards.rules.repayment import Lot, paid_between, settle
from cardline.cards.rules.terms import CardTerms
from cardline.core.ids import CardId
from cardline.core.money import Fen


@dataclass(frozen=True, slots=True)
class Charge:
    """Something that the closing itself posts, dated the closing date."""

    kind: PostingKind
    amount: Fen
    card_id: CardId | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing a period brings about."""

    statement: Statement
    charges: tuple[Charge, ...]
    interest_lines: tuple[InterestLine, ...]


def close_period(
    account: Account,
    cards: Sequence[Card],
    postings: Sequence[Posting],
    statements: Sequence[Statement],
    period: Period,
    terms: CardTerms,
) -> Closing:
    """Reckon the statement of ``period``.

    ``postings`` are all of the account through the closing date, by business day; ``statements``
    all earlier ones, oldest first. The charges are part of the statement: post them with it.
    """
    lots = settle(postings, statements, terms)
    previous = statements[-1] if statements else None
    lines = interest_for(account, lots, statements, period, terms)
    charges = []
    if interest := total(lines):
        charges.append(Charge(PostingKind.INTEREST, interest))
    if fee := _late_fee(previous, postings, terms):
        charges.append(Charge(PostingKind.LATE_FEE, fee))
    charges += [
        Charge(PostingKind.ANNUAL_FEE, due.owed, due.card_id)
        for due in _annual_fees(cards, postings, period, terms)
    ]
    statement = _statement(account, postings, lots, previous, period, charges, terms)
    return Closing(statement, tuple(charges), lines)


def _late_fee(previous: Statement | None, postings: Sequence[Posting], terms: CardTerms) -> Fen:
    if previous is None:
        return NOTHING
    paid = paid_between(postings, previous.closing_on, last_day_in_time(previous, terms))
    return late_fee(previous.minimum_payment, paid, terms)


def _annual_fees(
    cards: Sequence[Card], postings: Sequence[Posting], period: Period, terms: CardTerms
) -> list[AnnualFee]:
    """Return the fees of card years that ended within ``period`` and were not waived."""
    owed = []
    for card in cards:
        last_day = card_year(card.issued_on, period.closing_on).from_on
        if card.state is CardState.CLOSED or last_day not in period or last_day <= card.issued_on:
            continue
        used_on = (
            each.posted_on for each in postings if each.card_id == card.id and each.kind in USES
        )
        fee = annual_fee(card, used_on, _day_before(last_day), terms)
        if fee.owed:
            owed.append(fee)
    return owed


def _statement(
    account: Account,
    postings: Sequence[Posting],
    lots: Sequence[Lot],
    previous: Statement | None,
    period: Period,
    charges: Sequence[Charge],
    terms: CardTerms,
) -> Statement:
    opening = previous.closing if previous else NOTHING
    sums = dict.fromkeys(PostingKind, 0)
    for moved in (each for each in postings if each.posted_on in period):
        sums[moved.kind] += moved.amount
    for charge in charges:
        sums[charge.kind] += charge.amount
    closing = Fen(opening + sum(sums.values()))
    unpaid = dict.fromkeys(PostingKind, 0)
    for lot in lots:
        unpaid[lot.posting.kind] += lot.open
    for charge in charges:
        unpaid[charge.kind] += charge.amount
    arrears = _arrears(previous, postings, period, terms)
    fees = sum(sums[kind] for kind in FEES)
    minimum = minimum_payment(
        Owed(
            balance=closing,
            purchases=Fen(unpaid[PostingKind.PURCHASE] + unpaid[PostingKind.ADJUSTMENT]),
            cash=Fen(unpaid[PostingKind.CASH]),
            instalments=Fen(unpaid[PostingKind.INSTALMENT]),
            interest=Fen(unpaid[PostingKind.INTEREST]),
            fees=Fen(sum(unpaid[kind] for kind in FEES)),
            past_minimum=_past_minimum(previous, postings, period),
            credit_limit=account.credit_limit,
        ),
        account.minimum_rate,
    )
    return Statement(
        account_id=account.id,
        closing_on=period.closing_on,
        period_from=period.from_on,
        period_to=period.to_on,
        opening=opening,
        purchases=Fen(sums[PostingKind.PURCHASE]),
        cash=Fen(sums[PostingKind.CASH]),
        instalments=Fen(sums[PostingKind.INSTALMENT]),
        interest=Fen(sums[PostingKind.INTEREST]),
        fees=Fen(fees),
        payments=Fen(-sums[PostingKind.PAYMENT]),
        refunds=Fen(-sums[PostingKind.REFUND]),
        adjustments=Fen(sums[PostingKind.ADJUSTMENT]),
        closing=closing,
        minimum_payment=minimum,
        due_on=due_date(period.closing_on, account.due_days),
        arrears_months=arrears,
    )


def _past_minimum(previous: Statement | None, postings: Sequence[Posting], period: Period) -> Fen:
    if previous is None:
        return NOTHING
    paid = paid_between(postings, previous.closing_on, period.closing_on)
    return Fen(max(0, previous.minimum_payment - paid))


def _arrears(
    previous: Statement | None, postings: Sequence[Posting], period: Period, terms: CardTerms
) -> int:
    """Count the minimum payments missed in a row; making up for them ends the row."""
    if previous is None:
        return 0
    paid = paid_between(postings, previous.closing_on, period.closing_on)
    missed = minimum_missed(previous.minimum_payment, paid, terms)
    return previous.arrears_months + 1 if missed else 0


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
