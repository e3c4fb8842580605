"""Letters as staff and holders read them (rows A7, F4)."""

from datetime import datetime

from cardline.cards.corebank import CoreBank
from cardline.cards.model import Holder
from cardline.core.errors import NotFound
from cardline.core.ids import HolderId
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions.claims import serves_holder
from cardline.desk.staff.model import Staff
from cardline.evidence.actions import journal
from cardline.evidence.looks.actions import record_look
from cardline.messages import files as file_actions
from cardline.messages.letters import store
from cardline.messages.letters.config import LetterConfig
from cardline.messages.letters.model import Letter
from cardline.messages.model import MessageState

_COMPLAINT = "complaint:"
_EACH = 100


async def listed(tx: Transaction, state: MessageState, *, after: str | None) -> list[Letter]:
    """Return letters of a state, the oldest first, a page at a time."""
    return await store.listed(tx, states=[state], after=after, limit=_EACH)


async def pdf_of(
    tx: Transaction, letter: str, *, config: LetterConfig, by: Staff, at: datetime
) -> bytes:
    """Return a letter as it was printed; journaled. Raises ``NotFound``."""
    found = await store.by_id(tx, letter)
    if found is None or found.file is None:
        raise NotFound("there is no such letter, or it is not printed yet")
    kept = await file_actions.find(tx, found.file, owner=found.id)
    body: JsonObject = {"letter": found.id, "number": found.number, "role": by.role}
    await journal(tx, stream=found.stream, kind="letter.opened", by=by.actor, body=body, at=at)
    if found.holder and found.stream.startswith(_COMPLAINT):
        # The holder finds looks in their own stream and in those of conversations.
        await record_look(
            tx,
            who=by.actor,
            role=by.role,
            what="letter",
            holder=found.holder,
            subject=found.id,
            at=at,
        )
    return await file_actions.read(config.files, kept)


async def holder_for(tx: Transaction, holder: str, *, bank: CoreBank, by: Staff) -> Holder:
    """Return a holder to whom one of the staff may write. Raises ``NotFound``."""
    found = await bank.holder(tx, holder_id=HolderId(holder))
    if found is None or not await serves_holder(tx, found.id, by):
        raise NotFound("there is no such holder, or you have not served them")
    return found
