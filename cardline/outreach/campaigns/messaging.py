"""Campaigns by short message: through the one sender, which asks the gate (rows D1, D7)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from cardline.cards.corebank import CoreBank
from cardline.core.actor import SYSTEM
from cardline.core.errors import Invalid
from cardline.core.ids import new_id
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.identity.config import IdentityConfig
from cardline.messages.actions import send_sms
from cardline.messages.model import Values
from cardline.outreach.campaigns import alerts, attempt_store, dialling, store
from cardline.outreach.campaigns.model import (
    FORMS,
    Attempt,
    AttemptId,
    Campaign,
    CampaignId,
    CampaignPolicy,
    Entry,
    Event,
    Kind,
    Outcome,
    State,
    contact_key,
)
from cardline.outreach.campaigns.rules.states import after, not_before
from cardline.outreach.model import Channel

_LANGUAGES = ("zh", "en")


async def send_some(
    tx: Transaction,
    campaign: CampaignId,
    *,
    policy: CampaignPolicy,
    bank: CoreBank,
    config: IdentityConfig,
    at: datetime,
) -> int:
    """Write the next messages of a running campaign into the outbox; return how many it looked at.

    The gate is asked here and once more when each message leaves. 0: nothing is due now.
    """
    found = await store.by_id(tx, campaign, lock=True)
    if found is None or found.state is not State.RUNNING or found.channel is not Channel.SMS:
        return 0
    looked_at = 0
    while looked_at < policy.sms_at_once:
        entry = await store.take_next(tx, found.id, languages=_LANGUAGES, at=at)
        if entry is None:
            break
        looked_at += 1
        later = not_before(found, entry.zone, now=at)
        if later is not None and found.kind is not Kind.ALERT:
            await store.put_off(tx, entry.id, due_at=later, outcome=entry.outcome)
        else:
            await _send(tx, found, entry, policy=policy, bank=bank, config=config, at=at)
    if looked_at == 0 and not await store.anybody_left(tx, found.id):
        state = after(found.state, Event.RUN_OUT)
        assert state is not None
        await store.set_state(tx, found.id, state, at=at)
        await journal(tx, stream=found.id, kind="campaign.done", by=SYSTEM, body={}, at=at)
    return looked_at


async def _send(
    tx: Transaction,
    campaign: Campaign,
    entry: Entry,
    *,
    policy: CampaignPolicy,
    bank: CoreBank,
    config: IdentityConfig,
    at: datetime,
) -> None:
    number = await attempt_store.tries(tx, entry.id) + 1
    if campaign.kind is Kind.ALERT:
        try:
            raised = await alerts.raise_alert(
                tx,
                holder=entry.holder,
                phone=entry.phone,
                language=entry.language,
                zone=entry.zone,
                tail=entry.fields["tail"],
                amount=entry.fields["amount"],
                merchant=entry.fields["merchant"],
                key=contact_key(entry.id, number),
                bank=bank,
                config=config,
                policy=policy,
                at=at,
            )
        except Invalid:  # the card was closed since the list was made
            await store.settle(tx, entry.id, outcome="no-card", at=at)
            return
        queued = raised.queued
    else:
        queued = await send_sms(
            tx,
            config=config.sms,
            holder=entry.holder,
            to=entry.phone,
            template=FORMS[campaign.kind].template,
            values=_values(entry),
            language=entry.language,
            zone=ZoneInfo(entry.zone),
            key=contact_key(entry.id, number),
            stream=entry.id,
            at=at,
        )
    if not queued.verdict.allowed:
        await dialling.refuse(tx, entry, queued.verdict, by=SYSTEM, at=at)
        return
    attempt = Attempt(
        id=AttemptId(new_id("at")),
        entry=entry.id,
        campaign=campaign.id,
        number=number,
        channel=Channel.SMS,
        interaction=None,
        call=None,
        agent=None,
        agent_held=False,
        dialled_at=at,
    )
    await attempt_store.start(tx, attempt)
    await attempt_store.end(tx, attempt.id, Outcome.SENT, at=at)
    await store.settle(tx, entry.id, outcome=Outcome.SENT, at=at)
    body: JsonObject = {"campaign": campaign.id, "sms": queued.id}
    await journal(tx, stream=entry.id, kind="campaign.sent", by=SYSTEM, body=body, at=at)


def _values(entry: Entry) -> Values:
    """Return what the template is filled with; a day is written as people of the language do."""
    values: dict[str, str] = dict(entry.fields)
    if "due" in values:
        values["due"] = _day(values["due"], entry.language)
    return values


def _day(text: str, language: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.month}/{day.day}" if language == "zh" else f"{day.day} {day:%B}"
