"""The live events of this node: heard from the database, numbered, told to its browsers."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from typing import Protocol

import structlog

from cardline.app.live.floor import Floor
from cardline.app.live.listener import SESSION_OVER, TOO_MANY, WENT_AWAY, Listener, Viewer
from cardline.app.live.ring import Ring, event_text, read_position
from cardline.app.operation.metrics import DESKS, DESKS_RESYNCED, EVENTS
from cardline.core.clock import Clock
from cardline.core.ids import AgentId, new_id
from cardline.core.live import CHANNEL, STAFF, Audience, Kind, told_of
from cardline.core.roles import Role
from cardline.core.transaction import Database, JsonObject
from cardline.desk.login import sessions
from cardline.desk.login.model import LoginPolicy
from cardline.routing.model import CHANNEL as ROUTING
from cardline.routing.model import RoutingPolicy

log = structlog.get_logger()

PING_SECONDS = 1.0
PAGES_OF_A_SESSION = 20
"""Connections that one session may have; one more is sent away."""
_SLICES = 10
"""Browsers are pinged, and their sessions looked at, in slices: a thousand would hold up a call."""
SESSIONS_EVERY = 2.0
KEPT_AWAKE = 600.0
"""Seconds after the last browser left until nothing is read for nobody any more."""


class LiveDatabase(Database, Protocol):
    """A database whose notifications can be heard."""

    def listen(self, *channels: str) -> AsyncIterator[tuple[str, str]]:
        """Yield channel and payload; ``("", "")`` after every connection."""
        ...


class Live:
    """Tells every browser of this node what is for it, in order and without a gap."""

    def __init__(
        self,
        database: LiveDatabase,
        *,
        routing: RoutingPolicy,
        login: LoginPolicy,
        clock: Clock,
        healthy: Callable[[], bool],
    ) -> None:
        self._database = database
        self._login = login
        self._clock = clock
        self._healthy = healthy
        self.ring = Ring(new_id("n"))
        self._floor = Floor(database, routing, clock, self.publish, in_use=lambda: bool(self._all))
        self._by_role: defaultdict[Role, set[Listener]] = defaultdict(set)
        self._by_agent: defaultdict[AgentId, set[Listener]] = defaultdict(set)
        self._all: dict[Listener, None] = {}
        """In the order in which they came."""
        self._awake_until: float = 0.0
        self._heard_before = False
        self._stopping = False

    async def run(self) -> None:
        """Serve for ever."""
        async with asyncio.TaskGroup() as group:
            for work in (self._hear, self._floor.run, self._ping, self._watch_sessions):
                group.create_task(work())

    # ------------------------------------------------------------ browsers

    def subscribe(self, viewer: Viewer, after: str) -> Listener:
        """Begin to tell a browser; ``after`` is ``EPOCH:N``, or empty where it comes anew."""
        if not self._awake:
            self.ring.forget()
            self._floor.look_again()
        self._floor.joined()
        pages = sum(one.viewer.session == viewer.session for one in self._all)
        listener = Listener(viewer, epoch=self.ring.epoch)
        if not listener.start(self.ring, read_position(after), at=self._time()):
            DESKS_RESYNCED.inc()
        self._all[listener] = None
        self._by_role[viewer.role].add(listener)
        if viewer.agent is not None:
            self._by_agent[viewer.agent].add(listener)
        DESKS.set(len(self._all))
        self._stay_awake()
        if self._stopping:
            listener.close(WENT_AWAY, "restart")
        elif pages >= PAGES_OF_A_SESSION:
            listener.close(TOO_MANY, "too-many-pages")
        return listener

    def unsubscribe(self, listener: Listener) -> None:
        """Forget a browser that is gone."""
        self._all.pop(listener, None)
        viewer = listener.viewer
        self._by_role[viewer.role].discard(listener)
        if viewer.agent is not None:
            self._by_agent[viewer.agent].discard(listener)
            if not self._by_agent[viewer.agent]:
                del self._by_agent[viewer.agent]
        DESKS.set(len(self._all))
        self._stay_awake()

    def publish(self, kind: Kind, key: str, to: Audience, data: JsonObject | None) -> None:
        """Number an event and tell it to all whom it is for."""
        self._tell(kind, key, to, data)

    def close(self) -> None:
        """Say to everybody that this node goes away; they connect again."""
        self._stopping = True
        for listener in list(self._all):
            listener.close(WENT_AWAY, "restart")

    @property
    def stopping(self) -> bool:
        """True once this node goes away."""
        return self._stopping

    @property
    def hearing(self) -> bool:
        """True once the database was reached."""
        return self._heard_before

    @property
    def listeners(self) -> int:
        """How many browsers listen here."""
        return len(self._all)

    @property
    def _awake(self) -> bool:
        return bool(self._all) or asyncio.get_running_loop().time() < self._awake_until

    def _stay_awake(self) -> None:
        self._awake_until = asyncio.get_running_loop().time() + KEPT_AWAKE

    def _tell(self, kind: str, key: str, to: Audience, data: JsonObject | None) -> None:
        event = self.ring.add(kind, key, to, data)
        EVENTS.labels(kind).inc()
        heard: set[Listener] = set()
        for role in to.roles:
            heard |= self._by_role.get(role, set())
        for agent in to.agents:
            heard |= self._by_agent.get(agent, set())
        for listener in heard:
            listener.put(event)

    def _time(self) -> str:
        return self._clock().isoformat()

    # ------------------------------------------------------------ what runs

    async def _hear(self) -> None:
        async for channel, payload in self._database.listen(CHANNEL, ROUTING):
            if channel == "":
                self._connected()
            elif not self._awake:
                continue
            elif channel == ROUTING:
                self._floor.heard(payload)
            else:
                self._pass_on(payload)

    def _connected(self) -> None:
        if self._heard_before or self._all:
            self.ring.forget()
            self._tell("resync", "", STAFF, {"at": self._time()})
            DESKS_RESYNCED.inc(len(self._all))
        self._heard_before = True
        if self._awake:
            self._floor.look_again()

    def _pass_on(self, payload: str) -> None:
        try:
            told = told_of(payload)
        except ValueError:
            log.exception("a live event cannot be read")
            return
        self.publish(told.kind, told.id, told.to, told.data)

    async def _ping(self) -> None:
        while True:
            everybody = list(self._all)
            for first in range(_SLICES):
                data: JsonObject = {"at": self._time(), "fresh": self._healthy()}
                text = event_text(self.ring.epoch, self.ring.last, "ping", "", data)
                for listener in everybody[first::_SLICES]:
                    listener.put_text(self.ring.last, text)
                await asyncio.sleep(PING_SECONDS / _SLICES)
            if self._awake:
                self._floor.tick()

    async def _watch_sessions(self) -> None:
        while True:
            everybody = list(self._all)
            for first in range(_SLICES):
                await asyncio.sleep(SESSIONS_EVERY / _SLICES)
                if some := everybody[first::_SLICES]:
                    await self._let_go(some)

    async def _let_go(self, listeners: list[Listener]) -> None:
        """Close the connections of those whose session is over, or whose role is another one."""
        try:
            async with self._database.transaction() as tx:
                known = await sessions.holding(
                    tx,
                    {one.viewer.session for one in listeners},
                    policy=self._login,
                    at=self._clock(),
                )
        except Exception:
            log.exception("sessions could not be looked at; trying again")
            return
        for listener in listeners:
            staff = known.get(listener.viewer.session)
            if staff is None or (staff.role, staff.agent_id) != (
                listener.viewer.role,
                listener.viewer.agent,
            ):
                listener.close(SESSION_OVER, "session-over")
