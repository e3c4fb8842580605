"""Past contacts judged again under other rules: what would change (row D8). Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from cardline.core.transaction import JsonObject
from cardline.core.verdict import Verdict
from cardline.outreach.model import Answer, Channel, ContactPolicy, Purpose
from cardline.outreach.rules.facts import judged_from
from cardline.outreach.rules.gate import may_contact


@dataclass(frozen=True, slots=True)
class Decided:
    """A verdict of the past as the journal has it."""

    key: str
    facts: JsonObject
    rule: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One contact that the new rules would answer otherwise."""

    key: str
    at: datetime
    purpose: Purpose
    channel: Channel
    before: Answer
    after: Answer
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(slots=True)
class Difference:
    """What other rules would change. ``moved`` counts old and new answers, the same ones too."""

    judged: int = 0
    unreadable: int = 0
    otherwise_then: int = 0
    """Verdicts of the old rule's version that it would not give again: its file was changed."""
    moved: Counter[tuple[Answer, Answer]] = field(default_factory=Counter)
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    by_purpose: Counter[Purpose] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)
    """The first of them, in the order of the journal."""

    @property
    def changed(self) -> int:
        """Contacts that would be answered otherwise, or for other reasons."""
        return sum(self.by_purpose.values())


def compare(
    decided: Iterable[Decided], old: ContactPolicy, new: ContactPolicy, *, shown: int
) -> Difference:
    """Judge every contact under both rules; keeps at most ``shown`` changes one by one.

    Each is judged on what was known then: that an earlier contact would have been refused too does
    not make room for a later one.
    """
    found = Difference()
    for one in decided:
        try:
            contact, recipient, at = judged_from(one.facts)
        except (KeyError, ValueError, TypeError, IndexError):
            found.unreadable += 1
            continue
        before = may_contact(contact, recipient, old, now=at)
        after = may_contact(contact, recipient, new, now=at)
        found.judged += 1
        if one.rule == old.version and set(one.codes) != set(before.codes):
            found.otherwise_then += 1
        answers = answer_of(before), answer_of(after)
        found.moved[answers] += 1
        gained = tuple(sorted(set(after.codes) - set(before.codes)))
        lost = tuple(sorted(set(before.codes) - set(after.codes)))
        if answers[0] == answers[1] and not gained and not lost:
            continue
        found.gained.update(gained)
        found.lost.update(lost)
        found.by_purpose[contact.purpose] += 1
        if len(found.changes) < shown:
            change = Change(one.key, at, contact.purpose, contact.channel, *answers, gained, lost)
            found.changes.append(change)
    return found


def answer_of(verdict: Verdict) -> Answer:
    """Return yes, no, or later: not before a time."""
    if verdict.allowed:
        return "yes"
    return "later" if verdict.not_before else "no"
