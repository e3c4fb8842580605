"""What is written of a call when it begins, whoever has called whom (row F1)."""

from datetime import datetime

from cardline.core.ids import CallId, InteractionId
from cardline.desk.interactions.model import Door, Interaction
from cardline.hotline.acts.caller import Caller
from cardline.hotline.call.keeping import stored_state
from cardline.hotline.flows.model import Flow
from cardline.hotline.flows.rules import initial


def new_interaction(
    caller: Caller,
    call: CallId,
    *,
    door: Door,
    to_number: str,
    line: str,
    flow: Flow,
    at: datetime,
    continues: InteractionId | None = None,
) -> Interaction:
    """Return the interaction of a call that begins now."""
    return Interaction(
        id=caller.interaction,
        door=door,
        call=call,
        line=line,
        from_number=caller.shown_number,
        to_number=to_number,
        holder_id=caller.holder.id if caller.holder else None,
        language=None,
        opened_at=at,
        answered_at=None,
        closed_at=None,
        outcome=None,
        flow_version=flow.version,
        state=stored_state(initial(flow)),
        proofs=caller.proofs,
        continues=continues,
    )
