"""Routing's clock: makes offers, ends those that ran out, and has agents rung (row A3).

Wakes up by a notification of the database, and every second in any case. An offer is handed to
its call when the database says that it stands, so that one whose commit was confirmed to nobody,
or that another node made, is rung all the same.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

import structlog

from cardline.app.calls import Calls
from cardline.app.metrics import OFFERS
from cardline.core.ids import OfferId
from cardline.core.transaction import Transaction
from cardline.desk.staff import PHONES_CHANNEL
from cardline.hotline.services import Services
from cardline.routing import actions as routing
from cardline.routing.model import CHANNEL, Offer

log = structlog.get_logger()

TICK_SECONDS = 1.0
_WAKING = frozenset({"", "entered", "left", "closed", "agent"})


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
                    await self._calls.set_phones()
                    continue
                if word == "closed":
                    self._calls.offer_gone(subject)
                elif word == "offered":
                    await self._ring(OfferId(subject))
            except Exception:
                log.exception("a wake-up of routing failed", word=word)
            if word in _WAKING:
                self._wake.set()

    async def _work(self) -> None:
        await self._calls.ready.wait()
        while True:
            try:
                async with asyncio.timeout(TICK_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            try:
                await self.turn()
            except Exception:
                log.exception("a turn of the dispatcher failed")
                await asyncio.sleep(TICK_SECONDS)

    async def turn(self) -> None:
        """End what ran out, then offer whom can be offered."""
        services = self._services
        at = services.clock()

        async def expire(tx: Transaction) -> list[Offer]:
            return await routing.expire_offers(tx, policy=services.routing, at=at)

        async def make(tx: Transaction) -> list[Offer]:
            return await routing.make_offers(tx, policy=services.routing, at=at)

        expired = await services.database.run(expire)
        OFFERS.labels("expired").inc(len(expired))
        made = await services.database.run(make)
        OFFERS.labels("made").inc(len(made))

    async def _ring(self, offer: OfferId) -> None:
        async def find(tx: Transaction) -> Offer | None:
            return await routing.open_offer(tx, offer=offer)

        standing = await self._services.database.run(find)
        if standing:
            await self._calls.offered(standing)
