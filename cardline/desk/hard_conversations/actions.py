"""Hard conversations: warnings, the polite end, plans, the pause after it (rows A8, G3).

Nothing here ever keeps a caller from freezing a card or from complaining.
"""

from dataclasses import dataclass
from datetime import datetime

from cardline.cards.corebank import CoreBank
from cardline.core.actor import SYSTEM
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.ids import HolderId, new_id
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.desk.catalogue import DeskCatalogue
from cardline.desk.hard_conversations import store
from cardline.desk.hard_conversations.model import CallerWarning, HardFacts, Plan
from cardline.desk.hard_conversations.rules import may_end_politely
from cardline.desk.interactions import claim_store
from cardline.desk.interactions.claims import number_of, party_only, streams_of
from cardline.desk.interactions.model import Interaction
from cardline.desk.model import DeskPolicy
from cardline.desk.staff.model import Staff
from cardline.desk.work import wrapup_store
from cardline.evidence.actions import journal, read_kinds
from cardline.evidence.model import Entry
from cardline.identity.model import Act
from cardline.routing import actions as routing
from cardline.routing.model import AgentEvent, RoutingPolicy, Wanted

_SETTLED = ("card.frozen", "card.held", "card.released", "card.hold-refused-by-agent")
_REFUSED = ("card.freeze-refused", "card.hold-refused")
_DECIDED = "identity.decided"
HANDED_OVER = "chat.handed-over"
"""A chat has no queue of calls: why a person was asked for stands in its journal."""
_COMPLAINT = "complaint"
_TAKEN = "complaint.received"
"""A complaint was taken down in this conversation."""
RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Plans:
    """The plan to follow now, and one that waits for its review."""

    current: Plan | None
    proposed: Plan | None


async def warn(
    tx: Transaction,
    interaction: str,
    *,
    category: str,
    words: str,
    catalogue: DeskCatalogue,
    by: Staff,
    at: datetime,
) -> CallerWarning:
    """Write down that the caller was warned, for what, and what had been said (row A8).

    Raises ``Invalid`` for a category that is not in the catalogue or without the words said,
    ``NotFound`` for who takes no part, ``Conflict`` where the conversation is over.
    """
    found = await party_only(tx, interaction, by)
    if category not in catalogue.codes("categories"):
        raise Invalid(f"category: one of {', '.join(sorted(catalogue.codes('categories')))}")
    if not words.strip():
        raise Invalid("write down what the caller said")
    if found.closed_at is not None:
        raise Conflict("the conversation is over: a warning is given while it goes on")
    warning = CallerWarning(
        *(new_id("w"), found.id, found.holder_id, number_of(found) or "", category),
        *(mask_secrets(words.strip()).text, by.number, at),
    )
    await store.add_warning(tx, warning)
    body: JsonObject = {"warning": warning.id, "category": category, "words": warning.words}
    await journal(tx, stream=found.id, kind="desk.warned", by=by.actor, body=body, at=at)
    return warning


async def end_politely(
    tx: Transaction,
    interaction: str,
    *,
    freeze_asked: bool,
    complaint_asked: bool,
    policy: DeskPolicy,
    routing_policy: RoutingPolicy,
    by: Staff,
    at: datetime,
) -> Verdict:
    """Decide whether the agent may end the conversation now; whoever asks hangs up after it.

    Journaled either way. Raises ``NotFound`` for who takes no part, ``Conflict`` for who does not
    talk with the caller.
    """
    found = await party_only(tx, interaction, by)
    if by.agent_id is None or not await claim_store.talks_now(tx, found.id, by.agent_id):
        raise Conflict("you do not talk with this caller")
    facts = await _facts(
        tx,
        found,
        by,
        freeze_asked=freeze_asked,
        complaint_asked=complaint_asked,
        policy=routing_policy,
    )
    verdict = may_end_politely(facts, policy=policy, now=at)
    await journal(
        tx,
        stream=found.id,
        kind="desk.polite-end" if verdict.allowed else "desk.polite-end-refused",
        by=by.actor,
        body={
            "warned_at": facts.warned_at.isoformat() if facts.warned_at else None,
            "freeze_asked": freeze_asked,
            "complaint_asked": complaint_asked,
        },
        at=at,
        verdict=verdict,
    )
    return verdict


