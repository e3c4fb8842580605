"""The wall: how things are now. Its figures are those of the reports, today's and the hour's."""

from datetime import datetime, timedelta

from cardline.core.ids import AgentId, InteractionId
from cardline.core.transaction import Transaction
from cardline.hotline.supervision import requests as supervision
from cardline.messages.chat import overview as chat_overview
from cardline.reports import reading, rules
from cardline.reports.chat_views import show_chats
from cardline.reports.model import Danger, Period, ReportPolicy
from cardline.reports.views import WallView, show_danger, show_service, show_waiter
from cardline.routing import actions as routing
from cardline.routing.model import RoutingPolicy
from cardline.routing.views import show_agent, show_queue


async def wall(
    tx: Transaction, policy: ReportPolicy, routes: RoutingPolicy, *, at: datetime
) -> WallView:
    """Read the wall with a fixed number of statements, however many wait and work."""
    queues, waiting, agents = await routing.floor_now(tx, policy=routes, at=at)
    day, last_hour = reading.today(at), Period(at - timedelta(hours=1), at)
    today = await reading.service(tx, day, routes, at=at)
    hour = await reading.service(tx, last_hour, routes, at=at)
    talks = [(agent.talk, agent.id) for agent, _ in agents if agent.talk is not None]
    return WallView(
        at=at,
        queues=[show_queue(state) for state in queues],
        waiting=[show_waiter(waiter, now=at) for waiter in waiting],
        agents=[show_agent(agent, state) for agent, state in agents],
        danger=[
            show_danger(one)
            for one in rules.dangers(
                waiting, agents, routes.queues, policy, told=await _told(tx, talks), now=at
            )
        ],
        chats=show_chats(
            await chat_overview.floor_now(tx),
            await reading.chats(tx, day, at=at),
            await reading.chats(tx, last_hour, at=at),
            now=at,
        ),
        today=[show_service(one) for one in today],
        last_hour=[show_service(one) for one in hour],
    )


async def _told(tx: Transaction, talks: list[tuple[InteractionId, AgentId]]) -> list[Danger]:
    """Dangers that were written down when they began: nothing else shows them."""
    return [
        *(
            Danger("help-asked", one.interaction, one.asked_at, agent=one.agent)
            for one in await supervision.help_asked(tx)
        ),
        *(
            Danger("agent-silent", one.interaction, one.since, agent=one.agent)
            for one in await supervision.silent_agents(tx, talks)
        ),
    ]
