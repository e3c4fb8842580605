"""HTTP of wrap-up and tasks (row A4)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel
from pydantic import Field as Limits

from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import AgentId
from cardline.core.transaction import Transaction
from cardline.desk.catalogue import DeskCatalogue, Part, load_desk_catalogue
from cardline.desk.interactions import claims
from cardline.desk.services import WorkServices
from cardline.desk.staff.model import Staff
from cardline.desk.views import VerdictView, WordsView, show_verdict, show_words
from cardline.desk.work import tasks, wrapups
from cardline.desk.work.model import Promise, WrapUp
from cardline.desk.work.views import PromiseBody, TaskView, WrapUpView, show_task, show_wrap_up
from cardline.evidence.looks.actions import record_list
from cardline.evidence.looks.model import Row
from cardline.routing import actions as routing


class WrapUpBody(BaseModel):
    """What is typed so far; ``version``: the one last seen, 0 before the first saving."""

    version: int = Limits(ge=0)
    matter: str = Limits(default="", max_length=60)
    outcome: str = Limits(default="", max_length=60)
    summary: str = Limits(default="", max_length=4000)
    anything_else_asked: bool = False
    read_back_confirmed: bool = False
    promises: list[PromiseBody] = Limits(default=[], max_length=20)


class VersionBody(BaseModel):
    """The version that was seen."""

    version: int = Limits(ge=0)


class CompletionView(BaseModel):
    """Completed, or what is missing. ``pause_seconds``: a pause is offered, for so long."""

    allowed: bool
    verdict: VerdictView
    wrap_up: WrapUpView
    tasks: list[TaskView]
    pause_seconds: int | None


class CatalogueView(BaseModel):
    """Codes for matter, outcome and category, with their words."""

    matters: list[WordsView]
    outcomes: list[WordsView]
    categories: list[WordsView]


class TaskBody(BaseModel):
    """A task of one's own, or for the queue of a matter."""

    what: str = Limits(min_length=1, max_length=500)
    due_at: AwareDatetime
    interaction: str | None = Limits(default=None, max_length=64)
    matter: str | None = Limits(default=None, max_length=40)


class DoneBody(BaseModel):
    """What came of it."""

    result: str = Limits(default="", max_length=1000)


class MoveBody(BaseModel):
    """To an agent or to the queue of a matter; and another due time, where one is named."""

    agent: str | None = Limits(default=None, max_length=64)
    matter: str | None = Limits(default=None, max_length=40)
    due_at: AwareDatetime | None = None


Whose = Literal["mine", "queues", "all"]


def router(services: WorkServices) -> APIRouter:
    """Make the routes of wrap-up and tasks."""
    routes = APIRouter(prefix="/api/v1", tags=["wrap-up"])
    _catalogue_routes(routes, services)
    _wrap_up_routes(routes, services)
    _task_routes(routes, services)
    _own_task_routes(routes, services)
    return routes


def _catalogue_routes(routes: APIRouter, services: WorkServices) -> None:
    words = load_desk_catalogue()
    everybody = Depends(services.require("agent", "lead", "quality", "compliance", "administrator"))

    def listed(part: Part) -> list[WordsView]:
        return [show_words(words, part, code) for code in words.parts[part]]

    @routes.get("/desk/catalogue", dependencies=[everybody])
    async def catalogue() -> CatalogueView:
        """Give the codes that a wrap-up and a warning may carry, with their words."""
        return CatalogueView(
            matters=listed("matters"), outcomes=listed("outcomes"), categories=listed("categories")
        )


def _wrap_up_routes(routes: APIRouter, services: WorkServices) -> None:
    words = load_desk_catalogue()
    takers = Depends(services.require("agent", "lead"))
    readers = Depends(services.require("lead", "quality", "compliance"))

    @routes.get("/interactions/{interaction}/wrap-up")
    async def own(interaction: str, staff: Annotated[Staff, takers]) -> WrapUpView:
        """Give one's own draft; version 0 where nothing was saved yet."""
        at = services.clock()
        async with services.database.transaction() as tx:
            draft = await wrapups.own(tx, interaction, by=staff, at=at)
            return await _shown(tx, services, draft, words, at)

    @routes.put("/interactions/{interaction}/wrap-up")
    async def save(
        interaction: str, body: WrapUpBody, staff: Annotated[Staff, takers]
    ) -> WrapUpView:
        """Save the draft while it is typed. 409 ``stale-version`` where it was saved elsewhere."""
        at = services.clock()
        draft = wrapups.Draft(
            matter=body.matter,
            outcome=body.outcome,
            summary=body.summary,
            anything_else_asked=body.anything_else_asked,
            read_back_confirmed=body.read_back_confirmed,
            promises=tuple(Promise(one.what, one.due_at) for one in body.promises),
        )
        async with services.database.transaction() as tx:
            saved = await wrapups.save(
                tx, interaction, draft, version=body.version, by=staff, at=at
            )
            return await _shown(tx, services, saved, words, at)

    @routes.post("/interactions/{interaction}/wrap-up/complete")
    async def complete(
        interaction: str, body: VersionBody, staff: Annotated[Staff, takers]
    ) -> CompletionView:
        """Complete it, or say what is missing; promises become tasks, the wrap-up state ends."""
        at = services.clock()
        async with services.database.transaction() as tx:
            done = await wrapups.complete(
                tx,
                interaction,
                catalogue=words,
                policy=services.desk,
                routing_policy=services.routing,
                version=body.version,
                by=staff,
                at=at,
            )
        pause = int(services.desk.recovery.total_seconds()) if done.pause_offered else None
        return CompletionView(
            allowed=done.verdict.allowed,
            verdict=show_verdict(done.verdict, words),
            wrap_up=show_wrap_up(done.wrap_up, done.verdict, words),
            tasks=[show_task(task, at) for task in done.tasks],
            pause_seconds=pause,
        )

    @routes.get("/interactions/{interaction}/wrap-ups")
    async def everybodys(interaction: str, staff: Annotated[Staff, readers]) -> list[WrapUpView]:
        """List the wrap-ups of everybody who took part."""
        at = services.clock()
        async with services.database.transaction() as tx:
            found = await claims.party_only(tx, interaction, staff)
            await claims.looked(tx, found, by=staff, policy=services.looks, at=at)
            listed = await wrapups.all_of(tx, found.id)
            return [await _shown(tx, services, one, words, at) for one in listed]


