"""Cases: what is taken in, by when it is answered, who may do what next (rows B6, B8, B9)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.cards.cases.model import (
    OUTCOMES,
    REASONS,
    Case,
    CaseId,
    CaseKind,
    CaseOutcome,
    CaseReason,
    CaseState,
    Decision,
)
from cardline.cards.model import Balance, CardState, PostingKind
from cardline.cards.rules import cases as rules
from cardline.core.ids import AccountId, HolderId, InteractionId
from cardline.core.money import Fen
from tests.rules.card_book import card, posting
from tests.rules.test_limit_requests import POLICY

NOW = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
TODAY = date(2026, 9, 10)
CASE = Case(
    id=CaseId("case-1"),
    key="k",
    kind=CaseKind.DISPUTE,
    reason=CaseReason.WRONG_AMOUNT,
    holder_id=HolderId("h1"),
    account_id=AccountId("a1"),
    card_id=None,
    posting_id=None,
    amount=Fen(30000),
    month=None,
    interaction=InteractionId("i1"),
    language="zh",
    told="金额不对",
    state=CaseState.TAKEN,
    owner="6001",
    opened_by="6001",
    opened_at=NOW,
    due_on=TODAY,
    due_known=True,
)


def opening(
    reason: CaseReason = CaseReason.WRONG_AMOUNT,
    days_ago: int = 1,
    amount: int = 100,
    part: int | None = None,
) -> tuple[str, ...]:
    kind = PostingKind.PURCHASE if amount > 0 else PostingKind.REFUND
    used = posting(kind, TODAY - timedelta(days=days_ago), amount)
    return rules.may_open(
        CaseKind.DISPUTE,
        reason,
        used,
        amount=None if part is None else Fen(part),
        month=None,
        policy=POLICY,
        now=NOW,
    ).codes


def test_a_transaction_is_queried_within_sixty_days() -> None:
    assert opening(days_ago=60) == ()
    assert opening(days_ago=61) == ("query-late",)


def test_a_theft_is_reported_at_any_time() -> None:
    assert opening(CaseReason.NOT_MINE, days_ago=900) == ()


def test_a_credit_is_disputed_only_where_it_is_a_refund_that_is_missing() -> None:
    assert opening(amount=-100) == ("not-a-charge",)
    assert opening(CaseReason.REFUND_MISSING, amount=-100) == ()


@given(charged=st.integers(1, 10**9), part=st.integers(1, 10**9))
def test_of_a_charge_any_part_is_disputed_and_never_more(charged: int, part: int) -> None:
    fits = opening(amount=charged, part=part) == ()
    assert fits == (part <= charged)


def test_a_refund_may_lack_more_than_came() -> None:
    assert opening(CaseReason.REFUND_MISSING, amount=-100, part=500) == ()


def test_a_dispute_needs_a_transaction_and_a_reason_of_its_kind() -> None:
    verdict = rules.may_open(
        CaseKind.DISPUTE, CaseReason.NOT_MY_DEBT, None, month=None, policy=POLICY, now=NOW
    )
    assert verdict.codes == ("reason-unfit", "posting-needed")


def test_an_objection_needs_a_month_that_was_reported() -> None:
    def codes(month: date | None) -> tuple[str, ...]:
        return rules.may_open(
            CaseKind.CREDIT_OBJECTION,
            CaseReason.PAID_IN_TIME,
            None,
            month=month,
            policy=POLICY,
            now=NOW,
        ).codes

    assert codes(None) == ("month-needed",)
    assert codes(date(2026, 10, 1)) == ("month-to-come",)
    assert codes(date(2026, 8, 1)) == ()


def test_every_kind_has_reasons_and_outcomes() -> None:
    assert REASONS.keys() == OUTCOMES.keys() == set(CaseKind)


def test_a_query_is_due_after_thirty_working_days_of_the_states_calendar() -> None:
    due = rules.due_day(CaseKind.DISPUTE, NOW, POLICY)
    # September: the 11th, five, Sunday the 20th (worked), four, three: 14. October, from the 8th
    # on: three with Saturday the 10th (worked), five, five, three.
    assert due.on == date(2026, 10, 28)
    assert due.known
    assert date(2026, 10, 1) in due.skipped
    assert POLICY.calendar.after(TODAY, 30) == due.on


def test_an_objection_is_due_after_twenty_days_whatever_they_are() -> None:
    assert rules.due_day(CaseKind.CREDIT_OBJECTION, NOW, POLICY).on == date(2026, 9, 30)


def test_where_the_calendar_ends_the_due_day_is_its_last_and_said_to_be_provisional() -> None:
    late = datetime(2026, 12, 20, 2, 0, tzinfo=UTC)
    due = rules.due_day(CaseKind.DISPUTE, late, POLICY)
    assert (due.on, due.known) == (date(2026, 12, 31), False)
    unknown = datetime(2027, 1, 20, 2, 0, tzinfo=UTC)
    assert rules.due_day(CaseKind.DISPUTE, unknown, POLICY).on == date(2027, 1, 20)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 10, 1), timezones=st.just(UTC)))
def test_whoever_asks_later_is_never_due_earlier(at: datetime) -> None:
    for kind in CaseKind:
        now = rules.due_day(kind, at, POLICY)
        later = rules.due_day(kind, at + timedelta(hours=7), POLICY)
        assert later.on >= now.on


def test_a_case_is_taken_once_and_handed_over_by_a_lead() -> None:
    open_case = replace(CASE, state=CaseState.OPEN, owner=None)
    assert rules.may_take(open_case, by="6001", leads=False, policy=POLICY).allowed
    assert rules.may_take(CASE, by="6002", leads=False, policy=POLICY).codes == ("case-taken",)
    assert rules.may_take(CASE, by="6010", leads=True, policy=POLICY).allowed


@pytest.mark.parametrize(
    ("outcome", "credit", "codes"),
    [
        (CaseOutcome.UPHELD, 30000, ()),
        (CaseOutcome.UPHELD, 0, ("credit-needed", "credit-is-part")),
        (CaseOutcome.UPHELD, 20000, ("credit-is-part",)),
        (CaseOutcome.UPHELD, 30001, ("credit-above-amount",)),
        (CaseOutcome.PARTLY_UPHELD, 20000, ()),
        (CaseOutcome.PARTLY_UPHELD, 30000, ("credit-is-whole",)),
        (CaseOutcome.NOT_UPHELD, 0, ()),
        (CaseOutcome.NOT_UPHELD, 1, ("credit-unfit",)),
        (CaseOutcome.ENTRY_STANDS, 0, ("outcome-unfit",)),
    ],
)
def test_a_dispute_is_decided_with_the_amount_that_fits(
    outcome: CaseOutcome, credit: int, codes: tuple[str, ...]
) -> None:
    decision = Decision(outcome, "f", credit=Fen(credit))
    verdict = rules.may_decide(CASE, decision, by="6001", leads=False, policy=POLICY)
    assert verdict.codes == codes


def test_much_money_needs_a_lead_who_did_not_take_it_in() -> None:
    big = replace(CASE, amount=Fen(90000))
    decision = Decision(CaseOutcome.UPHELD, "f", credit=Fen(90000))

    def codes(by: str, leads: bool, owner: str, opened_by: str) -> tuple[str, ...]:
        case = replace(big, owner=owner, opened_by=opened_by)
        return rules.may_decide(case, decision, by=by, leads=leads, policy=POLICY).codes

    assert codes("6001", False, "6001", "6001") == ("lead-needed", "four-eyes")
    assert codes("6010", True, "6010", "6010") == ("four-eyes",)
    assert codes("6010", True, "6010", "6001") == ()


@given(st.sampled_from(CaseOutcome), st.none() | st.booleans(), st.integers(0, 100))
def test_a_credit_record_is_corrected_where_the_bank_erred_and_only_there(
    outcome: CaseOutcome, erred: bool | None, credit: int
) -> None:
    case = replace(CASE, kind=CaseKind.CREDIT_OBJECTION, amount=None, month=date(2026, 8, 1))
    decision = Decision(outcome, "f", erred, Fen(credit))
    verdict = rules.may_decide(case, decision, by="6001", leads=False, policy=POLICY)
    right = CaseOutcome.CORRECTED if erred else CaseOutcome.ENTRY_STANDS
    assert verdict.allowed is (erred is not None and outcome is right and credit == 0)


@given(st.sampled_from(CaseState))
def test_a_life_goes_one_way(state: CaseState) -> None:
    case = replace(CASE, state=state)
    decision = Decision(CaseOutcome.NOT_UPHELD, "f")
    allowed = {
        "take": rules.may_take(case, by="6001", leads=False, policy=POLICY).allowed,
        "decide": rules.may_decide(case, decision, by="6001", leads=False, policy=POLICY).allowed,
        "answer": rules.may_answer(case, by="6001", leads=False, policy=POLICY).allowed,
        "close": rules.may_close(case, by="6001", leads=False, policy=POLICY).allowed,
        "withdraw": rules.may_withdraw(case, POLICY).allowed,
        "note": rules.may_note(case, POLICY).allowed,
    }
    assert {step for step, may in allowed.items() if may} == {
        CaseState.OPEN: {"take", "withdraw", "note"},
        CaseState.TAKEN: {"take", "decide", "withdraw", "note"},
        CaseState.DECIDED: {"answer", "note"},
        CaseState.ANSWERED: {"close", "note"},
        CaseState.CLOSED: set(),
        CaseState.WITHDRAWN: set(),
    }[state]


def test_why_a_transaction_failed_is_read_from_card_and_credit() -> None:
    room = Balance(AccountId("a1"), Fen(1000), Fen(0), Fen(1000))

    def causes(one: object, amount: int | None = 500) -> tuple[str, ...]:
        return rules.likely_causes(one, room, Fen(amount) if amount else None, at=NOW)  # type: ignore[arg-type]

    assert causes(card()) == ("not-at-the-bank",)
    assert causes(card(CardState.FROZEN), 1001) == ("card-frozen", "limit-short")
    assert causes(card(activated=False)) == ("card-not-activated",)
    over = card(CardState.HELD, held_until=NOW - timedelta(minutes=1))
    assert causes(over) == ("not-at-the-bank",)
