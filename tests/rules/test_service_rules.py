"""Changed data, fees given back, closing a card, and words for every reason (rows B4, B7)."""

import ast
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cardline
from cardline.cards import words
from cardline.cards.closures.model import CardClosure, CardClosureId, ClosureFacts, ClosureState
from cardline.cards.contacts.model import (
    ContactChange,
    ContactChangeId,
    ContactChangeState,
    ContactFacts,
)
from cardline.cards.fees.model import FeeFacts, FeeReversal, FeeReversalId, FeeReversalState
from cardline.cards.model import CardState, ContactField, PostingId
from cardline.cards.rules.card_closure import may_close_card, may_withdraw_closure
from cardline.cards.rules.contact_change import may_cancel, may_confirm, may_request
from cardline.cards.rules.fee_reversal import decide_reversal, may_settle
from cardline.core.ids import AccountId, CardId, HolderId, InteractionId
from cardline.core.money import Fen
from cardline.identity.model import Act, Factor
from tests.rules.test_limit_requests import POLICY

NOW = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
RULES = Path(cardline.__file__).parent / "cards" / "rules"

CHANGE = ContactChange(
    id=ContactChangeId("change-1"),
    key="k",
    holder_id=HolderId("h1"),
    field=ContactField.PHONE,
    was="+8615400000001",
    wanted="+8615400000009",
    interaction=InteractionId("i1"),
    state=ContactChangeState.REQUESTED,
    requested_by="6001",
    requested_at=NOW,
    lapses_at=NOW + timedelta(days=7),
)


@pytest.mark.parametrize(
    ("field", "value", "codes"),
    [
        (ContactField.PHONE, "+8613800138000", ()),
        (ContactField.PHONE, "+862112345678", ("value-unfit",)),
        (ContactField.PHONE, "+15551234567", ("value-unfit",)),
        (ContactField.EMAIL, "lin.xiao@example.cn", ()),
        (ContactField.EMAIL, "lin@xiao", ("value-unfit",)),
        (ContactField.EMAIL, "lin xiao@example.cn", ("value-unfit",)),
        (ContactField.ADDRESS, "上海市浦东新区世纪大道2号", ()),
        (ContactField.ADDRESS, "上海", ("value-unfit",)),
        (ContactField.ADDRESS, "1234567", ("value-unfit",)),
    ],
)
def test_new_data_must_be_what_they_say(
    field: ContactField, value: str, codes: tuple[str, ...]
) -> None:
    assert may_request(field, value, ContactFacts("before"), POLICY).codes == codes


def test_a_change_names_all_that_stands_against_it() -> None:
    facts = ContactFacts("+8613800138000", running=True, taken=True, card_protected=True)
    verdict = may_request(ContactField.PHONE, "+8613800138000", facts, POLICY)
    assert verdict.codes == ("value-same", "change-running", "phone-taken", "card-protected")


def test_the_old_phone_confirms_with_a_code_that_is_younger_than_the_request() -> None:
    def codes(code_at: datetime | None) -> tuple[str, ...]:
        return may_confirm(
            CHANGE, "old_phone", code_at=code_at, by="6001", branch="", policy=POLICY, now=NOW
        ).codes

    assert codes(None) == ("needs-new-code",)
    assert codes(NOW) == ("needs-new-code",)
    assert codes(NOW + timedelta(seconds=1)) == ()


def test_a_branch_confirms_by_somebody_else_who_names_it() -> None:
    def codes(by: str, branch: str) -> tuple[str, ...]:
        return may_confirm(
            CHANGE, "branch", code_at=None, by=by, branch=branch, policy=POLICY, now=NOW
        ).codes

    assert codes("6001", " ") == ("four-eyes", "branch-needed")
    assert codes("6002", "陆家嘴支行") == ()


@given(st.sampled_from(ContactChangeState), st.integers(0, 100))
def test_a_change_is_undone_before_it_is_final_and_not_after(
    state: ContactChangeState, hours: int
) -> None:
    cooled = NOW + timedelta(hours=72)
    change = replace(CHANGE, state=state, cooling_until=cooled)
    at = NOW + timedelta(hours=hours)
    running = state in (ContactChangeState.REQUESTED, ContactChangeState.COOLING)
    assert may_cancel(change, POLICY, now=at).allowed is (running and at < cooled)


FEE = FeeFacts(
    amount=Fen(10000),
    charged_at=NOW - timedelta(days=30),
    is_annual_fee=True,
    reversed_already=False,
    waived=False,
    activated=True,
    last_goodwill_at=None,
    in_arrears=False,
)


