"""What is written of calls that machines answered, and of people who were taken for one (D4)."""

from dataclasses import replace
from datetime import datetime

from cardline.core.actor import SYSTEM
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.outreach.campaigns import attempt_store
from cardline.outreach.campaigns.machine_model import Callee, Judgement
from cardline.outreach.campaigns.model import Errand
from cardline.routing import actions as routing
from cardline.routing.model import RoutingPolicy


async def note_judged(
    tx: Transaction,
    errand: Errand,
    judgement: Judgement,
    *,
    floor: RoutingPolicy,
    at: datetime,
) -> Errand:
    """Write who answered, with every reason; a machine lets its agent go at once.

    Returns the errand as it is now: without an agent where a machine answered.
    """
    await attempt_store.judged(tx, errand.attempt, judgement, at=at)
    body: JsonObject = {"campaign": errand.campaign.id, "entry": errand.entry.id}
    body |= {"callee": judgement.callee, "reasons": list(judgement.codes)}
    body |= {"after": round(judgement.after, 3), "rule": judgement.rule}
    await journal(
        tx, stream=errand.interaction, kind="campaign.judged", by=SYSTEM, body=body, at=at
    )
    if judgement.callee is not Callee.MACHINE or errand.agent is None:
        return errand
    await routing.end_talk(
        tx,
        interaction=errand.interaction,
        agent=errand.agent,
        policy=floor,
        cause="failed",
        at=at,
    )
    return replace(errand, agent=None, phone="", staff_number="")


async def note_person_after_all(tx: Transaction, errand: Errand, *, at: datetime) -> bool:
    """A key was pressed where a machine was thought to be: a person was left without an agent.

    The call counts as abandoned; false where nobody was judged a machine.
    """
    if not await attempt_store.person_after_all(tx, errand.attempt):
        return False
    body: JsonObject = {"campaign": errand.campaign.id, "entry": errand.entry.id}
    body |= {"why": "key-pressed"}
    await journal(
        tx, stream=errand.interaction, kind="campaign.misjudged", by=SYSTEM, body=body, at=at
    )
    return True


async def note_message_left(tx: Transaction, errand: Errand, *, at: datetime) -> None:
    """Write that a machine has the approved message, whole."""
    if not await attempt_store.message_left(tx, errand.attempt, at=at):
        return
    body: JsonObject = {"campaign": errand.campaign.id, "entry": errand.entry.id}
    await journal(
        tx, stream=errand.interaction, kind="campaign.message-left", by=SYSTEM, body=body, at=at
    )
