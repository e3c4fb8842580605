"""The one answer that every rule gives: yes, no, or not before a time, with every reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

RuleVersion = NewType("RuleVersion", str)
"""Name and date of the rule text that gave a verdict, for example ``identity/2026-11-01``."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is refused.

    ``code`` is stable and has words for both sides in the catalogues; ``source`` names the article
    or the policy key that says so; ``until`` is when the reason ends by itself, if it does.
    """

    code: str
    source: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says, replayable from its inputs and ``rule``."""

    rule: RuleVersion
    refusals: tuple[Reason, ...] = ()

    @property
    def allowed(self) -> bool:
        """True where nothing stands against it."""
        return not self.refusals

    @property
    def not_before(self) -> datetime | None:
        """The time from which it is allowed, where every refusal ends by itself."""
        if not self.refusals:
            return None
        ends = [reason.until for reason in self.refusals]
        known = [end for end in ends if end is not None]
        return max(known) if len(known) == len(ends) else None

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all refusals, in the order in which the rule found them."""
        return tuple(reason.code for reason in self.refusals)


def judge(rule: RuleVersion, findings: Iterable[Reason | None]) -> Verdict:
    """Collect the findings of all checks into one verdict; ``None`` is a check that passed."""
    return Verdict(rule, tuple(finding for finding in findings if finding is not None))
