"""The wall: how things are now. Its figures are those of the reports, today's and the hour's."""

from datetime import datetime, timedelta

from cardline.core.transaction import Transaction
from cardline.reports import reading, rules
from cardline.reports.model import Period, ReportPolicy
from cardline.reports.views import WallView, show_danger, show_service, show_waiter
from cardline.routing import actions as routing
from cardline.routing.model import RoutingPolicy
from cardline.routing.views import show_agent, show_queue


async def wall(
    tx: Transaction, policy: ReportPolicy, routes: RoutingPolicy, *, at: datetime
) -> WallView:
    """Read the wall in five statements, however many wait and work."""
    queues, waiting, agents = await routing.floor_now(tx, policy=routes, at=at)
    today = await reading.service(tx, reading.today(at), routes, at=at)
    hour = await reading.service(tx, Period(at - timedelta(hours=1), at), routes, at=at)
    return WallView(
        at=at,
        queues=[show_queue(state) for state in queues],
        waiting=[show_waiter(waiter, now=at) for waiter in waiting],
        agents=[show_agent(agent, state) for agent, state in agents],
        danger=[
            show_danger(one)
            for one in rules.dangers(waiting, agents, routes.queues, policy, now=at)
        ],
        today=[show_service(one) for one in today],
        last_hour=[show_service(one) for one in hour],
    )
