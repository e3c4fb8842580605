"""Messages of the app and of the official account: out by the one outbox, in once (row A5)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from cardline.cards.corebank import CoreBank
from cardline.cards.model import Language
from cardline.core.actor import holder_actor
from cardline.core.clock import Clock
from cardline.core.errors import Held, Invalid, NotFound
from cardline.core.home import home
from cardline.core.ids import HolderId, InteractionId
from cardline.core.masking import mask_secrets
from cardline.core.transaction import Database, JsonObject, Transaction
from cardline.desk.interactions import actions as desk
from cardline.desk.staff.model import Staff
from cardline.desk.work import tasks
from cardline.messages import outbox
from cardline.messages.forms import fill
from cardline.messages.hooks import store
from cardline.messages.hooks.model import WAKE_CHANNEL, Account, AppConfig, AppMessage
from cardline.messages.model import Claimed, Dispatched, MessageId, MessageState, Queued, Values
from cardline.messages.written import language_of, open_written
from cardline.outreach.model import Channel
from cardline.ports.messages import Push
from cardline.trust.model import StaffShown

WAY = outbox.Way("app", "app_outbox", Channel.APP, WAKE_CHANNEL)


async def send_app(
    tx: Transaction,
    *,
    config: AppConfig,
    key: str,
    template: str,
    values: Values,
    account: Account,
    party: str,
    holder: HolderId | None,
    language: Language,
    stream: str,
    at: datetime,
    zone: ZoneInfo | None = None,
    solicited: bool = False,
    wait: bool = False,
    staff: StaffShown | None = None,
) -> Queued:
    """Ask the gate and write a message into the outbox; it leaves after the commit (row D1).

    As ``messages.actions.send_sms``. ``party``: who it goes to, as the bank's gateway names them.
    """
    zone = zone or home().zone
    form = config.forms.get(template)
    if form is None:
        raise Invalid(f"the catalogue has no app message {template!r}")
    filled = fill(form, values=values, own={}, language=language, zone=zone)

    async def columns(_message: MessageId, _state: MessageState) -> dict[str, object]:
        return {
            "address": party,
            "account": account,
            "subject": filled.subject,
            "text": filled.text,
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
        shown=config.sender[language],
        text=f"{filled.subject}\n\n{filled.text}",
        address=party,
        staff=staff,
        wait=wait,
    )
    return await outbox.put(tx, WAY, draft, columns, policy=config.policy, at=at)


async def dispatch(
    db: Database, push: Push, *, config: AppConfig, clock: Clock, limit: int = 50
) -> Dispatched:
    """Hand over the messages that are due, once round: see :func:`outbox.dispatch`."""

    async def hand_over(message: Claimed) -> str:
        row = message.row
        body: JsonObject = {"account": row["account"], "to": row["address"]}
        body |= {"title": row["subject"], "text": row["text"], "language": row["language"]}
        body |= {"purpose": row["purpose"]}
        return await push.send(message=body, key=message.key)

    handing = outbox.Handing(
        WAY,
        hand_over,
        config.policy,
        config.tries,
        config.pauses,
        config.lease_seconds,
        outcomes=config.outcomes,
    )
    return await outbox.dispatch(db, handing, clock=clock, limit=limit)


async def receive_app(
    tx: Transaction,
    *,
    message: str,
    account: Account,
    party: str,
    holder: HolderId | None,
    text: str,
    bank: CoreBank,
    config: AppConfig,
    at: datetime,
) -> AppMessage | None:
    """Take one message in: an interaction, and one task until it is answered.

    ``message``: the gateway's id; again is harmless: ``None``. ``holder``: whom the gateway names,
    which is claimed and proves nothing here; one whom the bank does not know is nobody.
    """
    if await store.seen(tx, message, account=account, party=party):
        return None
    known = await bank.holder(tx, holder_id=holder) if holder else None
    whose = known.id if known else None
    masked = mask_secrets(text)
    by = holder_actor(whose)
    interaction = await store.open_interaction_of(tx, account=account, party=party)
    if interaction is None:
        interaction = await open_written(
            tx, "app", holder=whose, language=language_of(text), source=account, by=by, at=at
        )
    due_at = at + config.answer_within
    one = AppMessage(message, interaction, account, party, whose, masked.text, due_at, None, at)
    await store.add(tx, one)
    body: JsonObject = {"account": account, "holder": whose, "masked": list(masked.found)}
    await desk.note(tx, interaction, "app.received", body, at=at, by=by)
    await tasks.open_letter(
        tx,
        interaction,
        line=message,
        holder=whose,
        due_at=due_at,
        by=by,
        at=at,
        door="app",
    )
    return one


async def waiting(tx: Transaction, *, limit: int = 200) -> list[AppMessage]:
    """Return what waits for an answer, the one that is due first in front."""
    return await store.waiting(tx, limit=limit)


async def answer(
    tx: Transaction,
    interaction: str,
    *,
    text: str,
    key: str,
    config: AppConfig,
    by: Staff,
    at: datetime,
) -> Queued:
    """Answer in the app or official account from which it came; its task is done.

    Secrets are taken out (row E5); ``key`` makes a repeat harmless. Raises ``NotFound`` for what
    waits no more, unless one answered it oneself; ``Invalid`` for an empty answer; ``Held``
    where nothing may be sent, with the reasons.
    """
    found = await store.of_interactions(tx, [interaction])
    mine = any(one.due_at is not None or one.answered_by == by.number for one in found)
    if not found or not (mine or by.role != "agent"):
        raise NotFound("there is no such message, or a colleague has answered it")
    text = mask_secrets(text.strip()).text
    if not text:
        raise Invalid("write the answer first")
    last = found[-1]
    queued = await send_app(
        tx,
        config=config,
        key=f"answer/{interaction}/{key}",
        template="reply",
        values={"text": text},
        account=last.account,
        party=last.party,
        holder=last.holder,
        language=language_of(last.text),
        stream=interaction,
        at=at,
        solicited=True,
        staff=StaffShown(by.number, by.name),
    )
    if not queued.verdict.allowed:
        raise Held(queued.verdict.codes)
    whole = InteractionId(interaction)
    body: JsonObject = {"answer": queued.id}
    await desk.note(tx, whole, "app.answered", body, at=at, by=by.actor)
    await store.set_answered(tx, interaction, by=by.number, at=at)
    await desk.close_interaction(tx, whole, outcome="answered", at=at)
    await tasks.settle_messages(tx, whole, door="app", by=by, at=at)
    return queued