async def _facts(
    tx: Transaction,
    found: Interaction,
    by: Staff,
    *,
    freeze_asked: bool,
    complaint_asked: bool,
    policy: RoutingPolicy,
) -> HardFacts:
    streams = streams_of(found)
    wanted = (*_SETTLED, *_REFUSED, _DECIDED, HANDED_OVER, _TAKEN)
    told = await read_kinds(tx, streams, wanted)
    over = [entry for entry in told if entry.kind == HANDED_OVER]
    queues = [
        policy.queues[talk.queue]
        for stream in streams
        for talk in await routing.talks_of(tx, interaction=stream)
        if talk.queue in policy.queues
    ]
    asked = [entry.at for entry in told if _asks_protection(entry)]
    if any(queue.urgent for queue in queues):
        asked.append(found.opened_at)
    draft = await wrapup_store.wrap_up(tx, found.id, by.agent_id or "")
    return HardFacts(
        warned_at=await store.first_warning(tx, found.id),
        freeze_asked=freeze_asked,
        complaint_asked=complaint_asked,
        freeze_came_at=max(asked, default=None),
        came_to_complain=any(queue.matter == _COMPLAINT for queue in queues)
        or any(entry.body.get("matter") == _COMPLAINT for entry in over),
        card_settled_at=max((entry.at for entry in told if entry.kind in _SETTLED), default=None),
        complaint_taken=any(entry.kind == _TAKEN for entry in told)
        or (
            draft is not None
            and bool(draft.summary.strip())
            and _COMPLAINT in (draft.matter, draft.outcome.removesuffix("-taken"))
        ),
    )


def _asks_protection(entry: Entry) -> bool:
    """True where somebody asked to freeze or hold a card, or wrote of a theft."""
    if entry.kind == HANDED_OVER:
        return bool(entry.body.get("why") == "theft")
    return entry.kind in _REFUSED or entry.body.get("act") in (Act.FREEZE, Act.HOLD)


# ---------------------------------------------------------------- plans


async def propose_plan(
    tx: Transaction,
    holder: HolderId,
    *,
    text: str,
    valid_from: datetime | None,
    valid_to: datetime,
    bank: CoreBank,
    policy: DeskPolicy,
    by: Staff,
    at: datetime,
) -> Plan:
    """Write a plan for somebody who calls again and again; it holds once another lead reviewed it.

    It takes the place of an earlier proposal; the plan in force stays until the review. Raises
    ``NotFound`` for no such holder, ``Invalid`` for no text or a period that does not fit.
    """
    if await bank.holder(tx, holder_id=holder) is None:
        raise NotFound("there is no such holder")
    begins = max(valid_from or at, at)
    if not text.strip():
        raise Invalid("a plan says what everybody does")
    if not begins < valid_to <= begins + policy.plan_longest:
        raise Invalid(f"a plan holds for {policy.plan_longest.days} days at most")
    await store.lock_plans(tx, holder)
    plan = Plan(
        *(new_id("pl"), holder, mask_secrets(text.strip()).text, begins, valid_to),
        *(by.number, at),
    )
    await store.end_plans(tx, holder, but=None, reviewed=False, at=at)
    await store.add_plan(tx, plan)
    body: JsonObject = {"plan": plan.id, "text": plan.text, "holder": holder}
    body |= {"valid_from": begins.isoformat(), "valid_to": valid_to.isoformat()}
    await _journal(tx, holder, "desk.plan-written", body, by=by, at=at)
    return plan


async def review_plan(
    tx: Transaction, holder: HolderId, plan_id: str, *, by: Staff, at: datetime
) -> Plan:
    """Let a proposed plan hold; the one before ends. Never one's own (four eyes).

    Raises ``NotFound`` for no such proposal, ``Conflict`` for one's own, or one that is over.
    """
    await store.lock_plans(tx, holder)
    found = next((one for one in await store.plans(tx, holder) if one.id == plan_id), None)
    if found is None:
        raise NotFound("there is no such plan")
    if found.author == by.number:
        raise Conflict("somebody else must review a plan that you wrote")
    if found.ended_at is not None or found.valid_to <= at:
        raise Conflict("this plan is over")
    if found.reviewed_at is None:
        await store.review_plan(tx, plan_id, reviewer=by.number, at=at)
        await store.end_plans(tx, holder, but=plan_id, reviewed=True, at=at)
        body: JsonObject = {"plan": plan_id, "holder": holder}
        await _journal(tx, holder, "desk.plan-reviewed", body, by=by, at=at)
    return next(one for one in await store.plans(tx, holder) if one.id == plan_id)


