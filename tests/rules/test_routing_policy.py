"""The pack of routing is read once, and refused with the entry that does not fit."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cardline.core.ids import QueueName
from cardline.core.policy import AreaPolicy, Number, PolicyError, Value, load_area
from cardline.routing import rules

AREA = load_area("routing")
_QUEUE: dict[str, object] = {
    "matter": "general",
    "languages": ["zh", "en"],
    "urgent": False,
    "wait_target": 20,
    "level_target": 80,
    "overflow_after": 60,
    "overflow_to": [],
}


def _with(key: str, value: Value) -> AreaPolicy:
    return replace(AREA, numbers={**AREA.numbers, key: Number(key, value, "test", "P")})


def test_the_pack_gives_every_matter_a_queue_in_both_languages() -> None:
    policy = rules.read_policy(AREA)
    assert policy.version == "cn/routing/2026-11-01"
    assert {queue.language for queue in policy.queues.values()} == {"zh", "en"}
    urgent = policy.queues[QueueName("urgent-zh")]
    assert (urgent.wait_target, urgent.level_target) == (timedelta(seconds=10), 90)
    assert urgent.overflow_after == timedelta(0)


def test_a_matter_without_a_queue_goes_to_the_fallback_in_its_language() -> None:
    policy = rules.read_policy(AREA)
    assert rules.queue_for("weather", "en", policy).name == "general-en"
    assert rules.queue_for("limit", "en", policy).name == "limit-en"


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        ({"languages": ["fr"]}, "fr"),
        ({"wait_target": -1}, "wait_target"),
        ({"wait_target": "20"}, "wait_target"),
        ({"level_target": 101}, "level_target"),
        ({"overflow_to": ["cooking"]}, "cooking"),
        ({"overflow_to": "general"}, "overflow_to"),
        ({"urgent": 1}, "urgent"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_malformed_queue_is_refused_by_name(entry: dict[str, object], word: str) -> None:
    with pytest.raises(PolicyError, match=word):
        rules.read_policy(_with("queues", [_QUEUE | entry]))


def test_queues_are_there_once_and_the_fallback_exists() -> None:
    assert len(rules.read_policy(_with("queues", [_QUEUE])).queues) == 2
    with pytest.raises(PolicyError, match="twice"):
        rules.read_policy(_with("queues", [_QUEUE, _QUEUE]))
    with pytest.raises(PolicyError, match="fallback"):
        rules.read_policy(_with("fallback_matter", "weather"))
    with pytest.raises(PolicyError, match="list of queues"):
        rules.read_policy(_with("queues", []))


@pytest.mark.parametrize("steps", [[], [0, 1], [2, 1], [1, 1], ["1"], 5])
def test_the_announced_minutes_rise_from_one(steps: Value) -> None:
    with pytest.raises(PolicyError, match="estimate_steps_minutes"):
        rules.read_policy(_with("estimate_steps_minutes", steps))
