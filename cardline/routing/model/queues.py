"""Queues, the numbers of the pack, and those who wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cardline.core.ids import CallId, InteractionId, QueueName
from cardline.core.verdict import RuleVersion

Language = Literal["zh", "en"]
LeaveOutcome = Literal["answered", "abandoned", "callback", "message", "transferred"]
"""How a stay in a queue ended: by an agent, by hanging up, by asking for a call-back, by leaving a
message at a closed queue, or by moving to another queue or out of the queues."""

CHANNEL = "routing"
"""``LISTEN routing``. Payloads are ``word:id``: ``entered``, ``left`` (interaction), ``offered``,
``closed`` (offer), ``agent`` (agent). After any of them but ``offered`` run ``make_offers``."""

ANY_SKILL = "*"


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue: a matter in a language, with its targets."""

    name: QueueName
    matter: str
    language: Language
    urgent: bool
    wait_target: timedelta
    """Service level counts those answered within this time."""
    level_target: int
    """Percent of the offered that shall be answered within ``wait_target``."""
    overflow_after: timedelta
    overflow_to: frozenset[str]
    """Skills that also serve this queue once ``overflow_after`` has passed; ``*``: any skill."""


@dataclass(frozen=True)
class RoutingPolicy:
    """The numbers and queues of one pack, read once by ``rules.read_policy``."""

    version: RuleVersion
    queues: dict[QueueName, Queue]
    fallback_matter: str
    urgent_overflow_to: frozenset[str]
    not_ready_reasons: frozenset[str]
    ring: timedelta
    offer_grace: timedelta
    wrap_up_limit: timedelta
    announce_every: timedelta
    callback_offered_after: timedelta
    callback_attempts: int
    callback_retry: timedelta
    absence_grace: timedelta
    phone_lease: timedelta
    web_phone_lease: timedelta
    """For a browser, from one sign of life to the next."""
    rejoin: timedelta
    """For which a caller is kept for an agent whose browser fell silent."""
    entry: timedelta
    """For which a caller may be at the keys on an agent's request."""
    line_lease: timedelta
    line_given_up: timedelta
    estimate_window: timedelta
    estimate_samples: int
    estimate_steps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Waiter:
    """Somebody who waits, on the line or for a call-back.

    ``since`` is the place: the time from which the wait counts, kept across queues, failed offers
    and call-backs. ``entered_at`` is the beginning of this stay in this queue.
    """

    wait: str
    interaction: InteractionId
    queue: QueueName
    language: Language
    urgent: bool
    since: datetime
    entered_at: datetime
    call: CallId | None = None
    callback: bool = False
    number: str = ""
    """Number of the caller; for a call-back the number to call, E.164."""
    not_before: datetime | None = None
    attempt: int = 0
    """Call-backs that were tried before this one."""
    reachable: bool = True
    """False while the line that holds the call gives no sign of life."""
