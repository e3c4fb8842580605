"""Texts that come in: read as a command, done in one transaction, answered once (rows A6, D2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cardline.cards import actions as cards
from cardline.cards.corebank import CoreBank
from cardline.cards.model import Card, CardState, Holder
from cardline.cards.rules.state import state_at
from cardline.core.actor import Actor, holder_actor
from cardline.core.home import home
from cardline.core.masking import Secret, mask_phone
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.identity import actions as identity
from cardline.identity.config import IdentityConfig
from cardline.identity.model import Act, CodePurpose, Proofs, Subject, subject_of
from cardline.messages import inbound_store as store
from cardline.messages.actions import send_sms
from cardline.messages.commands import mask_text, read_command
from cardline.messages.model import Received, SmsCommand, Values
from cardline.messages.verifying import Reply, verified
from cardline.outreach import actions as outreach
from cardline.outreach.campaigns import alerts, surveys
from cardline.outreach.campaigns.alert_model import Alert


@dataclass(frozen=True, slots=True)
class _Answer:
    template: str
    values: Values


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every command needs, gathered once for each text."""

    bank: CoreBank
    config: IdentityConfig
    phone: PhoneNumber
    stream: str
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class _Sender:
    """A holder who texts from the registered number."""

    holder: Holder
    subject: Subject
    cards: tuple[Card, ...]
    proofs: Proofs


async def receive_sms(
    tx: Transaction,
    *,
    message: str,
    from_number: PhoneNumber,
    text: str,
    bank: CoreBank,
    config: IdentityConfig,
    at: datetime,
) -> Received:
    """Do what a text asks for and answer it. ``message``: the gateway's id; again is harmless.

    What the text says is never journaled or logged; numbers in it are masked where it is kept.
    """
    command = read_command(text)
    stream = f"sms:{message}"
    kept = mask_text(text)
    new = await store.add(
        tx,
        message=message,
        phone=from_number,
        command=command.kind,
        text=kept,
        stream=stream,
        at=at,
    )
    if not new:
        return Received(await store.command_of(tx, message=message), None, again=True)
    holder = await bank.holder_by_phone(tx, phone=from_number)
    by = holder_actor(holder.id if holder else None)
    body: JsonObject = {"from": mask_phone(from_number), "command": command.kind}
    body |= {"holder": holder.id if holder else None}
    await journal(tx, stream=stream, kind="sms.received", by=by, body=body, at=at)
    desk = _Desk(bank, config, from_number, stream, by, at)
    answer = await _obey(tx, command, holder, desk)
    answered = await store.answers_since(tx, phone=from_number, at=at)
    if answer is None or answered >= config.sms.policy.answers_per_day:
        return Received(command.kind, None)
    queued = await send_sms(
        tx,
        config=config.sms,
        holder=holder.id if holder else None,
        to=from_number,
        template=answer.template,
        values=answer.values,
        language=holder.language if holder else home().language,
        key=f"answer/{message}",
        stream=stream,
        at=at,
        solicited=True,
    )
    await store.set_answer(tx, message=message, answer=queued.id)
    return Received(command.kind, queued)


async def _obey(
    tx: Transaction, command: SmsCommand, holder: Holder | None, desk: _Desk
) -> _Answer | None:
    if command.kind == "stop-marketing":
        new = await outreach.stop_marketing(
            tx,
            holder=holder.id if holder else None,
            phone=desk.phone,
            source="sms",
            stream=desk.stream,
            by=desk.by,
            at=desk.at,
        )
        # Once: who says it again, or has said it elsewhere, gets no further text about texts.
        return _Answer("marketing_stopped", {}) if new else None
    if command.kind == "verify":
        reply: Reply = await verified(
            tx,
            number=command.digits,
            asked_from=desk.phone,
            holder=holder,
            config=desk.config.sms,
            stream=desk.stream,
            by=desk.by,
            at=desk.at,
        )
        return _Answer(reply.template, reply.values)
    if command.kind in ("help", "unknown"):
        return _Answer("sms_help", {})
    if holder is None:
        return _Answer("sms_not_registered", {})
    if command.kind == "rate":
        rated = await surveys.rate(
            tx,
            holder.id,
            int(command.digits),
            answered_within=desk.config.sms.survey_lasts,
            by=desk.by,
            at=desk.at,
        )
        return _Answer("survey_thanks" if rated else "sms_help", {})
    sender = await _sender(tx, holder, desk)
    if command.kind == "freeze":
        return await _freeze(tx, command.digits, sender, desk)
    if command.kind == "reset-password":
        return await _reset(tx, command.digits, sender, desk)
    return await _about_hold(tx, command, sender, desk)


async def _sender(tx: Transaction, holder: Holder, desk: _Desk) -> _Sender:
    found = await desk.bank.cards_of(tx, holder_id=holder.id)
    subject = subject_of(holder, found)
    proof = await identity.prove_number(
        tx,
        subject=subject,
        caller=desk.phone,
        config=desk.config,
        stream=desk.stream,
        by=desk.by,
        at=desk.at,
    )
    proofs = Proofs(claimed=holder.id, caller=desk.phone).with_proof(proof)
    live = tuple(card for card in found if card.state is not CardState.CLOSED)
    return _Sender(holder, subject, live, proofs)


