"""Annual fee: progress, waiver, and when it is charged."""

from datetime import date

import pytest

from cardline.cards.model import CardState, PostingKind, Product
from cardline.cards.rules.annual_fee import annual_fee, card_year
from tests.rules.card_book import TERMS, Book, account, card, day, fen


def test_progress_towards_the_waiver() -> None:
    uses = [day("02-01"), day("02-02"), day("02-03"), date(2025, 12, 1)]
    progress = annual_fee(card(issued_on=date(2024, 1, 15)), uses, day("03-01"), TERMS)
    assert (progress.year_from, progress.year_to) == (day("01-15"), date(2027, 1, 15))
    assert (progress.uses, progress.uses_needed, progress.waived) == (3, 5, False)
    assert (progress.owed, progress.due_on) == (fen("100"), date(2027, 1, 15))


def test_enough_uses_waive_it() -> None:
    progress = annual_fee(card(), [day("02-01")] * 5, day("03-01"), TERMS)
    assert (progress.waived, progress.owed) == (True, 0)


def test_a_card_never_activated_owes_none() -> None:
    assert annual_fee(card(activated=False), [], day("03-01"), TERMS).owed == 0


def test_use_does_not_waive_the_fee_of_a_platinum_card() -> None:
    progress = annual_fee(card(product=Product.PLATINUM), [day("02-01")] * 99, day("03-01"), TERMS)
    assert (progress.waived, progress.owed) == (False, fen("680"))


@pytest.mark.parametrize(
    ("on", "year_from"),
    [("2025-03-01", "2025-03-01"), ("2025-02-28", "2024-02-29"), ("2028-02-29", "2028-02-29")],
)
def test_card_years_of_a_card_issued_on_29_february(on: str, year_from: str) -> None:
    year = card_year(date(2024, 2, 29), date.fromisoformat(on))
    assert year.from_on == date.fromisoformat(year_from)


def test_it_is_charged_once_in_the_period_in_which_the_card_year_ends() -> None:
    book = Book(account(5, 18), (card(issued_on=date(2025, 4, 10)),))
    for month in ("04", "05", "06"):
        book.close(f"{month}-05")
    fees = [each for each in book.postings if each.kind is PostingKind.ANNUAL_FEE]
    assert [(each.posted_on, each.amount) for each in fees] == [(day("05-05"), fen("100"))]


def test_a_closed_card_owes_none() -> None:
    book = Book(account(5, 18), (card(CardState.CLOSED, issued_on=date(2025, 4, 10)),))
    book.close("04-05")
    assert book.close("05-05").charges == ()
