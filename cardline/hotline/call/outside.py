"""What leaves the house in a call: the gate (row D1), its proof (row E1), its signature (E6)."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cardline.core.errors import Conflict
from cardline.core.home import home
from cardline.core.ids import AgentId, new_id
from cardline.core.phone import PhoneNumber, parse_phone
from cardline.core.transaction import Transaction
from cardline.desk.staff import actions as desk_staff
from cardline.hotline.call.parties import LegInCall
from cardline.outreach import actions as outreach
from cardline.outreach.model import Channel, Contact, Purpose
from cardline.trust import actions as trust
from cardline.trust.model import StaffShown

if TYPE_CHECKING:
    from cardline.hotline.call.conversation import Conversation
    from cardline.hotline.services import Services


async def pass_gate(call: "Conversation", target: str) -> None:
    """Ask whether an agent may ring a number outside into this call. Raises :class:`Conflict`.

    To whom the bank does not know, and to the caller's own number, it answers what the caller asks
    in this call. Another holder is contacted by us like in any other call: with purpose service,
    within hours, caps and wishes, so that nobody is rung past the gate by way of a consultation.
    """
    at, services = call.now(), call.services
    number = PhoneNumber(_number(target))

    async def work(tx: Transaction) -> tuple[str, ...]:
        holder = await services.bank.holder_by_phone(tx, phone=number)
        caller = call.caller.holder
        other = holder is not None and (caller is None or caller.id != holder.id)
        contact = Contact(
            Purpose.SERVICE,
            Channel.CALL,
            number,
            holder.id if holder else None,
            solicited=not other,
            agent_held=True,
        )
        verdict = await outreach.pass_gate(
            tx,
            contact,
            key=f"outside/{new_id('o')}",
            policy=services.identity.sms.policy,
            at=at,
            zone=ZoneInfo(holder.zone) if holder else home().zone,
        )
        return verdict.codes

    if codes := await services.database.run(work):
        raise Conflict(f"this number may not be rung now: {', '.join(codes)}")


async def proof_first(call: "Conversation", leg: LegInCall) -> None:
    """Leave the proof of a number outside that we are about to ring."""
    at = call.now()
    asks = next((one.agent for one in call.parties.engaged() if one.agent), None)

    async def work(tx: Transaction) -> None:
        await trust.leave_proof(
            tx,
            key=trust.call_key(call.call, leg.leg),
            channel="call",
            to=_number(leg.target),
            holder=None,  # whom we ring outside is not whom the call is about
            purpose="service",
            shown_number=call.services.shown_number,
            staff=await shown_staff(tx, asks),
            at=at,
            stream=call.interaction,
        )

    await call.services.database.run(work)


async def proof_answered(
    tx: Transaction, call: "Conversation", leg: LegInCall, *, at: datetime
) -> None:
    """Somebody joined: a number outside that we rang, or the agent of a call that we placed."""
    if leg.agent is None:
        await trust.contact_answered(tx, key=trust.call_key(call.call, leg.leg), at=at)
    elif call.proof_key and leg.monitoring is None:
        staff = await shown_staff(tx, leg.agent)
        await trust.contact_answered(tx, key=call.proof_key, at=at, staff=staff)


async def proof_over(
    tx: Transaction, call: "Conversation", leg: LegInCall, *, at: datetime
) -> None:
    """A number outside is gone, or was not reached."""
    if leg.agent is None:
        await trust.contact_ended(tx, key=trust.call_key(call.call, leg.leg), at=at)


async def all_over(tx: Transaction, call: "Conversation", *, at: datetime) -> None:
    """The whole call is over."""
    if call.proof_key:
        await trust.contact_ended(tx, key=call.proof_key, at=at)
    for leg in call.parties.answered():
        await proof_over(tx, call, leg, at=at)


def signed(call: "Conversation", leg: LegInCall) -> dict[str, str]:
    """Return the headers of an INVITE to a number outside."""
    return signature(call.services, to=_number(leg.target), purpose="transfer", call=call)


def signature(
    services: "Services", *, to: str, purpose: str, call: "Conversation"
) -> dict[str, str]:
    """Return the Identity header of a call of ours; nothing where calls are not signed."""
    if services.caller_identity is None:
        return {}
    return services.caller_identity.headers(
        shown=services.shown_number,
        to=to,
        purpose=purpose,
        language=call.caller.spoken_language,
        at=services.clock(),
    )


async def shown_staff(tx: Transaction, agent: AgentId | None) -> StaffShown | None:
    """Return an agent as somebody outside is told of him."""
    known = await desk_staff.agent_of(tx, agent) if agent else None
    return StaffShown(known.number, known.name) if known else None


def _number(target: str) -> str:
    user = target.partition("@")[0].rpartition(":")[2]
    return parse_phone(user) or user
