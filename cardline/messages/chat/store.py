"""SQL of chats and who takes them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

import msgspec
from psycopg.types.json import Jsonb

from cardline.core.ids import AgentId, InteractionId
from cardline.core.transaction import Transaction
from cardline.messages.chat import stay_store
from cardline.messages.chat.model import CHANNEL, BotState, Chat, ChatAgent, StayCause, Visitor
from cardline.routing.model import Queue

_COLUMNS: LiteralString = """id, holder_id, language, state, matter, urgent, waiting_since,
    given_back, wanted_agent, agent_id, accepted_at, bot, last_number, last_word_at, opened_at,
    closed_at, outcome"""
_OF_VISITOR: LiteralString = "(holder_id = %(holder)s OR visitor = %(cookie)s)"


async def add(tx: Transaction, chat: Chat, visitor: Visitor) -> None:
    """Add a chat."""
    await tx.connection.execute(
        """
        INSERT INTO chat (id, holder_id, visitor, language, state, matter, last_word_at, opened_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            chat.id,
            visitor.holder,
            visitor.cookie,
            chat.language,
            chat.state,
            chat.matter,
            chat.last_word_at,
            chat.opened_at,
        ),
    )


async def lock_visitor(tx: Transaction, visitor: Visitor) -> None:
    """Let one message of a visitor pass at a time: two first words open one chat."""
    name = (
        f"holder:{visitor.holder}" if visitor.holder else f"cookie:{(visitor.cookie or b'').hex()}"
    )
    await tx.connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s, 1667785076))", (name,)
    )


async def latest_of(tx: Transaction, visitor: Visitor) -> Chat | None:
    """Return the newest chat of a visitor."""
    cursor = await tx.connection.execute(
        f"SELECT {_COLUMNS} FROM chat WHERE {_OF_VISITOR} ORDER BY opened_at DESC LIMIT 1",  # noqa: S608 - constants only
        {"holder": visitor.holder, "cookie": visitor.cookie},
    )
    row = await cursor.fetchone()
    return _chat(row) if row else None


async def by_id(tx: Transaction, chat: str, *, lock: bool = False) -> Chat | None:
    """Return a chat; ``lock`` keeps it to this transaction."""
    locked: LiteralString = " FOR NO KEY UPDATE" if lock else ""
    cursor = await tx.connection.execute(
        f"SELECT {_COLUMNS} FROM chat WHERE id = %s{locked}",  # noqa: S608 - constants only
        (chat,),
    )
    row = await cursor.fetchone()
    return _chat(row) if row else None


async def of_agent(tx: Transaction, agent: AgentId) -> list[Chat]:
    """Return the chats that an agent has, oldest first."""
    cursor = await tx.connection.execute(
        f"SELECT {_COLUMNS} FROM chat WHERE agent_id = %s ORDER BY accepted_at, id",  # noqa: S608 - constants only
        (agent,),
    )
    return [_chat(row) for row in await cursor.fetchall()]


async def waiting(tx: Transaction) -> list[Chat]:
    """Return all chats that wait."""
    cursor = await tx.connection.execute(
        f"SELECT {_COLUMNS} FROM chat WHERE state = 'waiting' ORDER BY waiting_since, id"  # noqa: S608 - constants only
    )
    return [_chat(row) for row in await cursor.fetchall()]


async def not_closed(tx: Transaction) -> list[Chat]:
    """Return all chats that have not ended, oldest first."""
    cursor = await tx.connection.execute(
        f"SELECT {_COLUMNS} FROM chat WHERE state <> 'closed' ORDER BY opened_at, id LIMIT 500"  # noqa: S608 - constants only
    )
    return [_chat(row) for row in await cursor.fetchall()]


async def idle(tx: Transaction, *, before: datetime) -> list[InteractionId]:
    """Return chats in which nobody has written since ``before``; a message left stays."""
    cursor = await tx.connection.execute(
        """
        SELECT id FROM chat WHERE state IN ('bot', 'waiting', 'talking') AND last_word_at < %s
        ORDER BY id LIMIT 200
        """,
        (before,),
    )
    return [InteractionId(row[0]) for row in await cursor.fetchall()]


