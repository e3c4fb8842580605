"""Places, estimates and figures (rows A3, G8)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cardline.core.ids import QueueName
from cardline.routing.model.queues import LeaveOutcome, Queue


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimated wait in whole minutes, rounded up to the steps of the pack."""

    minutes: int
    or_more: bool = False
    """True where it is longer than the largest step; ``minutes`` is that step then."""


@dataclass(frozen=True, slots=True)
class Handled:
    """Conversations of one queue that ended of late, and their time with wrap-up in sum."""

    count: int
    total: timedelta


@dataclass(frozen=True, slots=True)
class QueueState:
    """A queue now, and the place of one waiter where asked for."""

    queue: Queue
    waiting: int
    """Live callers who wait; call-backs are counted apart."""
    callbacks: int
    longest_wait: timedelta | None
    staffed: int
    """Agents on duty who may serve it, by overflow too."""
    ready: int
    estimate: Estimate | None
    """For the waiter asked for, else for somebody who would come now; ``None``: unknown."""
    place: int | None = None
    """1 is next, within this queue."""
    since: datetime | None = None
    callback_offered: bool = False
    """True where the wait is long enough to offer a call-back."""

    @property
    def closed(self) -> bool:
        """True where nobody on duty may serve it: take a message instead of a waiter."""
        return self.staffed == 0


@dataclass(frozen=True, slots=True)
class WaitGroup:
    """Stays of one queue that ended alike after the same number of seconds (rounded up).

    ``outcome`` is ``None`` for those who still wait.
    """

    queue: QueueName
    outcome: LeaveOutcome | None
    seconds: int
    count: int
    total: timedelta
    """Exact sum of their waits."""
    longest: timedelta


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """Figures of one queue in one period (row G8); each is defined in ``rules.service``."""

    queue: QueueName
    offered: int
    answered: int
    answered_in_time: int
    abandoned: int
    callbacks: int
    messages: int
    transferred: int
    waiting: int
    answered_wait_total: timedelta
    longest_wait: timedelta

    @property
    def service_level(self) -> float | None:
        """Answered within the wait target ÷ offered; ``None`` where none was offered."""
        return self.answered_in_time / self.offered if self.offered else None

    @property
    def connect_rate(self) -> float | None:
        """Answered ÷ offered (接通率)."""
        return self.answered / self.offered if self.offered else None

    @property
    def abandon_rate(self) -> float | None:
        """Abandoned ÷ offered."""
        return self.abandoned / self.offered if self.offered else None

    @property
    def mean_wait(self) -> timedelta | None:
        """Average speed of answer: the waits of the answered ÷ answered."""
        return self.answered_wait_total / self.answered if self.answered else None
