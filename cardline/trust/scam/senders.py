"""Who sent it: what the form of a number says, and what the registry knows."""

import re
from collections.abc import Iterator
from typing import Final

from cardline.trust.scam.model import Institution, Registry, SenderKind
from cardline.trust.scam.text import bones, read, skeleton

_DIGITS = re.compile(r"\D")
_NUMBER = re.compile(r"[+\d][\d\s\-()]{1,24}")
_IN_TEXT = re.compile(r"(?<![A-Za-z0-9_.@/=\-])\+?\d(?:[ \-]?\d){4,14}(?![A-Za-z0-9_@]|\.\d)")
_FORMS: Final = (
    (SenderKind.MOBILE, re.compile(r"1[3-9]\d{9}")),
    (SenderKind.PORT, re.compile(r"106\d{5,17}")),
    (SenderKind.FREE, re.compile(r"[48]00\d{7}")),
    (SenderKind.SERVICE, re.compile(r"9[56]\d{3,4}|12\d{3}|1[12]\d|100\d{2}")),
    (SenderKind.FIXED, re.compile(r"0\d{9,11}")),
)
_CLOSE: Final = 16
LONGEST: Final = 80
"""Characters of a sender that are looked at."""


def number_of(sender: str) -> str:
    """Return a number as it is compared: digits alone, without 86; foreign ones keep ``+``.

    Empty for what is no number.
    """
    written = read(sender[:LONGEST]).plain.strip()
    if not _NUMBER.fullmatch(written):
        return ""
    digits = _DIGITS.sub("", written)
    if written.startswith("+") or digits.startswith("00"):
        abroad = digits.removeprefix("00")
        return abroad.removeprefix("86") if abroad.startswith("86") else f"+{abroad}"
    if len(digits) == 13 and digits.startswith("861"):
        return digits.removeprefix("86")
    return digits


def owns(institution: Institution, number: str) -> bool:
    """True where a number, as compared, is one of an institution's."""
    return number in institution.numbers or (
        bool(institution.prefixes) and number.startswith(institution.prefixes)
    )


def kind_of_number(number: str, *, registry: Registry) -> SenderKind:
    """Say what a number is, as :func:`number_of` gives it."""
    if owns(registry.own, number):
        return SenderKind.OFFICIAL
    if any(owns(one, number) for one in registry.others.values()):
        return SenderKind.OTHER
    if _pads(number, registry.own.numbers):
        return SenderKind.FAKED
    if number.startswith("+"):
        return SenderKind.FOREIGN
    for kind, form in _FORMS:
        if form.fullmatch(number):
            return kind
    return SenderKind.OTHER_NUMBER


def kind_of_sender(sender: str, *, registry: Registry) -> SenderKind:
    """Say what a sender is: a number, or a name as some networks show it."""
    if not sender.strip():
        return SenderKind.NONE
    number = number_of(sender)
    if number:
        return kind_of_number(number, registry=registry)
    name = bones(sender[:LONGEST])
    if name in registry.own.names:
        return SenderKind.OFFICIAL if _as_registered(sender, name) else SenderKind.FAKED
    if any(name in one.names for one in registry.others.values()):
        return SenderKind.OTHER
    everybody = (registry.own, *registry.others.values())
    if any(_carries(name, known) for one in everybody for known in one.names):
        return SenderKind.FAKED
    return SenderKind.NAME


def numbers_in(plain: str, *, after: re.Pattern[str], most: int = 50) -> Iterator[str]:
    """Yield the telephone numbers that a text says to call, as they are compared.

    ``after``: what stands shortly before such a number; other digits are amounts and dates.
    """
    for count, match in enumerate(_IN_TEXT.finditer(plain)):
        if count >= most:
            return
        before = plain[max(0, match.start() - _CLOSE) : match.start()].casefold()
        if not after.search(before):
            continue
        number = number_of(match.group())
        if any(form.fullmatch(number) for _, form in _FORMS) or (
            number.startswith("+") and len(number) >= 9
        ):
            yield number


def _as_registered(sender: str, name: str) -> bool:
    """False where the name only looks like the registered one: letters of other alphabets."""
    plain = "".join(letter for letter in read(sender).plain.casefold() if letter.isalnum())
    return plain == name


def _carries(name: str, known: str) -> bool:
    """True where a name holds a registered one, or one that looks just like it."""
    if len(known) < 2:
        return False
    return known in name or (
        known.isascii() and len(known) > 3 and skeleton(known) == skeleton(name)
    )


def _pads(number: str, official: frozenset[str]) -> bool:
    """True where an official number comes as from abroad, or with digits put before it."""
    bare = number.removeprefix("+")
    return any(
        (bare != one or number.startswith("+")) and bare.endswith(one) and len(bare) - len(one) <= 4
        for one in official
        if len(one) >= 5
    )
