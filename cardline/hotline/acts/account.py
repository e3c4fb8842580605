"""Self-service on the account, spoken line by line (rows B1, B2, B3, B7)."""

from datetime import timedelta

from cardline.cards.model import InterestLine, Posting, PostingKind
from cardline.hotline.acts.caller import Acting
from cardline.hotline.flows.model import Done, Utterance

RECENT = 5
"""Transactions that are read out; more than that nobody remembers."""

_SPOKEN_KINDS: dict[PostingKind, str] = {
    PostingKind.PURCHASE: "transaction_purchase",
    PostingKind.INSTALMENT: "transaction_purchase",
    PostingKind.CASH: "transaction_cash",
    PostingKind.PAYMENT: "transaction_payment",
    PostingKind.REFUND: "transaction_refund",
    PostingKind.INTEREST: "transaction_interest",
    PostingKind.LATE_FEE: "transaction_fee",
    PostingKind.ANNUAL_FEE: "transaction_fee",
}


async def balance(acting: Acting) -> Done:
    """What is owed and what is available now."""
    account = await acting.account()
    if account is None:
        return _nothing("no_statement")
    now = await acting.services.bank.balance(acting.tx, account_id=account.id, at=acting.at)
    available = max(now.available, 0)
    if now.owed < 0:
        said = Utterance("balance_in_credit", {"credit": -now.owed, "available": available})
    else:
        said = Utterance("balance_is", {"owed": now.owed, "available": available})
    return Done("told", lines=(said,))


async def statement(acting: Acting) -> Done:
    """The last statement: amount, minimum payment, due date."""
    account = await acting.account()
    last = (
        await acting.services.bank.last_statement(acting.tx, account_id=account.id)
        if account
        else None
    )
    if last is None:
        return _nothing("no_statement")
    if last.closing <= last.paid:
        said = Utterance(
            "statement_paid", {"closed": last.closing_on, "amount": max(last.closing, 0)}
        )
    else:
        said = Utterance(
            "statement_is",
            {
                "closed": last.closing_on,
                "amount": last.closing,
                "minimum": last.minimum_payment,
                "due": last.due_on,
            },
        )
    return Done("told", lines=(said,))


async def transactions(acting: Acting) -> Done:
    """The last transactions, newest first."""
    account = await acting.account()
    postings = (
        await acting.services.bank.recent_postings(acting.tx, account_id=account.id, limit=RECENT)
        if account
        else []
    )
    if not postings:
        return _nothing("no_transactions")
    return Done("told", lines=tuple(_posting(posting) for posting in postings))


async def interest(acting: Acting) -> Done:
    """The interest on the last statement, line by line, with both rates (row B2)."""
    account = await acting.account()
    bank = acting.services.bank
    last = await bank.last_statement(acting.tx, account_id=account.id) if account else None
    if account is None or last is None or last.interest == 0:
        return _nothing("no_interest")
    lines = await bank.interest_lines(acting.tx, account_id=account.id, statement=last)
    rate = account.daily_rate
    total = Utterance(
        "interest_total", {"amount": last.interest, "rate": rate * 100, "apr": rate * 100 * 365}
    )
    return Done("told", lines=(total, *(_interest_line(line) for line in lines)))


async def annual_fee(acting: Acting) -> Done:
    """For every card that is open: how far the waiver is (row B7)."""
    lines = []
    for card in await acting.open_cards():
        fee = await acting.services.bank.annual_fee(acting.tx, card_id=card.id, at=acting.at)
        if fee.fee == 0:
            lines.append(Utterance("annual_fee_none", {"tail": card.tail}))
        elif fee.waived:
            lines.append(Utterance("annual_fee_waived", {"tail": card.tail}))
        else:
            values = {
                "tail": card.tail,
                "fee": fee.fee,
                "uses": fee.uses,
                "needed": fee.uses_needed,
            }
            lines.append(Utterance("annual_fee_progress", values))
    return Done("told", lines=tuple(lines)) if lines else _nothing("already_frozen")


async def points(acting: Acting) -> Done:
    """Points, and those that expire next."""
    account = await acting.account()
    if account is None:
        return _nothing("no_statement")
    have = await acting.services.bank.points(acting.tx, account_id=account.id, at=acting.at)
    lines = [Utterance("points_are", {"points": have.balance})]
    if have.expiring and have.expires_on:
        lines.append(
            Utterance("points_expiring", {"points": have.expiring, "day": have.expires_on})
        )
    return Done("told", lines=tuple(lines))


def _nothing(prompt: str) -> Done:
    return Done("none", lines=(Utterance(prompt),))


def _posting(posting: Posting) -> Utterance:
    prompt = _SPOKEN_KINDS.get(posting.kind, "transaction_other")
    return Utterance(prompt, {"day": posting.posted_on, "amount": abs(posting.amount)})


def _interest_line(line: InterestLine) -> Utterance:
    return Utterance(
        "interest_line",
        {
            "principal": line.principal,
            "start": line.from_on,
            "end": line.to_on - timedelta(days=1),
            "days": line.days,
            "amount": line.amount,
        },
    )
