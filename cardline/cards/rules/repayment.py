"""Which payment settled which posting, and when: the ground on which interest is reckoned.

Order: what an earlier statement billed comes before what is not billed yet; within that, interest
and fees first up to 90 days overdue, principal first from 91 days; within that, the oldest first.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from cardline.cards.model import FEES, Posting, PostingKind, Statement
from cardline.cards.rules.terms import CardTerms
from cardline.core.money import Fen


@dataclass(slots=True)
class Lot:
    """A posting that is owed, with what was paid on it. Built by :func:`settle`, then only read."""

    posting: Posting
    repayments: list[tuple[date, Fen]] = field(default_factory=list)
    open: int = 0

    def outstanding(self, day: date) -> Fen:
        """What is open at the end of ``day``: the day of a payment no longer counts with it."""
        paid = sum(amount for on, amount in self.repayments if on <= day)
        return Fen(self.posting.amount - paid)


def settle(
    postings: Sequence[Posting], statements: Sequence[Statement], terms: CardTerms
) -> list[Lot]:
    """Lay every credit of an account against its debits, in the order of the postings.

    ``postings`` are all of the account by business day; ``statements`` all closed, oldest first.
    A credit with nothing left to pay waits for the next debit.
    """
    lots: list[Lot] = []
    open_lots: list[Lot] = []
    waiting = 0
    received: list[tuple[date, int]] = []
    for posting in postings:
        if posting.amount > 0:
            lot = Lot(posting, open=posting.amount)
            lots.append(lot)
            waiting -= _pay(lot, waiting, posting.posted_on)
            if lot.open:
                open_lots.append(lot)
        elif posting.amount < 0:
            on = posting.posted_on
            waiting -= posting.amount
            if len(open_lots) > 1:
                # only where both are open does it matter how long the account is overdue
                mixed = len({_is_charge(lot.posting) for lot in open_lots}) > 1
                late = overdue_days(statements, received, on) if mixed else 0
                principal_first = late >= terms.principal_first_from
                open_lots.sort(key=_order(statements, on, principal_first=principal_first))
            received.append((on, -posting.amount))
            for lot in open_lots:
                waiting -= _pay(lot, waiting, on)
                if not waiting:
                    break
            open_lots = [lot for lot in open_lots if lot.open]
    return lots


def _pay(lot: Lot, available: int, on: date) -> int:
    amount = min(available, lot.open)
    if amount > 0:
        lot.repayments.append((on, Fen(amount)))
        lot.open -= amount
    return amount


def _order(
    statements: Sequence[Statement], on: date, *, principal_first: bool
) -> Callable[[Lot], tuple[bool, bool, date]]:
    """Return the key that sorts lots into the order in which a payment of ``on`` settles them."""
    billed_through = max(
        (each.closing_on for each in statements if each.closing_on < on), default=None
    )

    def key(lot: Lot) -> tuple[bool, bool, date]:
        posting = lot.posting
        charge = _is_charge(posting)
        unbilled = billed_through is None or posting.posted_on > billed_through
        return (unbilled, charge if principal_first else not charge, posting.posted_on)

    return key


def _is_charge(posting: Posting) -> bool:
    return posting.kind is PostingKind.INTEREST or posting.kind in FEES


def overdue_days(
    statements: Sequence[Statement], received: Iterable[tuple[date, int]], on: date
) -> int:
    """Return for how many days, at the start of ``on``, a minimum payment has been overdue.

    ``received`` holds the day and the amount of every credit. Counted from the due date of the
    first minimum in the unbroken row of missed ones; a payment of the newest minimum, which
    contains the missed ones, ends the row.
    """
    paid_on = list(received)
    since: date | None = None
    for place, statement in enumerate(statements):
        if statement.closing_on >= on:
            break
        later = statements[place + 1].closing_on if place + 1 < len(statements) else date.max
        paid = sum(
            amount for day, amount in paid_on if statement.closing_on < day <= later and day <= on
        )
        if paid >= statement.minimum_payment:
            since = None
        elif since is None:
            since = statement.due_on
    return max(0, (on - since).days) if since else 0


def paid_between(postings: Iterable[Posting], after: date, through: date) -> Fen:
    """Return all credits posted after one day and through another, as a positive amount."""
    return Fen(
        -sum(
            posting.amount
            for posting in postings
            if posting.amount < 0 and after < posting.posted_on <= through
        )
    )
