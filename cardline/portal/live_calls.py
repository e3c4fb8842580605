"""The call between bank and holder that is up now: who talks, so that nobody else can (row E1)."""

from dataclasses import dataclass
from datetime import datetime

from cardline.core.actor import Actor
from cardline.core.ids import InteractionId
from cardline.core.transaction import Transaction
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions import history
from cardline.desk.staff import actions as staff
from cardline.portal.model import HolderSession
from cardline.portal.sessions import actor_of
from cardline.trust import actions as trust
from cardline.trust.model import ByHolder, Code, StaffShown, TrustConfig

_LATEST = 5


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A call that is up. ``ours``: we called; else the holder did. ``staff``: who talks, if any.

    ``code``: the words that whoever talks for us knows, in a call of ours.
    """

    since: datetime
    ours: bool
    staff: StaffShown | None
    code: Code | None = None


async def talking_now(
    tx: Transaction, session: HolderSession, *, config: TrustConfig, at: datetime
) -> LiveCall | None:
    """Return the call with the holder's registered telephone that is up now."""
    asker = ByHolder(session.holder.id, session.holder.phone)
    proof = await trust.live_call(tx, asker, config=config, at=at)
    if proof is not None:
        return LiveCall(proof.answered_at or proof.at, True, proof.staff, proof.code)
    for one in await history.interactions_of(tx, holder=session.holder.id, limit=_LATEST):
        up = one.door == "phone" and one.answered_at is not None and one.closed_at is None
        recent = one.opened_at > at - config.policy.longest_call
        if up and recent and one.from_number == session.holder.phone:
            return LiveCall(
                one.answered_at or one.opened_at, ours=False, staff=await _who(tx, one.id)
            )
    return None


def actor(session: HolderSession) -> Actor:
    """Return who asks, as the journal names them."""
    return actor_of(session.holder.id)


async def _who(tx: Transaction, interaction: InteractionId) -> StaffShown | None:
    """Return the agent who talks in a call now."""
    for leg in await desk.legs_of(tx, interaction):
        if leg.agent_id and leg.answered_at and not leg.ended_at and leg.monitoring is None:
            known = await staff.agent_of(tx, leg.agent_id)
            return StaffShown(known.number, known.name) if known else None
    return None
