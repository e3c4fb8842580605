"""Whatever happens on an account over months: what must hold in every statement."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cardline.cards.model import InterestMode, PostingKind
from cardline.cards.rules.interest import total
from cardline.core.money import Fen
from tests.rules.card_book import Book, account

START = date(2026, 1, 6)
EVENTS = st.lists(
    st.tuples(
        st.integers(0, 180),
        st.sampled_from(
            [
                PostingKind.PURCHASE,
                PostingKind.PURCHASE,
                PostingKind.CASH,
                PostingKind.PAYMENT,
                PostingKind.PAYMENT,
                PostingKind.REFUND,
                PostingKind.FEE,
            ]
        ),
        st.integers(1, 2_000_000),
    ),
    max_size=40,
)
CREDITS = (PostingKind.PAYMENT, PostingKind.REFUND)


def lived(events: list[tuple[int, PostingKind, int]], mode: InterestMode) -> Book:
    book = Book(account(5, 20, mode, limit="20000"))
    waiting = sorted(events, key=lambda event: event[0])
    for month in range(2, 8):
        while waiting and START + timedelta(days=waiting[0][0]) <= date(2026, month, 5):
            offset, kind, amount = waiting.pop(0)
            signed = -amount if kind in CREDITS else amount
            book.post_fen(kind, START + timedelta(days=offset), signed)
        book.close(f"{month:02d}-05")
    return book


@settings(max_examples=60, deadline=None)
@given(EVENTS, st.sampled_from(InterestMode))
def test_every_statement_adds_up_and_asks_for_no_more_than_is_owed(
    events: list[tuple[int, PostingKind, int]], mode: InterestMode
) -> None:
    book = lived(events, mode)
    opening = 0
    for statement in book.statements:
        assert statement.opening == opening
        assert statement.closing == sum(
            each.amount for each in book.postings if each.posted_on <= statement.closing_on
        )
        assert 0 <= statement.minimum_payment <= max(0, statement.closing)
        assert statement.interest >= 0
        opening = statement.closing


@settings(max_examples=60, deadline=None)
@given(EVENTS, st.sampled_from(InterestMode))
def test_every_charge_is_explained_by_lines_that_do_not_overlap(
    events: list[tuple[int, PostingKind, int]], mode: InterestMode
) -> None:
    book = Book(account(5, 20, mode, limit="20000"))
    charged: dict[str, set[date]] = {}
    waiting = sorted(events, key=lambda event: event[0])
    for month in range(2, 8):
        while waiting and START + timedelta(days=waiting[0][0]) <= date(2026, month, 5):
            offset, kind, amount = waiting.pop(0)
            signed = -amount if kind in CREDITS else amount
            book.post_fen(kind, START + timedelta(days=offset), signed)
        closing = book.close(f"{month:02d}-05")
        assert closing.statement.interest == total(closing.interest_lines)
        for line in closing.interest_lines:
            days = {line.from_on + timedelta(days=n) for n in range(line.days)}
            before = charged.setdefault(line.posting_id, set())
            assert not days & before, "a day is charged once"
            assert min(days) >= line.posted_on
            before |= days


@settings(max_examples=60, deadline=None)
@given(EVENTS, st.sampled_from(InterestMode))
def test_whoever_always_pays_the_whole_statement_pays_no_interest_on_purchases(
    events: list[tuple[int, PostingKind, int]], mode: InterestMode
) -> None:
    book = Book(account(5, 20, mode, limit="20000"))
    purchases = sorted((offset, amount) for offset, _, amount in events)
    due: list[tuple[date, int]] = []
    for month in range(2, 8):
        closing_on = date(2026, month, 5)
        while purchases and START + timedelta(days=purchases[0][0]) <= closing_on:
            offset, amount = purchases.pop(0)
            book.post_fen(PostingKind.PURCHASE, START + timedelta(days=offset), amount)
        for on, amount in due:
            book.post_fen(PostingKind.PAYMENT, on, Fen(-amount))
        statement = book.close(f"{month:02d}-05").statement
        assert (statement.interest, statement.fees) == (0, 0)
        due = [(statement.due_on, statement.closing)] if statement.closing > 0 else []
