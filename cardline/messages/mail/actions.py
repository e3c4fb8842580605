"""E-mail that leaves: through the gate into the outbox, and on to the relay."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from psycopg.types.json import Jsonb

from cardline.cards.model import Language
from cardline.core.actor import SYSTEM, Actor
from cardline.core.clock import Clock
from cardline.core.errors import Invalid
from cardline.core.home import home
from cardline.core.ids import HolderId
from cardline.core.masking import mask_email
from cardline.core.transaction import Database, JsonObject, Transaction
from cardline.core.verdict import Reason
from cardline.desk.work import tasks
from cardline.evidence.actions import journal
from cardline.messages import files as file_actions
from cardline.messages import outbox
from cardline.messages.arrivals import Box
from cardline.messages.file_model import MEDIA_TYPES
from cardline.messages.forms import fill
from cardline.messages.mail import inbound_store, store
from cardline.messages.mail.addresses import parse_address
from cardline.messages.mail.composing import Composition, Enclosed, Letterhead, compose
from cardline.messages.mail.config import MailConfig
from cardline.messages.mail.model import WAKE_CHANNEL, AddressRejected, Attachment
from cardline.messages.model import Claimed, Dispatched, MessageId, MessageState, Queued, Values
from cardline.outreach import actions as outreach
from cardline.outreach.model import Channel, Purpose
from cardline.ports.messages import Mail
from cardline.trust.model import StaffShown

WAY = outbox.Way("email", "mail_outbox", Channel.EMAIL, WAKE_CHANNEL)
STOP = "/api/v1/messages/mail/stop"
"""Path of the one click that ends advertising by e-mail; the reference follows."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LONGEST = 254


async def send_mail(
    tx: Transaction,
    *,
    config: MailConfig,
    key: str,
    template: str,
    values: Values,
    holder: HolderId | None,
    to: str,
    language: Language,
    stream: str,
    at: datetime,
    purpose: Purpose | None = None,
    zone: ZoneInfo | None = None,
    solicited: bool = False,
    wait: bool = False,
    lapses_at: datetime | None = None,
    attachments: Sequence[Attachment] = (),
    box: Box = "general",
    answers: str | None = None,
    staff: StaffShown | None = None,
) -> Queued:
    """Ask the gate and write an e-mail into the outbox; it leaves after the commit (rows A5, D1).

    As ``messages.actions.send_sms``: ``key`` makes a repeat harmless, ``wait`` queues for later
    what the gate lets pass later, ``solicited`` answers what the person has asked. Without a
    ``holder`` only such an answer may leave. ``box``: whose address stands in From. ``answers``:
    id of the e-mail that came in and is answered. ``attachments`` are files that are kept. What
    becomes of it is told to ``config.outcomes`` under ``key`` and ``stream``. Reasons beside the
    gate's: ``address-bad`` (what was sent there came back), ``address-unfit`` (no address).
    """
    zone = zone or home().zone
    form = config.forms.get(template)
    if form is None or purpose not in (None, form.purpose):
        raise Invalid(f"the catalogue has no e-mail {template!r} of that purpose")
    own = {"hotline": config.hotline, "site": config.base_url}
    filled = fill(form, values=values, own=own, language=language, zone=zone)
    shown = fill(form, values=values, own=own, language=language, zone=zone, masked=True)
    address = parse_address(to)
    token = _token()

    async def columns(message: MessageId, state: MessageState) -> dict[str, object]:
        sealed = None
        if form.secret and state is MessageState.QUEUED:
            whole = msgspec.json.encode((filled.subject, filled.text)).decode()
            sealed = config.seal.close(whole, message=message)
        return {
            "address": address or to[:_LONGEST],
            "subject": shown.subject,
            "text": shown.text,
            "sealed": sealed,
            "box": box,
            "message_id": f"{token}.{message}@{config.domain}",
            "token": token,
            "answers": answers,
            "attachments": Jsonb(
                [
                    {"id": one.file.id, "owner": one.file.owner, "name": one.name}
                    for one in attachments
                ]
            ),
        }

    draft = outbox.Draft(
        key=key,
        holder=holder,
        purpose=form.purpose,
        template=template,
        language=language,
        zone=zone,
        stream=stream,
        solicited=solicited,
        shown=config.address_of(box),
        text=f"{shown.subject}\n\n{shown.text}",
        address=address or to[:_LONGEST],
        staff=staff,
        wait=wait,
        lapses_at=lapses_at,
        against=await _against(tx, address),
    )
    return await outbox.put(tx, WAY, draft, columns, policy=config.policy, at=at)


