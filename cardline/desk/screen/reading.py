"""All that an agent needs at the answer, read with few statements: no list asks for each line.

Who this probably is and how sure we are, the way through the menus, cards and last statements,
open cases, requests that wait, objections to holds, last contacts, warnings, the plan, what is
still to be done.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from cardline.cards.cases import actions as cases
from cardline.cards.cases.model import Case
from cardline.cards.corebank import CoreBank
from cardline.cards.model import Card, Holder, Statement
from cardline.cards.pending import Pending, pending_of
from cardline.cards.rules.state import state_at
from cardline.core.home import home
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.hard_conversations import store as hard_store
from cardline.desk.hard_conversations.actions import HANDED_OVER, Plans, plans_for
from cardline.desk.hard_conversations.model import CallerWarning
from cardline.desk.interactions import list_store
from cardline.desk.interactions.claims import looked, number_of, party_only, streams_of
from cardline.desk.interactions.list_store import Contact, Wanted
from cardline.desk.interactions.model import Interaction
from cardline.desk.model import DeskPolicy
from cardline.desk.screen.model import Assurance, PathStep
from cardline.desk.screen.rules import assurance, path_of
from cardline.desk.staff.model import Staff
from cardline.desk.work import note_store, task_store
from cardline.desk.work.model import Note, Task
from cardline.evidence.actions import read_kinds
from cardline.evidence.looks.model import ListenPolicy
from cardline.identity import actions as identity
from cardline.identity.config import IdentityConfig
from cardline.messages import actions as messages
from cardline.messages.model import SentSms
from cardline.routing import actions as routing
from cardline.routing.model import Queue, RoutingPolicy
from cardline.routing.rules import queue_for

_STEPS = "hotline.steps"
_CLAIMED = "desk.claimed"


@dataclass(frozen=True)
class Screen:
    """What is shown at the answer. Nothing is masked yet: that goes by who looks."""

    interaction: Interaction
    queue: Queue | None
    """In which the caller waited last."""
    holder: Holder | None
    assurance: Assurance
    path: tuple[PathStep, ...]
    cards: tuple[Card, ...]
    statements: tuple[Statement, ...]
    contacts: tuple[Contact, ...]
    messages: tuple[SentSms, ...]
    warnings: tuple[CallerWarning, ...]
    cases: tuple[Case, ...]
    """Disputes and their like that wait for an answer."""
    pending: tuple[Pending, ...]
    objections: tuple[identity.HoldObjection, ...]
    plans: Plans
    tasks: tuple[Task, ...]
    notes: tuple[Note, ...]


async def show(
    tx: Transaction,
    interaction: str,
    *,
    bank: CoreBank,
    identity_config: IdentityConfig,
    policy: DeskPolicy,
    routing_policy: RoutingPolicy,
    looks: ListenPolicy,
    by: Staff,
    at: datetime,
) -> Screen:
    """Read the screen of a conversation for one of the staff.

    An agent sees those in which he takes part or for which he is being rung; everybody else's look
    is journaled (row F4). Raises ``NotFound``.
    """
    found = await party_only(tx, interaction, by, ringing=True)
    await looked(tx, found, by=by, policy=looks, at=at)
    streams = streams_of(found)
    told = await read_kinds(tx, streams, (_STEPS, _CLAIMED, HANDED_OVER))
    claims = [entry.body for entry in told if entry.kind == _CLAIMED]
    by_agent = bool(claims) and claims[-1].get("holder") == found.holder_id
    holder = (
        await bank.holder(tx, holder_id=found.holder_id) if found.holder_id is not None else None
    )
    most = policy.contacts_shown
    number = number_of(found)
    return Screen(
        interaction=found,
        queue=await _queue(
            tx, found, routing_policy, [one.body for one in told if one.kind == HANDED_OVER]
        ),
        holder=holder,
        assurance=assurance(
            found.proofs,
            policy=policy,
            now=at,
            phone_weak_until=identity.phone_weak_until(
                holder.phone_changed_at, config=identity_config
            )
            if holder
            else None,
            by_agent=by_agent and found.holder_id is not None,
            by_phone=found.door in ("phone", "callback", "campaign"),
        ),
        path=path_of(entry.body for entry in told if entry.kind == _STEPS),
        cards=await _cards(tx, holder, bank, at),
        statements=tuple(await bank.last_statements(tx, holder_id=holder.id) if holder else ()),
        contacts=await _contacts(tx, found, number, most),
        messages=tuple(await messages.sent_to(tx, holder=holder.id, limit=most) if holder else ()),
        warnings=tuple(
            await hard_store.warnings_about(
                tx,
                interaction=found.id,
                holder=found.holder_id,
                number=number or "",
                limit=most,
            )
        ),
        cases=tuple(await cases.open_of_holder(tx, holder.id) if holder else ()),
        pending=tuple(await pending_of(tx, holder.id) if holder else ()),
        objections=tuple(await identity.objections_of(tx, holder=holder.id) if holder else ()),
        plans=await plans_for(tx, holder.id, at=at) if holder else Plans(None, None),
        tasks=tuple(
            await task_store.open_tasks_about(
                tx, holder=found.holder_id, interaction=found.id, limit=most
            )
        ),
        notes=tuple(
            await note_store.notes(tx, holder=found.holder_id, interaction=found.id, limit=most)
        ),
    )


async def _queue(
    tx: Transaction, found: Interaction, policy: RoutingPolicy, handed_over: list[JsonObject]
) -> Queue | None:
    if found.door == "chat":
        if not handed_over:
            return None
        last = handed_over[-1]
        language = found.language or home().language
        queue = queue_for(str(last.get("matter") or ""), language, policy)
        return replace(queue, urgent=queue.urgent or any(one.get("urgent") for one in handed_over))
    talks = await routing.talks_of(tx, interaction=found.continues or found.id)
    named = [talk.queue for talk in talks if talk.queue in policy.queues]
    return policy.queues[named[-1]] if named and named[-1] else None


async def _cards(
    tx: Transaction, holder: Holder | None, bank: CoreBank, at: datetime
) -> tuple[Card, ...]:
    if holder is None:
        return ()
    cards = await bank.cards_of(tx, holder_id=holder.id)
    return tuple(replace(card, state=state_at(card, at)) for card in cards)


async def _contacts(
    tx: Transaction, found: Interaction, number: str | None, most: int
) -> tuple[Contact, ...]:
    """Conversations of this holder, and those from this number."""
    if found.holder_id is None and number is None:
        return ()
    wanted = Wanted(
        about=(found.holder_id, found.from_number if number else None),
        but=found.id,
    )
    return tuple(await list_store.contacts(tx, wanted, limit=most))
