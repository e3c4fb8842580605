"""What stays out of a pack: other people's data; of a holder's own, the bank's internal business.

Pure. Hidden are fields, not entries: what is left still proves itself (``form.hash_of``).
"""

import re
from typing import Any

from cardline.core.phone import parse_phone
from cardline.evidence.model import Entry, Link
from cardline.evidence.packs.model import Subject
from cardline.evidence.policy import EvidencePolicy
from cardline.evidence.rules import fields_of

_NUMBER = re.compile(r"(?<![\w+])(?:\+\d{8,15}|(?:0086|86)?1[3-9]\d{9})(?!\w)")
"""What may be somebody's telephone: E.164, or a mobile number of the mainland."""
_BEFORE = ("desk.claimed", "body/was")
"""Whom a conversation was thought to be about before."""


def hidden_fields(link: Link, subject: Subject, policy: EvidencePolicy) -> frozenset[str]:
    """Return the fields of an entry that stay out of a pack."""
    entry = link.entry
    fields = fields_of(entry)
    if subject.audience == "holder" and entry.kind in policy.internal_kinds:
        return frozenset(fields)
    if _is_of_another(entry, subject):
        return frozenset(fields)
    return frozenset(
        name
        for name, value in fields.items()
        if _names_others(name, value, subject)
        or ((entry.kind, name) == _BEFORE and value not in (None, "", subject.holder))
    )


def _is_of_another(entry: Entry, subject: Subject) -> bool:
    named = entry.body.get("holder")
    return bool(named) and subject.holder is not None and named != subject.holder


def _names_others(name: str, value: Any, subject: Subject) -> bool:
    if name == "by" and str(value).startswith("holder:"):
        return subject.holder is not None and value != f"holder:{subject.holder}"
    return any(not _is_own(number, subject) for number in _numbers_in(value))


def _numbers_in(value: Any) -> set[str]:
    if isinstance(value, str):
        return set(_NUMBER.findall(value))
    if isinstance(value, dict):
        return {one for key, each in value.items() for one in _numbers_in(key) | _numbers_in(each)}
    if isinstance(value, list):
        return {one for each in value for one in _numbers_in(each)}
    return set()


def _is_own(number: str, subject: Subject) -> bool:
    return number in subject.numbers or (parse_phone(number) or "") in subject.numbers
