"""Was it you? A transaction out of the ordinary is asked about, and a no freezes at once (D7, B6).

The question goes by the quietest effective channel first: a short message at any hour, which is
answered by a reply; the holder's pages and a call of the bank take the same answer. Fails towards
protection: a no freezes the card in the transaction that writes it, and a yes lifts nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cardline.cards import actions as cards
from cardline.cards.corebank import CoreBank
from cardline.cards.model import Card, CardState, Language
from cardline.core.actor import SYSTEM, Actor
from cardline.core.errors import Invalid
from cardline.core.ids import HolderId, new_id
from cardline.core.masking import Secret
from cardline.core.phone import PhoneNumber
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.identity import actions as identity
from cardline.identity.codes import random_digits
from cardline.identity.config import IdentityConfig
from cardline.identity.model import Act, Proofs, Subject
from cardline.messages.actions import send_sms
from cardline.messages.model import Queued
from cardline.outreach.campaigns import alert_store as store
from cardline.outreach.campaigns.alert_model import Alert, Answer, Door
from cardline.outreach.campaigns.model import FORMS, CampaignPolicy, Kind

_PURPOSE = "alert"
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert, and what became of its message."""

    alert: Alert
    queued: Queued


@dataclass(frozen=True, slots=True)
class Answered:
    """An alert after the holder's word; ``frozen`` where the card is safe now."""

    alert: Alert
    answer: Answer
    frozen: bool


async def raise_alert(
    tx: Transaction,
    *,
    holder: HolderId,
    phone: PhoneNumber,
    language: Language,
    zone: str,
    tail: str,
    amount: str,
    merchant: str,
    key: str,
    bank: CoreBank,
    config: IdentityConfig,
    policy: CampaignPolicy,
    at: datetime,
) -> Raised:
    """Ask a holder about a transaction, by a message with a word that names it in the reply.

    Raises :class:`Invalid` where the holder has no card with this tail.
    """
    card = await _card(tx, holder, tail, bank)
    alert_id = new_id("al")
    word = random_digits(_DIGITS)
    alert = Alert(
        id=alert_id,
        holder=holder,
        card=card.id,
        tail=tail,
        amount=amount,
        merchant=merchant,
        digest=config.vault.code_digest(
            purpose=_PURPOSE, holder=holder, code_id=alert_id, code=word
        ),
        raised_at=at,
        lapses_at=at + policy.alert_lasts,
    )
    await store.add(tx, alert)
    body: JsonObject = {"holder": holder, "card": card.id, "amount": amount}
    await journal(tx, stream=alert_id, kind="campaign.alerted", by=SYSTEM, body=body, at=at)
    queued = await send_sms(
        tx,
        config=config.sms,
        holder=holder,
        to=phone,
        template=FORMS[Kind.ALERT].template,
        values={"tail": tail, "amount": amount, "merchant": merchant, "code": word.reveal()},
        language=language,
        zone=ZoneInfo(zone),
        key=key,
        stream=alert_id,
        at=at,
        lapses_at=alert.lapses_at,
    )
    return Raised(alert, queued)


async def open_alerts(
    tx: Transaction, holder: HolderId, *, at: datetime, lock: bool = False
) -> list[Alert]:
    """Return the alerts that a holder can answer now, newest first.

    With ``lock`` nobody else answers them until the transaction ends: read so before answering.
    """
    return await store.open_of(tx, holder, at=at, lock=lock)


async def named_by(
    tx: Transaction, holder: HolderId, word: Secret, *, config: IdentityConfig, at: datetime
) -> Alert | None:
    """Return the open alert that the word of a reply names."""
    for alert in await store.open_of(tx, holder, at=at, lock=True):
        if config.vault.is_code(
            alert.digest, purpose=_PURPOSE, holder=holder, code_id=alert.id, code=word
        ):
            return alert
    return None


async def answer(
    tx: Transaction,
    alert: Alert,
    given: Answer,
    *,
    door: Door,
    subject: Subject,
    proofs: Proofs,
    bank: CoreBank,
    config: IdentityConfig,
    stream: str,
    by: Actor,
    at: datetime,
) -> Answered:
    """Take the holder's word; ``denied`` freezes the card at once, through identity and cards.

    ``alert`` was read in this transaction, which holds its row. Where the freeze is refused (the
    card is closed, for example) the word is kept all the same, and a person has to look.
    """
    frozen = False
    if given == "denied":
        verdict = await identity.decide(
            tx,
            act=Act.FREEZE,
            proofs=proofs,
            subject=subject,
            config=config,
            stream=stream,
            by=by,
            at=at,
        )
        outcome = await cards.freeze(
            tx, alert.card, by=by, bank=bank, verdict=verdict, stream=stream, at=at
        )
        frozen = outcome.allowed
    await store.answer(tx, alert.id, given, door=door, frozen=frozen, at=at)
    body: JsonObject = {"answer": given, "door": door, "frozen": frozen, "card": alert.card}
    await journal(tx, stream=alert.id, kind="campaign.alert-answered", by=by, body=body, at=at)
    return Answered(alert, given, frozen)


async def _card(tx: Transaction, holder: HolderId, tail: str, bank: CoreBank) -> Card:
    for card in await bank.cards_of(tx, holder_id=holder):
        if card.tail == tail and card.state is not CardState.CLOSED:
            return card
    raise Invalid("this holder has no open card with that tail")
