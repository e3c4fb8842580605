"""What an agent does about a scam in a conversation: report it, freeze, warn, let things cool off.

The holder is the one who is claimed in the interaction, and what is done on a card is judged by
identity like any other act (rows B6, E3, E4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cardline.cards import actions as cards
from cardline.cards.model import CardOutcome
from cardline.cards.serving import Claimant, Serving, claimant, decide, free_text, took_part
from cardline.core.errors import Invalid
from cardline.core.ids import CardId, HolderId, new_id
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict, judge
from cardline.desk import holding
from cardline.evidence.actions import journal
from cardline.identity import actions as identity
from cardline.identity.model import Act
from cardline.trust.scam import actions, store
from cardline.trust.scam.catalogue import load_words
from cardline.trust.scam.config import ScamConfig
from cardline.trust.scam.model import Report, ScamWarning, Told

LEAST_WORDS: Final = 4
"""Characters of what a holder said."""
_MOST_REASONS = 12


@dataclass(frozen=True, slots=True)
class Reported:
    """A report from a conversation, and the freeze that was asked for with it."""

    verdict: Verdict
    report: Report | None
    frozen: CardOutcome | None


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning on record; ``hold``: the cooling-off, where the holder agreed to one."""

    verdict: Verdict
    warning: ScamWarning | None
    hold: CardOutcome | None


async def report(
    tx: Transaction,
    act: Serving,
    told: Told,
    *,
    freeze: CardId | None,
    plausible: str,
    config: ScamConfig,
) -> Reported:
    """Freeze first, then report. ``plausible``: as for any freeze where nothing was proven by keys.

    Raises ``NotServing``; where a card is to be frozen, what ``holding.freeze_card`` raises.
    """
    await took_part(tx, act)
    outcome = None
    if freeze is not None:
        outcome = await holding.freeze_card(tx, act, card_id=freeze, plausible=plausible)
    protected = outcome is not None and outcome.allowed and freeze is not None
    verdict, taken = await actions.report_scam(
        tx,
        told,
        holder=act.interaction.proofs.claimed,
        interaction=act.interaction.id,
        frozen=[str(freeze)] if protected else [],
        by=act.by,
        config=config,
        at=act.at,
    )
    if taken is not None:
        body: JsonObject = {"report": taken.id, "verdict": taken.judgement.verdict}
        await journal(tx, stream=act.stream, kind="scam.reported", by=act.by, body=body, at=act.at)
    return Reported(verdict, taken, outcome)


async def warn(
    tx: Transaction,
    act: Serving,
    *,
    reasons: Sequence[str],
    words: str,
    goes_on: bool,
    card: CardId | None,
    agreed: bool,
    config: ScamConfig,
) -> Warned:
    """Put on record that a holder was warned, and hold a card while things cool off (row E4).

    A cooling-off is the holder's own wish: without ``agreed`` it is refused (``no-agreement``), and
    nothing is recorded but the refusal. Raises ``NotServing``, ``NobodyClaimed``, ``NotFound`` for
    a card that is not the holder's, ``Invalid`` for unknown reasons or words that say nothing.
    """
    await took_part(tx, act)
    person = await claimant(tx, act)
    known = tuple(dict.fromkeys(reasons))
    if not known or len(known) > _MOST_REASONS:
        raise Invalid(f"name the reasons that were told, {_MOST_REASONS} at most")
    unknown = [code for code in known if f"reasons.{code}" not in load_words()]
    if unknown:
        raise Invalid(f"there is no reason {unknown[0]!r}"[:120])
    said = free_text(words, least=LEAST_WORDS, what="write down what the holder means to do")
    policy = config.policy
    refusal = card is not None and not agreed
    verdict = judge(
        policy.version,
        (Reason("no-agreement", policy.sources["cooling_off_hours"]) if refusal else None,),
    )
    hold = None
    if card is not None and verdict.allowed:
        hold = await _cool_off(tx, act, person, card, said.text, config)
        verdict = hold.verdict
    until = _held_until(hold)
    warning = ScamWarning(
        *(new_id("sw"), act.interaction.id, person.holder.id, known, said.text, goes_on),
        *(str(card) if until else None, until, act.staff.number, act.at),
    )
    if not refusal:
        await store.add_warning(tx, warning)
    body: JsonObject = {
        "warning": warning.id,
        "holder": person.holder.id,
        "reasons": list(known),
        "words": said.text,
        "goes_on": goes_on,
        "card": warning.card,
        "cools_until": until.isoformat() if until else None,
    }
    kind = "scam.cooling-off-refused" if refusal else "scam.warned"
    await journal(
        tx, stream=act.stream, kind=kind, by=act.by, body=body, at=act.at, verdict=verdict
    )
    return Warned(verdict, None if refusal else warning, hold)


async def warnings_of(tx: Transaction, holder: HolderId, *, limit: int = 50) -> list[ScamWarning]:
    """Return the warnings given to a holder, newest first."""
    return await store.warnings_of(tx, holder, limit=limit)


async def _cool_off(
    tx: Transaction,
    act: Serving,
    person: Claimant,
    card_id: CardId,
    said: str,
    config: ScamConfig,
) -> CardOutcome:
    card = person.card(card_id)
    proof = await identity.vouch(
        tx,
        holder=person.holder.id,
        agent=act.staff.actor,
        detail=said,
        stream=act.stream,
        at=act.at,
    )
    proofs = act.interaction.proofs.with_proof(proof)
    verdict = await decide(tx, act, person, Act.HOLD, proofs=proofs)
    held = await cards.hold(
        tx,
        card.id,
        until=act.at + config.policy.cooling_off,
        by=act.by,
        bank=act.bank,
        verdict=verdict,
        stream=act.stream,
        at=act.at,
    )
    if held.allowed and held.card and held.card.held_until:
        await identity.announce_hold(
            tx,
            subject=person.subject,
            card=card.id,
            card_tail=card.tail,
            until=held.card.held_until,
            caller=proofs.caller,
            config=act.identity,
            stream=act.stream,
            at=act.at,
        )
    return held


def _held_until(hold: CardOutcome | None) -> datetime | None:
    return hold.card.held_until if hold and hold.allowed and hold.card else None
