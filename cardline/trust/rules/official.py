"""Is this number, sender, domain or campaign the bank's? (row E2)

The registry says what is ours. What it does not say is not ours; what a person can read on a
display can be forged, so even a yes says what to do next.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from phonenumbers import PhoneNumberType, number_type
from phonenumbers import parse as parse_number
from phonenumbers.phonenumberutil import NumberParseException

from cardline.core.phone import home_code, parse_phone
from cardline.core.verdict import Reason, Verdict, judge
from cardline.trust.model import Answer, Finding, Official, OfficialKind, TrustPolicy

_LONGEST = 300
_TEXT_PORT = "106"
"""Beginning of the numbers from which companies text in mainland China."""
_CORE = 4
"""Letters of a host's name that tell it from others."""
_SHORT_NUMBER = re.compile(r"\d{3,20}")
_SHORT_FROM_ABROAD = re.compile(r"(?:\+|00)86(\d{3,6})")
_MAINLAND_MOBILE = re.compile(r"\+861[3-9]\d{9}")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+")
_LINK = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://|www\.)[^\s，。；、“”《》<>\"']+"
    r"|(?<![\w.@-])(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}(?![\w-])(?:[/:][^\s，。；、“”《》<>\"']*)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\d.])\+?\d(?:[\s-]?\d){4,19}(?!\d|\.\d|\s?(?:\u5143|%))")
_SIGNATURE = re.compile(r"【([^】]{1,40})】")

RING_BACK = "ring-back"
DO_NOT_ANSWER = "do-not-answer"
DO_NOT_CLICK = "do-not-click"
REPORT_JUNK = "report-12321"
ASK_POLICE = "ask-96110"
FREEZE = "freeze"
ASK_HOTLINE = "ask-hotline"
CHECK_CONTACT = "check-contact"

_WARY = (DO_NOT_ANSWER, FREEZE, RING_BACK, ASK_POLICE, REPORT_JUNK)


def canonical(kind: OfficialKind, value: str) -> str:
    """Return the one form in which values of a kind are compared; empty for what is none.

    Numbers: E.164, or the bare digits of a short one; names: folded, without 【】 and spaces;
    domains: the host name in ASCII (RFC 5891), taken out of an address if need be.
    """
    text = unicodedata.normalize("NFKC", value).strip()[:_LONGEST]
    match kind:
        case OfficialKind.NUMBER:
            return _number(text)
        case OfficialKind.DOMAIN:
            return _host(text)
        case OfficialKind.SENDER | OfficialKind.CAMPAIGN:
            joined = "".join(text.casefold().split()).strip("【】[]")
            return unicodedata.normalize("NFKC", joined)  # marks may meet their letters now


def is_mobile(number: str) -> bool:
    """True for a canonical number that is certainly a mobile one, in any country."""
    if _MAINLAND_MOBILE.fullmatch(number):
        return True
    if not number.startswith("+") or number.startswith("+86"):
        return False
    try:
        return number_type(parse_number(number)) == PhoneNumberType.MOBILE
    except NumberParseException:
        return False


def may_register(entry: Official, known: Iterable[Official], policy: TrustPolicy) -> Verdict:
    """Decide whether an entry may stand in the registry.

    Reasons: ``unreadable`` (the value is no number, name or host), ``mobile-never-hotline``,
    ``overlaps`` (the same value is there for a part of this time already).
    """
    value = canonical(entry.kind, entry.value)
    overlaps = any(
        one.kind is entry.kind
        and one.value == value
        and (one.until is None or one.until > entry.since)
        and (entry.until is None or entry.until > one.since)
        for one in known
    )
    mobile = entry.kind is OfficialKind.NUMBER and is_mobile(value)
    return judge(
        policy.version,
        (
            None if value else Reason("unreadable", "MISSION.md E2"),
            Reason("mobile-never-hotline", "MISSION.md E2") if mobile else None,
            Reason("overlaps", "MISSION.md E2: one entry at a time") if overlaps else None,
        ),
    )


