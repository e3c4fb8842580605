"""Types of telling answering machines from people: what was heard, and what is made of it (D4)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from cardline.core.verdict import Reason, RuleVersion


class Machines(StrEnum):
    """What a campaign does where a machine answers."""

    IGNORE = "ignore"
    """Nobody listens: what answers counts as a person."""
    HANG_UP = "hang-up"
    MESSAGE = "message"
    """The approved message after the tone; it says nothing about the person or the matter."""


class Callee(StrEnum):
    """Who seems to have answered."""

    PERSON = "person"
    MACHINE = "machine"
    UNKNOWN = "unknown"
    """Cannot be told: treated as a person in everything."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of what the callee said, in seconds since the answer; without an end it goes on."""

    kind: Literal["speech", "tone"]
    began: float
    ended: float | None = None


@dataclass(frozen=True, slots=True)
class MachineRule:
    """The numbers by which a machine is told from a person, in seconds."""

    version: RuleVersion
    word: float
    """Shorter speech is a noise."""
    pause: float
    """Quiet after which who has spoken has finished."""
    greeting: float
    """Speech without such a pause that nobody says who just picked up a phone."""
    tone: float
    wait: float
    """What a person who says nothing waits for our first word."""
    limit: float
    """What anybody waits for it, whatever is being said."""
    message_quiet: float
    """Quiet after a greeting after which a machine without a tone is taken to record."""
    message_limit: float
    """What we wait for the tone; then the message is not left."""


@dataclass(frozen=True, slots=True)
class MachinePolicy:
    """The pack on answering machines."""

    default: Machines
    rule: MachineRule
    false_share: float
    """Share of calls judged machines that are reckoned to have been people."""
    counts_abandoned: bool
    """Whether those are reckoned among the abandoned calls."""
    calls_again: bool
    """Whether a machine that took our message is called again."""

    def reckoned(self, machines: int) -> float:
        """Return how many of the calls judged machines are reckoned as abandoned people."""
        return self.false_share * machines if self.counts_abandoned else 0.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """Who answered, with every reason, and how long it took since the answer."""

    callee: Callee
    reasons: tuple[Reason, ...]
    after: float
    rule: RuleVersion

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all reasons."""
        return tuple(reason.code for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Undecided:
    """Nothing can be said yet; ``look_at``: when to look again, if nothing new is heard before."""

    look_at: float


MessageMoment = Literal["now", "never"]
