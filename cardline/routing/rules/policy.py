"""Reading the pack: the queues and numbers of routing, checked once."""

from datetime import timedelta
from typing import cast, get_args

from cardline.core.ids import QueueName
from cardline.core.policy import AreaPolicy, PolicyError
from cardline.routing.model import ANY_SKILL, Language, Queue, RoutingPolicy

_KEYS = frozenset(
    {
        "matter",
        "languages",
        "urgent",
        "wait_target",
        "level_target",
        "overflow_after",
        "overflow_to",
    }
)


def read_policy(area: AreaPolicy) -> RoutingPolicy:
    """Read ``routing.toml``. Raises ``PolicyError`` with the entry that does not fit."""
    queues = _queues(area)
    fallback = area.text("fallback_matter")
    for language in get_args(Language):
        if QueueName(f"{fallback}-{language}") not in queues:
            raise PolicyError(f"routing.fallback_matter: no queue {fallback}-{language}")
    steps = _whole_numbers(area, "estimate_steps_minutes")
    if not steps or list(steps) != sorted(set(steps)) or steps[0] < 1:
        raise PolicyError("routing.estimate_steps_minutes must be rising whole minutes from 1")
    return RoutingPolicy(
        version=area.version,
        queues=queues,
        fallback_matter=fallback,
        urgent_overflow_to=frozenset(area.texts("urgent_overflow_to")),
        not_ready_reasons=frozenset(area.texts("not_ready_reasons")),
        ring=area.seconds("ring_seconds"),
        offer_grace=area.seconds("offer_grace_seconds"),
        wrap_up_limit=area.seconds("wrap_up_limit_seconds"),
        announce_every=area.seconds("announce_every_seconds"),
        callback_offered_after=area.seconds("callback_offered_after_seconds"),
        callback_attempts=area.integer("callback_attempts"),
        callback_retry=area.seconds("callback_retry_seconds"),
        absence_grace=area.seconds("absence_grace_seconds"),
        phone_lease=area.seconds("phone_lease_seconds"),
        web_phone_lease=area.seconds("web_phone_lease_seconds"),
        rejoin=area.seconds("rejoin_seconds"),
        entry=area.seconds("entry_seconds"),
        line_lease=area.seconds("line_lease_seconds"),
        line_given_up=area.seconds("line_given_up_seconds"),
        estimate_window=area.seconds("estimate_window_seconds"),
        estimate_samples=area.integer("estimate_samples"),
        estimate_steps=steps,
    )


def queue_for(matter: str, language: Language, policy: RoutingPolicy) -> Queue:
    """Return the queue of a matter; a matter that has none goes to the fallback (row A1)."""
    return queue_named(QueueName(f"{matter}-{language}"), language, policy)


def queue_named(name: QueueName, language: Language, policy: RoutingPolicy) -> Queue:
    """Return the queue, or the fallback where the pack has dropped it while somebody waits."""
    queue = policy.queues.get(name)
    if queue is None:
        queue = policy.queues[QueueName(f"{policy.fallback_matter}-{language}")]
    return queue


def _queues(area: AreaPolicy) -> dict[QueueName, Queue]:
    entries = area.numbers["queues"].value if "queues" in area.numbers else None
    if not isinstance(entries, list) or not entries:
        raise PolicyError("routing.queues must be a list of queues")
    queues: dict[QueueName, Queue] = {}
    for entry in entries:
        if not isinstance(entry, dict) or entry.keys() != _KEYS:
            raise PolicyError(f"routing.queues: {entry!r} needs exactly {sorted(_KEYS)}")
        for queue in _queues_of(cast(dict[str, object], entry)):
            if queue.name in queues:
                raise PolicyError(f"routing.queues: {queue.name} is there twice")
            queues[queue.name] = queue
    skills = {queue.matter for queue in queues.values()} | {ANY_SKILL}
    for queue in queues.values():
        if queue.overflow_to - skills:
            raise PolicyError(
                f"routing.queues: {queue.name} overflows to unknown {queue.overflow_to - skills}"
            )
    return queues


def _queues_of(entry: dict[str, object]) -> list[Queue]:
    matter, urgent = entry["matter"], entry["urgent"]
    if not isinstance(matter, str) or not matter or not isinstance(urgent, bool):
        raise PolicyError(f"routing.queues: matter is a word, urgent true or false: {entry!r}")
    languages = _words(entry, "languages")
    unknown = set(languages) - set(get_args(Language))
    if unknown:
        raise PolicyError(f"routing.queues: {matter} has unknown languages {sorted(unknown)}")
    level = _whole(entry, "level_target")
    if not 0 < level <= 100:
        raise PolicyError(f"routing.queues: level_target of {matter} is a percentage")
    return [
        Queue(
            name=QueueName(f"{matter}-{language}"),
            matter=matter,
            language=cast(Language, language),
            urgent=urgent,
            wait_target=timedelta(seconds=_whole(entry, "wait_target")),
            level_target=level,
            overflow_after=timedelta(seconds=_whole(entry, "overflow_after")),
            overflow_to=frozenset(_words(entry, "overflow_to")),
        )
        for language in languages
    ]


def _whole(entry: dict[str, object], key: str) -> int:
    value = entry[key]
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise PolicyError(f"routing.queues: {key} of {entry['matter']} must be a whole number >= 0")
    return value


def _words(entry: dict[str, object], key: str) -> tuple[str, ...]:
    value = entry[key]
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise PolicyError(f"routing.queues: {key} of {entry['matter']} must be a list of words")
    return tuple(str(word) for word in value)


def _whole_numbers(area: AreaPolicy, key: str) -> tuple[int, ...]:
    value = area.numbers[key].value if key in area.numbers else None
    if not isinstance(value, list):
        raise PolicyError(f"routing.{key} must be a list of whole numbers")
    numbers = [item for item in value if isinstance(item, int) and not isinstance(item, bool)]
    if len(numbers) != len(value):
        raise PolicyError(f"routing.{key} must be a list of whole numbers")
    return tuple(numbers)
