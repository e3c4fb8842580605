"""Makes a whole account of the few figures that the UCI file has: everything that it lacks."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from cardline.adapters.corebank.extract_row import Particulars
from cardline.adapters.corebank.importing import Batch
from cardline.cards.corebank import NewCard
from cardline.cards.made_up import Draw, person
from cardline.cards.model import (
    NOTHING,
    Account,
    Card,
    CardState,
    Holder,
    Posting,
    PostingId,
    PostingKind,
    Product,
    Statement,
)
from cardline.cards.rules.minimum import Owed, minimum_payment
from cardline.cards.rules.periods import Period, due_date, next_closing, period_closing
from cardline.cards.rules.points import points_for
from cardline.cards.rules.terms import LAST_STATEMENT_DAY, CardTerms
from cardline.core.clock import SHANGHAI
from cardline.core.ids import AccountId, CardId, HolderId
from cardline.core.money import Fen

SEED = 350
MONTHS = 6
_GOLD_FROM = 10_000_000
_PLATINUM_FROM = 40_000_000


@dataclass(frozen=True, slots=True)
class Record:
    """The figures of one account that are used; fen, oldest month first."""

    id: int
    credit_limit: Fen
    bills: tuple[int, ...]
    payments: tuple[int, ...]
    arrears: tuple[int, ...]
    """Months behind with the payments, as the issuer reported it; below 1: none."""
    particulars: Particulars = field(
        default_factory=lambda: Particulars(address=None, email=None, other_loans=None)
    )
    """What somebody added to the file."""


class Maker:
    """Turns records into holders, accounts, cards, postings and statements that add up."""

    def __init__(self, terms: CardTerms, *, last_month: date) -> None:
        self.terms = terms
        self.last_month = last_month
        self._periods = {day: _periods(day, last_month) for day in range(1, LAST_STATEMENT_DAY + 1)}

    def add(self, batch: Batch, record: Record) -> None:
        """Add everything about one account to ``batch``."""
        draw = Draw(SEED, f"account/{record.id}")
        holder, account, card = self._contract(record, draw)
        periods = self._periods[account.statement_day]
        batch.holders.append(holder)
        batch.accounts.append((account, next_closing(periods[-1].to_on, account.statement_day)))
        batch.cards.append(NewCard(card, f"uci-{record.id}-{draw.below(1 << 40):010x}"))
        self._history(batch, record, account, card, periods, draw)

    def _contract(self, record: Record, draw: Draw) -> tuple[Holder, Account, Card]:
        who = person(SEED, record.id, "imported")
        holder = Holder(
            id=HolderId(f"uci-h{record.id}"),
            name=who.name,
            phone=who.phone,
            id_tail=who.id_tail,
            language=who.language,
            made_up=True,
            **record.particulars,
        )
        opened_on = self.last_month - timedelta(days=draw.between(400, 2500))
        account = Account(
            id=AccountId(f"uci-a{record.id}"),
            holder_id=holder.id,
            credit_limit=record.credit_limit,
            statement_day=draw.between(1, LAST_STATEMENT_DAY),
            due_days=self.terms.due_days,
            opened_on=opened_on,
            interest_mode=self.terms.interest_mode,
            daily_rate=self.terms.daily_rate,
            minimum_rate=self.terms.minimum_rate,
        )
        card = Card(
            id=CardId(f"uci-c{record.id}"),
            account_id=account.id,
            holder_id=holder.id,
            tail=f"{draw.below(10_000):04d}",
            product=_product(record.credit_limit),
            state=CardState.ACTIVE,
            held_until=None,
            activated=True,
            issued_on=opened_on,
        )
        return holder, account, card

    def _history(
        self,
        batch: Batch,
        record: Record,
        account: Account,
        card: Card,
        periods: list[Period],
        draw: Draw,
    ) -> None:
        """Write six months: a bill is the bill before, less what was paid, and what was new."""
        previous: Statement | None = None
        for place, period in enumerate(periods):
            paid = record.payments[place]
            bill = record.bills[place]
            opening = previous.closing if previous else NOTHING
            brought = 0 if previous else paid
            new = bill - opening - brought + paid
            lines = [
                (PostingKind.ADJUSTMENT, brought, period.from_on),
                (
                    PostingKind.PURCHASE if new > 0 else PostingKind.ADJUSTMENT,
                    new,
                    period.from_on + timedelta(days=draw.below(27)),
                ),
                (PostingKind.PAYMENT, -paid, self._paid_on(record, place, period, draw)),
            ]
            for number, (kind, amount, on) in enumerate(lines):
                if amount:
                    batch.postings.append(
                        self._posting(account, card, kind, amount, on, f"{place}{number}")
                    )
            credited = paid - min(new, 0)
            past = max(0, previous.minimum_payment - credited) if previous else 0
            previous = Statement(
                account_id=account.id,
                closing_on=period.closing_on,
                period_from=period.from_on,
                period_to=period.to_on,
                opening=opening,
                purchases=Fen(max(new, 0)),
                cash=NOTHING,
                instalments=NOTHING,
                interest=NOTHING,
                fees=NOTHING,
                payments=Fen(paid),
                refunds=NOTHING,
                adjustments=Fen(brought + min(new, 0)),
                closing=Fen(bill),
                minimum_payment=minimum_payment(
                    Owed(
                        balance=Fen(bill),
                        purchases=Fen(max(bill, 0)),
                        past_minimum=Fen(past),
                        credit_limit=account.credit_limit,
                    ),
                    account.minimum_rate,
                ),
                due_on=due_date(period.closing_on, account.due_days),
                arrears_months=max(0, record.arrears[place]),
            )
            batch.statements.append(previous)

    def _paid_on(self, record: Record, place: int, period: Period, draw: Draw) -> date:
        """In time, unless the issuer reported the account as behind in that month."""
        last_in_time = self.terms.due_days
        if record.arrears[place] > 0:
            after = last_in_time + self.terms.grace_days
            return period.from_on + timedelta(days=draw.between(after, 27))
        return period.from_on + timedelta(days=draw.below(last_in_time))

    def _posting(
        self,
        account: Account,
        card: Card,
        kind: PostingKind,
        amount: int,
        on: date,
        number: str,
    ) -> Posting:
        return Posting(
            id=PostingId(f"{account.id}p{number}"),
            account_id=account.id,
            card_id=card.id if kind is PostingKind.PURCHASE else None,
            kind=kind,
            amount=Fen(amount),
            posted_on=on,
            at=datetime.combine(on, time(12), SHANGHAI),
            points=points_for(kind, amount, self.terms),
        )


def _periods(statement_day: int, last_month: date) -> list[Period]:
    month = last_month
    periods: list[Period] = []
    for _ in range(MONTHS):
        periods.insert(0, period_closing(month.replace(day=statement_day), statement_day))
        month = month_before(month)
    return periods


def _product(credit_limit: int) -> Product:
    if credit_limit >= _PLATINUM_FROM:
        return Product.PLATINUM
    return Product.GOLD if credit_limit >= _GOLD_FROM else Product.STANDARD


def month_before(day: date) -> date:
    """Return the first day of the month before."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