async def dispatch(
    db: Database, mail: Mail, *, config: MailConfig, clock: Clock, limit: int = 50
) -> Dispatched:
    """Hand over the e-mails that are due, once round: see :func:`outbox.dispatch`."""

    async def hand_over(message: Claimed) -> str:
        content = await _compose(db, message, config=config)
        return await mail.send(
            envelope=config.envelope(message.row["token"]),
            to=message.row["address"],
            message=content,
            key=message.key,
        )

    async def ended(
        tx: Transaction, message: Claimed, state: MessageState, code: str | None
    ) -> JsonObject:
        if state is MessageState.FAILED and code == AddressRejected.code:
            await store.set_bad(tx, message.row["address"], code=code, mail=message.id, at=clock())
        return {}

    async def unseen(tx: Transaction, message: Claimed) -> None:
        await not_arrived(
            tx,
            message.id,
            subject=message.row["subject"],
            purpose=message.purpose,
            holder=message.holder,
            config=config,
            at=clock(),
        )

    handing = outbox.Handing(
        WAY,
        hand_over,
        config.policy,
        config.tries,
        config.pauses,
        config.lease_seconds,
        outcomes=config.outcomes,
        ended=ended,
        unseen=unseen,
    )
    return await outbox.dispatch(db, handing, clock=clock, limit=limit)


async def not_arrived(
    tx: Transaction,
    mail: MessageId,
    *,
    subject: str,
    purpose: Purpose,
    holder: HolderId | None,
    config: MailConfig,
    at: datetime,
) -> None:
    """Have the desk tell otherwise what did not arrive; nobody is chased with an offer.

    For what nobody sees to who heard of it: one failure is one task.
    """
    if purpose in (Purpose.MARKETING, Purpose.SURVEY):
        return
    await tasks.open_task(
        tx,
        source=f"mail-failed:{mail}",
        kind="other",
        what=config.words[home().language].failed.format(subject=subject),
        due_at=at + config.answer_within,
        by=SYSTEM,
        at=at,
        holder=holder,
        matter="general",
    )


async def stop_by_click(tx: Transaction, token: str, *, at: datetime) -> bool:
    """End marketing by e-mail for whom this one went to (RFC 8058; row D2).

    Harmless twice; false where there is no such e-mail.
    """
    known = await store.by_token(tx, token)
    if known is None or known.holder is None:
        return False
    await outreach.withdraw(
        tx,
        purpose=Purpose.MARKETING,
        channel=Channel.EMAIL,
        holder=known.holder,
        phone=None,
        source="email",
        stream=f"holder:{known.holder}",
        by=Actor("holder", known.holder),
        at=at,
    )
    return True


async def trust_address(tx: Transaction, address: str, *, by: Actor, at: datetime) -> bool:
    """Send to an address again that was bad; false where it was not."""
    good = await store.set_good(tx, parse_address(address) or address)
    if good:
        body: JsonObject = {"address": mask_email(address)}
        await journal(
            tx, stream="mail:addresses", kind="email.address-trusted", by=by, body=body, at=at
        )
    return good


async def _against(tx: Transaction, address: str | None) -> tuple[Reason, ...]:
    if address is None:
        return (Reason("address-unfit", "RFC 5321, 4.1.2"),)
    if await store.bad_since(tx, address) is not None:
        return (Reason("address-bad", "messages: what was sent there came back"),)
    return ()


async def _compose(db: Database, message: Claimed, *, config: MailConfig) -> bytes:
    row = message.row
    language: Language = row["language"]
    subject, text = row["subject"], row["text"]
    if row["sealed"] is not None:
        whole = config.seal.open(row["sealed"], message=message.id)
        subject, text = msgspec.json.decode(whole, type=tuple[str, str])
    async with db.transaction() as tx:
        answered = await inbound_store.headers_of(tx, row["answers"]) if row["answers"] else None
        found = [
            (one["name"], await file_actions.find(tx, one["id"], owner=one["owner"]))
            for one in row["attachments"]
        ]
    enclosed = [
        Enclosed(name, MEDIA_TYPES[file.kind], await file_actions.read(config.files, file))
        for name, file in found
    ]
    marketing = message.purpose is Purpose.MARKETING
    words = config.words[language]
    return await asyncio.to_thread(
        compose,
        Composition(
            head=Letterhead(
                name=config.sender[language],
                address=config.address_of(row["box"]),
                greeting=words.greeting,
                never=words.never.format(hotline=config.hotline),
            ),
            to=row["address"],
            subject=subject,
            paragraphs=text.split("\n\n"),
            message_id=row["message_id"],
            token=row["token"],
            language=language,
            at=row["at"],
            in_reply_to=answered or "",
            automatic=not config.forms[message.template].free or marketing,
            stop_url=f"{config.base_url}{STOP}/{row['token']}" if marketing else "",
            enclosed=tuple(enclosed),
        ),
    )


def _token() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))
