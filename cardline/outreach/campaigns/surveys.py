"""Surveys by short message: one question, answered by a reply (row D7)."""

from datetime import datetime, timedelta

from cardline.core.actor import Actor
from cardline.core.ids import HolderId
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.outreach.campaigns import store


async def rate(
    tx: Transaction,
    holder: HolderId,
    score: int,
    *,
    answered_within: timedelta,
    by: Actor,
    at: datetime,
) -> bool:
    """Take a score from 1 to 5 for the last survey that was sent; the last word counts.

    False where the holder was sent none ``answered_within`` this time.
    """
    entry = await store.last_survey(tx, holder, since=at - answered_within)
    if entry is None:
        return False
    await store.set_score(tx, entry.id, score)
    body: JsonObject = {"campaign": entry.campaign, "score": score}
    await journal(tx, stream=entry.id, kind="campaign.rated", by=by, body=body, at=at)
    return True