def is_ours(
    kind: OfficialKind,
    value: str,
    registry: Sequence[Official],
    policy: TrustPolicy,
    *,
    at: datetime,
) -> Finding:
    """Say whether something is the bank's at a time: yes, no, or cannot tell, and what to do.

    Reasons: ``unreadable``, ``mobile-never-hotline``, ``public-service``, ``in-registry`` with
    ``number-can-be-faked`` or ``name-can-be-copied``, ``no-longer-ours``, ``not-yet-ours``,
    ``looks-like-ours``, ``inbound-only``, ``foreign-number``, ``not-in-registry``.
    """
    wanted = canonical(kind, value)
    if not wanted:
        return _finding(policy, Answer.CANNOT_TELL, ["unreadable"], (RING_BACK, ASK_HOTLINE))
    if kind is OfficialKind.NUMBER and is_mobile(wanted):
        return _finding(policy, Answer.NO, ["mobile-never-hotline"], _WARY)
    known = [one for one in registry if one.kind is kind and _fits(one, wanted)]
    for one in known:
        if one.since <= at and (one.until is None or at < one.until):
            return _ours(one, policy)
    if known:
        past = max(known, key=lambda one: one.since)
        code = "no-longer-ours" if past.since <= at else "not-yet-ours"
        return _finding(policy, Answer.NO, [code], _not_ours(kind), past)
    if kind is OfficialKind.NUMBER and wanted in policy.public_services:
        return _finding(policy, Answer.NO, ["public-service", f"service-{wanted}"], (RING_BACK,))
    if kind is OfficialKind.CAMPAIGN:  # people retell offers in their own words
        steps = (ASK_HOTLINE, DO_NOT_CLICK)
        return _finding(policy, Answer.CANNOT_TELL, ["not-in-registry"], steps)
    codes = ["looks-like-ours"] if _looks_like(kind, wanted, registry) else []
    if kind is OfficialKind.NUMBER:
        codes += _of_numbers(wanted, policy)
    return _finding(policy, Answer.NO, [*codes, "not-in-registry"], _not_ours(kind))


def what_a_text_names(text: str) -> tuple[tuple[OfficialKind, str], ...]:
    """Return what in a message can be held against the registry: signature, links, numbers.

    Each once, in their order. Six digits or fewer that stand alone may be a code of ours and are
    left out; so are amounts.
    """
    plain = unicodedata.normalize("NFKC", text)[:2000]
    found: dict[tuple[OfficialKind, str], None] = {}
    for match in _SIGNATURE.finditer(plain):
        found[OfficialKind.SENDER, match[1]] = None
    links = [match for match in _LINK.finditer(plain) if _host(match[0])]
    for match in links:
        found[OfficialKind.DOMAIN, match[0]] = None
    for match in _NUMBER.finditer(plain):
        digits = re.sub(r"\D", "", match[0])
        inside = any(link.start() <= match.start() < link.end() for link in links)
        dialled = len(digits) >= 7 or digits.startswith(("95", "96"))
        if dialled and not inside:
            found[OfficialKind.NUMBER, match[0]] = None
    return tuple(found)


def _ours(one: Official, policy: TrustPolicy) -> Finding:
    codes = ["in-registry"]
    if one.kind is OfficialKind.NUMBER:
        codes.append("number-can-be-faked")
    if one.kind is OfficialKind.SENDER:
        codes.append("name-can-be-copied")
    steps = {
        OfficialKind.NUMBER: (CHECK_CONTACT, RING_BACK),
        OfficialKind.SENDER: (CHECK_CONTACT, RING_BACK),
    }.get(one.kind, (ASK_HOTLINE,))
    return _finding(policy, Answer.YES, codes, steps, one)


def _not_ours(kind: OfficialKind) -> tuple[str, ...]:
    if kind is OfficialKind.DOMAIN:
        return (DO_NOT_CLICK, *_WARY)
    return _WARY if kind is not OfficialKind.CAMPAIGN else (DO_NOT_CLICK, ASK_HOTLINE)


