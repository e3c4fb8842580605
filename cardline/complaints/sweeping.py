"""What nobody may forget: warned before, escalated at, never silent after (row C2).

Due times are rows; a sweep looks at those whose time to act has come, and at nothing else. It can
run twice, on two nodes at once, and be killed at any point.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from cardline.cards.cases import actions as card_cases
from cardline.complaints import due_store, store
from cardline.complaints.actions.deciding import pay, to_pay
from cardline.complaints.actions.stepping import MATTER, reckon, settle_tasks, stream_of
from cardline.complaints.config import ComplaintConfig
from cardline.complaints.due_store import Due
from cardline.complaints.model import ComplaintId
from cardline.complaints.rules.clocks import warn_at
from cardline.complaints.rules.objection import objection_clock
from cardline.complaints.words import day_in_words, line, word
from cardline.core.actor import SYSTEM
from cardline.core.clock import Clock
from cardline.core.home import home
from cardline.core.ids import AgentId, HolderId
from cardline.core.transaction import Database, JsonObject, Transaction
from cardline.desk.staff import actions as desk_staff
from cardline.desk.work import tasks as desk_tasks
from cardline.desk.work.tasks import Wanted
from cardline.evidence.actions import journal

log = structlog.get_logger()

AT_ONCE = 250
"""Rows of one transaction: few enough that nobody waits long for a complaint being swept."""


SIDE_BY_SIDE = 2
"""Most of what is due turns at midnight: one waits for the database while the other reckons."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did."""

    warned: int = 0
    escalated: int = 0
    paid: int = 0
    unpaid: int = 0


async def sweep(db: Database, *, config: ComplaintConfig, clock: Clock) -> Swept:
    """Do all whose time has come, in transactions of their own."""
    await db.run(lambda tx: watch_objections(tx, config=config, at=clock()))
    await db.run(lambda tx: reckon_unknown(tx, config=config, at=clock()))
    told = await asyncio.gather(*(_remind_all(db, config, clock) for _ in range(SIDE_BY_SIDE)))
    warned, escalated = (sum(each) for each in zip(*told, strict=True))
    paid, unpaid = await pay_ordered(db, config=config, clock=clock)
    return Swept(warned, escalated, paid, unpaid)


async def _remind_all(db: Database, config: ComplaintConfig, clock: Clock) -> tuple[int, int]:
    warned = escalated = 0
    while True:
        did = await db.run(lambda tx: remind(tx, config=config, at=clock()))
        warned, escalated = warned + did[0], escalated + did[1]
        if sum(did) < AT_ONCE:
            return warned, escalated


async def remind(
    tx: Transaction, *, config: ComplaintConfig, at: datetime, limit: int = AT_ONCE
) -> tuple[int, int]:
    """Warn of what is due soon and escalate what is overdue; return how many of each.

    Tasks of the desk tell whoever handles it, and the leads; each is journaled as
    ``complaint.due-soon`` or ``complaint.overdue``, with its task.
    """
    rows = await due_store.claim(tx, at=at, limit=limit)
    if not rows:
        return 0, 0
    whose = await store.handlers(tx, [row.about for row in rows])
    agents = {one.number: one.agent_id for one in await desk_staff.all_staff(tx)}
    wanted = []
    for row in rows:
        handler, holder = whose.get(row.about, (None, None))
        agent = agents.get(handler) if handler else None
        overdue = at >= row.due_at
        # Whoever handles it hears of it once; what is overdue lies where every lead sees it.
        if not overdue or (agent is not None and row.escalations == 0):
            wanted.append(_task(row, "soon", agent, holder))
        if overdue:
            wanted.append(_task(row, "late", None, holder))
    made = await desk_tasks.open_many(tx, wanted, by=SYSTEM, at=at)
    for row in rows:
        await _tell(tx, row, made, whose.get(row.about, (None, None))[0], at=at)
    again = at + config.policy.again
    acted = [(row, at >= row.due_at, again if at >= row.due_at else row.due_at) for row in rows]
    await due_store.acted(tx, acted, at=at)
    escalated = sum(overdue for _, overdue, _ in acted)
    return len(acted) - escalated, escalated


