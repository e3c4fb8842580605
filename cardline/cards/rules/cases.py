"""Cases: what may be taken in, by when it is answered, who may do what next (rows B6, B8, B9)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from cardline.cards.cases.model import (
    OUTCOMES,
    REASONS,
    Case,
    CaseKind,
    CaseOutcome,
    CaseReason,
    CaseState,
    Decision,
    DueDay,
)
from cardline.cards.model import Balance, Card, CardState, Posting
from cardline.cards.rules.state import state_at
from cardline.cards.service_policy import ServicePolicy
from cardline.core.calendar import DAY, CalendarUnknown, business_day
from cardline.core.money import Fen
from cardline.core.verdict import Reason, Verdict, judge

_QUERY = "servicing.query_window_days: PCAC model agreement"
_OBJECTION = "CRR 25"
_ENDS = (CaseState.CLOSED, CaseState.WITHDRAWN)


def may_open(
    kind: CaseKind,
    reason: CaseReason,
    posting: Posting | None,
    *,
    amount: Fen | None = None,
    month: date | None,
    policy: ServicePolicy,
    now: datetime,
) -> Verdict:
    """Say whether a case may be taken in. Refusals: ``reason-unfit``, ``posting-needed``,
    ``not-a-charge``, ``amount-above-posting``, ``query-late``, ``month-needed``,
    ``month-to-come``.

    A transaction is queried within the window from its posting; a report of theft at any time. Of
    a charge a part may be queried, never more than was charged.
    """
    return judge(
        policy.version, _against_opening(kind, reason, posting, amount, month, policy, now)
    )


def _against_opening(
    kind: CaseKind,
    reason: CaseReason,
    posting: Posting | None,
    amount: Fen | None,
    month: date | None,
    policy: ServicePolicy,
    now: datetime,
) -> Iterator[Reason]:
    if reason not in REASONS[kind]:
        yield Reason("reason-unfit", "row B6")
    today = business_day(now)
    if kind is CaseKind.CREDIT_OBJECTION:
        if month is None:
            yield Reason("month-needed", _OBJECTION)
        elif month > today:
            yield Reason("month-to-come", _OBJECTION)
        return
    if posting is None:
        if kind is CaseKind.DISPUTE:
            yield Reason("posting-needed", _QUERY)
        return
    if posting.amount <= 0 and reason is not CaseReason.REFUND_MISSING:
        yield Reason("not-a-charge", "row B6")
    # What a refund lacks may be more than the refund that came.
    if amount is not None and amount > posting.amount > 0:
        yield Reason("amount-above-posting", "row B6")
    late = today - posting.posted_on > policy.query_window
    if late and reason.value not in policy.never_late:
        yield Reason("query-late", _QUERY)


def due_day(kind: CaseKind, received: datetime, policy: ServicePolicy) -> DueDay:
    """Reckon the last day on which an answer is in time; the day of receipt does not count.

    Where the calendar ends before, its last day: earlier than the true one, so never too late; it
    is reckoned again once the pack has the next year.
    """
    day = business_day(received)
    if kind is CaseKind.CREDIT_OBJECTION:
        return DueDay(day + policy.objection_answer)
    calendar = policy.calendar
    try:
        last = calendar.after(day, policy.query_answer_working_days)
    except CalendarUnknown:
        return DueDay(max(calendar.last_known(), day), known=False)
    between = (day + timedelta(days=ahead) for ahead in range(1, (last - day) // DAY))
    return DueDay(last, skipped=tuple(each for each in between if each in calendar.holidays))


def may_take(case: Case, *, by: str, leads: bool, policy: ServicePolicy) -> Verdict:
    """Say whether somebody may work on a case: nobody's, one's own, or as a lead anybody's."""
    return judge(
        policy.version,
        (
            _in_state(case, CaseState.OPEN, CaseState.TAKEN),
            Reason("case-taken", "row B6") if case.owner not in (None, by) and not leads else None,
        ),
    )


def may_decide(
    case: Case, decision: Decision, *, by: str, leads: bool, policy: ServicePolicy
) -> Verdict:
    """Say whether a decision may be made.

    A credit record is corrected where the bank erred, and only there; with any other outcome the
    words say why. Giving back more than one person may needs a lead who did not take the case in.
    """
    return judge(policy.version, _against_deciding(case, decision, by, leads, policy))


