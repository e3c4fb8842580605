"""A chat room for tests: visitors, agents at their screens, time that is moved by hand."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Literal

from cardline.adapters.postgres.database import Database
from cardline.core.ids import AgentId, HolderId, new_id
from cardline.desk.staff.model import Role, Staff
from cardline.evidence.verifying import verify
from cardline.identity.model import Proofs
from cardline.messages.chat import actions, agent_actions, agent_writing, presence, queueing
from cardline.messages.chat.config import load_chat_config
from cardline.messages.chat.model import Chat, ChatMessage, Outcome, Said, Visitor
from cardline.routing import actions as routing

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
CONFIG = load_chat_config(hotline="95500", on=NOW.date())
ANNA = Visitor(HolderId("h1"), None, Proofs(claimed=HolderId("h1")))
STRANGER = Visitor(None, b"s" * 32)
_keys = count(1)


@dataclass
class Room:
    """Everything that happens in chats, each in a transaction of its own."""

    database: Database
    now: datetime = NOW
    staff: dict[str, Staff] = field(default_factory=dict)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    async def hire(
        self,
        name: str,
        *skills: str,
        languages: tuple[Literal["zh", "en"], ...] = ("zh",),
        role: Role = "agent",
        ready: bool = True,
        capacity: int | None = None,
    ) -> Staff:
        """Somebody with skills, at the screen and ready for chats."""
        agent = AgentId(name)
        async with self.database.transaction() as tx:
            await routing.register_agent(
                tx, agent=agent, number=name[1:], name="林晓", languages=languages, at=self.now
            )
            for skill in skills:
                await routing.grant_skill(
                    tx, agent=agent, matter=skill, passed_at=self.now, at=self.now
                )
        self.staff[name] = Staff(name[1:], "林晓", role, agent, None)
        if ready:
            await self.ready(name, capacity=capacity)
        return self.staff[name]

    async def ready(
        self,
        name: str,
        ready: bool = True,
        *,
        capacity: int | None = None,
        hand_back: bool = False,
    ) -> None:
        async with self.database.transaction() as tx:
            await presence.set_availability(
                tx,
                self.staff[name],
                ready=ready,
                capacity=capacity,
                hand_back=hand_back,
                config=CONFIG,
                at=self.now,
            )

    async def say(
        self,
        text: str,
        visitor: Visitor = ANNA,
        *,
        key: str = "",
        language: Literal["zh", "en"] = "zh",
    ) -> Said:
        async with self.database.transaction() as tx:
            return await actions.say(
                tx,
                visitor,
                text,
                language=language,
                key=key or f"key-{next(_keys)}",
                config=CONFIG,
                at=self.now,
            )

    async def waiting(self, text: str = "人工", visitor: Visitor | None = None) -> Chat:
        """A chat that waits for a person."""
        visitor = visitor or Visitor(HolderId(new_id("h")), None)
        said = await self.say(text, visitor)
        assert said.chat is not None
        return said.chat

    async def mine(self, name: str) -> presence.Mine:
        async with self.database.transaction() as tx:
            return await presence.mine(tx, self.staff[name], config=CONFIG, at=self.now)

    async def accept(self, name: str, chat: Chat) -> tuple[str, ...]:
        """Take a chat; the codes of the refusal."""
        async with self.database.transaction() as tx:
            verdict, _ = await agent_actions.accept(
                tx, self.staff[name], chat.id, config=CONFIG, at=self.now
            )
        return verdict.codes

    async def write(self, name: str, chat: Chat, text: str, *, key: str = "") -> Said:
        async with self.database.transaction() as tx:
            return await agent_writing.write(
                tx,
                self.staff[name],
                chat.id,
                text,
                key=key or f"key-{next(_keys)}",
                config=CONFIG,
                at=self.now,
            )

    async def look(self, name: str, chat: Chat, *, after: int = 0) -> list[ChatMessage]:
        async with self.database.transaction() as tx:
            _, messages = await agent_writing.look(
                tx, self.staff[name], chat.id, after=after, config=CONFIG, at=self.now
            )
        return messages

    async def transfer(
        self, name: str, chat: Chat, *, matter: str = "", to: str = "", note: str = ""
    ) -> Chat:
        async with self.database.transaction() as tx:
            return await agent_actions.transfer(
                tx,
                self.staff[name],
                chat.id,
                matter=matter,
                to_agent=AgentId(to) if to else None,
                note=note,
                config=CONFIG,
                at=self.now,
            )

    async def finish(self, name: str, chat: Chat, outcome: Outcome = "resolved") -> None:
        async with self.database.transaction() as tx:
            await agent_actions.finish(
                tx, self.staff[name], chat.id, outcome, config=CONFIG, at=self.now
            )

    async def sweep(self) -> None:
        async with self.database.transaction() as tx:
            await queueing.sweep(tx, config=CONFIG, at=self.now)

    async def see(
        self, visitor: Visitor = ANNA, *, after: int = 0
    ) -> tuple[Chat | None, list[ChatMessage], tuple[int, int], int]:
        async with self.database.transaction() as tx:
            return await actions.see(tx, visitor, after=after, config=CONFIG, at=self.now)

    async def texts(self, visitor: Visitor = ANNA) -> list[str]:
        """What the visitor's page shows, each line with its author."""
        _, messages, _, _ = await self.see(visitor)
        return [f"{message.author}: {message.text}" for message in messages]

    async def ask(self, question: str, *values: object) -> list[Any]:
        async with self.database.transaction() as tx:
            cursor = await tx.connection.execute(question.encode(), values)
            return [row if len(row) > 1 else row[0] for row in await cursor.fetchall()]

    async def kinds(self, stream: str) -> list[str]:
        return await self.ask("SELECT kind FROM journal WHERE stream = %s ORDER BY seq", stream)

    async def whole_database(self) -> str:
        """Everything that any table holds, as text."""
        tables = await self.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        parts = [str(await self.ask(f"SELECT t::text FROM {table} AS t")) for table in tables]
        return "\n".join(parts)

    async def intact(self) -> bool:
        async with self.database.transaction() as tx:
            return not (await verify(tx)).breaches
