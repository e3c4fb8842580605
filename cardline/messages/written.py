"""Interactions of what somebody wrote to the bank: e-mails, letters, app messages (row A5)."""

from datetime import datetime

from cardline.cards.model import Language
from cardline.core.actor import Actor
from cardline.core.ids import CallId, HolderId, InteractionId, new_id
from cardline.core.transaction import Transaction
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Door, Interaction
from cardline.identity.model import Proofs


async def open_written(
    tx: Transaction,
    door: Door,
    *,
    holder: HolderId | None,
    language: Language,
    source: str,
    by: Actor,
    at: datetime,
) -> InteractionId:
    """Open an interaction in the one history; ``holder`` is claimed, nothing is proven."""
    interaction = InteractionId(new_id("i"))
    opened = Interaction(
        id=interaction,
        door=door,
        call=CallId(""),
        line="",
        from_number="",
        to_number="",
        holder_id=holder,
        language=language,
        opened_at=at,
        answered_at=None,
        closed_at=None,
        outcome=None,
        flow_version="",
        state={},
        proofs=Proofs(claimed=holder),
        continues=None,
    )
    await desk.open_interaction(tx, opened, source=source, by=by)
    return interaction


def language_of(text: str) -> Language:
    """Return the language in which a text is answered: Chinese where it has any."""
    return "zh" if not text or any(0x3400 <= ord(one) <= 0x9FFF for one in text) else "en"
