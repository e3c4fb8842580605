"""Wrap-up: saved while it is typed, completed once, its promises become tasks (row A4)."""

from dataclasses import dataclass, replace
from datetime import datetime

from cardline.core.asking import asks_for_secret
from cardline.core.errors import Conflict, Invalid
from cardline.core.ids import AgentId
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.desk.catalogue import DeskCatalogue
from cardline.desk.hard_conversations import store as hard_store
from cardline.desk.interactions import claim_store
from cardline.desk.interactions.claims import party_only
from cardline.desk.interactions.model import Interaction
from cardline.desk.model import DeskPolicy
from cardline.desk.staff.model import Staff
from cardline.desk.work import task_store, wrapup_store
from cardline.desk.work.model import Promise, Task, WrapUp
from cardline.desk.work.notes import flag_asking
from cardline.desk.work.rules import may_complete
from cardline.desk.work.tasks import open_task, told
from cardline.evidence.actions import journal
from cardline.routing import actions as routing
from cardline.routing.model import AgentStateName, RoutingPolicy


class Stale(Conflict):
    """The draft was saved elsewhere since it was read: read it again, nothing is lost."""

    code = "stale-version"


class Completed(Conflict):
    """The wrap-up is completed and changes no more."""

    code = "wrap-up-completed"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is typed so far."""

    matter: str = ""
    outcome: str = ""
    summary: str = ""
    anything_else_asked: bool = False
    read_back_confirmed: bool = False
    promises: tuple[Promise, ...] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    """What became of completing: what is missing, or the tasks that the promises became."""

    verdict: Verdict
    wrap_up: WrapUp
    tasks: tuple[Task, ...] = ()
    pause_offered: bool = False
    """A warning was given in this conversation: a pause is offered (row G3)."""


async def save(
    tx: Transaction,
    interaction: str,
    draft: Draft,
    *,
    version: int,
    by: Staff,
    at: datetime,
) -> WrapUp:
    """Save an agent's own draft; ``version`` is the one last seen, 0 before the first.

    Saving the same once more changes nothing and returns what is there: a repeat after a lost
    answer. Secrets are masked before they are stored; who asks for one in it is flagged. Raises
    :class:`Stale`, :class:`Completed`, ``NotFound`` for who takes no part.
    """
    agent = _agent(by)
    found = await party_only(tx, interaction, by)
    first = WrapUp(found.id, agent, by.number, 1, at, at, holder=found.holder_id)
    begun = version == 0 and await wrapup_store.begin_wrap_up(tx, _with(first, draft))
    now = await wrapup_store.wrap_up(tx, found.id, agent, lock=True)
    if now is None:
        raise Stale("there is no draft of that version yet: begin with version 0")
    if begun:
        await _begun(tx, now, by=by, at=at)
        return now
    wanted = _with(now, draft)
    if wanted == now and version in (now.version, now.version - 1):
        return now
    if now.completed_at is not None:
        raise Completed("this wrap-up is completed; write a note instead")
    if version != now.version:
        raise Stale("it was saved elsewhere since: read it again and put your words in")
    saved = replace(wanted, version=now.version + 1, saved_at=at, holder=found.holder_id)
    await wrapup_store.save_wrap_up(tx, saved)
    if set(saved.asks) - set(now.asks):
        await flag_asking(tx, saved.interaction, asks=saved.asks, where="wrap-up", by=by, at=at)
    return saved


async def complete(
    tx: Transaction,
    interaction: str,
    *,
    catalogue: DeskCatalogue,
    policy: DeskPolicy,
    routing_policy: RoutingPolicy,
    version: int,
    by: Staff,
    at: datetime,
) -> Completion:
    """Complete a wrap-up, or say what is missing. Ends the agent's wrap-up state.

    Completing once more returns what is there. Raises :class:`Stale`, ``NotFound``.
    """
    agent = _agent(by)
    found = await party_only(tx, interaction, by)
    draft = await wrapup_store.wrap_up(tx, found.id, agent, lock=True)
    if draft is None:
        draft = WrapUp(found.id, agent, by.number, 0, at, at)
    warned = await hard_store.first_warning(tx, found.id) is not None
    if draft.completed_at is not None:
        return Completion(Verdict(policy.version), draft, (), warned)
    if version != draft.version:
        raise Stale("it was saved elsewhere since: read it again")
    talking = await claim_store.talks_now(tx, found.id, agent)
    verdict = may_complete(draft, talking=talking, catalogue=catalogue, policy=policy, now=at)
    if not verdict.allowed:
        return Completion(verdict, draft)
    done = replace(draft, completed_at=at, saved_at=at, holder=found.holder_id)
    await wrapup_store.save_wrap_up(tx, done)
    await journal(
        tx,
        stream=found.id,
        kind="desk.wrapped-up",
        by=by.actor,
        body=_told(done),
        at=at,
        verdict=verdict,
    )
    tasks = await _promised(tx, done, by=by, at=at)
    await _do_left_behind(tx, found, agent, by=by, at=at)
    await _end_state(tx, found, agent, policy=routing_policy, by=by, at=at)
    return Completion(verdict, done, tasks, warned)


async def missing(
    tx: Transaction,
    wrap_up: WrapUp,
    *,
    catalogue: DeskCatalogue,
    policy: DeskPolicy,
    at: datetime,
) -> Verdict:
    """Say what a draft still lacks as things stand."""
    if wrap_up.completed_at is not None:
        return Verdict(policy.version)
    talking = await claim_store.talks_now(tx, wrap_up.interaction, wrap_up.agent)
    return may_complete(wrap_up, talking=talking, catalogue=catalogue, policy=policy, now=at)


async def own(tx: Transaction, interaction: str, *, by: Staff, at: datetime) -> WrapUp:
    """Return one's own draft; an empty one of version 0 before the first saving."""
    agent = _agent(by)
    found = await party_only(tx, interaction, by)
    draft = await wrapup_store.wrap_up(tx, found.id, agent)
    return draft or WrapUp(found.id, agent, by.number, 0, at, at, holder=found.holder_id)


