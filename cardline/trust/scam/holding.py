"""Holding a card because of what its holder reported, when nobody is on the telephone (B6, E3).

What was reported on the holder's own pages or by somebody who hung up is read by a lead or by
compliance: where a password is gone or money was moved, a hold must not wait for the call back. It
is the same hold as an agent's on plausible proof: for a time, told to the registered phone, undone
by the holder.
"""

from datetime import datetime

from cardline.cards import actions as cards
from cardline.cards.corebank import CoreBank
from cardline.cards.model import Card, CardOutcome
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.ids import CardId, HolderId
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.holding.actions import LEAST_REASON
from cardline.desk.staff.model import Staff
from cardline.evidence.actions import journal
from cardline.identity import actions as identity
from cardline.identity.config import IdentityConfig
from cardline.identity.model import Act, Proofs, subject_of
from cardline.trust.scam import actions, store
from cardline.trust.scam.model import Report, ReportState


async def cards_of(tx: Transaction, report: Report, *, bank: CoreBank) -> list[Card]:
    """Return the cards of whoever reported; none where nobody is known."""
    if report.holder is None:
        return []
    return list(await bank.cards_of(tx, holder_id=HolderId(report.holder)))


async def hold_for_report(
    tx: Transaction,
    report_id: str,
    card_id: CardId,
    *,
    why: str,
    bank: CoreBank,
    config: IdentityConfig,
    by: Staff,
    at: datetime,
) -> CardOutcome:
    """Hold a card of whoever reported; ``why`` says what in the report makes it plausible.

    Raises ``NotFound`` for no such report and for a card that is not the holder's, ``Conflict``
    where the report has been reviewed, ``Invalid`` where nothing is said.
    """
    found = await store.report(tx, report_id=report_id, lock=True)
    if found is None or found.holder is None:
        raise NotFound("there is no such report of a holder")
    if found.state is not ReportState.OPEN:
        raise Conflict("this report has been reviewed")
    if len(why.strip()) < LEAST_REASON:
        raise Invalid(f"say what makes it plausible, in at least {LEAST_REASON} characters")
    holder = await bank.holder(tx, holder_id=HolderId(found.holder))
    own = await cards_of(tx, found, bank=bank)
    card = next((one for one in own if one.id == card_id), None)
    if holder is None or card is None:
        raise NotFound("this holder has no such card")
    stream = actions.stream_of(found)
    subject = subject_of(holder, own)
    proof = await identity.vouch(
        tx, holder=holder.id, agent=by.actor, detail=why, stream=stream, at=at
    )
    verdict = await identity.decide(
        tx,
        act=Act.HOLD,
        proofs=Proofs(claimed=holder.id).with_proof(proof),
        subject=subject,
        config=config,
        stream=stream,
        by=by.actor,
        at=at,
    )
    held = await cards.hold(
        tx,
        card.id,
        until=at + config.policy.hold_length,
        by=by.actor,
        bank=bank,
        verdict=verdict,
        stream=stream,
        at=at,
    )
    if held.allowed and held.card:
        if held.card.held_until:
            await identity.announce_hold(
                tx,
                subject=subject,
                card=card.id,
                card_tail=card.tail,
                until=held.card.held_until,
                caller=None,
                config=config,
                stream=stream,
                at=at,
            )
        await store.add_frozen(tx, found.id, card.id)
        body: JsonObject = {"report": found.id, "card": card.id, "already": held.already}
        await journal(tx, stream=stream, kind="scam.held", by=by.actor, body=body, at=at)
    return held
