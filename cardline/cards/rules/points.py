"""Points: earned by purchases, taken back by refunds, used oldest first, gone after their time."""

from collections import deque
from collections.abc import Iterable
from datetime import date

from cardline.cards.model import Points, PostingKind
from cardline.cards.rules.terms import CardTerms


def points_for(kind: PostingKind, amount: int, terms: CardTerms) -> int:
    """Return the points of a posting: whole yuan of a purchase; a refund takes them back."""
    if kind is PostingKind.PURCHASE:
        return amount // 100 * terms.points_per_yuan
    if kind is PostingKind.REFUND:
        return -(-amount // 100) * terms.points_per_yuan
    return 0


def expires_on(earned_on: date, terms: CardTerms) -> date:
    """Return the first day on which points earned that day are gone: a first of a month."""
    months = earned_on.year * 12 + earned_on.month - 1 + terms.points_months + 1
    return date(months // 12, months % 12 + 1, 1)


def points_at(entries: Iterable[tuple[date, int]], on: date, terms: CardTerms) -> Points:
    """Return what is left on a day of ``(day, points)`` entries given in their order.

    A negative entry uses up the oldest points that live on its day; where it takes more than there
    are, later points pay the rest first (points never fall below 0 for the holder).
    """
    lots: deque[tuple[date, int]] = deque()
    debt = 0
    for day, points in entries:
        if day > on:
            continue
        _drop_expired(lots, day)
        if points >= 0:
            paid_back = min(debt, points)
            debt -= paid_back
            if points - paid_back:
                lots.append((expires_on(day, terms), points - paid_back))
        else:
            debt += _use(lots, -points)
    _drop_expired(lots, on)
    if not lots:
        return Points(balance=0, expiring=0, expires_on=None)
    first = lots[0][0]
    return Points(
        balance=sum(points for _, points in lots),
        expiring=sum(points for end, points in lots if end == first),
        expires_on=first,
    )


def _drop_expired(lots: deque[tuple[date, int]], day: date) -> None:
    while lots and lots[0][0] <= day:
        lots.popleft()


def _use(lots: deque[tuple[date, int]], wanted: int) -> int:
    """Take points from the oldest lots; return what could not be taken."""
    while lots and wanted:
        end, points = lots.popleft()
        taken = min(points, wanted)
        wanted -= taken
        if points > taken:
            lots.appendleft((end, points - taken))
    return wanted