@pytest.mark.parametrize(
    ("change", "ground", "lead", "codes"),
    [
        ({}, "goodwill", False, ()),
        ({"amount": Fen(20000)}, "goodwill", False, ()),
        ({"amount": Fen(20001)}, "goodwill", True, ()),
        ({"waived": True, "amount": Fen(68000)}, "waived-by-use", False, ()),
        ({"activated": False}, "never-activated", False, ()),
        (
            {"waived": True, "in_arrears": True, "charged_at": datetime(2020, 1, 1, tzinfo=UTC)},
            "waived-by-use",
            False,
            (),
        ),
        ({"charged_at": NOW - timedelta(days=366)}, None, False, ("fee-old",)),
        ({"last_goodwill_at": datetime(2024, 9, 9, tzinfo=UTC)}, "goodwill", False, ()),
        (
            {"last_goodwill_at": datetime(2025, 1, 9, tzinfo=UTC), "in_arrears": True},
            None,
            False,
            ("goodwill-recent", "in-arrears"),
        ),
        ({"reversed_already": True, "waived": True}, None, False, ("reversed-already",)),
        ({"is_annual_fee": False}, None, False, ("not-an-annual-fee",)),
    ],
)
def test_a_fee_is_given_back_on_its_ground(
    change: dict[str, object], ground: str | None, lead: bool, codes: tuple[str, ...]
) -> None:
    done = decide_reversal(replace(FEE, **change), POLICY, now=NOW)  # type: ignore[arg-type]
    assert (done.ground, done.needs_lead, done.verdict.codes) == (ground, lead, codes)


def test_nobody_agrees_with_oneself() -> None:
    waiting = FeeReversal(
        FeeReversalId("fee-1"),
        HolderId("h1"),
        AccountId("a1"),
        CardId("c1"),
        PostingId("p1"),
        Fen(68000),
        "goodwill",
        InteractionId("i1"),
        FeeReversalState.AWAITING,
        "6001",
        NOW,
    )
    assert may_settle(waiting, by="6001", policy=POLICY).codes == ("four-eyes",)
    assert may_settle(waiting, by="6010", policy=POLICY).allowed
    done = replace(waiting, state=FeeReversalState.REVERSED)
    assert may_settle(done, by="6010", policy=POLICY).codes == ("reversal-is-reversed",)


SETTLED = ClosureFacts(
    state=CardState.ACTIVE,
    last_card=True,
    owed=Fen(0),
    unposted=Fen(0),
    interest_to_come=False,
    instalments=False,
    points=0,
    open_cases=0,
)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, ()),
        ({"state": CardState.FROZEN}, ()),
        ({"state": CardState.CLOSED, "owed": Fen(5)}, ("card-closed",)),
        ({"owed": Fen(1)}, ("balance-owed",)),
        ({"owed": Fen(-1)}, ("credit-to-pay-out",)),
        (
            {
                "owed": Fen(1),
                "unposted": Fen(1),
                "interest_to_come": True,
                "instalments": True,
                "points": 7,
                "open_cases": 1,
                "closing_already": True,
            },
            (
                "closing-already",
                "case-open",
                "balance-owed",
                "unposted",
                "interest-to-come",
                "instalments-running",
                "points-left",
            ),
        ),
        ({"last_card": False, "owed": Fen(500), "points": 9}, ()),
        ({"last_card": False, "open_cases": 1}, ("case-open",)),
    ],
)
def test_a_card_is_closed_when_all_is_settled(
    change: dict[str, object], codes: tuple[str, ...]
) -> None:
    facts = replace(SETTLED, **change)  # type: ignore[arg-type]
    assert may_close_card(facts, points_given_up=False, policy=POLICY).codes == codes


def test_points_lapse_only_knowingly() -> None:
    facts = replace(SETTLED, points=100)
    assert may_close_card(facts, points_given_up=True, policy=POLICY).allowed


def test_a_closing_is_withdrawn_while_it_cools() -> None:
    closing = CardClosure(
        CardClosureId("close-1"),
        HolderId("h1"),
        CardId("c1"),
        InteractionId("i1"),
        ClosureState.COOLING,
        "6001",
        NOW,
        NOW + timedelta(days=7),
    )
    assert may_withdraw_closure(closing, POLICY, now=NOW).allowed
    late = may_withdraw_closure(closing, POLICY, now=closing.closes_at)
    assert late.codes == ("closing-is-closed",)


# ---------------------------------------------------------------- words


def _codes() -> list[str]:
    found = set()
    actions = (RULES.parent / name for name in ("limits/actions.py", "limits/decisions.py"))
    for path in (*sorted(RULES.glob("*.py")), *actions):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Reason":
                code = node.args[0]
                if isinstance(code, ast.Constant):
                    found.add(str(code.value))
    lacks = ("needs", "stale", "locked", "weak")
    found |= {f"{how}-{factor.value.replace('_', '-')}" for how in lacks for factor in Factor}
    for prefix, states in (
        ("case", ("open", "taken", "decided", "answered", "closed", "withdrawn")),
        ("change", tuple(ContactChangeState)),
        ("reversal", tuple(FeeReversalState)),
        ("request", ("in-force", "offered", "refused", "referred", "declined", "ended")),
        ("closing", ("closed", "withdrawn", "stopped")),
    ):
        found |= {f"{prefix}-is-{state}" for state in states}
    return sorted(found | {"holder-unknown"})


@pytest.mark.parametrize("code", _codes())
def test_every_reason_has_words_for_the_holder_in_both_languages(code: str) -> None:
    said = words.reason(code)
    assert re.search(r"[\u4e00-\u9fff]", said.zh)
    assert not re.search(r"[\u4e00-\u9fff]", said.en)
    assert not re.search(r"[,;:!?]", said.zh), "full-width punctuation"


@pytest.mark.parametrize("act", Act)
def test_every_act_has_a_title(act: Act) -> None:
    assert words.title_of(act).zh
    assert words.title_of(act).en


def test_a_word_that_is_missing_is_an_error() -> None:
    with pytest.raises(words.WordsMissing, match="nonsense"):
        words.reason("nonsense")
