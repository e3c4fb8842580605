"""Telephone numbers: one written form (E.164) for everything that is stored or compared."""

from typing import NewType

import phonenumbers

_SHORTEST = 7
"""Digits of the shortest number that can be called from abroad; service numbers are shorter."""

PhoneNumber = NewType("PhoneNumber", str)
"""E.164 with a plus sign, for example ``+8613800138000``."""


def parse_phone(text: str, *, region: str = "CN") -> PhoneNumber | None:
    """Return the number in E.164, or ``None`` where ``text`` is no possible telephone number.

    Accepts what lines and people write: ``13800138000``, ``086-138 0013 8000``, ``+86...``,
    ``sip:`` users. Short service numbers (``95588``) are not E.164 numbers and give ``None``.
    """
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
