"""Minimum payment, late fee, grace, and in which order a payment settles what is owed."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.cards.model import PostingKind
from cardline.cards.rules.minimum import Owed, cash_fee, late_fee, minimum_payment
from cardline.cards.rules.repayment import overdue_days, settle
from cardline.core.money import Fen
from tests.rules.card_book import TERMS, Book, account, day, fen

TEN_PER_CENT = Decimal("0.10")


@pytest.mark.parametrize(
    ("owed", "expected"),
    [
        (Owed(balance=fen("1000"), purchases=fen("1000")), "100"),
        (Owed(balance=fen("0.05"), purchases=fen("0.05")), "0.01"),
        (Owed(balance=fen("1500"), purchases=fen("1000"), cash=fen("500")), "600"),
        (
            Owed(
                balance=fen("2000"),
                purchases=fen("1000"),
                instalments=fen("900"),
                interest=fen("60"),
                fees=fen("40"),
            ),
            "1100",
        ),
        (Owed(balance=fen("1000"), purchases=fen("1000"), past_minimum=fen("80")), "180"),
        (Owed(balance=fen("1000"), purchases=fen("1000"), credit_limit=fen("700")), "400"),
        (Owed(balance=fen("50"), purchases=fen("0"), cash=fen("100")), "50"),
        (Owed(balance=fen("-20"), purchases=fen("0")), "0"),
    ],
)
def test_minimum_payment(owed: Owed, expected: str) -> None:
    assert minimum_payment(owed, TEN_PER_CENT) == fen(expected)


@given(st.integers(-(10**6), 10**8), st.integers(0, 10**8), st.integers(0, 10**6))
def test_the_minimum_is_never_negative_and_never_above_the_balance(
    balance: int, purchases: int, cash: int
) -> None:
    minimum = minimum_payment(
        Owed(balance=Fen(balance), purchases=Fen(purchases), cash=Fen(cash)), TEN_PER_CENT
    )
    assert 0 <= minimum <= max(0, balance)


@pytest.mark.parametrize(
    ("minimum", "paid", "fee"),
    [
        ("1200", "500", "35"),
        ("1200", "1200", "0"),
        ("1200", "1190", "0"),
        ("1200", "1189.99", "20"),
        ("100", "0", "20"),
        ("0", "0", "0"),
    ],
)
def test_late_fee_with_its_floor_and_its_grace(minimum: str, paid: str, fee: str) -> None:
    assert late_fee(fen(minimum), fen(paid), TERMS) == fen(fee)


def test_the_fee_for_cash_has_a_floor() -> None:
    assert cash_fee(fen("500"), TERMS) == fen("20")
    assert cash_fee(fen("5000"), TERMS) == fen("100")


def test_a_missed_minimum_costs_the_fee_and_is_asked_for_again() -> None:
    book = Book(account(5, 18))
    book.buy(("03-30", "12000"))
    april = book.close("04-05").statement
    assert (april.minimum_payment, april.due_on, april.arrears_months) == (
        fen("1200"),
        day("04-23"),
        0,
    )
    book.pay(("04-23", "500"))
    closing = book.close("05-05")
    assert [(each.kind, each.amount) for each in closing.charges][1:] == [
        (PostingKind.LATE_FEE, fen("35"))
    ]
    may = closing.statement
    # a tenth of 11,500, all interest, the fee, and the 700 that were missing
    assert may.minimum_payment == fen("1150") + may.interest + fen("35") + fen("700")
    assert may.arrears_months == 1
    book.pay(("05-20", "5000"))
    assert book.close("06-05").statement.arrears_months == 0


def test_paying_the_minimum_within_the_grace_costs_no_fee() -> None:
    book = Book(account(5, 18))
    book.buy(("03-30", "12000"))
    book.close("04-05")
    book.pay(("04-26", "1195"))
    assert book.close("05-05").statement.fees == 0


def test_opening_and_movements_make_the_closing_balance() -> None:
    book = Book(account(5, 18))
    book.buy(("03-30", "12000"))
    book.post(PostingKind.CASH, "04-01", "300")
    book.close("04-05")
    book.pay(("04-23", "500"))
    book.post(PostingKind.REFUND, "04-28", "-99.90")
    book.post(PostingKind.ADJUSTMENT, "04-29", "-1.10")
    book.post(PostingKind.INSTALMENT, "05-02", "1000")
    s = book.close("05-05").statement
    assert s.closing == (
        s.opening + s.purchases + s.cash + s.instalments + s.interest + s.fees + s.adjustments
    ) - (s.payments + s.refunds)
    assert s.closing == sum(each.amount for each in book.postings)
    assert (s.refunds, s.adjustments, s.payments) == (fen("99.90"), fen("-1.10"), fen("500"))


# ---------------------------------------------------------------- the order of repayment


def test_interest_and_fees_are_settled_first_up_to_90_days_overdue() -> None:
    lots = settled_after(paid_on="07-22")  # due 23 April: 90 days
    assert lots == {"purchase": fen("1000"), "interest": 0, "late_fee": 0}


def test_principal_is_settled_first_from_91_days_overdue() -> None:
    lots = settled_after(paid_on="07-23")
    assert lots["purchase"] < fen("1000")
    assert lots["interest"] > 0


def settled_after(paid_on: str) -> dict[str, int]:
    """What is open of the April purchase and of May's charges once exactly those were paid."""
    book = Book(account(5, 18))
    book.buy(("03-30", "1000"))
    book.close("04-05")
    may = book.close("05-05")
    book.close("06-05")
    book.close("07-05")
    charges = sum(
        each.amount
        for each in book.postings
        if each.kind in (PostingKind.INTEREST, PostingKind.LATE_FEE)
    )
    assert may.charges
    book.pay((paid_on, f"{charges / 100:.2f}"))
    lots = settle(book.postings, book.statements, TERMS)
    still_open: dict[str, int] = {}
    for lot in lots:
        still_open[lot.posting.kind] = still_open.get(lot.posting.kind, 0) + lot.open
    return still_open


