"""Telephone numbers: one written form (E.164) for everything that is stored or compared."""

import re
from typing import NewType

import phonenumbers

from cardline.core.home import home

_SHORTEST = 7
"""Digits of the shortest number that can be called from abroad; service numbers are shorter."""

_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
"""A mainland mobile number as lists write it: read without the library, a hundred times as fast."""

PhoneNumber = NewType("PhoneNumber", str)
"""E.164 with a plus sign, for example ``+8613800138000``."""


def parse_phone(text: str, *, region: str | None = None) -> PhoneNumber | None:
    """Return the number in E.164, or ``None`` where ``text`` is no possible telephone number.

    Accepts what lines and people write: ``13800138000``, ``086-138 0013 8000``, ``+86...``,
    ``sip:`` users. Short service numbers (``95588``) are not E.164 numbers and give ``None``.
    ``region``: the country (ISO 3166) of what has no country code; the bank's own by itself.
    """
    region = region or home().region
    mobile = _MOBILE.fullmatch(text) if region == "CN" else None
    if mobile is not None:
        return PhoneNumber(f"+86{mobile[1]}")
    cleaned = "".join(ch for ch in text if ch.isdigit() or ch == "+")
    if len(cleaned) > 4 and cleaned.startswith("086"):
        cleaned = "+" + cleaned[1:]
    elif region == "CN" and len(cleaned) == 13 and cleaned.startswith("861"):
        cleaned = "+" + cleaned
    try:
        number = phonenumbers.parse(cleaned, region)
    except phonenumbers.NumberParseException:
        return None
    short = len(str(number.national_number)) < _SHORTEST
    if short or not phonenumbers.is_possible_number(number):
        return None
    return PhoneNumber(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def is_whole(number: PhoneNumber) -> bool:
    """True for a number with all its digits: one without its area code rings somebody else."""
    parsed = phonenumbers.parse(number)
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    return bool(reason == phonenumbers.ValidationResult.IS_POSSIBLE)


def takes_texts(number: PhoneNumber) -> bool:
    """True for a number that may be a mobile one: a text to a landline reaches nobody."""
    if _MOBILE.fullmatch(number):
        return True
    kind = phonenumbers.number_type(phonenumbers.parse(number))
    mobile = phonenumbers.PhoneNumberType.MOBILE
    return kind in (mobile, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def home_code() -> str:
    """Return the country code of home: ``+86``."""
    return f"+{phonenumbers.country_code_for_region(home().region)}"


def national(number: PhoneNumber) -> str:
    """Return a number as it is dialled at home; a foreign one keeps its plus sign.

    In mainland China a mobile number has 11 digits and begins with 1; before an area code goes the
    prefix 0.
    """
    if home().region != "CN":
        return _as_dialled(number)
    if not number.startswith("+86"):
        return number
    local = number.removeprefix("+86")
    return local if len(local) == 11 and local.startswith("1") else f"0{local}"


def _as_dialled(number: PhoneNumber) -> str:
    if not number.startswith(home_code()):
        return number
    parsed = phonenumbers.parse(number)
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return "".join(figure for figure in written if figure.isdigit())
