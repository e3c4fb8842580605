"""Visitors of the chat who ask the machine, then a person, and agents who answer them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import structlog

from cardline.cards.made_up import Draw
from cardline.cards.model import Language
from cardline.core.ids import HolderId, InteractionId, new_id
from cardline.core.transaction import Database, Transaction
from cardline.desk.catalogue import load_desk_catalogue
from cardline.desk.staff.model import Staff
from cardline.desk.work import wrapups
from cardline.desk.work.wrapups import Draft
from cardline.identity.model import Proofs
from cardline.messages.chat import actions, agent_actions, agent_writing, presence
from cardline.messages.chat.config import ChatConfig
from cardline.messages.chat.model import Chat, Visitor
from cardline.sim.demo_desk import demo_desk

log = structlog.get_logger()

_LOOK = 5.0
"""Seconds between two looks of an agent; well within the lease of a screen."""
_PATIENCE = timedelta(minutes=5)


@dataclass
class ChatLife:
    """Chats now and then, through the actions that the pages use.

    ``every``: seconds between two visitors; ``head_start``: for how long people who are at a desk
    may take a chat before a simulated agent does.
    """

    database: Database
    config: ChatConfig
    clock: Callable[[], datetime]
    agents: Sequence[Staff]
    holders: Sequence[HolderId]
    every: float = 90.0
    head_start: timedelta = timedelta(seconds=20)
    typing: float = 4.0
    """Seconds that somebody takes for a line."""

    async def run(self) -> None:
        """Go on until cancelled; a fault of one visitor is logged and the next one comes."""
        await asyncio.gather(self.be_there(), self._visit())

    async def visitor(self, number: int) -> str:
        """One visitor from the first word to the end; returns how the chat ended."""
        plots = demo_desk()["chats"]
        plot = plots[number % len(plots)]
        who = self.holders[Draw(number, "chat visitor").below(len(self.holders))]
        visitor = Visitor(who, None, Proofs(claimed=who))
        await self._say(visitor, plot, "question")
        await self._say(visitor, plot, "person")
        began = self.clock()
        while self.clock() < began + _PATIENCE:
            async with self.database.transaction() as tx:
                chat = await actions.chat_of(tx, visitor)
            if chat is None or chat.state == "closed":
                break
            simulated = [one for one in self.agents if one.agent_id == chat.agent_id]
            if chat.state == "talking" and simulated:
                await self._answer(simulated[0], chat, visitor, plot)
                return "answered"
            if chat.state == "waiting":
                await self._take(chat)
            await asyncio.sleep(min(_LOOK, self.typing))
        async with self.database.transaction() as tx:
            await actions.leave(tx, visitor, config=self.config, at=self.clock())
        return "left"

    async def be_there(self) -> None:
        """Until cancelled, keep the screens of the simulated agents, ready for chats."""
        for agent in self.agents:
            await self.ready(agent)
        while True:
            for agent in self.agents:
                try:
                    async with self.database.transaction() as tx:
                        mine = await presence.mine(tx, agent, config=self.config, at=self.clock())
                    if mine.agent is None or self.clock() >= mine.agent.screen_until:
                        await self.ready(agent)
                except Exception:
                    log.exception("a simulated agent's chats could not be looked at")
            await asyncio.sleep(_LOOK)

    async def ready(self, agent: Staff) -> None:
        """A simulated agent is there for chats."""
        async with self.database.transaction() as tx:
            await presence.set_availability(
                tx,
                agent,
                ready=True,
                capacity=None,
                hand_back=False,
                config=self.config,
                at=self.clock(),
            )

    async def _visit(self) -> None:
        number = 0
        while True:
            await asyncio.sleep(self.every)
            number += 1
            try:
                await self.visitor(number)
            except Exception:
                log.exception("a simulated visitor of the chat met a fault")

    async def _take(self, chat: Chat) -> None:
        """Let a simulated agent take it, once people at a desk had their time."""
        since = chat.waiting_since
        if since is None or self.clock() < since + self.head_start:
            return
        for agent in self.agents:
            async with self.database.transaction() as tx:
                verdict, _ = await agent_actions.accept(
                    tx, agent, chat.id, config=self.config, at=self.clock()
                )
            if verdict.allowed:
                return

    async def _answer(
        self, agent: Staff, chat: Chat, visitor: Visitor, plot: dict[str, Any]
    ) -> None:
        await asyncio.sleep(self.typing)
        async with self.database.transaction() as tx:
            await agent_writing.write(
                tx,
                agent,
                chat.id,
                plot["answer"],
                key=new_id("demo-"),
                config=self.config,
                at=self.clock(),
            )
        await self._say(visitor, plot, "thanks")
        async with self.database.transaction() as tx:
            await agent_actions.finish(
                tx, agent, chat.id, "resolved", config=self.config, at=self.clock()
            )
        await self.database.run(lambda tx: self._wrap_up(tx, agent, chat.id, plot))

    async def _wrap_up(
        self, tx: Transaction, agent: Staff, chat: InteractionId, plot: dict[str, Any]
    ) -> None:
        at = self.clock()
        draft = Draft(plot["matter"], "resolved", plot["summary"], True, True)
        saved = await wrapups.save(tx, chat, draft, version=0, by=agent, at=at)
        await wrapups.complete(
            tx,
            chat,
            catalogue=load_desk_catalogue(),
            policy=self.config.desk,
            routing_policy=self.config.routing,
            version=saved.version,
            by=agent,
            at=at,
        )

    async def _say(self, visitor: Visitor, plot: dict[str, Any], line: str) -> None:
        await asyncio.sleep(self.typing)
        async with self.database.transaction() as tx:
            await actions.say(
                tx,
                visitor,
                plot[line],
                language=cast(Language, plot["language"]),
                key=new_id("demo-"),
                config=self.config,
                at=self.clock(),
            )
