"""Routing's wake-ups as events: agents' states, offers, queues.

Read once for all browsers. What changes by time alone (a wrap-up that reaches its limit, a phone
that is not renewed) is looked at when its time has come.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import structlog

from cardline.core.clock import Clock
from cardline.core.ids import AgentId, OfferId, QueueName
from cardline.core.live import STAFF, Audience, Kind, to_agents
from cardline.core.transaction import Database, JsonObject
from cardline.routing import actions as routing
from cardline.routing import rules
from cardline.routing.model import Agent, AgentState, Offer, RoutingPolicy
from cardline.routing.views import QueueView, show_agent, show_offer, show_queue

log = structlog.get_logger()

QUEUES_EVERY = 0.5
"""Seconds between two events about the queues, however much happens in them."""
LOOK_EVERY = 5.0
"""Seconds after which the queues are looked at although nobody told of them."""
WHOLE_FOR = 10.0
_RETRY = 1.0


class Publish(Protocol):
    """Numbers an event and tells it."""

    def __call__(self, kind: Kind, key: str, to: Audience, data: JsonObject | None) -> None:
        """Do so."""
        ...


class Floor:
    """What browsers know of routing, and what has changed since."""

    def __init__(
        self,
        database: Database,
        policy: RoutingPolicy,
        clock: Clock,
        publish: Publish,
        *,
        in_use: Callable[[], bool],
    ) -> None:
        self._database = database
        self._policy = policy
        self._clock = clock
        self._publish = publish
        self._in_use = in_use
        self._agents: set[AgentId] = set()
        self._over: set[AgentId] = set()
        """Those whose state time may have changed."""
        self._offers: set[OfferId] = set()
        self._closed: set[OfferId] = set()
        self._everybody = False
        self._wake = asyncio.Event()
        self._queues = asyncio.Event()
        self._shown: dict[AgentId, JsonObject] = {}
        self._until: dict[AgentId, datetime] = {}
        self._shown_queues: dict[QueueName, QueueView] = {}
        self._whole_until = 0.0

    def heard(self, payload: str) -> None:
        """Take a wake-up of routing: ``word:id``."""
        word, _, subject = payload.partition(":")
        self._queues.set()
        if word == "agent":
            self._agents.add(AgentId(subject))
        elif word == "offered":
            self._offers.add(OfferId(subject))
        elif word == "closed":
            self._closed.add(OfferId(subject))
        else:
            return
        self._wake.set()

    def joined(self) -> None:
        """Somebody new reads how things are; nothing may change unseen between that and us.

        A queue that he reads as full may look as before when we read it: for a while all are told.
        """
        self._whole_until = asyncio.get_running_loop().time() + WHOLE_FOR

    def look_again(self) -> None:
        """Read everything, for those who read it themselves now: wake-ups may have been missed."""
        self._everybody = True
        self._shown_queues = {}
        self._wake.set()
        self._queues.set()

    def tick(self) -> None:
        """Look at the agents whose state has changed by itself."""
        now = self._clock()
        over = [agent for agent, until in self._until.items() if until <= now]
        if over:
            self._over.update(over)
            self._wake.set()
            self._queues.set()

    async def run(self) -> None:
        """Serve for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._run_agents())
            group.create_task(self._run_queues())

    async def _run_agents(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self.tell_agents()
            except Exception:
                log.exception("changes of agents could not be told; trying again")
                await asyncio.sleep(_RETRY)
                self._wake.set()

    async def tell_agents(self) -> None:
        """Read the agents and offers that were heard of, and tell what is new of them."""
        agents, self._agents = self._agents, set()
        over, self._over = self._over, set()
        offered, self._offers = self._offers, set()
        closed, self._closed = self._closed, set()
        everybody, self._everybody = self._everybody, False
        offers: list[Offer] = []
        try:
            async with self._database.transaction() as tx:
                for key in sorted(offered | closed):
                    offer = await routing.open_offer(tx, offer=key)
                    if offer is not None:
                        offers.append(offer)
                agents |= {offer.agent for offer in offers}
                at = self._clock()
                of = None if everybody else agents | over
                known = await routing.agent_states(tx, at=at, of=of)
        except BaseException:
            self._agents |= agents
            self._over |= over
            self._offers |= offered
            self._closed |= closed
            self._everybody |= everybody
            raise
        for offer in offers:
            self._tell_offer(offer)
        for agent, state in known:
            self._tell_agent(agent, state, at, heard=agent.id in agents, due=agent.id in over)

    def _tell_offer(self, offer: Offer) -> None:
        to = to_agents(offer.agent)
        if offer.state == "open":
            self._publish("offer", offer.id, to, show_offer(offer).model_dump(mode="json"))
        else:
            data = {"interaction": offer.interaction, "state": offer.state}
            self._publish("offer-gone", offer.id, to, data)

    def _tell_agent(
        self, agent: Agent, state: AgentState, at: datetime, *, heard: bool, due: bool
    ) -> None:
        until = rules.changes_by_itself(agent, now=at)
        if until is None:
            self._until.pop(agent.id, None)
        else:
            self._until[agent.id] = until
        view = show_agent(agent, state).model_dump(mode="json")
        # Whoever joined may have read more than we have shown: what was heard of is always told.
        if heard or (due and self._shown.get(agent.id) != view):
            self._publish("agent", agent.id, STAFF, view)
        self._shown[agent.id] = view

    async def _run_queues(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._queues.wait()
            heard = self._queues.is_set()
            self._queues.clear()
            try:
                if heard or self._in_use():
                    await self.tell_queues(heard=heard)
            except Exception:
                log.exception("changes of the queues could not be told; trying again")
                await asyncio.sleep(_RETRY)
                self._queues.set()
            await asyncio.sleep(QUEUES_EVERY)

    async def tell_queues(self, *, heard: bool) -> None:
        """Read the queues and tell those in which more than the time has changed."""
        at = self._clock()
        async with self._database.transaction() as tx:
            states = await routing.all_queues(tx, policy=self._policy, at=at)
        views = {state.queue.name: show_queue(state) for state in states}
        whole = heard and asyncio.get_running_loop().time() < self._whole_until
        changed = [
            view.model_dump(mode="json")
            for name, view in views.items()
            if whole or _lasting(view) != _lasting(self._shown_queues.get(name))
        ]
        self._shown_queues = views
        if changed:
            self._publish("queues", "", STAFF, {"at": at.isoformat(), "queues": changed})


def _lasting(view: QueueView | None) -> QueueView | None:
    """Return a view but for what grows while nothing happens."""
    return view.model_copy(update={"longest_wait_seconds": None}) if view else None
