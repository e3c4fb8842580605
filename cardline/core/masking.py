"""Masks: what may be shown of a number (JR/T 0171, PCI DSS 3.4.1) and a holder for secrets."""

import re


def mask_phone(number: str) -> str:
    """Show the first 3 and the last 4 digits of a mobile number: ``138****8000``."""
    local = number.removeprefix("+86")
    if len(local) < 8:
        return "*" * len(local)
    return f"{local[:3]}{'*' * (len(local) - 7)}{local[-4:]}"


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
