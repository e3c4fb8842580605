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
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict, judge
from cardline.desk.holding import actions as holding
from cardline.evidence.actions import journal
from cardline.identity import actions as identity
from cardline.identity.model import Act
from cardline.portal.rules import clean_text
from cardline.trust.scam import actions, store
from cardline.trust.scam.catalogue import load_words
from cardline.trust.scam.config import ScamConfig
from cardline.trust.scam.model import Judged, Judgement, Message, Report, ScamWarning, Told
from cardline.trust.scam.persuasion import load_script
from cardline.trust.scam.senders import LONGEST

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


async def judge_told(
    tx: Transaction, act: Serving, message: Message, *, config: ScamConfig
) -> Judgement:
    """Judge what a holder received or was told, in a conversation. Nothing is kept.

    Raises ``NotServing``.
    """
    await took_part(tx, act)
    registry = await actions.registry_at(tx, config=config, at=act.at)
    return config.judge(message, at=act.at, registry=registry)


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
    told: Sequence[str] = (),
    message: Message | None = None,
) -> Warned:
    """Put on record that a holder was warned, and hold a card while things cool off (row E4).

    ``told``: the steps of the persuasion script that were said. ``message``: what the holder had
    received; it is judged again here, and kept without its secrets. A cooling-off is the holder's
    own wish: without ``agreed`` it is refused (``no-agreement``), and nothing is recorded but the
    refusal. Raises ``NotServing``, ``NobodyClaimed``, ``NotFound`` for a card that is not the
    holder's, ``Invalid`` for unknown reasons or steps, or words that say nothing.
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
    steps = tuple(dict.fromkeys(told))
    strange = [code for code in steps if code not in load_script().codes]
    if strange:
        raise Invalid(f"the script has no step {strange[0]!r}"[:120])
    judged = await _judged(tx, act, message, config) if message else None
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
        told=steps,
        judged=judged,
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
        "told": list(steps),
        "verdict": judged.verdict if judged else None,
        "score": judged.score if judged else None,
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


async def _judged(
    tx: Transaction, act: Serving, message: Message, config: ScamConfig
) -> Judged | None:
    """Judge, then take the secrets out: judged without them, a scam would look harmless."""
    if not message.text.strip():
        return None
    if len(message.text) > config.policy.report_characters:
        raise Invalid("what was judged is too long; keep the main part")
    registry = await actions.registry_at(tx, config=config, at=act.at)
    found = config.judge(message, at=act.at, registry=registry)
    kept = Message(
        mask_secrets(clean_text(message.text)).text,
        mask_secrets(clean_text(message.sender)).text[:LONGEST],
        message.kind,
    )
    return Judged(kept, found.verdict, found.score)


def _held_until(hold: CardOutcome | None) -> datetime | None:
    return hold.card.held_until if hold and hold.allowed and hold.card else None
