"""Interest: the published examples to the fen, and what must hold for any account."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.cards.model import InterestLine, InterestMode, PostingKind
from cardline.cards.rules.interest import principal_lines, share_rounding, total
from cardline.cards.rules.repayment import Lot
from cardline.cards.rules.terms import annual_rate
from cardline.core.money import Fen
from tests.rules.card_book import TERMS, Book, account, day, fen, posting

# (what, statement day, due days, purchases, payments, months closed, FULL, PARTIAL)
EXAMPLES = [
    ("published", 5, 18, [("03-30", "1000")], [("04-23", "100")], "17.85", "16.65"),
    ("statement day 7", 7, 18, [("04-02", "2000")], [("04-25", "200")], "34.70", "32.40"),
    (
        "two purchases, oldest repaid first",
        5,
        20,
        [("03-10", "10000"), ("03-28", "2000")],
        [("04-25", "9000")],
        "274.50",
        "67.50",
    ),
    ("one issuer's terms", 7, 19, [("04-01", "10000")], [("04-26", "500")], "182.00", None),
]


@pytest.mark.parametrize(
    ("name", "statement_day", "due_days", "purchases", "payments", "full", "partial"),
    EXAMPLES,
    ids=[example[0] for example in EXAMPLES],
)
def test_published_examples_come_out_to_the_fen(
    name: str,
    statement_day: int,
    due_days: int,
    purchases: list[tuple[str, str]],
    payments: list[tuple[str, str]],
    full: str,
    partial: str | None,
) -> None:
    for mode, expected in ((InterestMode.FULL, full), (InterestMode.PARTIAL, partial)):
        book = Book(account(statement_day, due_days, mode))
        book.buy(*purchases)
        book.close(f"04-{statement_day:02d}")
        book.pay(*payments)
        closing = book.close(f"05-{statement_day:02d}")
        if expected is not None:
            assert closing.statement.interest == fen(expected), name
            assert total(closing.interest_lines) == fen(expected)


def test_the_lines_say_how_the_charge_came_about() -> None:
    book = Book(account(7, 19))
    bought = book.buy(("04-01", "10000"))
    book.close("04-07")
    book.pay(("04-26", "500"))
    first, second = book.close("05-07").interest_lines
    assert (first.principal, first.days, first.amount) == (fen("10000"), 25, fen("125"))
    assert (first.from_on, first.to_on) == (day("04-01"), day("04-26"))
    assert (second.principal, second.days, second.amount) == (fen("9500"), 12, fen("57"))
    assert (second.from_on, second.to_on) == (day("04-26"), day("05-08"))
    assert {first.posting_id, second.posting_id} == {bought[0].id}
    assert first.daily_rate == Decimal("0.0005")


@pytest.mark.parametrize("mode", list(InterestMode))
def test_nothing_is_charged_when_the_statement_is_paid_in_full(mode: InterestMode) -> None:
    book = Book(account(5, 18, mode))
    book.buy(("03-30", "1000"), ("04-03", "55.55"))
    book.close("04-05")
    book.pay(("04-23", "1055.55"))
    book.buy(("04-24", "300"))
    closing = book.close("05-05")
    assert closing.interest_lines == ()
    assert closing.statement.closing == fen("300")


@pytest.mark.parametrize(
    ("paid_on", "amount", "charged"),
    [
        ("04-26", "1000", False),
        ("04-27", "1000", True),
        ("04-23", "990", False),
        ("04-23", "989.99", True),
    ],
)
def test_three_days_and_ten_yuan_of_grace(paid_on: str, amount: str, charged: bool) -> None:
    book = Book(account(5, 18))
    book.buy(("03-30", "1000"))
    book.close("04-05")
    book.pay((paid_on, amount))
    assert bool(book.close("05-05").interest_lines) is charged


def test_cash_bears_interest_from_its_first_day_even_when_paid_in_full() -> None:
    book = Book(account(5, 18))
    book.post(PostingKind.CASH, "03-30", "1000")
    first = book.close("04-05")
    assert first.statement.interest == fen("3.50")
    book.pay(("04-23", "1003.50"))
    # 6 April to 22 April; the day of payment no longer counts
    assert book.close("05-05").statement.interest == fen("8.50")


def test_a_debt_once_interest_bearing_runs_on_until_it_is_repaid() -> None:
    book = Book(account(5, 18))
    book.buy(("03-30", "1000"))
    book.close("04-05")
    may = book.close("05-05")
    assert may.statement.interest == fen("18.50")  # 37 days
    book.pay(("05-15", "2000"))
    june = book.close("06-05")
    (line,) = june.interest_lines
    assert (line.from_on, line.to_on, line.amount) == (day("05-06"), day("05-15"), fen("4.50"))
    assert book.close("07-05").interest_lines == ()


def test_interest_and_fees_bear_no_interest() -> None:
    book = Book(account(5, 18))
    book.post(PostingKind.FEE, "03-30", "40")
    book.post(PostingKind.INTEREST, "03-30", "40")
    book.close("04-05")
    assert book.close("05-05").interest_lines == ()


def test_the_annual_rate_is_shown() -> None:
    assert annual_rate(Decimal("0.0005"), TERMS) == Decimal("0.1825")


# ---------------------------------------------------------------- for any account

AMOUNT = st.integers(1, 5_000_000)
MARCH = st.integers(0, 30).map(lambda days: date(2026, 3, 6) + timedelta(days=days))
APRIL = st.integers(0, 29).map(lambda days: date(2026, 4, 6) + timedelta(days=days))


@st.composite
def lived_months(draw: st.DrawFn) -> tuple[list[tuple[date, int]], list[tuple[date, int]]]:
    purchases = draw(st.lists(st.tuples(MARCH, AMOUNT), min_size=1, max_size=6))
    payments = draw(st.lists(st.tuples(APRIL, AMOUNT), max_size=4))
    return sorted(purchases), sorted(payments)


def charged(
    mode: InterestMode, purchases: list[tuple[date, int]], payments: list[tuple[date, int]]
) -> tuple[InterestLine, ...]:
    book = Book(account(5, 20, mode))
    for on, amount in purchases:
        book.post_fen(PostingKind.PURCHASE, on, amount)
    book.close("04-05")
    for on, amount in payments:
        book.post_fen(PostingKind.PAYMENT, on, -amount)
    return book.close("05-05").interest_lines


def exact(lines: Iterable[InterestLine]) -> Decimal:
    """The charge before it is rounded."""
    return sum((line.exact for line in lines), Decimal(0))


@given(lived_months())
def test_full_never_charges_less_than_partial(
    months: tuple[list[tuple[date, int]], list[tuple[date, int]]],
) -> None:
    full = exact(charged(InterestMode.FULL, *months))
    partial = exact(charged(InterestMode.PARTIAL, *months))
    assert full >= partial >= 0


@given(lived_months(), st.sampled_from(InterestMode))
def test_paying_all_in_time_costs_nothing(
    months: tuple[list[tuple[date, int]], list[tuple[date, int]]], mode: InterestMode
) -> None:
    purchases, _ = months
    whole = sum(amount for _, amount in purchases)
    assert charged(mode, purchases, [(date(2026, 4, 25), whole)]) == ()


@given(lived_months(), st.sampled_from(InterestMode))
def test_the_lines_add_up_to_the_charge(
    months: tuple[list[tuple[date, int]], list[tuple[date, int]]], mode: InterestMode
) -> None:
    lines = charged(mode, *months)
    assert abs(total(lines) - exact(lines)) <= Decimal("0.5")
    assert all(abs(line.amount - line.exact) <= 1 for line in lines)


@given(lived_months(), st.integers(2, 9), st.sampled_from(InterestMode))
def test_interest_is_linear_in_the_amounts(
    months: tuple[list[tuple[date, int]], list[tuple[date, int]]], factor: int, mode: InterestMode
) -> None:
    purchases, payments = months
    # all above the grace amount, which is no share of anything
    purchases = [(on, amount + 10_000) for on, amount in purchases]
    payments = [(on, 1000) for on, _ in payments]
    many = charged(
        mode,
        [(on, amount * factor) for on, amount in purchases],
        [(on, amount * factor) for on, amount in payments],
    )
    assert exact(many) == exact(charged(mode, purchases, payments)) * factor


@given(
    st.integers(1, 5_000_000),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 999)), max_size=5),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_splitting_a_period_changes_nothing(
    amount: int, repaid: list[tuple[int, int]], cut: int, reference: int
) -> None:
    start = date(2026, 3, 1)
    lot = Lot(posting(PostingKind.PURCHASE, start, amount + 5000))
    lot.repayments = sorted((start + timedelta(days=d), Fen(paid)) for d, paid in repaid)
    rate, end = Decimal("0.0005"), start + timedelta(days=60)
    middle, judged = start + timedelta(days=cut), start + timedelta(days=reference)
    whole = principal_lines(lot, rate, start, end, judged)
    parts = [
        *principal_lines(lot, rate, start, middle, judged),
        *principal_lines(lot, rate, middle, end, judged),
    ]
    assert exact(whole) == exact(parts)
    by_day = sum(lot.outstanding(max(start + timedelta(days=d), judged)) * rate for d in range(60))
    assert by_day == exact(whole)


@given(st.lists(st.decimals("0.01", "999", places=4), max_size=20))
def test_rounding_is_shared_out(amounts: list[Decimal]) -> None:
    book = Book(account(5, 18))
    book.buy(("03-30", "1000"))
    book.close("04-05")
    (line,) = book.close("05-05").interest_lines
    lines = share_rounding([replace(line, exact=each) for each in amounts])
    assert abs(total(lines) - sum(amounts, Decimal(0))) <= Decimal("0.5")
