"""Giving an annual fee back: decided by rule, posted once, above an amount with a lead (row B7)."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from cardline.cards.announcing import announce
from cardline.cards.corebank import CoreBank
from cardline.cards.fees import store
from cardline.cards.fees.model import FeeFacts, FeeReversal, FeeReversalId, FeeReversalState
from cardline.cards.model import Card, Posting, PostingId, PostingKind
from cardline.cards.rules.annual_fee import card_year
from cardline.cards.rules.fee_reversal import decide_reversal, may_settle
from cardline.cards.rules.state import merge
from cardline.cards.service_policy import ServicePolicy
from cardline.cards.serving import (
    Claimant,
    Serving,
    claimant,
    decide,
    free_text,
    own_posting,
    talks,
    tell_holder,
)
from cardline.core.actor import Actor
from cardline.core.calendar import business_day
from cardline.core.errors import NotFound
from cardline.core.ids import HolderId, new_id
from cardline.core.money import Fen, yuan
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.desk.staff.model import Staff
from cardline.evidence.actions import journal
from cardline.identity.config import IdentityConfig
from cardline.identity.model import Act

LEAST_WHY = 4
_GIVEN_BACK = (FeeReversalState.REVERSED, FeeReversalState.AWAITING)


@dataclass(frozen=True, slots=True)
class Reversed:
    """What became of a request to give a fee back."""

    verdict: Verdict
    reversal: FeeReversal | None
    already: bool = False


async def request_reversal(tx: Transaction, serving: Serving, *, posting_id: PostingId) -> Reversed:
    """Give an annual fee back, or lay it before a lead.

    Asked for twice, it is given back once. Journals ``fee.reversed``, ``fee.awaiting`` or
    ``fee.refused``. Raises ``NotFound`` for a posting that is not this holder's.
    """
    await talks(tx, serving)
    person = await claimant(tx, serving)
    posting = await own_posting(tx, serving, person, posting_id)
    await store.lock_holder(tx, person.holder.id)
    known = await store.reversal_of(tx, posting.id)
    if known is not None and known.interaction == serving.interaction.id:
        return Reversed(Verdict(serving.policy.version), known, already=True)
    may = await decide(tx, serving, person, Act.REVERSE_FEE)
    card = await _card_of(tx, serving, posting)
    facts = await fee_facts(tx, serving, person, posting, card, reversed_already=known is not None)
    decision = decide_reversal(facts, serving.policy, now=serving.at)
    verdict = merge(may, decision.verdict)
    body: JsonObject = {
        "holder": person.holder.id,
        "posting": posting.id,
        "amount_fen": posting.amount,
        "ground": decision.ground,
    }
    if not verdict.allowed or decision.ground is None or card is None:
        await _journal(tx, serving.stream, "fee.refused", serving.by, body, serving.at, verdict)
        return Reversed(verdict, None)
    reversal = FeeReversal(
        id=FeeReversalId(new_id("fee-")),
        holder_id=person.holder.id,
        account_id=posting.account_id,
        card_id=card.id,
        posting_id=posting.id,
        amount=posting.amount,
        ground=decision.ground,
        interaction=serving.interaction.id,
        state=FeeReversalState.AWAITING,
        requested_by=serving.staff.number,
        requested_at=serving.at,
    )
    if not decision.needs_lead:
        back = await _post(tx, serving.bank, reversal, serving.at)
        reversal = replace(reversal, state=FeeReversalState.REVERSED, reversal_id=back.id)
    await store.add_reversal(tx, reversal)
    _announce(tx, reversal)
    body |= {"reversal": reversal.id}
    kind = "fee.awaiting" if decision.needs_lead else "fee.reversed"
    await _journal(tx, serving.stream, kind, serving.by, body, serving.at, verdict)
    if not decision.needs_lead:
        await _tell(tx, serving.bank, serving.identity, reversal, serving.at)
    return Reversed(verdict, reversal)


async def fee_facts(
    tx: Transaction,
    serving: Serving,
    person: Claimant,
    posting: Posting,
    card: Card | None,
    *,
    reversed_already: bool,
) -> FeeFacts:
    """Read what counts for giving a fee back."""
    waived = False
    if card is not None:
        # The fee is of the card year that had ended when it was charged.
        ended = card_year(card.issued_on, posting.posted_on).from_on
        last_day = datetime.combine(ended - timedelta(days=1), time(4), UTC)
        waived = (await serving.bank.annual_fee(tx, card_id=card.id, at=last_day)).waived
    past = await store.reversals_of_holder(tx, person.holder.id)
    goodwill = [
        one.requested_at for one in past if one.ground == "goodwill" and one.state in _GIVEN_BACK
    ]
    statement = await serving.bank.last_statement(tx, account_id=posting.account_id)
    overdue = statement is not None and statement.due_on < business_day(serving.at)
    return FeeFacts(
        amount=posting.amount,
        charged_at=posting.at,
        is_annual_fee=posting.kind is PostingKind.ANNUAL_FEE and card is not None,
        reversed_already=reversed_already,
        waived=waived,
        activated=card is None or card.activated,
        last_goodwill_at=max(goodwill, default=None),
        in_arrears=overdue and statement is not None and statement.unpaid_minimum > 0,
    )


async def settle_reversal(
    tx: Transaction,
    reversal_id: FeeReversalId,
    *,
    staff: Staff,
    decision: Literal["agree", "turn-down"],
    why: str,
    bank: CoreBank,
    identity: IdentityConfig,
    policy: ServicePolicy,
    at: datetime,
) -> Reversed:
    """The second pair of eyes agrees or turns down. Journals ``fee.reversed`` or
    ``fee.turned-down``.
    """
    reversal = await store.reversal(tx, reversal_id, lock=True)
    if reversal is None:
        raise NotFound("there is no such reversal")
    masked = free_text(why, least=LEAST_WHY, what="write why")
    verdict = may_settle(reversal, by=staff.number, policy=policy)
    body: JsonObject = {
        "reversal": reversal.id,
        "holder": reversal.holder_id,
        "posting": reversal.posting_id,
        "amount_fen": reversal.amount,
        "ground": reversal.ground,
        "why": masked.text,
    }
    if not verdict.allowed:
        await _journal(
            tx, reversal.interaction, "fee.settle-refused", staff.actor, body, at, verdict
        )
        return Reversed(verdict, reversal)
    agrees = decision == "agree"
    back = await _post(tx, bank, reversal, at) if agrees else None
    settled = replace(
        reversal,
        state=FeeReversalState.REVERSED if agrees else FeeReversalState.TURNED_DOWN,
        decided_by=staff.number,
        decided_at=at,
        why=masked.text,
        reversal_id=back.id if back else None,
    )
    await store.save_reversal(tx, settled)
    _announce(tx, settled)
    kind = "fee.reversed" if agrees else "fee.turned-down"
    await _journal(tx, reversal.interaction, kind, staff.actor, body, at, verdict)
    await _tell(tx, bank, identity, settled, at)
    return Reversed(verdict, settled)


async def awaiting(tx: Transaction, *, limit: int = 100) -> list[FeeReversal]:
    """Return the reversals that wait for a lead, oldest first."""
    return await store.awaiting(tx, limit=limit)


async def reversals_of(tx: Transaction, holder_id: HolderId) -> list[FeeReversal]:
    """Return the reversals of a holder, newest first."""
    return await store.reversals_of_holder(tx, holder_id)


async def _card_of(tx: Transaction, serving: Serving, posting: Posting) -> Card | None:
    if posting.card_id is None:
        return None
    return await serving.bank.card(tx, card_id=posting.card_id)


async def _post(tx: Transaction, bank: CoreBank, reversal: FeeReversal, at: datetime) -> Posting:
    return await bank.post(
        tx,
        account_id=reversal.account_id,
        kind=PostingKind.ADJUSTMENT,
        amount=Fen(-reversal.amount),
        posted_on=business_day(at),
        at=at,
        key=f"fee-reversal/{reversal.posting_id}",
        card_id=reversal.card_id,
    )


async def _journal(
    tx: Transaction,
    stream: str,
    kind: str,
    by: Actor,
    body: JsonObject,
    at: datetime,
    verdict: Verdict,
) -> None:
    await journal(tx, stream=stream, kind=kind, by=by, body=body, at=at, verdict=verdict)


def _announce(tx: Transaction, one: FeeReversal) -> None:
    announce(tx, what="fee", about=one.id, state=one.state, holder=one.holder_id)


async def _tell(
    tx: Transaction, bank: CoreBank, identity: IdentityConfig, reversal: FeeReversal, at: datetime
) -> None:
    holder = await bank.holder(tx, holder_id=reversal.holder_id)
    card = await bank.card(tx, card_id=reversal.card_id)
    if holder is None or card is None:
        return
    reversed_ = reversal.state is FeeReversalState.REVERSED
    await tell_holder(
        tx,
        holder,
        config=identity,
        template="fee_reversed" if reversed_ else "fee_not_reversed",
        values={"tail": card.tail, **({"yuan": yuan(reversal.amount)} if reversed_ else {})},
        key=f"{reversal.id}/{reversal.state}",
        stream=reversal.interaction,
        at=at,
        solicited=reversal.decided_by is None,
    )