async def end_plan(tx: Transaction, holder: HolderId, *, by: Staff, at: datetime) -> int:
    """End the plan in force and the proposal; return how many there were."""
    await store.lock_plans(tx, holder)
    ended = await store.end_plans(tx, holder, but=None, reviewed=True, at=at)
    if ended:
        body: JsonObject = {"plans": ended, "holder": holder}
        await _journal(tx, holder, "desk.plan-ended", body, by=by, at=at)
    return len(ended)


async def proposed(tx: Transaction, *, at: datetime, limit: int = 100) -> list[Plan]:
    """Return the plans of all holders that wait for their review, the oldest first."""
    return await store.proposed_plans(tx, at=at, limit=limit)


async def plans_for(tx: Transaction, holder: HolderId, *, at: datetime) -> Plans:
    """Return the plan that holds now, and the proposal."""
    known = await store.plans(tx, holder)
    current = next((one for one in known if one.holds(at)), None)
    waits = (
        one
        for one in known
        if one.reviewed_at is None and one.ended_at is None and at < one.valid_to
    )
    return Plans(current, next(waits, None))


# ---------------------------------------------------------------- the pause after it


async def recover(
    tx: Transaction,
    interaction: str,
    *,
    policy: DeskPolicy,
    routing_policy: RoutingPolicy,
    by: Staff,
    at: datetime,
) -> tuple[Verdict, datetime]:
    """Take the pause that is offered after a conversation with a warning; return its end (row G3).

    The agent is not ready with the reason ``recovery``, and ready again by the clock, or before by
    his own word. Raises ``Conflict`` where no warning was given in it.
    """
    found = await party_only(tx, interaction, by)
    if by.agent_id is None:
        raise Invalid("only somebody who takes calls has a state")
    if await store.first_warning(tx, found.id) is None:
        raise Conflict("no warning was given in this conversation")
    until = at + policy.recovery
    step = await routing.set_agent_state(
        tx,
        agent=by.agent_id,
        event=AgentEvent.SET_NOT_READY,
        policy=routing_policy,
        reason=RECOVERY,
        at=at,
        by=by.actor,
    )
    if step.verdict.allowed:
        await store.set_pause(tx, by.agent_id, found.id, began_at=at, ends_at=until)
        body: JsonObject = {"agent": by.agent_id, "until": until.isoformat()}
        await journal(tx, stream=found.id, kind="desk.pause-taken", by=by.actor, body=body, at=at)
    return step.verdict, until


async def end_pauses(tx: Transaction, *, routing_policy: RoutingPolicy, at: datetime) -> int:
    """Let pauses end whose time is over; return how many agents are ready by it (row G3).

    Who ended his pause himself, took another break or went home is left as he is. Open desks hear
    of the new state as of any other. Runs again safely.
    """
    ended = 0
    for agent, interaction in await store.pauses_over(tx, at=at):
        known = await routing.agent_state(tx, agent=agent, at=at)
        if known is None or known[0].wanted is not Wanted.NOT_READY or known[0].reason != RECOVERY:
            continue
        step = await routing.set_agent_state(
            tx,
            agent=agent,
            event=AgentEvent.SET_READY,
            policy=routing_policy,
            at=at,
            by=SYSTEM,
        )
        body: JsonObject = {"agent": agent, "ready": step.verdict.allowed}
        await journal(tx, stream=interaction, kind="desk.pause-ended", by=SYSTEM, body=body, at=at)
        ended += step.verdict.allowed
    return ended


async def _journal(
    tx: Transaction, holder: HolderId, kind: str, body: JsonObject, *, by: Staff, at: datetime
) -> None:
    await journal(tx, stream=f"holder:{holder}", kind=kind, by=by.actor, body=body, at=at)
