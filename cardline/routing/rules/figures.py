"""The figures of the queues (row G8): every one is defined here and nowhere else."""

from collections.abc import Iterable
from datetime import timedelta

from cardline.core.ids import QueueName
from cardline.routing.model import RoutingPolicy, ServiceFigures, WaitGroup


def service(groups: Iterable[WaitGroup], policy: RoutingPolicy) -> tuple[ServiceFigures, ...]:
    """Count the stays of live callers that began in a period, by queue; call-backs not among them.

    - offered: every stay in the queue, whatever became of it. It is the sum of answered,
      abandoned, callbacks, messages, transferred and waiting.
    - answered: an agent accepted. Its wait runs from the entry into the queue to the acceptance.
    - answered in time: answered, and the wait was not longer than the queue's wait target.
    - abandoned: the caller hung up first, after however short a time.
    - callbacks, messages: asked for a call-back; left a message at a closed queue.
    - transferred: went on to another queue.
    """
    by_queue: dict[QueueName, list[WaitGroup]] = {}
    for group in groups:
        by_queue.setdefault(group.queue, []).append(group)
    return tuple(_figures(name, by_queue[name], policy) for name in sorted(by_queue))


def in_all(figures: Iterable[ServiceFigures], name: QueueName) -> ServiceFigures:
    """Add up the figures of several queues: each call was held against the target of its own."""
    several = list(figures)
    return ServiceFigures(
        queue=name,
        offered=sum(one.offered for one in several),
        answered=sum(one.answered for one in several),
        answered_in_time=sum(one.answered_in_time for one in several),
        abandoned=sum(one.abandoned for one in several),
        callbacks=sum(one.callbacks for one in several),
        messages=sum(one.messages for one in several),
        transferred=sum(one.transferred for one in several),
        waiting=sum(one.waiting for one in several),
        answered_wait_total=sum((one.answered_wait_total for one in several), timedelta(0)),
        longest_wait=max((one.longest_wait for one in several), default=timedelta(0)),
    )


def _figures(name: QueueName, groups: list[WaitGroup], policy: RoutingPolicy) -> ServiceFigures:
    queue = policy.queues.get(name)
    target = queue.wait_target.total_seconds() if queue is not None else 0.0
    answered = [group for group in groups if group.outcome == "answered"]

    def ended(outcome: str | None) -> int:
        return sum(group.count for group in groups if group.outcome == outcome)

    return ServiceFigures(
        queue=name,
        offered=sum(group.count for group in groups),
        answered=ended("answered"),
        answered_in_time=sum(group.count for group in answered if group.seconds <= target),
        abandoned=ended("abandoned"),
        callbacks=ended("callback"),
        messages=ended("message"),
        transferred=ended("transferred"),
        waiting=ended(None),
        answered_wait_total=sum((group.total for group in answered), timedelta(0)),
        longest_wait=max((group.longest for group in groups), default=timedelta(0)),
    )