async def _tell(
    tx: Transaction, row: Due, made: Mapping[str, str], handler: str | None, *, at: datetime
) -> None:
    """Journal it; a task that somebody finished although nothing was done is opened again."""
    overdue = at >= row.due_at
    source = f"complaint:{row.id}:{'late' if overdue else 'soon'}"
    if overdue and source not in made:
        await desk_tasks.open_again(tx, source, due_at=row.due_at, at=at)
    body: JsonObject = {
        "due": row.id,
        "what": row.what,
        "due_at": row.due_at.isoformat(),
        "handler": handler,
        **({"task": made[source]} if source in made else {}),
        **({"times": row.escalations + 1} if overdue else {}),
    }
    kind = "complaint.overdue" if overdue else "complaint.due-soon"
    await journal(tx, stream=_stream(row), kind=kind, by=SYSTEM, body=body, at=at)


def _task(row: Due, when: str, agent: AgentId | None, holder: HolderId | None) -> Wanted:
    code = when if row.kind == "clock" else f"{when}-{row.kind}"
    task = word("tasks", row.what).in_(home().language) if row.kind == "clock" else ""
    return Wanted(
        source=f"complaint:{row.id}:{when}",
        what=line(code, case=row.about, task=task, day=day_in_words(row.last_day, home().language)),
        due_at=row.due_at,
        holder=holder,
        agent=agent,
        matter=MATTER,
    )


def _stream(row: Due) -> str:
    if row.kind in ("case", "corrective"):
        return f"{row.kind}:{row.about}"
    return stream_of(ComplaintId(row.about))


async def watch_objections(tx: Transaction, *, config: ComplaintConfig, at: datetime) -> int:
    """Put the desk's objections to credit records among what is due, and take out what is done.

    Returns how many came or went.
    """
    waiting = {case.id: case for case in await card_cases.open_objections(tx)}
    watched = set(await due_store.open_cases(tx))
    new = []
    for case in (one for one in waiting.values() if one.id not in watched):
        clock = objection_clock(
            case.id,
            case.holder_id,
            received_at=case.opened_at,
            answered_at=None,
            policy=config.policy,
            calendar=config.calendar,
            now=at,
        )
        if clock is not None:
            began, due_at, last = clock.begins_at, clock.due_at, clock.last_day
            warn = warn_at(clock, config.policy)
            new.append(
                Due(f"case/{case.id}", "case", case.id, clock.key, began, due_at, last, warn)
            )
    await due_store.put(tx, new)
    done = sorted(watched - waiting.keys())
    for gone in done:
        await due_store.settle(tx, f"case/{gone}", at=at)
    await settle_tasks(tx, [f"case/{gone}" for gone in done], at=at)
    return len(new) + len(done)


async def reckon_unknown(tx: Transaction, *, config: ComplaintConfig, at: datetime) -> int:
    """Reckon due times again that the calendar did not reach, where it reaches them now."""
    done = 0
    for about in await due_store.unknown(tx, years=sorted(config.calendar.years), limit=AT_ONCE):
        case = await store.by_id(tx, ComplaintId(about), lock=True)
        if case is not None:
            await reckon(tx, case, config=config, at=at)
            done += 1
    return done


async def pay_ordered(db: Database, *, config: ComplaintConfig, clock: Clock) -> tuple[int, int]:
    """Post every compensation that was ordered; return how many were posted, and how many not.

    One that fails keeps the others from nothing; a task tells that somebody must look.
    """
    paid, failed, after = 0, 0, ""
    while True:
        async with db.transaction() as tx:
            ordered = await to_pay(tx, after=after, limit=AT_ONCE)
        for remedy in ordered:
            after = remedy
            try:
                async with db.transaction() as tx:
                    paid += await pay(tx, remedy, config=config, at=clock())
            except Exception:
                failed += 1
                log.exception("a compensation could not be posted", remedy=remedy)
                async with db.transaction() as tx:
                    await _say_unpaid(tx, remedy, at=clock())
        if len(ordered) < AT_ONCE:
            return paid, failed


async def _say_unpaid(tx: Transaction, remedy: str, *, at: datetime) -> None:
    await desk_tasks.open_task(
        tx,
        source=f"complaint-pay:{remedy}",
        kind="other",
        what=line("unpaid", case=remedy),
        due_at=at,
        by=SYSTEM,
        at=at,
        matter=MATTER,
    )
