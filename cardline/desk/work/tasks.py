"""Tasks: what was promised, messages to be called back, wrap-ups left behind (row A4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cardline.core.actor import SYSTEM, Actor
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.ids import AgentId, HolderId, InteractionId, new_id
from cardline.core.live import tell, to_agents, to_roles
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions.claims import party_only
from cardline.desk.staff.model import Staff
from cardline.desk.work import task_store
from cardline.desk.work.model import Task, TaskKind
from cardline.evidence.actions import journal
from cardline.routing import actions as routing

_LETTERS = "general"
"""The matter whose queue answers what holders write: they name none."""
_DONE_ELSEWHERE: dict[TaskKind, str] = {
    "wrap-up": "complete the wrap-up: that does this task",
    "message": "answer the message: that does this task",
}


class DoneElsewhere(Conflict):
    """A task of this kind is done by doing the thing itself."""

    code = "done-elsewhere"


async def open_task(
    tx: Transaction,
    *,
    source: str,
    kind: TaskKind,
    what: str,
    due_at: datetime,
    by: Actor,
    at: datetime,
    interaction: InteractionId | None = None,
    holder: HolderId | None = None,
    agent: AgentId | None = None,
    matter: str | None = None,
) -> Task | None:
    """Open a task for an agent, or for the queue of a matter; ``None`` where ``source`` has one.

    Raises ``Invalid`` where it is nobody's.
    """
    if agent is None and matter is None:
        raise Invalid("a task belongs to an agent or to a queue")
    task = Task(
        *(new_id("t"), source, kind, mask_secrets(what.strip()).text, interaction, holder),
        *(agent, matter, due_at, at, str(by)),
    )
    if not await task_store.add_task(tx, task):
        return None
    await told(tx, task, "task.opened", by=by, at=at, more={"what": task.what})
    return task


async def open_own(
    tx: Transaction,
    *,
    what: str,
    due_at: datetime,
    interaction: str | None,
    matter: str | None,
    by: Staff,
    at: datetime,
) -> Task:
    """Open a task by hand: for oneself, or for the queue of a matter.

    Raises ``NotFound`` for a conversation in which one takes no part, ``Invalid`` for a time that
    has passed or a task that would be nobody's.
    """
    if due_at <= at:
        raise Invalid("a task is due in the future")
    found = await party_only(tx, interaction, by) if interaction else None
    opened = await open_task(
        tx,
        source=f"own:{new_id('s')}",
        kind="other",
        what=what,
        due_at=due_at,
        by=by.actor,
        at=at,
        interaction=found.id if found else None,
        holder=found.holder_id if found else None,
        agent=None if matter else by.agent_id,
        matter=matter,
    )
    assert opened is not None
    return opened


async def place_of(tx: Transaction, task_id: str) -> tuple[datetime, str]:
    """Return where a task stands in a list by due time. Raises ``NotFound``."""
    task = await task_store.task(tx, task_id)
    if task is None:
        raise NotFound("there is no such task, or it is a colleague's")
    return task.due_at, task.id


async def may_work(tx: Transaction, source: str, *, by: Staff) -> bool:
    """True where the task of a source is one's own, or lies open in a queue for anybody."""
    task = await task_store.task_of(tx, source)
    if task is None:
        return False
    if task.agent is not None:
        return task.agent == by.agent_id
    return task.done_at is None


async def list_tasks(
    tx: Transaction,
    *,
    agent: AgentId | None,
    matters: Sequence[str] | None,
    done: bool = False,
    overdue_at: datetime | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 100,
) -> list[Task]:
    """Return tasks by due time: of an agent and of queues, or all where both are ``None``."""
    return await task_store.tasks(
        tx,
        agent=agent,
        matters=matters,
        done=done,
        overdue_at=overdue_at,
        after=after,
        limit=limit,
    )