async def all_of(tx: Transaction, interaction: str) -> list[WrapUp]:
    """Return the wrap-ups of everybody who took part, oldest first."""
    return await wrapup_store.wrap_ups_of(tx, interaction)


def _agent(by: Staff) -> AgentId:
    if by.agent_id is None:
        raise Invalid("only somebody who takes calls wraps up")
    return by.agent_id


def _with(before: WrapUp, draft: Draft) -> WrapUp:
    """Put a draft in, its secrets masked."""
    summary = mask_secrets(draft.summary)
    promises = [(one, mask_secrets(one.what)) for one in draft.promises]
    texts = "\n".join([draft.summary, *(one.what for one in draft.promises)])
    found = [*summary.found, *(kind for _, masked in promises for kind in masked.found)]
    return replace(
        before,
        matter=draft.matter,
        outcome=draft.outcome,
        summary=summary.text,
        anything_else_asked=draft.anything_else_asked,
        read_back_confirmed=draft.read_back_confirmed,
        promises=tuple(replace(one, what=masked.text) for one, masked in promises),
        masked=tuple(dict.fromkeys(found)),
        asks=asks_for_secret(texts),
    )


async def _begun(tx: Transaction, now: WrapUp, *, by: Staff, at: datetime) -> None:
    body: JsonObject = {"agent": now.agent}
    await journal(
        tx, stream=now.interaction, kind="desk.wrap-up-begun", by=by.actor, body=body, at=at
    )
    if now.asks:
        await flag_asking(tx, now.interaction, asks=now.asks, where="wrap-up", by=by, at=at)


async def _promised(tx: Transaction, done: WrapUp, *, by: Staff, at: datetime) -> tuple[Task, ...]:
    opened = [
        await open_task(
            tx,
            source=f"promise:{done.interaction}:{done.agent}:{place}",
            kind="promise",
            what=promise.what,
            due_at=promise.due_at,
            by=by.actor,
            at=at,
            interaction=done.interaction,
            holder=done.holder,
            agent=done.agent,
        )
        for place, promise in enumerate(done.promises, 1)
    ]
    return tuple(task for task in opened if task is not None)


async def _do_left_behind(
    tx: Transaction, found: Interaction, agent: AgentId, *, by: Staff, at: datetime
) -> None:
    """A wrap-up that had become a task is done with it; so is the one of the call continued."""
    for interaction in (found.id, *([found.continues] if found.continues else [])):
        task = await task_store.task_of(tx, f"wrap-up:{interaction}:{agent}")
        if task is not None and task.done_at is None:
            await task_store.finish_task(tx, task.id, by=by.number, result="", at=at)
            await told(tx, task, "task.done", by=by.actor, at=at, more={"result": ""})


async def _end_state(
    tx: Transaction,
    found: Interaction,
    agent: AgentId,
    *,
    policy: RoutingPolicy,
    by: Staff,
    at: datetime,
) -> None:
    """End the wrap-up that runs, where it is the one of this conversation."""
    known = await routing.agent_state(tx, agent=agent, at=at)
    if known is None or known[1].name is not AgentStateName.WRAP_UP:
        return
    for interaction in (found.id, *([found.continues] if found.continues else [])):
        talks = await routing.talks_of(tx, interaction=interaction)
        if any(one.agent == agent and one.ended_at == known[0].wrap_since for one in talks):
            await routing.end_wrap_up(tx, agent=agent, policy=policy, at=at, by=by.actor)
            return


def _told(done: WrapUp) -> JsonObject:
    return {
        "agent": done.agent,
        "matter": done.matter,
        "outcome": done.outcome,
        "summary": done.summary,
        "anything_else_asked": done.anything_else_asked,
        "read_back_confirmed": done.read_back_confirmed,
        "promises": [{"what": one.what, "due_at": one.due_at.isoformat()} for one in done.promises],
        "version": done.version,
        "holder": done.holder,
    }
