"""Notes of staff on a conversation or a holder; what asks for a secret is flagged (row E5)."""

from datetime import datetime

from cardline.cards.cases import actions as cases
from cardline.cards.corebank import CoreBank
from cardline.core.asking import asks_for_secret
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import HolderId, InteractionId, new_id
from cardline.core.live import SUPERVISORS, tell
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions.claims import party_only
from cardline.desk.model import DeskPolicy
from cardline.desk.staff.model import Staff
from cardline.desk.work import note_store
from cardline.desk.work.model import Note
from cardline.evidence.actions import journal


class Unbound(Invalid):
    """A note on a holder comes from a conversation or a case."""

    code = "note-unbound"


async def note_on_interaction(
    tx: Transaction, interaction: str, text: str, *, by: Staff, at: datetime
) -> Note:
    """Write a note on a conversation, and on whom it is about. Raises ``NotFound``."""
    found = await party_only(tx, interaction, by)
    return await _write(tx, text, interaction=found.id, holder=found.holder_id, by=by, at=at)


async def note_on_holder(
    tx: Transaction,
    holder: HolderId,
    text: str,
    *,
    interaction: str | None = None,
    case: str | None = None,
    bank: CoreBank,
    policy: DeskPolicy,
    by: Staff,
    at: datetime,
) -> Note:
    """Write a note on a holder, from a conversation with them or from a case of the writer's.

    Roles that the pack names may do without either. Raises ``NotFound`` for no such holder, for a
    conversation in which the writer has no part or that is about somebody else, and for a case
    that is not theirs or not the holder's; :class:`Unbound`.
    """
    if await bank.holder(tx, holder_id=holder) is None:
        raise NotFound("there is no such holder")
    if interaction is not None:
        found = await party_only(tx, interaction, by)
        if found.holder_id != holder:
            raise NotFound("this conversation is not about that holder")
        return await _write(tx, text, interaction=found.id, holder=holder, by=by, at=at)
    if case is not None:
        own = await cases.of_holder(tx, holder)
        if not any(one.id == case and by.number in (one.owner, one.opened_by) for one in own):
            raise NotFound("you have no such case of this holder")
    elif by.role not in policy.notes_unbound:
        raise Unbound("say from which conversation or case you write this")
    return await _write(tx, text, interaction=None, holder=holder, by=by, at=at)


async def notes_about(
    tx: Transaction, *, holder: str | None, interaction: str | None, limit: int = 50
) -> list[Note]:
    """Return the newest notes of a holder or a conversation, newest first."""
    return await note_store.notes(tx, holder=holder, interaction=interaction, limit=limit)


async def flag_asking(
    tx: Transaction, stream: str, *, asks: tuple[str, ...], where: str, by: Staff, at: datetime
) -> None:
    """Journal at once that somebody of the staff asked for a secret, and where (row E5)."""
    body: JsonObject = {"asks": list(asks), "where": where}
    await journal(tx, stream=stream, kind="desk.asked-for-secret", by=by.actor, body=body, at=at)
    state: JsonObject = {"state": "asked-for-secret"}
    tell(tx, kind="interaction", id=stream, to=SUPERVISORS, data=state)


async def _write(
    tx: Transaction,
    text: str,
    *,
    interaction: InteractionId | None,
    holder: HolderId | None,
    by: Staff,
    at: datetime,
) -> Note:
    if not text.strip():
        raise Invalid("a note has words")
    clean = mask_secrets(text.strip())
    asks = asks_for_secret(text)
    note = Note(
        *(new_id("n"), interaction, holder, by.number, clean.text),
        *(tuple(dict.fromkeys(clean.found)), asks, at),
    )
    await note_store.add_note(tx, note)
    stream = interaction or f"holder:{holder}"
    body: JsonObject = {"note": note.id, "text": note.text, "masked": list(note.masked)}
    await journal(tx, stream=stream, kind="desk.noted", by=by.actor, body=body, at=at)
    if asks:
        await flag_asking(tx, stream, asks=asks, where="note", by=by, at=at)
    return note