async def finish(tx: Transaction, task_id: str, *, result: str, by: Staff, at: datetime) -> Task:
    """Write that a task is done, and what came of it.

    Raises ``NotFound`` for no such task or another agent's, ``Conflict`` where it is done, or
    where it is a wrap-up, which is done by completing it, or a holder's message, which is done by
    answering it (a lead may close either all the same).
    """
    task = await _own(tx, task_id, by)
    if task.kind in _DONE_ELSEWHERE and by.role != "lead":
        raise DoneElsewhere(_DONE_ELSEWHERE[task.kind])
    result = mask_secrets(result.strip()).text
    await task_store.finish_task(tx, task.id, by=by.number, result=result, at=at)
    if task.kind == "callback" and task.interaction:
        await task_store.settle_message(tx, task.interaction, by=by.number, at=at)
    await told(tx, task, "task.done", by=by.actor, at=at, more={"result": result})
    return await _again(tx, task.id)


async def open_letter(
    tx: Transaction,
    message: InteractionId,
    *,
    line: str,
    holder: HolderId | None,
    due_at: datetime,
    by: Actor,
    at: datetime,
    door: Literal["letter", "email", "app"] = "letter",
) -> None:
    """Somebody wrote to the bank: one task until it is answered, however often they write.

    ``line``: the part of the message that came now. ``door``: ``letter`` from the holder's pages.
    Whoever serves is told of it live.
    """
    waiting = await task_store.message_tasks(tx, message, door=door)
    for task in waiting:
        to = to_agents(task.agent) if task.agent else to_roles("agent")
        tell(tx, kind="task", id=task.id, to=to | to_roles("lead"), data={"act": "written-again"})
    if not waiting:
        await open_task(
            tx,
            source=f"{door}:{line}",
            kind="message",
            what="",  # the holder's words stay where retention finds them
            due_at=due_at,
            by=by,
            at=at,
            interaction=message,
            holder=holder,
            matter=_LETTERS,
        )


