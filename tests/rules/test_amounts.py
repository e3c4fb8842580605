"""Amounts in figures and in words: the examples of the rule, and read back by a slow reader."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardline.complaints.telling import remedies_in_words
from cardline.complaints.work_model import Remedy, RemedyKind
from cardline.core.amounts import MOST, currencies, in_figures, in_words, written
from cardline.core.money import Fen, Money
from tests.rules.complaint_cases import policy_of

_BILLS = {
    # Examples of 正确填写票据和结算凭证的基本规定 (支付结算办法, annex 1): the first form.
    140950: "人民币壹仟肆佰零玖元伍角",
    600714: "人民币陆仟零柒元壹角肆分",
    168032: "人民币壹仟陆佰捌拾元零叁角贰分",
    10700053: "人民币壹拾万柒仟元零伍角叁分",
    1640902: "人民币壹万陆仟肆佰零玖元零贰分",
    32504: "人民币叁佰贰拾伍元零肆分",
    # What follows from the rule.
    0: "人民币零元整",
    2: "人民币贰分",
    30: "人民币叁角",
    100: "人民币壹元整",
    1000: "人民币壹拾元整",
    1020: "人民币壹拾元零贰角",
    10000000: "人民币壹拾万元整",
    10000100: "人民币壹拾万零壹元整",
    100000000000: "人民币壹拾亿元整",
    100000500000: "人民币壹拾亿零伍仟元整",
    100000000000000: "人民币壹万亿元整",
    100000000000005: "人民币壹万亿元零伍分",
}


@pytest.mark.parametrize("fen", _BILLS)
def test_renminbi_is_written_as_on_a_bill(fen: int) -> None:
    assert in_words(Money(fen), "zh") == _BILLS[fen]


@pytest.mark.parametrize(
    ("money", "words"),
    [
        (Money(100, "GBP"), "one pound"),
        (Money(101, "GBP"), "one pound and one penny"),
        (Money(5000, "GBP"), "fifty pounds"),
        (Money(123450, "GBP"), "one thousand two hundred and thirty-four pounds and fifty pence"),
        (Money(100001500, "GBP"), "one million and fifteen pounds"),
        (Money(123450, "USD"), "one thousand two hundred thirty-four dollars and fifty cents"),
        (Money(1, "USD"), "one cent"),
        (Money(0, "USD"), "zero dollars"),
        (Money(140950, "CNY"), "one thousand four hundred nine yuan and fifty fen"),
    ],
)
def test_english_words_are_those_of_the_country(money: Money, words: str) -> None:
    assert in_words(money, "en") == words


def test_an_amount_stands_in_figures_and_words_and_in_figures_alone_where_there_are_none() -> None:
    assert written(Money(123450), "zh") == ("人民币1,234.50元（大写：人民币壹仟贰佰叁拾肆元伍角）")
    assert written(Money(5000, "GBP"), "en") == "£50.00 (fifty pounds)"
    assert written(Money(5000, "GBP"), "zh") == "50.00英镑"
    assert in_figures(Money(5000, "USD"), "en") == "$50.00"


_DIGIT = {one: value for value, one in enumerate("零壹贰叁肆伍陆柒捌玖")}
_PLACE = {"拾": 10, "佰": 100, "仟": 1000}


def _whole(text: str) -> int:
    """Read a number as a person does: from left to right, place by place."""
    whole = myriads = group = digit = 0
    for one in text:
        if one in _DIGIT:
            digit = _DIGIT[one]
        elif one in _PLACE:
            group, digit = group + digit * _PLACE[one], 0
        elif one == "万":
            myriads, group, digit = (group + digit) * 10_000, 0, 0
        else:
            whole, myriads, group, digit = (myriads + group + digit) * 10**8, 0, 0, 0
    return whole + myriads + group + digit


def read_back(words: str) -> int:
    found = re.fullmatch(r"人民币(?:(.+)元)?整?零?(?:(.)角)?零?(?:(.)分)?整?", words)
    assert found, words
    whole, tenth, hundredth = found.groups()
    return (
        (_whole(whole) * 100 if whole else 0)
        + (_DIGIT[tenth] * 10 if tenth else 0)
        + (_DIGIT[hundredth] if hundredth else 0)
    )


_AMOUNTS = st.integers(0, MOST - 1) | st.builds(
    lambda digit, zeros, more: min(digit * 10**zeros + more, MOST - 1),
    st.integers(1, 99),
    st.integers(0, 13),
    st.integers(0, 999),
)


@given(_AMOUNTS)
@settings(max_examples=200, deadline=None)
def test_whatever_is_written_in_chinese_is_read_back_as_it_was(fen: int) -> None:
    words = in_words(Money(fen), "zh")
    assert read_back(words) == fen, words
    assert "零零" not in words
    assert not re.search("零[万亿元]", words) or fen < 100
    assert words.endswith("整") == (fen % 100 == 0)


_ENGLISH = tomllib.loads(
    (Path(__file__).parents[2] / "cardline/core/amounts.toml").read_text(encoding="utf-8")
)["digits"]


def _english(text: str) -> int:
    total = group = 0
    for word in text.replace("-", " ").split():
        if word == "and":
            continue
        if word in _ENGLISH["en"]:
            group += _ENGLISH["en"].index(word)
        elif word == "hundred":
            group *= 100
        elif word in _ENGLISH["tens"]:
            group += _ENGLISH["tens"].index(word) * 10
        else:
            total, group = total + group * 1000 ** _ENGLISH["thousands"].index(word), 0
    return total + group


_SUM = r"(?:(.+?) (?:pounds?|dollars?|yuan))?(?: and )?(?:(.+?) (?:penny|pence|cents?|fen))?"


@given(_AMOUNTS, st.sampled_from(["GBP", "USD", "CNY"]))
@settings(max_examples=200, deadline=None)
def test_whatever_is_written_in_english_is_read_back_as_it_was(minor: int, currency: str) -> None:
    words = in_words(Money(minor, currency), "en")
    found = re.fullmatch(
        r"(?:(.+?) (?:pounds?|dollars?|yuan))?(?: and )?(?:(.+?) (?:penny|pence|cents?|fen))?",
        words,
    )
    assert found, words
    whole, hundredth = found.groups()
    assert (_english(whole or "") * 100 + _english(hundredth or "")) == minor, words


def test_no_word_is_made_of_what_has_none() -> None:
    for minor in (-1, MOST):
        with pytest.raises(ValueError, match="words are for amounts"):
            in_words(Money(minor), "zh")
    with pytest.raises(KeyError):
        in_figures(Money(1, "EUR"), "en")
    assert currencies() == {"CNY", "GBP", "USD"}


@pytest.mark.parametrize(
    ("pack", "zh", "en"),
    [
        ("cn", "向您支付人民币50.00元（大写：人民币伍拾元整）", "we pay CNY 50.00 (fifty yuan)"),
        ("uk", "向您支付50.00英镑", "we pay £50.00 (fifty pounds)"),
        ("us", "向您支付50.00美元", "we pay $50.00 (fifty dollars)"),
    ],
)
def test_compensation_is_promised_in_the_currency_of_the_pack(pack: str, zh: str, en: str) -> None:
    policy = policy_of(pack)
    remedy = Remedy(RemedyKind.COMPENSATION, amount=Fen(5000))
    assert zh in remedies_in_words([remedy], "zh", currency=policy.currency)
    assert en in remedies_in_words([remedy], "en", currency=policy.currency)
