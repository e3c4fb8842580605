"""How the made-up holders live: what they buy in a period, and how they pay what was billed."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from cardline.cards.made_up import Draw
from cardline.cards.model import Account, Card, Posting, PostingId, PostingKind, Statement
from cardline.cards.rules.minimum import cash_fee
from cardline.cards.rules.periods import Period
from cardline.cards.rules.points import points_for
from cardline.cards.rules.terms import CardTerms
from cardline.core.home import home
from cardline.core.money import Fen
from cardline.sim.demo_people import merchants

Habit = Literal["full", "part", "minimum", "forgetful"]


@dataclass(frozen=True, slots=True)
class Life:
    """An account with the cards that are used on it."""

    account: Account
    cards: tuple[Card, ...]
    habit: Habit
    bustle: int
    """Purchases a period, about."""


def habit_of(draw: Draw) -> Habit:
    """Most pay in full; some pay a part, the minimum, or too late."""
    drawn = draw.below(100)
    if drawn < 66:
        return "full"
    if drawn < 80:
        return "part"
    return "minimum" if drawn < 92 else "forgetful"


def live(
    seed: int, life: Life, period: Period, last: Statement | None, terms: CardTerms
) -> list[Posting]:
    """Return the postings of an account in a period, in their order."""
    draw = Draw(seed, f"life/{life.account.id}/{period.from_on}")
    diary = _Diary(life, period, draw, terms, spent=last.closing if last else 0)
    if life.cards:
        for _ in range(draw.between(life.bustle // 2, life.bustle)):
            diary.buy()
        if draw.chance(4):
            diary.draw_cash()
    if last is not None and last.closing > 0:
        diary.pay(last)
    diary.postings.sort(key=lambda posting: posting.at)
    return diary.postings


class _Diary:
    def __init__(
        self, life: Life, period: Period, draw: Draw, terms: CardTerms, *, spent: int
    ) -> None:
        self.life = life
        self.period = period
        self.draw = draw
        self.terms = terms
        self.spent = spent
        self.postings: list[Posting] = []
        self.days = (period.to_on - period.from_on).days

    def buy(self) -> None:
        shop = self.draw.pick(merchants())
        card = self.draw.pick(self.life.cards)
        span = (shop.high - shop.low) * 100
        # most purchases are small: the smaller of two draws
        amount = shop.low * 100 + min(self.draw.below(span), self.draw.below(span))
        if self.spent + amount > self.life.account.credit_limit:
            return  # declined
        self.spent += amount
        bought_on = self._day(self.draw.below(self.days))
        self._post(PostingKind.PURCHASE, amount, bought_on, card, shop.name)
        back_on = bought_on + timedelta(days=self.draw.between(2, 6))
        if self.draw.chance(3) and back_on in self.period:
            self._post(PostingKind.REFUND, -amount, back_on, card, shop.name)

    def draw_cash(self) -> None:
        card = self.draw.pick(self.life.cards)
        amount = self.draw.between(2, 20) * 10_000
        if self.spent + amount > self.life.account.credit_limit:
            return  # declined
        on = self._day(self.draw.below(self.days))
        at = self._time(on)
        self._post(PostingKind.CASH, amount, on, card, at=at)
        fee = cash_fee(amount, self.terms)
        self._post(PostingKind.FEE, fee, on, card, at=at + timedelta(seconds=1))

    def pay(self, last: Statement) -> None:
        amount, days_after_due = self._payment(last)
        on = last.due_on + timedelta(days=days_after_due)
        if amount > 0 and on in self.period:
            self._post(PostingKind.PAYMENT, -amount, on)

    def _payment(self, last: Statement) -> tuple[int, int]:
        early = -self.draw.between(0, 9)
        if self.life.habit == "part":
            share = last.closing * self.draw.between(25, 85) // 100
            return max(last.minimum_payment, share), early
        if self.life.habit == "minimum":
            return last.minimum_payment, early
        if self.life.habit == "forgetful" and self.draw.chance(45):
            return (last.closing, self.draw.between(4, 7)) if self.draw.chance(60) else (0, 0)
        return last.closing, early

    def _post(
        self,
        kind: PostingKind,
        amount: int,
        on: date,
        card: Card | None = None,
        merchant: str = "",
        at: datetime | None = None,
    ) -> None:
        number = len(self.postings)
        self.postings.append(
            Posting(
                id=PostingId(f"{self.life.account.id}-{self.period.from_on:%y%m%d}-{number}"),
                account_id=self.life.account.id,
                card_id=card.id if card else None,
                kind=kind,
                amount=Fen(amount),
                posted_on=on,
                at=at or self._time(on),
                merchant=merchant,
                points=points_for(kind, amount, self.terms),
            )
        )

    def _day(self, offset: int) -> date:
        return self.period.from_on + timedelta(days=offset)

    def _time(self, on: date) -> datetime:
        minutes = self.draw.between(7 * 60, 22 * 60)
        return datetime.combine(on, time(), home().zone) + timedelta(minutes=minutes)
