"""A request for another credit limit: granted, less offered, refused, or for a person (row B5).

Reasons are of three weights. One that refuses beats all; one that refers beats a lower offer. All
are named whatever the outcome, so that the holder hears once what stands in the way.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

from cardline.cards.limits.model import LimitDecision, LimitFacts, LimitOutcome, Term
from cardline.cards.service_policy import ServicePolicy
from cardline.core.calendar import end_of
from cardline.core.money import Fen
from cardline.core.verdict import Reason, Verdict

_REFERS = frozenset(
    {"loans-unknown", "statements-few", "dispute-open", "card-protected", "above-rule-highest"}
)
_LOWERS = frozenset({"rise-too-steep"})


def decide_limit(
    wanted: Fen,
    term: Term,
    facts: LimitFacts,
    *,
    until: date | None,
    policy: ServicePolicy,
    today: date,
) -> LimitDecision:
    """Decide a request. Lowering one's own limit is granted unless more than that is owed.

    ``until``: the last day of a temporary limit, which must be given for one and for it alone.
    """
    reasons = (*_form(wanted, term, facts, until, policy, today),)
    if not reasons and wanted < facts.present:
        reasons = (*_lowering(wanted, facts),)
    elif not reasons:
        reasons = (
            *_account(facts, policy, today),
            *_conduct(facts, term, policy),
            *_size(wanted, term, facts, policy),
        )
    verdict = Verdict(policy.version, reasons)
    codes = set(verdict.codes)
    if not codes:
        return LimitDecision(LimitOutcome.GRANTED, wanted, verdict)
    if codes - _REFERS - _LOWERS:
        return LimitDecision(LimitOutcome.REFUSED, None, verdict)
    if codes & _REFERS:
        return LimitDecision(LimitOutcome.REFERRED, None, verdict)
    offer = highest_rise(term, facts, policy)
    if offer <= facts.present:
        return LimitDecision(LimitOutcome.REFUSED, None, verdict)
    return LimitDecision(LimitOutcome.LOWER, offer, verdict)


def highest_rise(term: Term, facts: LimitFacts, policy: ServicePolicy) -> Fen:
    """Return the highest limit to which the rule may raise at once, in whole steps."""
    raised = facts.present * (1 + policy.limit_rise[term])
    steps = (Decimal(raised) / policy.limit_step).to_integral_value(ROUND_FLOOR)
    return Fen(min(int(steps) * policy.limit_step, policy.limit_highest))


def _form(
    wanted: Fen,
    term: Term,
    facts: LimitFacts,
    until: date | None,
    policy: ServicePolicy,
    today: date,
) -> Iterator[Reason]:
    if wanted % policy.limit_step or wanted <= 0:
        yield Reason("not-a-step", "servicing.limit_step")
    if wanted == facts.present:
        yield Reason("limit-is-so", "row B5")
    if wanted > policy.limit_highest:
        yield Reason("above-highest", "servicing.limit_highest")
    if term == "temporary":
        if wanted < facts.present:
            yield Reason("temporary-lower", "row B5")
        if until is None or not today < until <= today + policy.limit_temporary:
            yield Reason("temporary-too-long", "servicing.limit_temporary_days")
    elif until is not None:
        yield Reason("permanent-has-no-end", "row B5")
    if facts.temporary_until is not None:
        end = end_of(facts.temporary_until)
        yield Reason("temporary-running", "row B5", end)
    if facts.request_open:
        yield Reason("request-open", "row B5")
    if not facts.live_card:
        yield Reason("no-live-card", "row B5")


def _lowering(wanted: Fen, facts: LimitFacts) -> Iterator[Reason]:
    if wanted < facts.owed:
        yield Reason("owed-above", "row B5")


def _account(facts: LimitFacts, policy: ServicePolicy, today: date) -> Iterator[Reason]:
    old_enough = _months_later(facts.opened_on, policy.limit_account_months)
    if today < old_enough:
        until = end_of(old_enough - timedelta(days=1))
        yield Reason("account-young", "servicing.limit_account_months", until)
    elif facts.statements < policy.limit_statements_least:
        yield Reason("statements-few", "servicing.limit_statements_least")
    if facts.last_rise_on is not None and today < facts.last_rise_on + policy.limit_pause:
        until = end_of(facts.last_rise_on + policy.limit_pause - timedelta(days=1))
        yield Reason("rise-recent", "servicing.limit_pause_days", until)
    if facts.card_protected:
        yield Reason("card-protected", "row B6")
    if facts.open_disputes:
        yield Reason("dispute-open", "row B6")


def _conduct(facts: LimitFacts, term: Term, policy: ServicePolicy) -> Iterator[Reason]:
    if facts.in_arrears:
        yield Reason("in-arrears", "row B5")
    if facts.late > policy.limit_late_most:
        yield Reason("late-too-often", "servicing.limit_late_most")
    enough = facts.statements >= policy.limit_statements_least
    use = Decimal(facts.highest_use) / facts.present if facts.present else Decimal(0)
    if term == "permanent" and enough and use < policy.limit_use_least:
        yield Reason("use-low", "servicing.limit_use_least")


def _size(wanted: Fen, term: Term, facts: LimitFacts, policy: ServicePolicy) -> Iterator[Reason]:
    if facts.other_loans is None:
        yield Reason("loans-unknown", "servicing.limit_loans_most")
    elif facts.other_loans > policy.limit_loans_most * facts.present:
        yield Reason("loans-high", "servicing.limit_loans_most")
    if wanted > highest_rise(term, facts, policy):
        yield Reason("rise-too-steep", f"servicing.limit_rise_{term}")
    if min(wanted, highest_rise(term, facts, policy)) > policy.limit_rule_highest:
        yield Reason("above-rule-highest", "servicing.limit_rule_highest")


def _months_later(day: date, months: int) -> date:
    """Return the same day so many months on, or the last of that month where there is none."""
    months += day.month - 1
    year, month = day.year + months // 12, months % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))
