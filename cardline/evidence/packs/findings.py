"""What a check of a pack finds: proved, not proved, or failed; words are in ``findings.toml``."""

from dataclasses import dataclass, field
from typing import Final, Literal

State = Literal["proved", "not-proved", "failed"]
_MOST_FAULTS: Final = 50
"""Faults that are told one by one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is proved, is not, or does not hold; ``values`` fill its sentence."""

    code: str
    state: State
    values: dict[str, str | int] = field(default_factory=dict)


@dataclass
class Result:
    """What was found; ``holds`` where nothing failed."""

    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """True where every check passed."""
        return all(one.state != "failed" for one in self.findings)

    def prove(self, code: str, **values: str | int) -> None:
        """Add what is proved."""
        self.findings.append(Finding(code, "proved", values))

    def leave_open(self, code: str, **values: str | int) -> None:
        """Add what is not proved."""
        self.findings.append(Finding(code, "not-proved", values))

    def fail(self, code: str, **values: str | int) -> None:
        """Add what does not hold; beyond a number they are no longer told one by one."""
        failed = sum(one.state == "failed" for one in self.findings)
        if failed < _MOST_FAULTS:
            self.findings.append(Finding(code, "failed", values))