def _of_numbers(wanted: str, policy: TrustPolicy) -> list[str]:
    local = wanted.removeprefix(home_code())
    if wanted.startswith("+") and not wanted.startswith(home_code()):
        return ["foreign-number"]
    return ["inbound-only"] if local.startswith(policy.inbound_only) and len(local) == 10 else []


def _fits(one: Official, wanted: str) -> bool:
    if one.kind is OfficialKind.DOMAIN:
        return wanted == one.value or wanted.endswith(f".{one.value}")
    if one.kind is OfficialKind.CAMPAIGN:
        return one.value in wanted  # people add words of their own
    if one.kind is OfficialKind.NUMBER:
        return same_number(one.value, wanted)
    return one.value == wanted


def same_number(own: str, other: str) -> bool:
    """True for the same canonical number, or an extension of one from which companies text."""
    base, local = own.removeprefix(home_code()), other.removeprefix(home_code())
    return own == other or (base.startswith(_TEXT_PORT) and local.startswith(base))


def _looks_like(kind: OfficialKind, wanted: str, registry: Iterable[Official]) -> bool:
    """A number with ours inside, a host or name that borrows ours."""
    mine = [one.value.removeprefix(home_code()) for one in registry if one.kind is kind]
    if kind is OfficialKind.NUMBER:
        digits = wanted.removeprefix(home_code())
        return any(own in digits or _one_off(own, digits) for own in mine)
    if kind is OfficialKind.DOMAIN:
        plain = wanted.replace("-", "").replace(".", "")
        return any(
            (len(_core(own)) >= _CORE and _core(own) in plain) or _one_off(own, wanted)
            for own in mine
        )
    return any(own in wanted or _one_off(own, wanted) for own in mine)


def _core(host: str) -> str:
    """The name within a host that people recognise: ``bank`` of ``www.bank.example``."""
    parts = host.split(".")
    return max(parts[:-1], key=len).replace("-", "") if len(parts) > 1 else host


def _one_off(one: str, other: str) -> bool:
    """True where one letter or digit was changed, added, left out, or two were exchanged."""
    if abs(len(one) - len(other)) > 1 or one == other or min(len(one), len(other)) < 4:
        return False
    head = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), -1)
    if head < 0:
        return True
    rests = (
        (one[head + 1 :], other[head + 1 :]),
        (one[head + 1 :], other[head:]),
        (one[head:], other[head + 1 :]),
    )
    swapped = one[head : head + 2] == other[head : head + 2][::-1]
    return any(a == b for a, b in rests) or (swapped and one[head + 2 :] == other[head + 2 :])


def _number(text: str) -> str:
    lead = re.sub(r"[\s\-()./]", "", text)
    number = parse_phone(lead)
    if number is not None:
        return number
    home = _SHORT_FROM_ABROAD.fullmatch(lead)  # a telephone that roams shows ours so
    digits = home[1] if home else lead.removeprefix("+")
    return digits if _SHORT_NUMBER.fullmatch(digits) and digits.isascii() else ""


def _host(text: str) -> str:
    """Take the host out of an address, past user names, ports and paths."""
    rest = re.sub(r"^[a-z][a-z0-9+.-]*://", "", text.strip().lower())
    host = re.split(r"[/?#\\]", rest, maxsplit=1)[0].rpartition("@")[2].partition(":")[0]
    try:
        plain = host.rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    named = _HOST.fullmatch(plain) is not None and not plain.rpartition(".")[2].isdecimal()
    return plain if named else ""


def _finding(
    policy: TrustPolicy,
    answer: Answer,
    codes: Iterable[str],
    steps: tuple[str, ...],
    official: Official | None = None,
) -> Finding:
    sources = policy.sources
    at = {"public-service": "public_services", "inbound-only": "inbound_only"}
    reasons = tuple(
        Reason(code, sources[at[code]] if code in at else "MISSION.md E2") for code in codes
    )
    return Finding(answer, policy.version, reasons, steps, official)