async def settle_messages(
    tx: Transaction,
    interaction: InteractionId,
    *,
    door: Literal["chat", "letter", "email", "app"] = "chat",
    by: Staff,
    at: datetime,
) -> None:
    """Somebody takes up a message left in a chat, or has answered a holder's: its task is done."""
    for task in await task_store.message_tasks(tx, interaction, door=door):
        await task_store.finish_task(tx, task.id, by=by.number, result="", at=at)
        await told(tx, task, "task.done", by=by.actor, at=at, more={"result": ""})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A task to be opened with many others: for an agent, or for the queue of a matter.

    ``what`` comes from a catalogue: nobody typed it, and it holds no secrets.
    """

    source: str
    what: str
    due_at: datetime
    holder: HolderId | None
    agent: AgentId | None
    matter: str | None


async def open_many(
    tx: Transaction, wanted: Sequence[Wanted], *, by: Actor, at: datetime
) -> dict[str, str]:
    """Open many tasks in one statement; return the ids of new ones by what they came from.

    Whoever calls this journals what each is for, with its id: an entry of our own besides would
    only say it again. Those who may see them are told once.
    """
    tasks = [
        Task(
            *(new_id("t"), one.source, "other", one.what, None, one.holder),
            *(one.agent, None if one.agent else one.matter, one.due_at, at, str(by)),
        )
        for one in wanted
    ]
    made = await task_store.add_tasks(tx, tasks)
    new = [task for task in tasks if task.source in made]
    if new:
        to = to_agents(*(task.agent for task in new if task.agent)) | to_roles("lead")
        if any(task.agent is None for task in new):
            to |= to_roles("agent")
        tell(tx, kind="task", id=new[0].id, to=to, data={"act": "task.opened"})
    return {task.source: task.id for task in new}


async def open_again(tx: Transaction, source: str, *, due_at: datetime, at: datetime) -> bool:
    """Open a task once more that somebody finished although its matter goes on; false where open.

    A task that is not there stays so.
    """
    task = await task_store.reopen_task(tx, source, due_at=due_at)
    if task is not None:
        await told(tx, task, "task.opened", by=SYSTEM, at=at, more={"what": task.what})
    return task is not None


async def settle_sources(
    tx: Transaction, sources: Sequence[str], *, at: datetime, by: Actor = SYSTEM
) -> int:
    """What these tasks came from is done elsewhere: so are they. Returns how many; safe again."""
    open_ = await task_store.tasks_from(tx, sources)
    for task in open_:
        await task_store.finish_task(tx, task.id, by=by.id or by.kind, result="", at=at)
        await told(tx, task, "task.done", by=by, at=at, more={"result": ""})
    return len(open_)


async def take(tx: Transaction, task_id: str, *, by: Staff, at: datetime) -> Task:
    """Take a task out of a queue for oneself.

    Raises ``NotFound`` for no such task, ``Conflict`` where somebody has it.
    """
    if by.agent_id is None:
        raise Invalid("only somebody who takes calls can take a task")
    task = await _open(tx, task_id)
    if task.agent not in (None, by.agent_id):
        if task.matter is None and by.role == "agent":  # it never stood in a queue
            raise NotFound("there is no such task, or it is a colleague's")
        raise Conflict("a colleague has taken this task")
    await task_store.move_task(
        tx, task.id, agent=by.agent_id, matter=task.matter, due_at=task.due_at
    )
    await told(tx, task, "task.moved", by=by.actor, at=at, more={"to": by.agent_id})
    return await _again(tx, task.id)


async def move(
    tx: Transaction,
    task_id: str,
    *,
    agent: AgentId | None,
    matter: str | None,
    due_at: datetime | None,
    by: Staff,
    at: datetime,
) -> Task:
    """Give a task to another agent or to a queue, or another due time (a lead does).

    Raises ``NotFound`` for no such task or agent, ``Conflict`` where it is done, ``Invalid``
    where it would be nobody's.
    """
    task = await _open(tx, task_id)
    if agent is not None and await routing.agent_state(tx, agent=agent, at=at) is None:
        raise NotFound("there is no such agent")
    if agent is None and matter is None:
        agent, matter = task.agent, task.matter
    due = due_at or task.due_at
    await task_store.move_task(tx, task.id, agent=agent, matter=matter, due_at=due)
    more: JsonObject = {"to": agent or matter, "was": task.agent or task.matter}
    more["due_at"] = due.isoformat()
    await told(tx, task, "task.moved", by=by.actor, at=at, more=more)
    return await _again(tx, task.id)


async def _own(tx: Transaction, task_id: str, by: Staff) -> Task:
    """Return an open task that this one of the staff may finish, locked."""
    task = await _open(tx, task_id)
    if by.role == "agent" and task.agent not in (None, by.agent_id):
        raise NotFound("there is no such task, or it is a colleague's")
    return task


async def _open(tx: Transaction, task_id: str) -> Task:
    task = await task_store.task(tx, task_id, lock=True)
    if task is None:
        raise NotFound("there is no such task, or it is a colleague's")
    if task.done_at is not None:
        raise Conflict("this task is done")
    return task


async def _again(tx: Transaction, task_id: str) -> Task:
    task = await task_store.task(tx, task_id)
    assert task is not None
    return task


async def told(
    tx: Transaction, task: Task, kind: str, *, by: Actor, at: datetime, more: JsonObject
) -> None:
    """Journal what became of a task, and tell those whose it is or was, and the leads."""
    body: JsonObject = {
        "task": task.id,
        "task_kind": task.kind,
        "agent": task.agent,
        "matter": task.matter,
        "due_at": task.due_at.isoformat(),
        "holder": task.holder,
        **more,
    }
    stream = task.interaction or (f"holder:{task.holder}" if task.holder else f"task:{task.id}")
    await journal(tx, stream=stream, kind=kind, by=by, body=body, at=at)
    heard = {AgentId(one) for one in (task.agent, more.get("to")) if one}
    to = to_agents(*heard) if task.agent else to_roles("agent")
    tell(tx, kind="task", id=task.id, to=to | to_roles("lead"), data={"act": kind})
