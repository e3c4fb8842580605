"""Amounts of money as people write them: figures with their currency, and words. Pure.

Words stand beside figures where a sum is promised in writing, as on a bank's bill, so that neither
is altered alone. Names and rules are data: ``amounts.toml``.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from cardline.core.money import Money, yuan

Tongue = Literal["zh", "en"]
MOST: Final = 10**15
"""Minor units below which an amount has words: ten trillion."""
_FILE: Final = Path(__file__).with_name("amounts.toml")
_HUNDRED, _THOUSAND, _MYRIAD = 100, 1000, 10_000


def currencies() -> frozenset[str]:
    """Return the currencies that can be written (ISO 4217)."""
    return frozenset(_names()["currencies"])


def in_figures(money: Money, tongue: Tongue) -> str:
    """Write an amount with its currency: ``人民币1,234.50元``, ``£1,234.50``.

    Raises ``KeyError`` for a currency that is not known.
    """
    form = str(_names()["currencies"][money.currency]["figures"][tongue])
    return form.format(amount=yuan(money.minor))


def in_words(money: Money, tongue: Tongue) -> str:
    """Write an amount in words; nothing where the language has none for the currency.

    ``人民币壹仟肆佰零玖元伍角``, ``one thousand four hundred and nine pounds and fifty pence``.
    Raises ``KeyError`` for a currency that is not known, ``ValueError`` below 0 and from ``MOST``.
    """
    if not 0 <= money.minor < MOST:
        raise ValueError("words are for amounts from 0 on, below ten trillion")
    names = _names()["currencies"][money.currency]
    if tongue == "en":
        return _english(money.minor, names["en-words"], joined=bool(names["and"]))
    return _chinese(money.minor, names["zh-words"]) if "zh-words" in names else ""


def written(money: Money, tongue: Tongue) -> str:
    """Write an amount in figures, with its words in brackets where there are any."""
    figures, words = in_figures(money, tongue), in_words(money, tongue)
    if not words:
        return figures
    return f"{figures}（大写：{words}）" if tongue == "zh" else f"{figures} ({words})"


def _chinese(minor: int, parts: dict[str, str]) -> str:
    whole, rest = divmod(minor, _HUNDRED)
    tenth, hundredth = divmod(rest, 10)
    zero = _names()["digits"]["zh"][0]
    said = parts["name"]
    if whole or not rest:
        said += (_chinese_number(whole) or zero) + parts["whole"]
    if not rest:
        return said + parts["even"]
    if whole and (not tenth or whole % 10 == 0):
        said += zero
    if tenth:
        said += _names()["digits"]["zh"][tenth] + parts["tenth"]
    if hundredth:
        said += _names()["digits"]["zh"][hundredth] + parts["hundredth"]
    return said


def _chinese_number(number: int) -> str:
    """Write a number from 1 on, nothing for 0: groups of four digits, a gap of zeros as one."""
    digits = _names()["digits"]
    groups = []
    while number:
        number, group = divmod(number, _MYRIAD)
        groups.append(group)
    said = ""
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group:
            gap = said and (group < _THOUSAND or groups[place + 1] == 0)
            said += (digits["zh"][0] if gap else "") + _chinese_group(group)
        name = digits["groups"][place % 2 or min(place, 2)]
        if group or (name == digits["groups"][2] and said):
            said += name
    return said


def _chinese_group(group: int) -> str:
    digits = _names()["digits"]
    said, gap = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit:
            said += digits["zh"][0] if gap and said else ""
            said += digits["zh"][digit] + digits["places"][place]
        gap = not digit
    return said


def _english(minor: int, parts: dict[str, list[str]], *, joined: bool) -> str:
    whole, rest = divmod(minor, _HUNDRED)
    said = []
    if whole or not rest:
        said.append(f"{_english_number(whole, joined=joined)} {parts['whole'][whole != 1]}")
    if rest:
        said.append(f"{_english_number(rest, joined=joined)} {parts['hundredth'][rest != 1]}")
    return " and ".join(said)


def _english_number(number: int, *, joined: bool) -> str:
    digits = _names()["digits"]
    if not number:
        return str(digits["en"][0])
    groups = []
    while number:
        number, group = divmod(number, _THOUSAND)
        groups.append(group)
    said: list[str] = []
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            continue
        words = _english_group(group, joined=joined)
        if joined and place == 0 and said and group < _HUNDRED:
            words = f"and {words}"
        said.append(f"{words} {digits['thousands'][place]}".rstrip())
    return " ".join(said)


def _english_group(group: int, *, joined: bool) -> str:
    digits = _names()["digits"]
    hundreds, rest = divmod(group, _HUNDRED)
    said = [f"{digits['en'][hundreds]} hundred"] if hundreds else []
    if rest:
        if said and joined:
            said.append("and")
        if rest < len(digits["en"]):
            said.append(digits["en"][rest])
        else:
            tens, ones = divmod(rest, 10)
            said.append(digits["tens"][tens] + (f"-{digits['en'][ones]}" if ones else ""))
    return " ".join(said)


@cache
def _names() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