def test_days_overdue_count_from_the_first_missed_due_date() -> None:
    book = Book(account(5, 18))
    book.buy(("03-30", "1000"))
    for month in ("04", "05", "06"):
        book.close(f"{month}-05")
    assert overdue_days(book.statements, [], day("04-23")) == 0
    assert overdue_days(book.statements, [], day("04-24")) == 1
    assert overdue_days(book.statements, [], day("06-10")) == 48
    whole = book.statements[-1].minimum_payment
    assert overdue_days(book.statements, [(day("06-07"), whole)], day("06-10")) == 0


def test_what_was_billed_is_settled_before_what_was_not() -> None:
    book = Book(account(5, 18))
    book.buy(("03-30", "1000"))
    book.close("04-05")
    book.post(PostingKind.FEE, "04-08", "40")
    book.pay(("04-20", "1010"))
    lots = settle(book.postings, book.statements, TERMS)
    assert [lot.open for lot in lots] == [0, fen("30")]


@given(
    st.lists(
        st.tuples(st.integers(0, 80), st.integers(-500_000, 500_000).filter(bool)), max_size=20
    )
)
def test_no_fen_is_lost_between_credits_and_debits(moves: list[tuple[int, int]]) -> None:
    book = Book(account(5, 18))
    for offset, amount in moves:
        kind = PostingKind.PURCHASE if amount > 0 else PostingKind.PAYMENT
        book.post_fen(kind, date.fromordinal(date(2026, 3, 1).toordinal() + offset), amount)
    lots = settle(book.postings, [], TERMS)
    owed = sum(amount for _, amount in moves)
    assert sum(lot.open for lot in lots) == max(0, owed)
    for lot in lots:
        assert lot.open == lot.outstanding(date(2026, 12, 31)) >= 0
    laid = sum(paid for lot in lots for _, paid in lot.repayments)
    assert sum(lot.open for lot in lots) == sum(lot.posting.amount for lot in lots) - laid