async def lost(tx: Transaction, *, at: datetime) -> list[InteractionId]:
    """Return chats whose agent's screen is gone."""
    cursor = await tx.connection.execute(
        """
        SELECT c.id FROM chat AS c JOIN chat_agent AS a ON a.agent_id = c.agent_id
        WHERE a.screen_until <= %s ORDER BY c.id LIMIT 200
        """,
        (at,),
    )
    return [InteractionId(row[0]) for row in await cursor.fetchall()]


async def put_in_queue(
    tx: Transaction,
    chat: InteractionId,
    *,
    queue: Queue,
    cause: StayCause,
    urgent: bool,
    since: datetime,
    given_back: bool,
    wanted: AgentId | None = None,
    at: datetime,
) -> None:
    """A chat waits from now on, or goes on waiting; its place counts from ``since``.

    ``given_back``: ahead of those whom no agent had yet.
    """
    await tx.connection.execute(
        """
        UPDATE chat SET state = 'waiting', matter = %s, urgent = urgent OR %s, waiting_since = %s,
            given_back = %s, wanted_agent = %s, agent_id = NULL, accepted_at = NULL
        WHERE id = %s AND state <> 'closed'
        """,
        (queue.matter, urgent, since, given_back, wanted, chat),
    )
    await stay_store.begin(tx, chat, queue.name, cause, at=at)


async def take(tx: Transaction, chat: InteractionId, agent: AgentId, *, at: datetime) -> bool:
    """Give a waiting chat to an agent, once: False where somebody was faster."""
    cursor = await tx.connection.execute(
        """
        UPDATE chat SET state = 'talking', agent_id = %s, accepted_at = %s, waiting_since = NULL,
            given_back = false, wanted_agent = NULL
        WHERE id = %s AND state IN ('waiting', 'message')
        """,
        (agent, at, chat),
    )
    if cursor.rowcount == 0:
        return False
    await stay_store.end(tx, chat, "answered", at=at)
    return True


async def take_message(tx: Transaction, chat: InteractionId, *, at: datetime) -> None:
    """Nobody is there: what comes next is a message."""
    await tx.connection.execute(
        """
        UPDATE chat SET state = 'message', waiting_since = NULL, agent_id = NULL,
            accepted_at = NULL, given_back = false, wanted_agent = NULL
        WHERE id = %s AND state <> 'closed'
        """,
        (chat,),
    )
    await stay_store.end(tx, chat, "message", at=at)


async def save_bot(tx: Transaction, chat: InteractionId, state: BotState) -> None:
    """Write where the machine stands."""
    await tx.connection.execute(
        "UPDATE chat SET bot = %s WHERE id = %s", (Jsonb(msgspec.to_builtins(state)), chat)
    )


async def close(tx: Transaction, chat: InteractionId, outcome: str, at: datetime) -> bool:
    """Write the end; False where it had ended."""
    cursor = await tx.connection.execute(
        """
        UPDATE chat SET state = 'closed', closed_at = %s, outcome = %s, waiting_since = NULL,
            agent_id = NULL, accepted_at = NULL, given_back = false, wanted_agent = NULL
        WHERE id = %s AND state <> 'closed'
        """,
        (at, outcome, chat),
    )
    if cursor.rowcount == 0:
        return False
    await stay_store.end(tx, chat, "left", at=at)
    return True


async def reopen(tx: Transaction, chat: InteractionId, *, at: datetime) -> None:
    """Open a chat again that had ended; the machine begins anew."""
    await tx.connection.execute(
        """
        UPDATE chat SET state = 'bot', closed_at = NULL, outcome = NULL, urgent = false,
            bot = '{}', last_word_at = %s
        WHERE id = %s
        """,
        (at, chat),
    )


