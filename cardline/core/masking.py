"""Masks: what may be shown of a number (JR/T 0171, PCI DSS 3.4.1) and a holder for secrets."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal


def mask_phone(number: str) -> str:
    """Show the first 3 and the last 4 digits of a mobile number: ``138****8000``."""
    local = number.removeprefix("+86")
    if len(local) < 8:
        return "*" * len(local)
    return f"{local[:3]}{'*' * (len(local) - 7)}{local[-4:]}"


def mask_email(address: str) -> str:
    """Show the first letter before the @ and the domain: ``z***@example.com``."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}" if at else "***"


def mask_pan(pan: str) -> str:
    """Show the last 4 digits of a card number: ``**** **** **** 1234``."""
    return f"**** **** **** {pan[-4:]}"


_PAN = re.compile(r"(?<!\d)(?:\d[ -]?){13,19}(?!\d)")


def luhn_ok(digits: str) -> bool:
    """True where ``digits`` carries a correct check digit (ISO/IEC 7812-1)."""
    total = 0
    for place, ch in enumerate(reversed(digits)):
        value = int(ch)
        if place % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def mask_card_numbers(text: str) -> str:
    """Mask every full card number (13 to 19 digits with a correct check digit) within ``text``."""

    def cover(match: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", match.group())
        return mask_pan(digits) if luhn_ok(digits) else match.group()

    return _PAN.sub(cover, text)


class Secret:
    """A holder's secret on its short way to a hash; it never shows itself in text (row E5)."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret. Only what hashes or compares it may call this."""
        return self._value

    def __len__(self) -> int:
        return len(self._value)

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


SecretKind = Literal["card_number", "cvv", "password", "one_time_code", "id_number"]


@dataclass(frozen=True, slots=True)
class Masked:
    """A free text without its secrets, and what kinds of them it had, in their order."""

    text: str
    found: tuple[SecretKind, ...] = ()


def mask_secrets(text: str) -> Masked:
    """Take secrets out of what people type into notes, chats and forms (row E5).

    Full card numbers (13 to 19 digits with a correct check digit) keep their last four; identity
    numbers, and digits that stand with a word for CVV, password or one-time code, go altogether.
    Digits may be full-width or Chinese numerals read out one by one, with spaces, dashes and the
    like between them. Amounts, dates, telephone numbers and order numbers stay. Masking twice
    changes nothing.
    """
    plain = "".join(_as_digit(ch) for ch in text)
    finds: list[_Find] = []
    for run in _RUN.finditer(plain):
        finds += _in_run(run.start(), run.group())
    taken = [(find.start, find.end) for find in finds]
    for find in _beside_words(plain):
        if all(find.end <= start or find.start >= end for start, end in taken):
            finds.append(find)
            taken.append((find.start, find.end))
    finds.sort(key=lambda find: find.start)
    parts: list[str] = []
    done = 0
    for find in finds:
        parts += [text[done : find.start], find.mask]
        done = find.end
    return Masked("".join([*parts, text[done:]]), tuple(find.kind for find in finds))


@dataclass(frozen=True, slots=True)
class _Find:
    start: int
    end: int
    kind: SecretKind
    mask: str = "***"


@dataclass(frozen=True, slots=True)
class _Group:
    """Digits without anything between them, and where they stand."""

    start: int
    digits: str

    @property
    def end(self) -> int:
        return self.start + len(self.digits)


_NUMERALS = {
    numeral: str(value)
    for value, numerals in enumerate(
        ("零〇○", "一壹幺", "二贰貳", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
    )
    for numeral in numerals
}
_BETWEEN = r"[\s\-‐-―−_.·•,，、/\u200b-\u200d\u2060\ufeff]{1,3}"
_RUN = re.compile(rf"(?<![\d*])\d+(?:{_BETWEEN}\d+)*(?:{_BETWEEN})?[Xx]?")
_TRAILING = re.compile(rf"{_BETWEEN}$")
_GROUP = re.compile(r"\d+")
_DAY = r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IDENTITY = re.compile(rf"[1-8]\d{{5}}{_DAY}\d{{3}}[\dXx]")
_ORDINARY = re.compile(
    rf"{_DAY}(?:[01]\d|2[0-3])?(?:[0-5]\d){{0,2}}"  # a date, with a time
    r"|(?:00)?(?:86)?1[3-9]\d{9}"  # a mobile number
)
_THOUSANDS = re.compile(r"\d{1,3}(?:[,，]\d{3})+(?:\.\d{1,2})?")
_SHORTEST, _LONGEST = 13, 19


def _as_digit(ch: str) -> str:
    """Return the digit or the plain letter that a character stands for; always one character."""
    if ch in _NUMERALS:
        return _NUMERALS[ch]
    value = unicodedata.digit(ch, None)
    if value is not None:
        return str(value)
    return chr(ord(ch) - 0xFEE0) if "！" <= ch <= "～" else ch


def _in_run(at: int, run: str) -> list[_Find]:
    """Find identity and card numbers in digits that stand together."""
    if _THOUSANDS.fullmatch(run):
        return []
    bare = re.sub(r"[^\dXx]", "", run)
    if _IDENTITY.fullmatch(bare):
        return [_Find(at, at + len(_TRAILING.sub("", run)), "id_number")]
    groups = [_Group(at + one.start(), one.group()) for one in _GROUP.finditer(run)]
    finds: list[_Find] = []
    here = 0
    while here < len(groups):
        count = _card_at(groups, here)
        if not count:
            if _IDENTITY.fullmatch(groups[here].digits):
                finds.append(_Find(groups[here].start, groups[here].end, "id_number"))
            here += 1
            continue
        digits = "".join(group.digits for group in groups[here : here + count])
        end = groups[here + count - 1].end
        finds.append(_Find(groups[here].start, end, "card_number", mask_pan(digits)))
        here += count
        while here < len(groups) and len(groups[here].digits) in (3, 4):
            finds.append(_Find(groups[here].start, groups[here].end, "cvv"))  # or the expiry
            here += 1
    return finds


def _card_at(groups: list[_Group], here: int) -> int:
    """Return how many groups from ``here`` are one card number, the most that can be; 0: none."""
    digits = ""
    best = 0
    for count, group in enumerate(groups[here:], start=1):
        if _stands_alone(group, digits):
            if count > 1:
                break
            if _ORDINARY.fullmatch(group.digits):
                return 0
        digits += group.digits
        if len(digits) > _LONGEST:
            break
        if len(digits) >= _SHORTEST and luhn_ok(digits):
            best = count
    return best


def _stands_alone(group: _Group, before: str) -> bool:
    """True for a date, a telephone number, an order number: no part of a card number."""
    if _ORDINARY.fullmatch(group.digits):
        return True
    after_issuer = len(before) == 6 and before[0] in "3456"
    return 10 <= len(group.digits) < _SHORTEST and not after_issuer


_CVV = (
    r"cv[vcn]\s?2?(?!\d)|cid|card\s+security\s+code|安全[码碼]|校[验驗][码碼]|背面(?:的)?(?:后|末)?[3]位"
    r"|(?:后|末)[3]位"
)
_CODE = (
    r"[验驗][证證][码碼]|校[验驗][码碼]|[动動][态態](?:[码碼]|密[码碼]|口令)|短信[码碼]|确认码|otp"
    r"|passcode|(?:verification|one[- ]time|sms|text|security|confirmation)\s+(?:pass)?code"
)
_PASSWORD = r"密[码碼]|口令|password|passwd|pwd|pin(?:\s?code)?(?![a-z])"  # noqa: S105 - words
_WORDS: tuple[tuple[SecretKind, str, int, int, int, int], ...] = (
    # kind, words, digits right behind the word, digits a few words behind it
    ("cvv", _CVV, 3, 4, 3, 4),
    ("one_time_code", _CODE, 4, 8, 6, 6),
    ("password", _PASSWORD, 4, 8, 6, 6),
)
_LINK = r"(?:[\s:：=＝,，\"“”'‘’（(【\[]|码|碼|[是为為]|就是|我的|卡的|is|my|the|number|code)*"
_OTHER = r"尾号|末[4]位|卡号|金额|单号|号码|手机|电话|编号|tail|ending|order|phone"
_FILLER = rf"(?:(?!{_OTHER})[^\d*。！？!?\n]){{0,10}}?"
_SPELLED = r"\d(?:[\s\-‐-―·.,，、\u200b-\u200d]{0,2}\d)"
_UNIT = (
    r"(?!\d|[\-/.,，]\d|\s?(?:元|块|万|千|次|天|年|月|日|号|位|分|秒|小时|%|yuan|rmb|cny|days?|times?"
    r"|minutes?|hours?))"
)
_DATE = re.compile(rf"{_DAY}$|(?:19|20)\d\d[\-./]\d{{1,2}}(?:[\-./]|$)")
_TOKEN = re.compile(
    rf"(?:{_PASSWORD})\s*(?:[:：=＝]|[是为為]|\bis\b)+\s*[\"“'‘]?"
    r"(?P<digits>(?=[!-~]*[a-z])(?=[!-~]*\d)[!-~]{6,32})",
    re.IGNORECASE,
)


def _patterns(
    kind: SecretKind, words: str, near_least: int, near_most: int, least: int, most: int
) -> tuple[tuple[SecretKind, re.Pattern[str]], ...]:
    def digits(fewest: int, most: int) -> str:
        return rf"(?P<digits>{_SPELLED}{{{fewest - 1},{most - 1}}}){_UNIT}"

    before = rf"(?<![\d*.])(?<!尾号)(?<!尾号是)(?P<digits>{_SPELLED}{{{least - 1},{most - 1}}})"
    backwards = rf"{before}\s*(?:[是为為]|就是|is|=)\s*(?:我的|这张卡的|卡的|the|my)?\s*(?:{words})"
    return tuple(
        (kind, re.compile(pattern, re.IGNORECASE))
        for pattern in (
            rf"(?:{words}){_LINK}{digits(near_least, near_most)}",
            rf"(?:{words}){_FILLER}{digits(least, most)}",
            backwards,
        )
    )


_BESIDE = tuple(pattern for one in _WORDS for pattern in _patterns(*one))


def _beside_words(plain: str) -> list[_Find]:
    """Find digits that stand with the word for a secret."""
    return [
        _Find(match.start("digits"), match.end("digits"), kind)
        for kind, pattern in (*_BESIDE, ("password", _TOKEN))
        for match in pattern.finditer(plain)
        if not _DATE.match(match.group("digits"))
    ]
