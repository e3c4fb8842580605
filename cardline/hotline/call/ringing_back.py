"""A call-back asks the gate like every contact: it answers what somebody has asked of us."""

from datetime import datetime
from typing import Literal

from cardline.core.ids import CallId
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import Transaction
from cardline.desk.interactions.model import Interaction
from cardline.hotline.services import Services
from cardline.outreach import actions as outreach
from cardline.outreach.model import Channel, Contact, Purpose
from cardline.routing import actions as routing
from cardline.routing.model import Offer


async def take_callback(
    tx: Transaction,
    services: Services,
    offer: Offer,
    call: CallId,
    earlier: Interaction | None,
    *,
    at: datetime,
) -> Literal["rings", "refused", "gone"]:
    """Ask the gate and take the agent for a call-back; ``gone``: somebody else has the offer.

    The gate refuses only a number that is known to be another's. The agent is taken at once: nobody
    may ring his phone while the caller's rings.
    """
    key = f"callback/{offer.id}"
    number, rules = PhoneNumber(offer.number), services.identity.sms.policy
    holder = earlier.holder_id if earlier else None
    contact = Contact(
        Purpose.SERVICE, Channel.CALL, number, holder, solicited=True, agent_held=True
    )
    verdict = await outreach.pass_gate(tx, contact, key=key, policy=rules, at=at)
    if not verdict.allowed:
        return "refused"
    accepted = await routing.accept_offer(
        tx, offer=offer.id, token=offer.token, policy=services.routing, at=at
    )
    if not accepted.verdict.allowed:
        await outreach.cancel_contact(tx, key=key, at=at)
        return "gone"
    await routing.attach_call(
        tx, interaction=offer.interaction, agent=offer.agent, call=call, at=at
    )
    return "rings"
