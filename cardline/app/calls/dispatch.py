"""Routing's clock: makes offers, ends those that ran out, and has agents rung (row A3).

Wakes up by a notification of the database, and every second in any case. An offer is handed to
its call when the database says that it stands, so that one whose commit was confirmed to nobody,
or that another node made, is rung all the same.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Protocol

import structlog

from cardline.app.calls.registry import Calls
from cardline.app.operation.metrics import OFFERS
from cardline.core.ids import OfferId
from cardline.core.transaction import Transaction
from cardline.desk.staff.actions import PHONES_CHANNEL
from cardline.hotline.services import Services
from cardline.routing import actions as routing
from cardline.routing.model import CHANNEL, Due, Offer

log = structlog.get_logger()

TICK_SECONDS = 1.0
SOON_SECONDS = 0.2
_AT_ONCE = frozenset({"", "entered"})
_SOON = frozenset({"left", "closed", "agent"})
"""Mostly nobody waits for these: one look for all of them within ``SOON_SECONDS``."""


class Listening(Protocol):
    """Where wake-ups come from."""

    def listen(self, *channels: str) -> AsyncIterator[tuple[str, str]]:
        """Yield channel and payload."""
        ...


class Dispatcher:
    """Runs on every node; the database sees to it that no caller is offered twice."""

    def __init__(self, services: Services, calls: Calls, listening: Listening) -> None:
        self._services = services
        self._calls = calls
        self._listening = listening
        self._wake = asyncio.Event()
        self._soon: asyncio.TimerHandle | None = None
        self._rung: set[str] = set()
        """Offers that were handed to their calls and are not closed yet."""
        self._offering = asyncio.Lock()

    async def run(self) -> None:
        """Serve for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hear())
            group.create_task(self._work())

    async def _hear(self) -> None:
        async for channel, payload in self._listening.listen(CHANNEL, PHONES_CHANNEL):
            word, _, subject = payload.partition(":")
            try:
                if channel == PHONES_CHANNEL:
                    await self._calls.phones.tell()
                    continue
                if word == "closed":
                    self._rung.discard(subject)
                    self._calls.offer_gone(subject)
                elif word == "offered":
                    await self._ring(OfferId(subject))
            except Exception:
                log.exception("a wake-up of routing failed", word=word)
            if word in _AT_ONCE:
                self._wake.set()
            elif word in _SOON and self._soon is None:
                self._soon = asyncio.get_running_loop().call_later(SOON_SECONDS, self._wake.set)

    async def _work(self) -> None:
        await self._calls.ready.wait()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            if self._soon:
                self._soon.cancel()
                self._soon = None
            try:
                await self.turn()
            except Exception:
                log.exception("a turn of the dispatcher failed")
                await asyncio.sleep(TICK_SECONDS)

    async def turn(self) -> None:
        """Look, which mostly finds nothing and costs one statement; do what is due."""
        at = self._services.clock()

        async def look(tx: Transaction) -> Due:
            return await routing.anything_due(tx, at=at)

        due = await self._services.database.run_one(look)
        if due.expired:
            await self.expire()
        if due.expired or due.waiting:
            await self.offer()

    async def expire(self) -> None:
        """End what ran out."""
        services = self._services
        at = services.clock()

        async def work(tx: Transaction) -> list[Offer]:
            return await routing.expire_offers(tx, policy=services.routing, at=at)

        OFFERS.labels("expired").inc(len(await services.database.run(work)))

    async def offer(self) -> None:
        """Offer whom can be offered; what this node offers, it rings without being told."""
        services = self._services
        at = services.clock()

        async def work(tx: Transaction) -> list[Offer]:
            return await routing.make_offers(tx, policy=services.routing, at=at)

        async with self._offering:
            made = await services.database.run(work)
            OFFERS.labels("made").inc(len(made))
            for offer in made:
                if offer.id not in self._rung:
                    self._rung.add(offer.id)
                    await self._calls.offered(offer)

    async def _ring(self, offer: OfferId) -> None:
        # The word of an offer of our own comes as early as the answer to its commit.
        async with self._offering:
            if offer in self._rung:
                return

        async def find(tx: Transaction) -> Offer | None:
            return await routing.open_offer(tx, offer=offer)

        standing = await self._services.database.run_one(find)
        if standing and offer not in self._rung:
            self._rung.add(offer)
            await self._calls.offered(standing)