async def _freeze(tx: Transaction, tail: str, sender: _Sender, desk: _Desk) -> _Answer:
    """The registered number suffices (B6). Without a tail: the only card, or the question which."""
    chosen = [card for card in sender.cards if tail in ("", "all") or card.tail == tail]
    if not chosen:
        return _Answer("sms_no_such_card", {"tail": tail or "----"})
    if tail == "" and len(chosen) > 1:
        return _Answer("sms_which_card", {"tails": _listed(chosen, sender)})
    verdict = await identity.decide(
        tx,
        act=Act.FREEZE,
        proofs=sender.proofs,
        subject=sender.subject,
        config=desk.config,
        stream=desk.stream,
        by=desk.by,
        at=desk.at,
    )
    done: list[Card] = []
    for card in chosen:
        outcome = await cards.freeze(
            tx,
            card.id,
            by=desk.by,
            bank=desk.bank,
            verdict=verdict,
            stream=desk.stream,
            at=desk.at,
        )
        done += [card] if outcome.allowed else []
    if not done:
        return _Answer("sms_no_such_card", {"tail": tail or chosen[0].tail})
    return _Answer("card_frozen", {"tail": _listed(done, sender)})


async def _reset(tx: Transaction, id_tail: str, sender: _Sender, desk: _Desk) -> _Answer | None:
    """Send a code to key in on the hotline, where card and identity tails are asked for too.

    No password ever stands in a text. Whoever stole phone and wallet gets this far as well: what
    they reset stays weak for longer than any hold lasts.
    """
    checked = await identity.check_id_tail(
        tx,
        subject=sender.subject,
        id_tail=id_tail,
        caller=desk.phone,
        config=desk.config,
        stream=desk.stream,
        by=desk.by,
        at=desk.at,
    )
    if not checked.right:
        return _Answer("reset_refused", {})
    issued = await identity.issue_one_time_code(
        tx,
        subject=sender.subject,
        purpose=CodePurpose.RESET_QUERY_PASSWORD,
        config=desk.config,
        stream=desk.stream,
        by=desk.by,
        at=desk.at,
    )
    return None if issued.allowed else _Answer("reset_refused", {})


async def _about_hold(
    tx: Transaction, command: SmsCommand, sender: _Sender, desk: _Desk
) -> _Answer:
    """``1`` makes the named hold final; ``2`` objects to it, which lifts nothing by itself.

    The word of an alert is answered the same way: ``1`` it was me, ``2`` it was not.
    """
    alert = await alerts.named_by(
        tx, sender.holder.id, Secret(command.digits), config=desk.config, at=desk.at
    )
    if alert is not None:
        return await _about_alert(tx, alert, command, sender, desk)
    hold = await identity.check_hold_word(
        tx,
        subject=sender.subject,
        word=Secret(command.digits),
        config=desk.config,
        stream=desk.stream,
        by=desk.by,
        at=desk.at,
    )
    card = next((one for one in sender.cards if hold and one.id == hold.card), None)
    if hold is None or card is None or state_at(card, desk.at) is not CardState.HELD:
        return _Answer("sms_word_wrong", {})
    if command.kind == "object":
        await identity.object_to_hold(
            tx,
            subject=sender.subject,
            hold=hold,
            stream=desk.stream,
            by=desk.by,
            at=desk.at,
        )
        until = card.held_until or hold.until
        return _Answer("hold_objected", {"tail": card.tail, "until": until})
    verdict = await identity.decide(
        tx,
        act=Act.MAKE_HOLD_FINAL,
        proofs=sender.proofs,
        subject=sender.subject,
        config=desk.config,
        stream=desk.stream,
        by=desk.by,
        at=desk.at,
    )
    await cards.make_final(
        tx, card.id, by=desk.by, bank=desk.bank, verdict=verdict, stream=desk.stream, at=desk.at
    )
    return _Answer("hold_made_final", {"tail": card.tail})


async def _about_alert(
    tx: Transaction, alert: Alert, command: SmsCommand, sender: _Sender, desk: _Desk
) -> _Answer:
    """Take the holder's word about a transaction; a no freezes the card in this transaction."""
    answered = await alerts.answer(
        tx,
        alert,
        "denied" if command.kind == "object" else "confirmed",
        door="sms",
        subject=sender.subject,
        proofs=sender.proofs,
        bank=desk.bank,
        config=desk.config,
        stream=desk.stream,
        by=desk.by,
        at=desk.at,
    )
    if answered.answer == "confirmed":
        return _Answer("alert_confirmed", {"tail": alert.tail})
    template = "alert_denied" if answered.frozen else "alert_denied_not_frozen"
    return _Answer(template, {"tail": alert.tail})


def _listed(found: Sequence[Card], sender: _Sender) -> str:
    return ("、" if sender.holder.language == "zh" else ", ").join(card.tail for card in found)
