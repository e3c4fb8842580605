"""Minimum payment and late fee."""

from dataclasses import dataclass
from decimal import Decimal

from cardline.cards.model import NOTHING
from cardline.cards.rules.terms import CardTerms
from cardline.core.money import Fen, round_fen


@dataclass(frozen=True, slots=True)
class Owed:
    """What is unpaid when a period closes, by what it is. Fen, none negative but the balance."""

    balance: Fen
    purchases: Fen
    cash: Fen = NOTHING
    instalments: Fen = NOTHING
    interest: Fen = NOTHING
    fees: Fen = NOTHING
    past_minimum: Fen = NOTHING
    """What is still missing of the minimum payment of the statement before."""
    credit_limit: Fen | None = None


def minimum_payment(owed: Owed, minimum_rate: Decimal) -> Fen:
    """Return the minimum payment of a statement.

    A share of the purchases, all of cash, instalments due, interest and fees, what is missing of
    the minimum before, and what is over the limit; at most the balance, never below 0.
    """
    over_limit = 0
    if owed.credit_limit is not None:
        over_limit = max(0, owed.balance - owed.credit_limit)
    asked = (
        round_fen(owed.purchases * minimum_rate)
        + owed.cash
        + owed.instalments
        + owed.interest
        + owed.fees
        + owed.past_minimum
        + over_limit
    )
    return Fen(max(0, min(asked, owed.balance)))


def minimum_missed(minimum: int, paid_in_time: int, terms: CardTerms) -> bool:
    """True where more than the grace amount was missing when the days of grace were over."""
    return minimum - paid_in_time > terms.grace_amount


def late_fee(minimum: int, paid_in_time: int, terms: CardTerms) -> Fen:
    """Return the late fee (违约金) for a minimum payment of which ``paid_in_time`` came in time.

    A share of what is missing, but at least the floor; 0 where the grace covers what is missing.
    """
    if not minimum_missed(minimum, paid_in_time, terms):
        return NOTHING
    missing = minimum - paid_in_time
    return max(terms.late_fee_floor, round_fen(missing * terms.late_fee_rate))


def cash_fee(amount: int, terms: CardTerms) -> Fen:
    """Return the fee for drawing ``amount`` in cash: a share, but at least the floor."""
    return max(terms.cash_fee_floor, round_fen(amount * terms.cash_fee_rate))
