"""Was that us? What is told to whom, and that a stranger learns nothing of who is a customer."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cardline.core.ids import HolderId
from cardline.trust import rules
from cardline.trust.model import Answer, Asker, ByHolder, ByNumber, Checked, Claim, Proof, ProofId
from cardline.trust.words import code_words, reason, step
from tests.rules.trust_people import (
    CALL,
    HOLDER,
    I_AM_HOLDER,
    I_AM_NUMBER,
    ME,
    NOW,
    POLICY,
    REGISTRY,
    SAID,
    STRANGER,
    TEXT,
)

YES, NO, UNSURE = Answer.YES, Answer.NO, Answer.CANNOT_TELL
MINUTE = timedelta(minutes=1)


def check(claim: Claim, asker: Asker, *proofs: Proof, now: datetime = NOW) -> Checked:
    code = rules.read_code(claim.code, code_words())
    return rules.check(claim, asker, proofs, REGISTRY, POLICY, code=code, now=now)


# ---------------------------------------------------------------- a stranger


@pytest.mark.parametrize(
    ("claim", "answer", "code"),
    [
        (SAID, YES, "code-holds"),
        (replace(SAID, code="Apple, tiger, train"), YES, "code-holds"),
        (replace(SAID, number="95500"), YES, "code-holds"),
        (replace(SAID, number="13800138000"), NO, "mobile-never-hotline"),
        (replace(SAID, tail=""), UNSURE, "needs-tail"),
        (replace(SAID, tail="0002"), NO, "code-unknown"),
        (replace(SAID, code="苹果 老虎 月亮"), NO, "code-unknown"),
        (replace(SAID, code="我忘记了"), UNSURE, "code-unreadable"),
        (Claim(number="95500"), UNSURE, "needs-code"),
        (Claim(number="没有显示"), UNSURE, "needs-code"),
        (Claim(number="010-87654321"), NO, "not-in-registry"),
        (Claim(number="【示例银行卡】"), NO, "looks-like-ours"),
        (Claim(text="【示例银行】您的账单已出"), UNSURE, "name-can-be-copied"),
        (Claim(text="【示例银行】请登录 bank-example.top 核对"), NO, "looks-like-ours"),
        (Claim(text="【示例银行】请加13800138000"), NO, "mobile-never-hotline"),
    ],
)
def test_what_a_stranger_hears(claim: Claim, answer: Answer, code: str) -> None:
    told = check(claim, STRANGER, CALL, TEXT)
    assert (told.finding.answer, code in told.finding.codes) == (answer, True), told.finding.codes
    assert told.proof is None
    assert told.live is None


def test_a_code_expires() -> None:
    ends = CALL.at + POLICY.code_lasts
    assert check(SAID, STRANGER, CALL, now=ends - MINUTE).finding.answer is YES
    assert check(SAID, STRANGER, CALL, now=ends).finding.answer is NO


_NUMBERS = some.from_regex(r"\+861[3-9]\d{9}", fullmatch=True)
_CLAIMS = some.builds(
    Claim,
    kind=some.sampled_from(("call", "message", "")),
    number=some.sampled_from(("", "95500", "13800138000", "010-87654321", "【示例银行】")),
    code=some.sampled_from(("", "苹果 老虎 火车", "apple tiger moon", "x")),
    tail=some.sampled_from(("", "0001", "0002", "abcd")),
    text=some.sampled_from(("", "【示例银行】您好", "见 t.cn/x")),
    staff_number=some.sampled_from(("", "6003", "6004")),
)


@given(_CLAIMS, _NUMBERS, some.booleans(), some.sampled_from((None, HolderId("h9"))))
def test_no_answer_to_a_stranger_differs_between_a_holders_number_and_anothers(
    claim: Claim, number: str, live: bool, holder: HolderId | None
) -> None:
    """The contact went to a holder, to somebody else, or was never made: the answer is the same,
    as long as the stranger was not on that telephone (its tail and its code)."""
    answered = CALL.at if live else None
    theirs = replace(CALL, holder=HOLDER, answered_at=answered)
    others = replace(CALL, holder=holder, to=f"{number[:-4]}{ME[-4:]}", answered_at=answered)
    assert check(claim, STRANGER, theirs) == check(claim, STRANGER, others)
    if rules.read_code(claim.code, code_words()) != CALL.code or claim.tail != ME[-4:]:
        assert check(claim, STRANGER, theirs) == check(claim, STRANGER)


@given(_CLAIMS)
def test_a_stranger_never_hears_yes_without_a_code(claim: Claim) -> None:
    told = check(replace(claim, code=""), STRANGER, CALL, TEXT)
    assert told.finding.answer is not YES


# ---------------------------------------------------------------- whom it went to


@pytest.mark.parametrize("asker", [I_AM_HOLDER, I_AM_NUMBER])
@pytest.mark.parametrize(
    ("claim", "answer", "code", "proof"),
    [
        (Claim(kind="call"), YES, "was-us", CALL),
        (Claim(kind="call", number="95500", staff_number="6003"), YES, "was-call", CALL),
        (Claim(staff_name="王"), YES, "was-us", CALL),
        (Claim(kind="call", at=NOW - 45 * MINUTE), YES, "was-us", CALL),
        (Claim(kind="call", code="苹果老虎火车"), YES, "was-us", CALL),
        (Claim(kind="message", number="1069000000001"), YES, "was-sms", TEXT),
        (Claim(kind="message", number="95500"), UNSURE, "number-differs", None),
        (Claim(number="【示例银行】", kind="message"), YES, "was-sms", TEXT),
        (Claim(kind="call", at=NOW - 200 * MINUTE), NO, "nothing-of-ours", None),
        (Claim(kind="call", staff_number="6004"), UNSURE, "staff-number-differs", None),
        (Claim(kind="call", staff_name="李娜"), UNSURE, "staff-name-differs", None),
        (Claim(kind="call", code="苹果老虎月亮"), NO, "code-unknown", None),
        (Claim(kind="call", code="苹果"), UNSURE, "code-unreadable", None),
        (Claim(kind="call", number="13800138000"), NO, "mobile-never-hotline", None),
        (Claim(text="【示例银行】验证码204816，用于登录，5分钟内有效。"), YES, "was-sms", TEXT),
        (
            Claim(text="【示例银行】验证码 204816，用于转账，5分钟内有效。"),
            NO,
            "text-differs",
            None,
        ),
        (Claim(at=NOW - timedelta(days=400)), UNSURE, "too-long-ago", None),
        (Claim(at=NOW + timedelta(hours=2)), UNSURE, "in-the-future", None),
    ],
)
def test_what_whoever_was_contacted_hears(
    asker: Asker, claim: Claim, answer: Answer, code: str, proof: Proof | None
) -> None:
    told = check(claim, asker, CALL, TEXT)
    assert (told.finding.answer, code in told.finding.codes) == (answer, True), told.finding.codes
    assert told.proof == proof


def test_who_was_not_contacted_hears_no() -> None:
    told = check(Claim(kind="call"), ByNumber("+8615400000009"), CALL, TEXT)
    assert told.finding.codes == ("nothing-of-ours",)
    told = check(Claim(kind="call"), ByHolder(HolderId("h9"), "+8615400000009"), CALL, TEXT)
    assert told.finding.codes == ("nothing-of-ours",)


def test_a_number_that_changed_hands_does_not_hear_of_its_former_owner() -> None:
    told = check(Claim(kind="call"), ByNumber(ME, HolderId("h9")), CALL)
    assert (told.finding.answer, told.proof) == (NO, None)
    assert check(Claim(kind="call"), ByNumber(ME), CALL).proof is None


def test_a_call_that_is_up_is_shown_with_its_name() -> None:
    up = replace(CALL, answered_at=NOW - MINUTE)
    told = check(Claim(), I_AM_HOLDER, up)
    assert told.live is up
    assert told.live.staff is not None
    over = replace(up, ended_at=NOW)
    assert check(Claim(), I_AM_HOLDER, over).live is None
    forgotten = replace(up, answered_at=NOW - POLICY.longest_call)
    assert check(Claim(), I_AM_HOLDER, forgotten).live is None


def test_a_long_call_is_found_by_a_time_within_it() -> None:
    long = replace(CALL, at=NOW - 180 * MINUTE, answered_at=NOW - 179 * MINUTE, ended_at=NOW)
    assert check(Claim(kind="call", at=NOW - 60 * MINUTE), I_AM_HOLDER, long).proof is long


def test_the_newest_contact_that_fits_is_the_one() -> None:
    older = replace(CALL, id=ProofId("p0"), at=CALL.at - timedelta(days=1), staff=None)
    assert check(Claim(kind="call"), I_AM_HOLDER, older, CALL).proof is CALL


@given(_CLAIMS, some.sampled_from((STRANGER, I_AM_NUMBER, I_AM_HOLDER)))
def test_every_answer_has_words_and_something_to_do(claim: Claim, asker: Asker) -> None:
    told = check(claim, asker, CALL, TEXT)
    assert told.finding.steps
    assert all(reason(code).zh for code in told.finding.codes)
    assert all(step(code).zh for code in told.finding.steps)
    assert (told.proof is not None) == (told.finding.answer is YES and asker is not STRANGER)
