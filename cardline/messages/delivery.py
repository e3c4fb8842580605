"""What the network tells of a text after it was handed over (rows A5, D5)."""

from datetime import datetime

from cardline.core.actor import SYSTEM
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.messages import store
from cardline.messages.actions import WAY
from cardline.messages.model import MessageState
from cardline.messages.outbox import outcome_of
from cardline.messages.outcomes import Fate, Outcomes


async def take_receipt(
    tx: Transaction,
    *,
    key: str,
    delivered: bool,
    error: str,
    at: datetime,
    outcomes: Outcomes | None = None,
) -> bool:
    """Write that a text was delivered, or never will be; ``error`` is the network's own code.

    False where it is still being handed over: to be told again. Twice is harmless; delivered beats
    what was said before. A receipt for no text of ours changes nothing. Journals ``sms.delivered``
    or ``sms.undelivered``.
    """
    found = await store.lock_sent(tx, key=key)
    if found is None:
        return True
    message, state = found
    if state in (MessageState.QUEUED, MessageState.SENDING):
        return False
    new = MessageState.DELIVERED if delivered else MessageState.UNDELIVERED
    before = {MessageState.SENT, MessageState.UNKNOWN}
    before |= {MessageState.UNDELIVERED} if delivered else set()
    if state not in before:
        return True
    await store.set_delivery(tx, message=message.id, state=new, error=error, at=at)
    facts: JsonObject = {"reason": error} if error else {}
    body: JsonObject = {"sms": message.id, "template": message.template} | facts
    await journal(tx, stream=message.stream, kind=f"sms.{new}", by=SYSTEM, body=body, at=at)
    if outcomes is not None:
        fate: Fate = "delivered" if delivered else "undelivered"
        await outcomes.tell(tx, outcome_of(WAY, message, fate, at=at, facts=facts))
    return True


async def find_again(
    tx: Transaction,
    *,
    key: str,
    gateway_id: str,
    at: datetime,
    outcomes: Outcomes | None = None,
) -> None:
    """Write that a text of unknown fate was taken after all: its answer came late."""
    found = await store.lock_sent(tx, key=key)
    if found is None or found[1] is not MessageState.UNKNOWN:
        return
    message, _ = found
    await store.set_found(tx, message=message.id, gateway_id=gateway_id, at=at)
    body: JsonObject = {"sms": message.id, "template": message.template, "gateway_id": gateway_id}
    await journal(tx, stream=message.stream, kind="sms.sent", by=SYSTEM, body=body, at=at)
    if outcomes is not None:
        await outcomes.tell(tx, outcome_of(WAY, message, "sent", at=at, facts={}))
