"""The metrics of chats, each defined once. Worked example: the README."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from cardline.core.ids import QueueName
from cardline.messages.chat.model import ChatStay
from cardline.reports.model import ChatService, Period
from cardline.reports.rules import wait_percentile
from cardline.routing.model import WaitGroup


def chat_service(stays: Iterable[ChatStay], period: Period, *, now: datetime) -> list[ChatService]:
    """Count the stays that began in a period: all together, then queue by queue.

    A stay in a queue is offered. It is answered by an agent who takes it, ends as a message where
    nobody is on duty, or is left: the chat ended first. Passed on or given back, a chat begins
    another stay. A wait runs from the entry into the queue.
    """
    begun = [stay for stay in stays if period.start <= stay.entered_at < period.end]
    return [
        _served(begun, period, None, now=now),
        *(
            _served([stay for stay in begun if stay.queue == queue], period, queue, now=now)
            for queue in sorted({stay.queue for stay in begun})
        ),
    ]


def _served(
    stays: Sequence[ChatStay], period: Period, queue: QueueName | None, *, now: datetime
) -> ChatService:
    waits = [max((stay.left_at or now) - stay.entered_at, timedelta(0)) for stay in stays]
    answered = [wait for stay, wait in zip(stays, waits, strict=True) if stay.outcome == "answered"]
    groups = [
        WaitGroup(QueueName(""), "answered", math.ceil(wait.total_seconds()), 1, wait, wait)
        for wait in answered
    ]
    return ChatService(
        period=period,
        queue=queue,
        offered=len(stays),
        answered=len(answered),
        messages=sum(stay.outcome == "message" for stay in stays),
        left=sum(stay.outcome == "left" for stay in stays),
        waiting=sum(stay.outcome is None for stay in stays),
        transferred=sum(stay.cause == "transferred" for stay in stays),
        given_back=sum(stay.cause == "given-back" for stay in stays),
        mean_wait=sum(answered, timedelta(0)) / len(answered) if answered else None,
        wait_p50=wait_percentile(groups, 50),
        wait_p90=wait_percentile(groups, 90),
        longest_wait=max(waits, default=timedelta(0)),
    )