def wake(tx: Transaction, chat: InteractionId) -> None:
    """Tell all nodes, after the commit, that something changed."""
    tx.tell(CHANNEL, chat)


# ---------------------------------------------------------------- agents


async def lock_agent(tx: Transaction, agent: AgentId) -> ChatAgent | None:
    """Return an agent, kept to this transaction, so that two chats do not pass one place."""
    await tx.connection.execute(
        "SELECT 1 FROM chat_agent WHERE agent_id = %s FOR NO KEY UPDATE", (agent,)
    )
    return next(iter(await agents(tx, agent=agent)), None)


async def agents(tx: Transaction, *, agent: AgentId | None = None) -> list[ChatAgent]:
    """Return who takes chats, each with the number of chats that they have."""
    cursor = await tx.connection.execute(
        """
        SELECT a.agent_id, a.ready, a.capacity, a.languages, a.skills, a.since, a.screen_until,
            (SELECT count(*) FROM chat WHERE chat.agent_id = a.agent_id)
        FROM chat_agent AS a WHERE %(agent)s::text IS NULL OR a.agent_id = %(agent)s
        ORDER BY a.agent_id
        """,
        {"agent": agent},
    )
    return [
        ChatAgent(row[0], row[1], row[2], frozenset(row[3]), frozenset(row[4]), *row[5:])
        for row in await cursor.fetchall()
    ]


async def set_agent(tx: Transaction, agent: ChatAgent) -> None:
    """Write that an agent takes chats, or not."""
    await tx.connection.execute(
        """
        INSERT INTO chat_agent (agent_id, ready, capacity, languages, skills, since, screen_until)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (agent_id) DO UPDATE SET ready = excluded.ready, capacity = excluded.capacity,
            languages = excluded.languages, skills = excluded.skills, since = excluded.since,
            screen_until = excluded.screen_until
        """,
        (
            agent.id,
            agent.ready,
            agent.capacity,
            sorted(agent.languages),
            sorted(agent.skills),
            agent.since,
            agent.screen_until,
        ),
    )


async def renew_screen(tx: Transaction, agent: AgentId, *, until: datetime) -> None:
    """The agent's screen gave a sign."""
    await tx.connection.execute(
        "UPDATE chat_agent SET screen_until = %s WHERE agent_id = %s AND screen_until < %s",
        (until, agent, until),
    )


# ---------------------------------------------------------------- messages left


async def leave_task(tx: Transaction, chat: Chat, *, at: datetime) -> bool:
    """Register a message that was left; False where it is registered."""
    cursor = await tx.connection.execute(
        """
        INSERT INTO chat_task (chat, language, matter, left_at) VALUES (%s, %s, %s, %s)
        ON CONFLICT (chat) DO UPDATE SET left_at = excluded.left_at, matter = excluded.matter,
            settled_at = NULL, settled_by = NULL WHERE chat_task.settled_at IS NOT NULL
        """,
        (chat.id, chat.language, chat.matter, at),
    )
    return cursor.rowcount == 1


async def settle_task(tx: Transaction, chat: InteractionId, by: str, *, at: datetime) -> None:
    """Somebody took it up."""
    await tx.connection.execute(
        """
        UPDATE chat_task SET settled_at = %s, settled_by = %s
        WHERE chat = %s AND settled_at IS NULL
        """,
        (at, by, chat),
    )


async def left(tx: Transaction) -> list[Chat]:
    """Return chats with a message that nobody has taken up, oldest first."""
    cursor = await tx.connection.execute(
        f"""
        SELECT {_COLUMNS} FROM chat
        WHERE id IN (SELECT chat FROM chat_task WHERE settled_at IS NULL)
        ORDER BY last_word_at, id LIMIT 200
        """  # noqa: S608 - constants only
    )
    return [_chat(row) for row in await cursor.fetchall()]


def _chat(row: Sequence[Any]) -> Chat:
    values = list(row)
    values[11] = msgspec.convert(row[11], BotState)
    return Chat(*values)
