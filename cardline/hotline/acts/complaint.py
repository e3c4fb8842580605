"""Key 5: how complaints are handled, how far the caller's own is, and leaving one (rows C1, C4)."""

from datetime import datetime
from typing import Final

from cardline.complaints.doors import following, hotline
from cardline.core.transaction import Transaction
from cardline.hotline.acts.caller import Acting, Caller
from cardline.hotline.flows.model import Done, Utterance
from cardline.hotline.services import Services

MATTER: Final = "complaint"
"""The queue in which recorded complaints wait for whoever listens to them."""


async def complaint_state(acting: Acting) -> Done:
    """Tell how many complaints of the holder are open, and by when something follows."""
    holder = acting.caller.holder
    if holder is None:
        return Done("none", lines=(Utterance("complaint_none"),))
    found = await following.of_holder(
        acting.tx, holder.id, config=acting.services.doors, at=acting.at
    )
    open_ones = [one for one in found if one.next_by is not None and one.next_task is not None]
    if open_ones:
        next_by = min(one.next_by for one in open_ones if one.next_by is not None)
        said = Utterance("complaint_open", {"count": len(open_ones), "day": next_by})
        return Done("told", lines=(said,))
    if any(one.answer is not None for one in found):
        return Done("told", lines=(Utterance("complaint_answered"),))
    return Done("none", lines=(Utterance("complaint_none"),))


async def complaint_rules(acting: Acting) -> Done:
    """Tell how complaints are handled, with the numbers of the pack."""
    return Done(
        "told", lines=(Utterance("complaint_rules", hotline.rules_of(acting.services.doors)),)
    )


async def taken(tx: Transaction, services: Services, caller: Caller, *, at: datetime) -> Done:
    """Register the complaint that was just recorded, and tell by when the bank answers."""
    holder = caller.holder
    next_by = await hotline.left_recorded(
        tx,
        interaction=caller.interaction,
        holder=holder,
        number=caller.number,
        language=caller.spoken_language,
        by=caller.actor,
        config=services.doors,
        at=at,
    )
    return Done("taken", lines=(Utterance("complaint_taken", {"day": next_by}),))