async def _shown(
    tx: Transaction,
    services: WorkServices,
    draft: WrapUp,
    words: DeskCatalogue,
    at: datetime,
) -> WrapUpView:
    missing = await wrapups.missing(tx, draft, catalogue=words, policy=services.desk, at=at)
    return show_wrap_up(draft, missing, words)


def _task_routes(routes: APIRouter, services: WorkServices) -> None:
    takers = Depends(services.require("agent", "lead"))
    lead = Depends(services.require("lead"))

    @routes.get("/tasks")
    async def list_tasks(
        staff: Annotated[Staff, takers],
        whose: Annotated[Whose, Query(description="`all` for leads")] = "mine",
        overdue: bool = False,
        done: bool = False,
        after: Annotated[str, Query(max_length=64, description="id of the last seen")] = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 100,
    ) -> list[TaskView]:
        """List tasks by due time: one's own, those of one's queues too, or everybody's.

        Whose tasks were seen that are not one's own is journaled (row F4).
        """
        at = services.clock()
        async with services.database.transaction() as tx:
            agent, matters = await _range(tx, services, staff, whose, at)
            last = await tasks.place_of(tx, after) if after else None
            found = await tasks.list_tasks(
                tx,
                agent=agent,
                matters=matters,
                done=done,
                overdue_at=at if overdue else None,
                after=last,
                limit=limit,
            )
            rows = [
                Row(one.holder, None if one.holder else one.interaction)
                for one in found
                if one.agent is None or one.agent != staff.agent_id
            ]
            await record_list(tx, rows, by=staff, policy=services.looks, at=at)
        return [show_task(task, at) for task in found]

    @routes.post("/tasks/{task}/move")
    async def move(task: str, body: MoveBody, staff: Annotated[Staff, lead]) -> TaskView:
        """Give a task to somebody else, or another due time."""
        at = services.clock()
        _known_matter(services, body.matter)
        async with services.database.transaction() as tx:
            moved = await tasks.move(
                tx,
                task,
                agent=AgentId(body.agent) if body.agent else None,
                matter=body.matter,
                due_at=body.due_at,
                by=staff,
                at=at,
            )
        return show_task(moved, at)


def _own_task_routes(routes: APIRouter, services: WorkServices) -> None:
    takers = Depends(services.require("agent", "lead"))

    @routes.post("/tasks")
    async def open_task(body: TaskBody, staff: Annotated[Staff, takers]) -> TaskView:
        """Open a task for oneself, or for the queue of a matter."""
        at = services.clock()
        _known_matter(services, body.matter)
        async with services.database.transaction() as tx:
            opened = await tasks.open_own(
                tx,
                what=body.what,
                due_at=body.due_at,
                interaction=body.interaction,
                matter=body.matter,
                by=staff,
                at=at,
            )
        return show_task(opened, at)

    @routes.post("/tasks/{task}/take")
    async def take(task: str, staff: Annotated[Staff, takers]) -> TaskView:
        """Take a task out of a queue."""
        at = services.clock()
        async with services.database.transaction() as tx:
            return show_task(await tasks.take(tx, task, by=staff, at=at), at)

    @routes.post("/tasks/{task}/done")
    async def done(task: str, body: DoneBody, staff: Annotated[Staff, takers]) -> TaskView:
        """Say that a task is done."""
        at = services.clock()
        async with services.database.transaction() as tx:
            return show_task(await tasks.finish(tx, task, result=body.result, by=staff, at=at), at)


async def _range(
    tx: Transaction, services: WorkServices, staff: Staff, whose: Whose, at: datetime
) -> tuple[AgentId | None, Sequence[str] | None]:
    if whose == "all" and staff.role == "lead":
        return None, None
    if whose == "all":
        raise Invalid("a lead sees everybody's tasks; ask for mine or queues")
    if staff.agent_id is None:
        raise Invalid("only somebody who takes calls has tasks")
    if whose == "mine":
        return staff.agent_id, ()
    known = await routing.agent_state(tx, agent=staff.agent_id, at=at)
    if known is None:
        raise NotFound("there is no such agent")
    return staff.agent_id, sorted(known[0].skills)


def _known_matter(services: WorkServices, matter: str | None) -> None:
    known = {queue.matter for queue in services.routing.queues.values()}
    if matter is not None and matter not in known:
        raise Invalid(f"there is no queue for {matter}")
