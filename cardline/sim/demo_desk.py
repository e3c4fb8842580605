"""What the made-up desk did before it opened: calls, cases, notes, plans, tasks, messages.

Once a home, through the actions that the desk itself uses, so that every screen has something to
show and every entry its journal.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cardline.cards.cases import actions as cases
from cardline.cards.cases.actions import Ask
from cardline.cards.cases.model import CaseKind, CaseReason
from cardline.cards.contacts import actions as contact_changes
from cardline.cards.corebank import CoreBank
from cardline.cards.model import ContactField, Holder, PostingKind
from cardline.cards.service_policy import ServicePolicy
from cardline.cards.serving import Serving
from cardline.core.actor import SYSTEM
from cardline.core.ids import AgentId, CallId, InteractionId, LegId, new_id
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.yaml_text import parse_yaml
from cardline.desk.catalogue import load_desk_catalogue
from cardline.desk.hard_conversations import actions as hard
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction
from cardline.desk.model import DeskPolicy
from cardline.desk.staff import actions as desk_staff
from cardline.desk.staff.model import Staff
from cardline.desk.work import notes, wrapups
from cardline.desk.work.model import Promise
from cardline.desk.work.wrapups import Draft
from cardline.evidence.actions import journal, read_kinds
from cardline.identity.config import IdentityConfig
from cardline.identity.model import Factor, Proof, Proofs
from cardline.routing.model import RoutingPolicy
from cardline.sim.demo_people import holder_id

_STREAM = "demo:desk"
_MADE = "demo.desk-made"
_LASTED = timedelta(minutes=6)


@dataclass(frozen=True)
class DemoDesk:
    """What the making needs of the installation."""

    bank: CoreBank
    identity: IdentityConfig
    servicing: ServicePolicy
    desk: DeskPolicy
    routing: RoutingPolicy


@cache
def demo_desk() -> dict[str, Any]:
    """Return what happened and what visitors write (``demo_desk.yaml``)."""
    raw: dict[str, Any] = parse_yaml(
        Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
    )
    return raw


async def make_demo_desk(tx: Transaction, parts: DemoDesk, *, now: datetime) -> bool:
    """Make yesterday and today of the desk; False where it was made, or where nobody serves."""
    if await read_kinds(tx, [_STREAM], [_MADE]):
        return False
    staff = {one.number: one for one in await desk_staff.all_staff(tx)}
    told = demo_desk()
    made = 0
    for call in told["calls"]:
        holder = await parts.bank.holder(tx, holder_id=holder_id(call["holder"]))
        agent = staff.get(call["agent"])
        if holder is not None and agent is not None:
            await _call(tx, parts, call, holder, agent, staff[told["reviewer"]], now)
            made += 1
    for message in told["messages"]:
        holder = await parts.bank.holder(tx, holder_id=holder_id(message["holder"]))
        if holder is not None:
            await _message(tx, message, holder, now)
            made += 1
    body: JsonObject = {"conversations": made}
    await journal(tx, stream=_STREAM, kind=_MADE, by=SYSTEM, body=body, at=now)
    return made > 0


async def _call(
    tx: Transaction,
    parts: DemoDesk,
    call: dict[str, Any],
    holder: Holder,
    agent: Staff,
    reviewer: Staff,
    now: datetime,
) -> None:
    began = now - timedelta(hours=call["hours"])
    at, ended = began + timedelta(minutes=2), began + _LASTED
    found = await _opened(tx, holder, began)
    leg = LegId(new_id("demo-leg-"))
    agent_id = agent.agent_id or AgentId(f"a{agent.number}")
    target = f"phone:{agent.phone_user}"
    await desk.leg_dialled(
        tx, found.id, leg, agent=agent_id, target=target, purpose="offer", at=began
    )
    await desk.leg_answered(tx, found.id, leg, at=began + timedelta(seconds=40))
    here = Serving(agent, found, parts.bank, parts.identity, parts.servicing, at)
    if "case" in call:
        await _case(tx, here, holder, call["case"])
    if "change" in call:
        await contact_changes.request_change(
            tx, here, field=ContactField.ADDRESS, value=call["change"], key="demo"
        )
    if "note" in call:
        await notes.note_on_interaction(tx, found.id, call["note"], by=agent, at=at)
    if "warning" in call:
        words = load_desk_catalogue()
        await hard.warn(tx, found.id, **call["warning"], catalogue=words, by=agent, at=at)
    await desk.close_interaction(tx, found.id, outcome="hung-up", at=ended)
    if "plan" in call:
        await _plan(tx, parts, holder, call["plan"], agent, reviewer, ended)
    await _wrap_up(tx, parts, found.id, call, agent, ended + timedelta(minutes=1), now)


async def _opened(tx: Transaction, holder: Holder, at: datetime) -> Interaction:
    proven = (Factor.REGISTERED_NUMBER, Factor.QUERY_PASSWORD, Factor.ONE_TIME_CODE)
    given = tuple(Proof(factor, holder.id, at) for factor in proven)
    found = Interaction(
        id=InteractionId(new_id("i")),
        door="phone",
        call=CallId(new_id("demo-call-")),
        line="",
        from_number=holder.phone,
        to_number="hotline",
        holder_id=holder.id,
        language=holder.language,
        opened_at=at,
        answered_at=at + timedelta(seconds=2),
        closed_at=None,
        outcome=None,
        flow_version="",
        state={},
        proofs=Proofs(claimed=holder.id, caller=holder.phone, given=given),
        continues=None,
    )
    await desk.open_interaction(tx, found, source="demo")
    return found


async def _case(tx: Transaction, here: Serving, holder: Holder, case: dict[str, Any]) -> None:
    """Take a case in, about the newest purchase where it needs one."""
    accounts = await here.bank.accounts_of(tx, holder_id=holder.id)
    posting = None
    for account in accounts:
        rows = await here.bank.recent_postings(tx, account_id=account.id, limit=20)
        posting = next((row for row in rows if row.kind is PostingKind.PURCHASE), posting)
    ask = Ask(
        CaseKind(case["kind"]),
        CaseReason(case["reason"]),
        case["told"],
        account=accounts[0].id if accounts else None,
        posting=posting.id if posting else None,
    )
    await cases.open_case(tx, here, ask)


async def _plan(
    tx: Transaction,
    parts: DemoDesk,
    holder: Holder,
    text: str,
    agent: Staff,
    reviewer: Staff,
    at: datetime,
) -> None:
    plan = await hard.propose_plan(
        tx,
        holder.id,
        text=text,
        valid_from=None,
        valid_to=at + timedelta(days=30),
        bank=parts.bank,
        policy=parts.desk,
        by=agent,
        at=at,
    )
    later = at + timedelta(minutes=30)
    await hard.review_plan(tx, holder.id, plan.id, by=reviewer, at=later)


async def _wrap_up(
    tx: Transaction,
    parts: DemoDesk,
    interaction: InteractionId,
    call: dict[str, Any],
    agent: Staff,
    at: datetime,
    now: datetime,
) -> None:
    promise = call.get("promise")
    draft = Draft(
        call["matter"],
        call["outcome"],
        call["summary"],
        True,
        True,
        (Promise(promise["what"], now + timedelta(hours=promise["hours"])),) if promise else (),
    )
    saved = await wrapups.save(tx, interaction, draft, version=0, by=agent, at=at)
    await wrapups.complete(
        tx,
        interaction,
        catalogue=load_desk_catalogue(),
        policy=parts.desk,
        routing_policy=parts.routing,
        version=saved.version,
        by=agent,
        at=at,
    )


async def _message(tx: Transaction, message: dict[str, Any], holder: Holder, now: datetime) -> None:
    """A caller whom nobody could serve left a message; the sweep makes a task of it."""
    at = now - timedelta(hours=message["hours"])
    found = await _opened(tx, holder, at)
    await desk.take_message(
        tx,
        found.id,
        number=holder.phone,
        matter=message["matter"],
        language=holder.language,
        from_second=12.0,
        to_second=31.0,
        at=at + timedelta(seconds=31),
    )
    ended = at + timedelta(seconds=33)
    await desk.close_interaction(tx, found.id, outcome="message", at=ended)
