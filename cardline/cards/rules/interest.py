"""Interest, line by line (rows B1, B2).

The posting day counts, the payment day does not. A purchase bears none when the statement that
first shows it is paid in full by the due date (grace included); cash always bears it, from its
first day. A purchase that lost its interest-free time bears interest until it is repaid:

* ``FULL`` - on what of it the statement showed, from the posting day, day by day as it is repaid;
* ``PARTIAL`` - on what of it was unpaid when the due date (grace included) had passed, from the
  posting day, then day by day as it is repaid.

So on any day the principal is what is outstanding at the end of that day, and before the reference
day (the closing date, or the last day of grace) what was outstanding on the reference day. Interest
and fees bear none themselves.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from cardline.cards.model import FEES, Account, InterestLine, InterestMode, PostingKind, Statement
from cardline.cards.rules.periods import Period
from cardline.cards.rules.repayment import Lot
from cardline.cards.rules.terms import CardTerms
from cardline.core.money import Fen, round_fen

_FREE = FEES | {PostingKind.INTEREST}


def last_day_in_time(statement: Statement, terms: CardTerms) -> date:
    """Return the last day on which a payment of ``statement`` still counts as in time."""
    return statement.due_on + timedelta(days=terms.grace_days)


def interest_for(
    account: Account,
    lots: Sequence[Lot],
    statements: Sequence[Statement],
    period: Period,
    terms: CardTerms,
) -> tuple[InterestLine, ...]:
    """Return the lines of interest that the statement closing ``period`` charges.

    ``lots`` come from :func:`repayment.settle` over all postings through the closing date;
    ``statements`` are all earlier ones, oldest first.
    """
    judge = _Judge(lots, statements, terms)
    before = period.from_on - timedelta(days=1)
    lines: list[InterestLine] = []
    for lot in lots:
        repaid_long_ago = lot.posting.posted_on <= before and not lot.outstanding(before)
        if lot.posting.kind not in _FREE and not repaid_long_ago:
            lines.extend(_lines_of(lot, account, judge, period, terms))
    return share_rounding(lines)


class _Judge:
    """Says by which statement a purchase lost its interest-free time; judges each only once."""

    def __init__(
        self, lots: Sequence[Lot], statements: Sequence[Statement], terms: CardTerms
    ) -> None:
        self.lots = lots
        self.statements = statements
        self.terms = terms
        self.kept: dict[date, bool] = {}

    def lost_by(self, lot: Lot) -> Statement | None:
        first = bisect_left(self.statements, lot.posting.posted_on, key=_closing_on)
        for statement in self.statements[first:]:
            if not self._kept(statement) and lot.outstanding(statement.closing_on) > 0:
                return statement
        return None

    def _kept(self, statement: Statement) -> bool:
        if statement.closing_on not in self.kept:
            self.kept[statement.closing_on] = paid_in_full(statement, self.lots, self.terms)
        return self.kept[statement.closing_on]


def _closing_on(statement: Statement) -> date:
    return statement.closing_on


def paid_in_full(statement: Statement, lots: Sequence[Lot], terms: CardTerms) -> bool:
    """True where what ``statement`` showed was paid in time, but for the grace amount at most."""
    last_day = last_day_in_time(statement, terms)
    still_open = sum(
        lot.outstanding(last_day) for lot in lots if lot.posting.posted_on <= statement.closing_on
    )
    return still_open <= terms.grace_amount


def _lines_of(
    lot: Lot,
    account: Account,
    judge: _Judge,
    period: Period,
    terms: CardTerms,
) -> list[InterestLine]:
    posted_on = lot.posting.posted_on
    if lot.posting.kind is PostingKind.CASH:
        start, reference = max(posted_on, period.from_on), posted_on
        return principal_lines(lot, account.daily_rate, start, period.to_on, reference)
    lost_by = judge.lost_by(lot)
    if lost_by is None:
        return []
    judged_in_this_period = lost_by is judge.statements[-1]
    start = posted_on if judged_in_this_period else period.from_on
    reference = (
        last_day_in_time(lost_by, terms)
        if account.interest_mode is InterestMode.PARTIAL
        else lost_by.closing_on
    )
    return principal_lines(lot, account.daily_rate, start, period.to_on, reference)


def principal_lines(
    lot: Lot, daily_rate: Decimal, from_on: date, to_on: date, reference: date
) -> list[InterestLine]:
    """Return a line for every stretch of ``[from_on, to_on)`` with one principal.

    Before ``reference`` the principal is that of ``reference``.
    """
    changes = sorted({on for on, _ in lot.repayments if on > reference and from_on < on < to_on})
    lines = []
    for start, end in zip([from_on, *changes], [*changes, to_on], strict=True):
        principal = lot.outstanding(max(start, reference))
        if principal > 0 and start < end:
            exact = principal * daily_rate * (end - start).days
            lines.append(
                InterestLine(
                    posting_id=lot.posting.id,
                    kind=lot.posting.kind,
                    posted_on=lot.posting.posted_on,
                    principal=principal,
                    from_on=start,
                    to_on=end,
                    daily_rate=daily_rate,
                    exact=exact,
                    amount=round_fen(exact),
                )
            )
    return lines


def share_rounding(lines: Sequence[InterestLine]) -> tuple[InterestLine, ...]:
    """Round once for the whole charge, and let the lines add up to it to the fen."""
    running = Decimal(0)
    rounded = 0
    shared = []
    for line in lines:
        running += line.exact
        amount = round_fen(running) - rounded
        rounded += amount
        shared.append(replace(line, amount=Fen(amount)))
    return tuple(shared)


def total(lines: Sequence[InterestLine]) -> Fen:
    """Return the charge: the sum of its lines."""
    return Fen(sum(line.amount for line in lines))