def _against_deciding(
    case: Case, decision: Decision, by: str, leads: bool, policy: ServicePolicy
) -> Iterator[Reason | None]:
    yield _in_state(case, CaseState.TAKEN)
    if case.owner != by:
        yield Reason("not-the-owner", "row B6")
    if decision.outcome not in OUTCOMES[case.kind]:
        yield Reason("outcome-unfit", "row B6")
    yield from _against_crediting(case, decision, by, leads, policy)
    if case.kind is not CaseKind.CREDIT_OBJECTION:
        return
    if decision.bank_erred is None:
        yield Reason("fault-not-said", _OBJECTION)
    elif decision.bank_erred and decision.outcome is not CaseOutcome.CORRECTED:
        yield Reason("bank-erred-so-correct", _OBJECTION)
    elif not decision.bank_erred and decision.outcome is CaseOutcome.CORRECTED:
        yield Reason("bank-did-not-err", _OBJECTION)


def _against_crediting(
    case: Case, decision: Decision, by: str, leads: bool, policy: ServicePolicy
) -> Iterator[Reason]:
    gives = decision.outcome in (CaseOutcome.UPHELD, CaseOutcome.PARTLY_UPHELD)
    may_give = gives or (
        case.kind is CaseKind.FAILED_TRANSACTION and decision.outcome is CaseOutcome.CORRECTED
    )
    if gives and decision.credit <= 0:
        yield Reason("credit-needed", "row B6")
    if decision.credit < 0 or (decision.credit and not may_give):
        yield Reason("credit-unfit", "row B6")
    if case.amount is not None and decision.credit > case.amount:
        yield Reason("credit-above-amount", "row B6")
    if decision.outcome is CaseOutcome.PARTLY_UPHELD and decision.credit == case.amount:
        yield Reason("credit-is-whole", "row B6")
    if decision.outcome is CaseOutcome.UPHELD and decision.credit < (case.amount or 0):
        yield Reason("credit-is-part", "row B6")
    if decision.credit > policy.case_credit_alone:
        if not leads:
            yield Reason("lead-needed", "servicing.case_credit_alone")
        if by == case.opened_by:
            yield Reason("four-eyes", "servicing.case_credit_alone")


def may_answer(case: Case, *, by: str, leads: bool, policy: ServicePolicy) -> Verdict:
    """Say whether the holder may be answered: it was decided, and by whoever owns it or a lead."""
    return judge(policy.version, (_in_state(case, CaseState.DECIDED), _own(case, by, leads)))


def may_close(case: Case, *, by: str, leads: bool, policy: ServicePolicy) -> Verdict:
    """Say whether a case may be closed: the holder was answered."""
    return judge(policy.version, (_in_state(case, CaseState.ANSWERED), _own(case, by, leads)))


def may_withdraw(case: Case, policy: ServicePolicy) -> Verdict:
    """Say whether the holder may still take it back: before it is decided."""
    return judge(policy.version, (_in_state(case, CaseState.OPEN, CaseState.TAKEN),))


def may_note(case: Case, policy: ServicePolicy) -> Verdict:
    """Say whether a note may be added: until the case has ended."""
    ended = case.state in _ENDS
    return judge(policy.version, (Reason("case-ended", "row B6") if ended else None,))


def _in_state(case: Case, *states: CaseState) -> Reason | None:
    return None if case.state in states else Reason(f"case-is-{case.state}", "row B6")


def _own(case: Case, by: str, leads: bool) -> Reason | None:
    return None if leads or case.owner == by else Reason("not-the-owner", "row B6")


def likely_causes(
    card: Card | None, balance: Balance, amount: Fen | None, *, at: datetime
) -> tuple[str, ...]:
    """Say why a transaction probably failed, as far as our own data tell (row B9).

    ``card-closed``, ``card-frozen``, ``card-held``, ``card-not-activated``, ``limit-short``;
    ``not-at-the-bank`` where nothing here stood in its way: then merchant or network are asked.
    """
    found = []
    if card is not None:
        state = state_at(card, at)
        if state is not CardState.ACTIVE:
            found.append(f"card-{state.value}")
        if not card.activated:
            found.append("card-not-activated")
    if amount is not None and amount > balance.available:
        found.append("limit-short")
    return tuple(found) or ("not-at-the-bank",)
