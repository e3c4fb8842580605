"""How amounts, dates, waits and counts are said, in both languages, and understood back."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.hotline.speech.numbers import (
    COUNT_LIMIT,
    MONEY_LIMIT,
    SPOKEN,
    WAIT_LIMIT,
    YEARS,
    Language,
    Pieces,
)
from cardline.hotline.speech.prompts import load_catalogue
from cardline.hotline.speech.values import Kind, UnfitValue, Value, spoken

CATALOGUE: Final = load_catalogue()


def heard(pieces: Pieces, language: Language) -> str:
    """The pieces as words: what a caller hears."""
    words = [CATALOGUE.shared[language, piece] for piece in pieces]
    return ("" if language == "zh" else " ").join(words)


def said(kind: Kind, value: Value, language: Language, *, before: str = "", after: str = "") -> str:
    return heard(spoken(kind, value, language, before=before, after=after), language)


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (0, "零元", "zero yuan"),
        (1, "一分", "one fen"),
        (2, "两分", "two fen"),
        (5, "五分", "five fen"),
        (20, "两角", "twenty fen"),
        (22, "两角二分", "twenty-two fen"),
        (100, "一元", "one yuan"),
        (200, "两元", "two yuan"),
        (220, "两元二角", "two yuan and twenty fen"),
        (1001, "十元零一分", "ten yuan and one fen"),
        (1002, "十元零二分", "ten yuan and two fen"),
        (1200, "十二元", "twelve yuan"),
        (2200, "二十二元", "twenty-two yuan"),
        (10200, "一百零二元", "one hundred two yuan"),
        (11200, "一百一十二元", "one hundred twelve yuan"),
        (20000, "二百元", "two hundred yuan"),
        (101000, "一千零一十元", "one thousand ten yuan"),
        (123450, "一千二百三十四元五角", "one thousand two hundred thirty-four yuan and fifty fen"),
        (220000, "两千二百元", "two thousand two hundred yuan"),
        (1000500, "一万零五元", "ten thousand five yuan"),
        (1200000, "一万二千元", "twelve thousand yuan"),
        (2000000, "两万元", "twenty thousand yuan"),
        (12000000, "十二万元", "one hundred twenty thousand yuan"),
        (100001200, "一百万零一十二元", "one million twelve yuan"),
        (100200000, "一百万二千元", "one million two thousand yuan"),
        (10_000_000_000, "一亿元", "one hundred million yuan"),
        (10_000_500_000, "一亿零五千元", "one hundred million five thousand yuan"),
        (20_000_000_000, "两亿元", "two hundred million yuan"),
        (-5, "负五分", "minus five fen"),
        (-22050, "负二百二十元五角", "minus two hundred twenty yuan and fifty fen"),
    ],
)  # fmt: skip
def test_an_amount_is_said_as_a_bank_says_it(fen: int, zh: str, en: str) -> None:
    assert said("money", fen, "zh") == zh
    assert said("money", fen, "en") == en


@pytest.mark.parametrize(
    ("kind", "value", "zh", "en"),
    [
        ("date", date(2026, 11, 22), "十一月二十二日", "November twenty-second"),
        ("date_year", date(2026, 1, 1), "二零二六年一月一日", "January first twenty twenty-six"),
        ("year", 2013, "二零一三", "twenty thirteen"),
        ("year", 2000, "二零零零", "two thousand"),
        ("year", 2009, "二零零九", "two thousand nine"),
        ("year", 1998, "一九九八", "nineteen ninety-eight"),
        ("digits", "1201", "幺二零幺", "one two zero one"),
        ("digits", "10865", "幺零八六五", "one zero eight six five"),
        ("count", 0, "零", "zero"),
        ("count", 10000, "一万", "ten thousand"),
        ("percent", Decimal("0.05"), "百分之零点零五", "zero point zero five percent"),
        ("percent", Decimal("18.250"), "百分之十八点二五", "eighteen point two five percent"),
        ("percent", Decimal(2), "百分之二", "two percent"),
        ("minutes", 0, "不到一分钟", "less than one minute"),
        ("minutes", 1, "一分钟", "one minute"),
        ("minutes", 2, "两分钟", "two minutes"),
        ("minutes", 62, "一小时零二分钟", "one hour two minutes"),
        ("minutes", 150, "两小时三十分钟", "two hours thirty minutes"),
        ("time", time(14, 5), "十四点零五分", "two oh five P M"),
        ("time", time(2, 0), "两点整", "two A M"),
        ("time", time(0, 30), "零点三十分", "twelve thirty A M"),
    ],
)
def test_other_values_are_said_in_full(kind: Kind, value: Value, zh: str, en: str) -> None:
    assert said(kind, value, "zh") == zh
    assert said(kind, value, "en") == en


@pytest.mark.parametrize(
    ("before", "number", "after", "zh"),
    [
        ("您前面还有", 2, "位客户", "两"),
        ("第", 2, "位", "二"),
        ("", 2, "号", "二"),
        ("共", 2, "", "二"),
        ("共", 2, "，谢谢", "二"),
        ("您有", 12, "位", "十二"),
        ("您有", 102, "位", "一百零二"),
        ("您有", 2000, "分", "两千"),
        ("第", 2000, "位", "二千"),
        ("您有", 20_002_000, "分", "两千万二千"),
    ],
)
def test_two_is_liang_before_a_measure_only(before: str, number: int, after: str, zh: str) -> None:
    assert said("count", number, "zh", before=before, after=after) == zh


# What was said, read back: written for these tests, from the words and not from the rules.
_ZH_DIGITS: Final = {**{c: n for n, c in enumerate("零一二三四五六七八九")}, "幺": 1, "两": 2}
_ZH_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_EN: Final = {CATALOGUE.shared["en", piece]: piece for piece in SPOKEN["en"].vocabulary()}


def read_zh(words: str) -> int:
    whole = group = digit = 0
    for word in words:
        if word in _ZH_DIGITS:
            digit = _ZH_DIGITS[word]
        elif word in _ZH_UNITS:
            group, digit = group + (digit or 1) * _ZH_UNITS[word], 0
        elif word == "万":
            whole, group, digit = whole + (group + digit) * 10**4, 0, 0
        else:
            whole, group, digit = (whole + group + digit) * 10**8, 0, 0
    return whole + group + digit


def read_en(words: list[str]) -> int:
    whole = group = 0
    for word in words:
        if word == "hundred":
            group *= 100
        elif word in ("thousand", "million", "billion"):
            scale = {"thousand": 10**3, "million": 10**6, "billion": 10**9}[word]
            whole, group = whole + group * scale, 0
        else:
            group += int(_EN[word].removeprefix("n"))
    return whole + group


def read_money_zh(words: str) -> int:
    sign = -1 if words.startswith("负") else 1
    yuan, _, rest = words.removeprefix("负").rpartition("元")
    jiao, _, cents = rest.rpartition("角")
    return sign * (
        100 * read_zh(yuan) + 10 * read_zh(jiao) + read_zh(cents.removesuffix("分").lstrip("零"))
    )


def read_money_en(words: str) -> int:
    sign = -1 if words.startswith("minus ") else 1
    parts = words.removeprefix("minus ").split(" and ")
    total = 0
    for part in parts:
        number, unit = part.rsplit(" ", 1)
        total += read_en(number.split()) * (100 if unit == "yuan" else 1)
    return sign * total


amounts = st.one_of(
    st.integers(-MONEY_LIMIT + 1, MONEY_LIMIT - 1),
    st.integers(-100_000_00, 100_000_00),
    st.builds(lambda n, e: n * 10**e, st.integers(-99, 99), st.integers(0, 11)),
)
counts = st.one_of(
    st.integers(0, COUNT_LIMIT - 1),
    st.builds(lambda n, e: n * 10**e, st.integers(0, 99), st.integers(0, 5)),
)


@given(amounts)
def test_an_amount_can_be_understood_back(fen: int) -> None:
    assert read_money_zh(said("money", fen, "zh")) == fen
    assert read_money_en(said("money", fen, "en")) == fen


@given(counts, st.sampled_from(["", "第"]), st.sampled_from(["", "位"]))
def test_a_count_can_be_understood_back(number: int, before: str, after: str) -> None:
    assert read_zh(said("count", number, "zh", before=before, after=after)) == number
    assert read_en(said("count", number, "en", before=before, after=after).split()) == number


@given(counts)
def test_no_zero_is_said_where_none_is_meant(number: int) -> None:
    words = said("count", number, "zh", after="位")
    assert "零零" not in words
    assert number == 0 or not (words.startswith("零") or words.endswith("零"))


@given(st.decimals(0, COUNT_LIMIT - 1, places=6))
def test_a_percentage_can_be_understood_back(percent: Decimal) -> None:
    whole, _, decimals = said("percent", percent, "zh").removeprefix("百分之").partition("点")
    digits = "".join(str(_ZH_DIGITS[word]) for word in decimals)
    assert Decimal(f"{read_zh(whole)}.{digits or 0}") == percent
    whole, _, decimals = (
        said("percent", percent, "en").removesuffix(" percent").partition(" point ")
    )
    digits = "".join(_EN[word].removeprefix("n") for word in decimals.split())
    assert Decimal(f"{read_en(whole.split())}.{digits or 0}") == percent


@given(st.integers(0, WAIT_LIMIT - 1))
def test_a_wait_can_be_understood_back(minutes: int) -> None:
    words = said("minutes", minutes, "zh").replace("不到一分钟", "零分钟")
    hours, _, rest = words.rpartition("小时")
    assert read_zh(hours) * 60 + read_zh(rest.removesuffix("分钟").lstrip("零")) == minutes


@given(st.dates(date(YEARS.start, 1, 1), date(YEARS.stop - 1, 12, 31)))
def test_every_day_has_words_of_its_own(day: date) -> None:
    for language in SPOKEN:
        other = date.fromordinal(day.toordinal() - 1)
        assert SPOKEN[language].day(day, year=True) != SPOKEN[language].day(other, year=True)
    month, _, number = said("date", day, "zh").removesuffix("日").partition("月")
    assert (read_zh(month), read_zh(number)) == (day.month, day.day)


@given(st.times())
def test_a_time_can_be_understood_back(at: time) -> None:
    hour, _, minute = said("time", at, "zh").removesuffix("整").removesuffix("分").partition("点")
    assert (read_zh(hour), read_zh(minute.lstrip("零"))) == (at.hour, at.minute)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("date", datetime(2026, 11, 22, 8, 0)),
        ("date_year", date(1949, 12, 31)),
        ("year", 2100),
        ("digits", ""),
        ("digits", "12a"),
        ("digits", "１２"),
        ("digits", 12),
        ("percent", 5),
        ("percent", Decimal("-1")),
        ("percent", Decimal("NaN")),
        ("percent", Decimal("0.0000001")),
        ("minutes", -1),
        ("minutes", WAIT_LIMIT),
        ("time", date(2026, 1, 1)),
    ],
)
def test_a_value_outside_its_kind_is_refused(kind: Kind, value: Value) -> None:
    with pytest.raises(UnfitValue, match="wants"):
        said(kind, value, "zh")
