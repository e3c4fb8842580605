"""Annual fee (row B7): waived by use within the card year; a card never activated owes none."""

from collections.abc import Iterable
from datetime import date

from cardline.cards.model import AnnualFee, Card, PostingKind
from cardline.cards.rules.periods import Period, year_later
from cardline.cards.rules.terms import CardTerms
from cardline.core.money import Fen

USES = frozenset({PostingKind.PURCHASE, PostingKind.CASH})


def card_year(issued_on: date, on: date) -> Period:
    """Return the year, counted from the day of issue, in which ``on`` lies."""
    years = on.year - issued_on.year
    if on < year_later(issued_on, years):
        years -= 1
    years = max(years, 0)
    return Period(year_later(issued_on, years), year_later(issued_on, years + 1))


def annual_fee(card: Card, used_on: Iterable[date], on: date, terms: CardTerms) -> AnnualFee:
    """Return the fee of the card year in which ``on`` lies, as things stand on that day.

    ``used_on`` holds the day of every use (purchase or cash) of the card.
    """
    year = card_year(card.issued_on, on)
    uses = sum(1 for day in used_on if day in year and day <= on)
    needed = terms.annual_fee_uses[card.product]
    fee = terms.annual_fee[card.product]
    waived = 0 < needed <= uses
    owed = Fen(0) if waived or not card.activated else fee
    return AnnualFee(
        card_id=card.id,
        fee=fee,
        year_from=year.from_on,
        year_to=year.to_on,
        uses=uses,
        uses_needed=needed,
        waived=waived,
        due_on=year.to_on,
        owed=owed,
    )
