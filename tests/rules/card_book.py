"""A small account book for tests of the card rules: post, close, look."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

from cardline.cards.model import (
    Account,
    Card,
    CardState,
    InterestMode,
    Posting,
    PostingId,
    PostingKind,
    Product,
    Statement,
)
from cardline.cards.rules.closing import Closing, close_period
from cardline.cards.rules.periods import period_closing
from cardline.cards.rules.terms import card_terms
from cardline.core.ids import AccountId, CardId, HolderId
from cardline.core.money import Fen, to_fen
from cardline.core.policy import load_area

TERMS = card_terms(load_area("cards"))
fen = to_fen


def day(month_and_day: str, year: int = 2026) -> date:
    """``04-05`` is 5 April 2026."""
    return date.fromisoformat(f"{year}-{month_and_day}")


def account(
    statement_day: int = 5,
    due_days: int = 20,
    mode: InterestMode = InterestMode.FULL,
    limit: str = "100000",
) -> Account:
    return Account(
        id=AccountId("a1"),
        holder_id=HolderId("h1"),
        credit_limit=to_fen(limit),
        statement_day=statement_day,
        due_days=due_days,
        opened_on=date(2024, 1, 15),
        interest_mode=mode,
        daily_rate=TERMS.daily_rate,
        minimum_rate=Decimal("0.10"),
    )


def card(
    state: CardState = CardState.ACTIVE,
    *,
    held_until: datetime | None = None,
    product: Product = Product.STANDARD,
    activated: bool = True,
    issued_on: date = date(2024, 1, 15),
) -> Card:
    return Card(
        id=CardId("c1"),
        account_id=AccountId("a1"),
        holder_id=HolderId("h1"),
        tail="1234",
        product=product,
        state=state,
        held_until=held_until,
        activated=activated,
        issued_on=issued_on,
    )


def posting(kind: PostingKind, on: date, amount: int, number: int = 0) -> Posting:
    return Posting(
        id=PostingId(f"p{number}"),
        account_id=AccountId("a1"),
        card_id=None if kind is PostingKind.PAYMENT else CardId("c1"),
        kind=kind,
        amount=Fen(amount),
        posted_on=on,
        at=datetime.combine(on, time(4), UTC),
    )


class Book:
    """All postings and statements of one account, closed by the real rules."""

    def __init__(self, account: Account, cards: tuple[Card, ...] = ()) -> None:
        self.account = account
        self.cards = cards
        self.postings: list[Posting] = []
        self.statements: list[Statement] = []

    def post_fen(self, kind: PostingKind, on: date, amount: int) -> Posting:
        new = posting(kind, on, amount, len(self.postings) + 1)
        self.postings.append(new)
        self.postings.sort(key=lambda each: each.posted_on)
        return new

    def post(self, kind: PostingKind, on: str, yuan: str) -> Posting:
        return self.post_fen(kind, day(on), to_fen(yuan))

    def buy(self, *purchases: tuple[str, str]) -> list[Posting]:
        return [self.post(PostingKind.PURCHASE, on, yuan) for on, yuan in purchases]

    def pay(self, *payments: tuple[str, str]) -> list[Posting]:
        return [self.post_fen(PostingKind.PAYMENT, day(on), -to_fen(yuan)) for on, yuan in payments]

    def close(self, on: str, year: int = 2026) -> Closing:
        period = period_closing(day(on, year), self.account.statement_day)
        through = [each for each in self.postings if each.posted_on <= period.closing_on]
        done = close_period(
            self.account, self.cards, through, tuple(self.statements), period, TERMS
        )
        for charge in done.charges:
            self.post_fen(charge.kind, period.closing_on, charge.amount)
        self.statements.append(done.statement)
        return done
