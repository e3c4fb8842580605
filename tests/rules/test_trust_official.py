"""Is this number, sender, domain or campaign ours? The table, and what holds for everything."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cardline.core.policy import load_area
from cardline.trust.model import Answer, Official, OfficialKind
from cardline.trust.policy import trust_policy
from cardline.trust.rules import canonical, is_ours, may_register, what_a_text_names
from cardline.trust.words import catalogue, reason, step
from tests.rules.trust_people import LONG_AGO, NOW, POLICY, REGISTRY

NUMBER, SENDER = OfficialKind.NUMBER, OfficialKind.SENDER
DOMAIN, CAMPAIGN = OfficialKind.DOMAIN, OfficialKind.CAMPAIGN
YES, NO, UNSURE = Answer.YES, Answer.NO, Answer.CANNOT_TELL


@pytest.mark.parametrize(
    ("kind", "value", "answer", "code"),
    [
        (NUMBER, "95500", YES, "number-can-be-faked"),
        (NUMBER, "９５５００", YES, "in-registry"),
        (NUMBER, "+8695500", YES, "in-registry"),  # how a telephone abroad shows it
        (NUMBER, "021-6000 0000", YES, "in-registry"),
        (NUMBER, "+86 21 60000000", YES, "in-registry"),
        (NUMBER, "1069000000012", YES, "in-registry"),  # an extension of our text number
        (NUMBER, "021-50000000", NO, "no-longer-ours"),
        (NUMBER, "13800138000", NO, "mobile-never-hotline"),
        (NUMBER, "+44 7911 123456", NO, "mobile-never-hotline"),
        (NUMBER, "0095500", NO, "looks-like-ours"),
        (NUMBER, "95501", NO, "looks-like-ours"),
        (NUMBER, "4008195500", NO, "looks-like-ours"),
        (NUMBER, "4001234567", NO, "inbound-only"),
        (NUMBER, "+1 212 555 0199", NO, "foreign-number"),
        (NUMBER, "010-87654321", NO, "not-in-registry"),
        (NUMBER, "96110", NO, "service-96110"),
        (NUMBER, "隐藏号码", UNSURE, "unreadable"),
        (NUMBER, "", UNSURE, "unreadable"),
        (SENDER, "【示例银行】", YES, "name-can-be-copied"),
        (SENDER, "example bank", YES, "in-registry"),
        (SENDER, "示例银行信用卡", NO, "looks-like-ours"),
        (SENDER, "别家银行", NO, "not-in-registry"),
        (DOMAIN, "https://www.bank.example/a?b=c", YES, "in-registry"),
        (DOMAIN, "m.bank.example", YES, "in-registry"),
        (DOMAIN, "HTTPS://BANK.EXAMPLE:443/", YES, "in-registry"),
        (DOMAIN, "https://bank.example@evil.top/login", NO, "not-in-registry"),
        (DOMAIN, "https://evil.top\\@bank.example", NO, "not-in-registry"),
        (DOMAIN, "bank.example.evil.top", NO, "not-in-registry"),
        (DOMAIN, "bank-example.top", NO, "looks-like-ours"),
        (DOMAIN, "banк.example", NO, "not-in-registry"),  # a Cyrillic letter
        (DOMAIN, "http://127.0.0.1/", UNSURE, "unreadable"),
        (CAMPAIGN, "周末加油返现活动", YES, "in-registry"),
        (CAMPAIGN, "新春积分", NO, "not-yet-ours"),
        (CAMPAIGN, "免费送手机", UNSURE, "not-in-registry"),
    ],
)
def test_what_is_ours(kind: OfficialKind, value: str, answer: Answer, code: str) -> None:
    found = is_ours(kind, value, REGISTRY, POLICY, at=NOW)
    assert (found.answer, code in found.codes) == (answer, True), found.codes
    assert found.steps


def test_a_period_is_half_open() -> None:
    former = ("021-50000000", REGISTRY, POLICY)
    before = NOW - timedelta(microseconds=1)
    assert is_ours(NUMBER, *former, at=before).answer is YES
    assert is_ours(NUMBER, *former, at=NOW).answer is NO


@given(some.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_mobile_number_is_never_ours_whatever_the_registry_says(number: str) -> None:
    entry = Official("m", NUMBER, canonical(NUMBER, number), "手机", "mobile", LONG_AGO)
    found = is_ours(NUMBER, number, (*REGISTRY, entry), POLICY, at=NOW)
    assert found.answer is NO
    assert may_register(entry, REGISTRY, POLICY).codes == ("mobile-never-hotline",)


@given(some.sampled_from(OfficialKind), some.text(max_size=60))
def test_whatever_is_asked_gets_an_answer_with_words(kind: OfficialKind, value: str) -> None:
    found = is_ours(kind, value, REGISTRY, POLICY, at=NOW)
    assert found.codes
    for code in found.codes:
        assert reason(code).zh
    for code in found.steps:
        assert step(code).en
    if found.answer is YES:
        assert found.official in REGISTRY


@given(some.sampled_from(OfficialKind), some.text(max_size=60))
def test_the_canonical_form_stays_what_it_is(kind: OfficialKind, value: str) -> None:
    once = canonical(kind, value)
    assert canonical(kind, once) == once


def test_the_same_value_stands_once_at_a_time() -> None:
    there = Official("a", NUMBER, "+862160000000", "x", "x", LONG_AGO, NOW)
    after = replace(there, since=NOW, until=None)
    assert may_register(after, [there], POLICY).allowed
    overlapping = replace(there, since=NOW - timedelta(days=1), until=None)
    assert may_register(overlapping, [there], POLICY).codes == ("overlaps",)
    unreadable = replace(there, value="热线")
    assert may_register(unreadable, [], POLICY).codes == ("unreadable",)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("【示例银行】您的账单已出，详询95500。", [(SENDER, "示例银行"), (NUMBER, "95500")]),
        ("验证码123456，5分钟内有效", []),
        ("请点 t.cn/A6xx 领取1000元", [(DOMAIN, "t.cn/A6xx")]),
        ("退款https://bank-example.top/95500?x=13800138000", [(DOMAIN, "bank-example")]),
        ("致电 138-0013-8000 王经理", [(NUMBER, "138-0013-8000")]),
        ("消费123456.78元", []),
    ],
)
def test_what_a_message_names(text: str, named: list[tuple[OfficialKind, str]]) -> None:
    found = what_a_text_names(text)
    assert [kind for kind, _ in found] == [kind for kind, _ in named]
    assert all(value in got for (_, got), (_, value) in zip(found, named, strict=True))


def test_every_public_service_has_its_words() -> None:
    told = {code.removeprefix("service-") for code in catalogue()["reasons"] if "service-" in code}
    known = [trust_policy(load_area("trust", pack=pack)) for pack in ("cn", "uk", "us")]
    assert told - {"public-service"} == frozenset().union(*(one.public_services for one in known))
