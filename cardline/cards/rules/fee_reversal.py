"""Giving an annual fee back: an error is corrected, goodwill has its measure (row B7)."""

from collections.abc import Iterator
from datetime import datetime

from cardline.cards.fees.model import FeeDecision, FeeFacts, FeeReversal, FeeReversalState, Ground
from cardline.cards.service_policy import ServicePolicy
from cardline.core.calendar import business_day, end_of
from cardline.core.verdict import Reason, Verdict, judge

_ROW = "row B7"


def decide_reversal(facts: FeeFacts, policy: ServicePolicy, *, now: datetime) -> FeeDecision:
    """Decide whether a fee is given back.

    A fee that should not have been charged (waived by use, card never activated) goes back at any
    time and by anybody. Out of goodwill: once in a while, to whoever pays, within a time; above an
    amount with a lead. Refusals: ``not-an-annual-fee``, ``reversed-already``, ``fee-old``,
    ``goodwill-recent``, ``in-arrears``.
    """
    wrong = [
        *(() if facts.is_annual_fee else (Reason("not-an-annual-fee", _ROW),)),
        *((Reason("reversed-already", _ROW),) if facts.reversed_already else ()),
    ]
    if wrong:
        return FeeDecision(judge(policy.version, wrong), None)
    if not facts.activated or facts.waived:
        ground: Ground = "waived-by-use" if facts.activated else "never-activated"
        return FeeDecision(Verdict(policy.version), ground)
    verdict = judge(policy.version, _against_goodwill(facts, policy, now))
    if not verdict.allowed:
        return FeeDecision(verdict, None)
    return FeeDecision(verdict, "goodwill", needs_lead=facts.amount > policy.fee_alone)


def _against_goodwill(facts: FeeFacts, policy: ServicePolicy, now: datetime) -> Iterator[Reason]:
    if now - facts.charged_at > policy.fee_window:
        yield Reason("fee-old", "servicing.fee_window_days")
    if facts.last_goodwill_at is not None:
        last = business_day(facts.last_goodwill_at)
        months = last.year * 12 + last.month - 1 + policy.fee_goodwill_months
        # The first of the month is enough: it is never later than the same day.
        until = end_of(last.replace(year=months // 12, month=months % 12 + 1, day=1))
        if now < until:
            yield Reason("goodwill-recent", "servicing.fee_goodwill_months", until)
    if facts.in_arrears:
        yield Reason("in-arrears", _ROW)


def may_settle(reversal: FeeReversal, *, by: str, policy: ServicePolicy) -> Verdict:
    """Say whether a lead may agree or turn down: it waits, and somebody else asked."""
    return judge(
        policy.version,
        (
            None
            if reversal.state is FeeReversalState.AWAITING
            else Reason(f"reversal-is-{reversal.state}", _ROW),
            Reason("four-eyes", "servicing.fee_alone") if by == reversal.requested_by else None,
        ),
    )
