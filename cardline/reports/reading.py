"""What reports say: facts are read, ``rules`` counts them. Nothing is written."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from cardline.core.errors import Invalid
from cardline.core.home import home
from cardline.core.ids import AgentId, QueueName
from cardline.core.transaction import Transaction
from cardline.messages.chat import overview as chat_overview
from cardline.reports import chat_rules, rules, store
from cardline.reports.model import (
    AgentReport,
    ChatsEnded,
    ChatService,
    ContactReport,
    Counted,
    OffersOfAgent,
    Period,
    ReportPolicy,
    Service,
    TalkFact,
)
from cardline.routing import actions as routing
from cardline.routing.model import RoutingPolicy, WaitGroup
from cardline.routing.rules import in_all
from cardline.routing.rules import service as figures_of

ALL = QueueName("")
"""The name of all queues together."""


def checked(start: datetime, end: datetime, policy: ReportPolicy) -> Period:
    """Return the period. Raises ``Invalid`` where it is empty or too long."""
    if not timedelta(0) < end - start <= policy.longest:
        raise Invalid(
            f"The period must end after it starts and be no longer than {policy.longest.days} days."
        )
    return Period(start, end)


def today(now: datetime) -> Period:
    """Return the day so far, in the bank's zone."""
    midnight = now.astimezone(home().zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return Period(midnight, now)


async def service(
    tx: Transaction, period: Period, policy: RoutingPolicy, *, at: datetime
) -> list[Service]:
    """Say how the stays that began in a period were served: all together, then queue by queue."""
    groups = await routing.wait_groups(tx, start=period.start, end=period.end, at=at)
    by_queue = figures_of(groups, policy)
    return [
        _service(period, None, groups, policy),
        *(
            _service(
                period, one.queue, [group for group in groups if group.queue == one.queue], policy
            )
            for one in by_queue
        ),
    ]


def _service(
    period: Period, queue: QueueName | None, groups: list[WaitGroup], policy: RoutingPolicy
) -> Service:
    return Service(
        period=period,
        queue=queue,
        figures=in_all(figures_of(groups, policy), queue or ALL),
        wait_p50=rules.wait_percentile(groups, 50),
        wait_p90=rules.wait_percentile(groups, 90),
    )


async def service_in(
    tx: Transaction, periods: Iterable[Period], policy: RoutingPolicy, *, at: datetime
) -> list[Service]:
    """Say it for each of several periods."""
    return [one for period in periods for one in await service(tx, period, policy, at=at)]


async def agents(tx: Transaction, period: Period, *, at: datetime) -> list[AgentReport]:
    """Say what every agent did in a period, by staff number."""
    known = await store.names(tx)
    changes = await store.duty_changes(tx, list(known), period)
    offered = await store.offers(tx, period)
    talks: dict[AgentId, list[TalkFact]] = {}
    for talk in await store.talks(tx, period):
        talks.setdefault(talk.agent, []).append(talk)
    return [
        AgentReport(
            agent=agent,
            number=number,
            name=name,
            handling=rules.handling(talks.get(agent, ()), period, now=at),
            duty=rules.duty(changes.get(agent, ()), talks.get(agent, ()), period, now=at),
            offers=offered.get(agent, OffersOfAgent()),
        )
        for agent, (number, name) in known.items()
    ]


async def contacts(
    tx: Transaction, period: Period, policy: ReportPolicy, routes: RoutingPolicy, *, at: datetime
) -> ContactReport:
    """Say what became of the people who called."""
    reach = Period(period.start, period.end + policy.first_contact)
    return ContactReport(
        calls=await store.calls(tx, period),
        first_contact=rules.first_contact(
            await store.visits(tx, reach, routes), period, policy, now=at
        ),
        repeat=rules.repeat_callers(await store.callers_by_calls(tx, period), policy),
        callbacks=rules.call_backs(await store.call_backs(tx, period)),
    )


async def chats(tx: Transaction, period: Period, *, at: datetime) -> list[ChatService]:
    """Say how the chats that entered a queue in a period were served: all, then by queue."""
    stays = await chat_overview.stays(tx, start=period.start, end=period.end)
    return chat_rules.chat_service(stays, period, now=at)


async def chats_ended(tx: Transaction, period: Period) -> list[ChatsEnded]:
    """Say how the chats that ended in a period ended."""
    return [
        ChatsEnded(*one)
        for one in await chat_overview.ended(tx, start=period.start, end=period.end)
    ]


async def card_acts(tx: Transaction, period: Period) -> list[Counted]:
    """Count freezes, holds and releases, done and refused."""
    return await store.card_acts(tx, period)


async def outward_contacts(tx: Transaction, period: Period) -> list[Counted]:
    """Count what was to be sent, by purpose, and why the gate refused."""
    return await store.outward_contacts(tx, period)
