"""What a form must hold before it is a complaint; pure. As little as the law and an answer need."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Final

from cardline.complaints.doors.model import DoorPolicy, Written
from cardline.core.phone import parse_phone
from cardline.core.verdict import Reason, Verdict, judge

_MAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_STAFF_NUMBER = re.compile(r"(?<!\d)\d{4,8}(?!\d)")
_REFERENCE: Final = re.compile(r"c(\d{6})-?([0-9a-z]{6})")
_READ_AS: Final = str.maketrans({"o": "0", "i": "1", "l": "1", "u": "v"})
_DAY: Final = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?")
_LEAST_PEOPLE: Final = 2
_MOST_PEOPLE: Final = 100_000


def may_hand_in(
    written: Written, *, files: int, files_at_once: int, representatives: int, policy: DoorPolicy
) -> Verdict:
    """Decide whether a form may be handed in; the codes have their words in ``fault``.

    A complaint without a name is one too. ``files``: all that came with it.
    """
    reasons = [
        *_of_texts(written, policy),
        *_of_people(written, representatives),
    ]
    if files > files_at_once:
        reasons.append(Reason("too-many-files", "portal.files_at_once"))
    return judge(policy.version, reasons)


def _of_texts(written: Written, policy: DoorPolicy) -> Iterator[Reason]:
    source = policy.sources["statement_characters"]
    if not any(letter.isalnum() for letter in written.statement):
        yield Reason("nothing-said", "CMP 13")
    if len(written.statement) > policy.statement_characters:
        yield Reason("statement-too-long", source)
    if len(written.demand) > policy.statement_characters:
        yield Reason("demand-too-long", source)
    names = (written.name, written.phone, written.email, written.address, written.staff)
    if max(len(one) for one in names) > policy.name_characters:
        yield Reason("name-too-long", policy.sources["name_characters"])
    yield from unclear(written.phone, written.email)


def unclear(phone: str, email: str) -> Iterator[Reason]:
    """Find what cannot be a number or an address as it was written or said."""
    if phone and parse_phone(phone) is None:
        yield Reason("phone-unclear", "CMP 13")
    if email and not _MAIL.fullmatch(email):
        yield Reason("email-unclear", "CMP 13")


def _of_people(written: Written, representatives: int) -> Iterator[Reason]:
    """Find what is missing of people. An authority that is missing refuses nothing: the time runs,
    and it is asked for afterwards.
    """
    if written.who == "anonymous" or written.known:
        return
    if not written.name:
        yield Reason("name-needed", "CMP 13")
    if not (written.phone or written.email or written.address):
        yield Reason("reach-needed", "CMP 13")
    if written.who == "proxy":
        if not written.speaker:
            yield Reason("speaker-needed", "CMP 14")
        if written.until.strip() and day_in(written.until) is None:
            yield Reason("day-unclear", "CMP 14")
    if written.who == "joint":
        speakers = speakers_of(written)
        if not speakers:
            yield Reason("representative-needed", "CMP 12")
        if len(speakers) > representatives:
            yield Reason("too-many-representatives", "CMP 12")
        if people_of(written) < max(_LEAST_PEOPLE, len(speakers)):
            yield Reason("people-unclear", "CMP 12")


def may_add(text: str, *, files: int, files_at_once: int, policy: DoorPolicy) -> Verdict:
    """Decide whether something may be added to a complaint, or a re-examination be asked for."""
    source = policy.sources["statement_characters"]
    long, many = len(text) > policy.statement_characters, files > files_at_once
    return judge(
        policy.version,
        (
            Reason("empty", "CMP 13") if not text and not files else None,
            Reason("statement-too-long", source) if long else None,
            Reason("too-many-files", "portal.files_at_once") if many else None,
        ),
    )


def reference_meant(typed: str) -> str:
    """Return a reference as it was meant: ``c261127 7K3QLM`` is ``C261127-7k3q1m``.

    What is none is returned without the signs that no reference has.
    """
    plain = unicodedata.normalize("NFKC", typed)
    kept = "".join(one for one in plain if one == "-" or (one.isascii() and one.isalnum()))
    found = _REFERENCE.fullmatch(kept.lower())
    return f"C{found[1]}-{found[2].translate(_READ_AS)}" if found else kept


def day_in(typed: str) -> date | None:
    """Return a day as it was typed or chosen: ``2027-03-01``, ``2027/3/1``, ``2027年3月1日``."""
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", typed).strip())
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def speakers_of(written: Written) -> tuple[str, ...]:
    """Return the names that were written one a line, each once."""
    lines = (line.strip() for line in re.split(r"[\n;；、]", written.speaker))
    return tuple(dict.fromkeys(line for line in lines if line))


def people_of(written: Written) -> int:
    """Return how many complain together; 0 where that was no number."""
    typed = written.people.strip()
    return min(int(typed), _MOST_PEOPLE) if typed.isdecimal() and len(typed) < 7 else 0


def staff_numbers(typed: str) -> tuple[str, ...]:
    """Return the staff numbers among what was typed about who is complained of."""
    return tuple(dict.fromkeys(_STAFF_NUMBER.findall(typed)))
