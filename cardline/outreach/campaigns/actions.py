"""Making campaigns, filling them, starting and stopping them (rows D4, D6)."""

from collections.abc import Sequence
from datetime import date, datetime

from cardline.cards.corebank import CoreBank
from cardline.cards.model import Holder
from cardline.core.actor import Actor
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import HolderId, new_id
from cardline.core.money import yuan
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.evidence.actions import journal
from cardline.outreach.campaigns import store
from cardline.outreach.campaigns.machine_model import Machines
from cardline.outreach.campaigns.model import (
    FORMS,
    BadRow,
    Campaign,
    CampaignId,
    CampaignPolicy,
    Draft,
    Entry,
    EntryId,
    Event,
    Kind,
    Listed,
    ListRow,
    State,
)
from cardline.outreach.campaigns.rules.lists import NoList, arm_of, read_list
from cardline.outreach.campaigns.rules.states import after, may_happen
from cardline.outreach.model import Channel

_HELD_OUT = "held-out"


async def create(
    tx: Transaction, draft: Draft, *, policy: CampaignPolicy, by: Actor, at: datetime
) -> Campaign:
    """Make a campaign; it contacts nobody until it is started.

    Raises :class:`Invalid` for hours, shares or lengths that cannot be used, and for a channel
    that campaigns do not have.
    """
    campaign = Campaign(
        id=CampaignId(new_id("cp")),
        name=draft.name.strip(),
        kind=draft.kind,
        channel=draft.channel,
        mode=draft.mode if draft.channel is Channel.CALL else None,
        matter=draft.matter,
        opening=draft.opening,
        script=draft.script,
        minutes=draft.minutes,
        opens=draft.opens or policy.opens,
        closes=draft.closes or policy.closes,
        retries=policy.retries if draft.retries is None else draft.retries,
        abandonment_limit=(
            policy.abandonment_limit if draft.abandonment_limit is None else draft.abandonment_limit
        ),
        hold_out=policy.hold_out if draft.hold_out is None else draft.hold_out,
        state=State.DRAFT,
        created_by=str(by),
        created_at=at,
        machines=_machines(draft, policy),
    )
    _check(campaign, policy)
    await store.add(tx, campaign)
    body: JsonObject = {"name": campaign.name, "kind": campaign.kind, "channel": campaign.channel}
    body |= {"mode": campaign.mode, "purpose": campaign.purpose, "hold_out": campaign.hold_out}
    body |= {"abandonment_limit": campaign.abandonment_limit, "retries": campaign.retries}
    body |= {"machines": campaign.machines}
    await journal(tx, stream=campaign.id, kind="campaign.created", by=by, body=body, at=at)
    return campaign


async def find(tx: Transaction, campaign: str) -> Campaign:
    """Return a campaign. Raises :class:`NotFound`."""
    found = await store.by_id(tx, campaign)
    if found is None:
        raise NotFound("there is no such campaign")
    return found


async def add_list(
    tx: Transaction,
    campaign: str,
    text: str,
    *,
    bank: CoreBank,
    by: Actor,
    at: datetime,
) -> Listed:
    """Add a CSV list. Bad rows are named, the others taken; who is listed twice stands once.

    A part is drawn at random and left alone: the hold-out. Raises :class:`Invalid` where the text
    is no list or the campaign has ended.
    """
    found = await _open(tx, campaign)
    try:
        rows, bad = read_list(text, fields=FORMS[found.kind].fields)
    except NoList as error:
        raise Invalid(str(error)) from error
    people: list[tuple[ListRow, Holder]] = []
    for row in rows:
        holder = await _whose(tx, row, bank)
        if holder is None:
            bad.append(BadRow(row.line, "belongs to nobody whom the bank knows", "row-unknown"))
        else:
            people.append((row, holder))
    return await _add(tx, found, people, bad, source="csv", by=by, at=at)


async def add_due(
    tx: Transaction,
    campaign: str,
    due_on: date,
    *,
    bank: CoreBank,
    by: Actor,
    at: datetime,
) -> Listed:
    """Add everybody whose last statement is due on a day and whose minimum is not paid yet.

    Raises :class:`Invalid` where the campaign is no bill reminder or has ended.
    """
    found = await _open(tx, campaign)
    if found.kind is not Kind.REMINDER:
        raise Invalid("only a bill reminder can be filled by due date")
    people: list[tuple[ListRow, Holder]] = []
    for line, holder_id in enumerate(await bank.holders_due(tx, due_on=due_on), 1):
        holder = await bank.holder(tx, holder_id=holder_id)
        unpaid = [
            one
            for one in await bank.last_statements(tx, holder_id=holder_id)
            if one.due_on == due_on and one.unpaid_minimum > 0
        ]
        if holder is None or not unpaid:
            continue
        amount = yuan(sum(one.unpaid_minimum for one in unpaid))
        fields = {"amount": amount, "due": due_on.isoformat()}
        people.append((ListRow(line, holder_id, holder.phone, fields), holder))
    return await _add(tx, found, people, [], source=f"due {due_on}", by=by, at=at)


async def change_state(
    tx: Transaction,
    campaign: str,
    event: Event,
    *,
    policy: CampaignPolicy,
    by: Actor,
    at: datetime,
) -> Verdict:
    """Start, pause, go on, or stop for good. What is refused is journaled too.

    Whoever dials holds the campaign's row: once this has committed no further dial is made.
    """
    found = await store.by_id(tx, campaign, lock=True)
    if found is None:
        raise NotFound("there is no such campaign")
    verdict = may_happen(found, event, policy, entries=await store.size(tx, found.id))
    if verdict.allowed:
        state = after(found.state, event)
        assert state is not None
        await store.set_state(tx, found.id, state, at=at)
    kind = _KINDS[event] if verdict.allowed else "campaign.not-changed"
    body: JsonObject = {"event": event, "before": found.state}
    await journal(tx, stream=found.id, kind=kind, by=by, body=body, at=at, verdict=verdict)
    return verdict


async def stop_everything(
    tx: Transaction, *, reason: str, by: Actor, at: datetime
) -> list[CampaignId]:
    """The kill switch: stop every campaign for good, at once; returns which were stopped.

    It waits for a dial that is being granted at this moment, and lets none through after it. What
    rings is taken back by the nodes as soon as they hear of it.
    """
    stopped = await store.lock_unfinished(tx)
    for campaign in stopped:
        await store.set_state(tx, campaign, State.STOPPED, at=at)
        body: JsonObject = {"event": Event.STOP, "reason": reason, "everything": True}
        await journal(tx, stream=campaign, kind="campaign.stopped", by=by, body=body, at=at)
    return stopped


async def note_results(
    tx: Transaction,
    campaign: str,
    results: Sequence[tuple[str, bool]],
    *,
    by: Actor,
    at: datetime,
) -> list[str]:
    """Write who did what the campaign is for, held-out people too; returns unknown holders."""
    found = await find(tx, campaign)
    unknown = [
        holder
        for holder, reached in results
        if not await store.set_reached(tx, found.id, HolderId(holder), reached=reached)
    ]
    body: JsonObject = {
        "told": len(results) - len(unknown),
        "reached": sum(reached for _, reached in results),
    }
    await journal(tx, stream=found.id, kind="campaign.results", by=by, body=body, at=at)
    return unknown


_KINDS = {
    Event.START: "campaign.started",
    Event.PAUSE: "campaign.paused",
    Event.STOP: "campaign.stopped",
    Event.RUN_OUT: "campaign.done",
}


async def _open(tx: Transaction, campaign: str) -> Campaign:
    found = await store.by_id(tx, campaign, lock=True)
    if found is None:
        raise NotFound("there is no such campaign")
    if found.state in (State.STOPPED, State.DONE):
        raise Invalid("this campaign has ended; make another")
    return found


async def _whose(tx: Transaction, row: ListRow, bank: CoreBank) -> Holder | None:
    if row.holder:
        return await bank.holder(tx, holder_id=HolderId(row.holder))
    assert row.phone is not None
    return await bank.holder_by_phone(tx, phone=row.phone)


async def _add(
    tx: Transaction,
    campaign: Campaign,
    people: Sequence[tuple[ListRow, Holder]],
    bad: list[BadRow],
    *,
    source: str,
    by: Actor,
    at: datetime,
) -> Listed:
    place = await store.last_place(tx, campaign.id)
    entries: dict[str, Entry] = {}
    for row, holder in people:
        place += 1
        arm = arm_of(campaign.id, holder.id, hold_out=campaign.hold_out)
        held = arm == _HELD_OUT
        entries.setdefault(
            holder.id,
            Entry(
                id=EntryId(new_id("en")),
                campaign=campaign.id,
                place=place,
                holder=holder.id,
                phone=holder.phone,
                language=holder.language,
                zone=holder.zone,
                fields=row.fields,
                arm=arm,
                state="done" if held else "waiting",
                attempts=0,
                due_at=at,
                outcome=_HELD_OUT if held else None,
            ),
        )
    held_out = [one for one in entries.values() if one.arm == _HELD_OUT]
    contacted = [one for one in entries.values() if one.arm != _HELD_OUT]
    new_held, new_contacted = await store.add_entries(tx, held_out), 0
    new_contacted = await store.add_entries(tx, contacted)
    listed = Listed(
        added=new_contacted,
        held_out=new_held,
        known=len(people) - new_contacted - new_held,
        bad=tuple(sorted(bad, key=lambda one: one.line)),
    )
    body: JsonObject = {"source": source, "added": listed.added, "held_out": listed.held_out}
    body |= {"known": listed.known, "bad": len(listed.bad)}
    await journal(tx, stream=campaign.id, kind="campaign.listed", by=by, body=body, at=at)
    return listed


def _machines(draft: Draft, policy: CampaignPolicy) -> Machines:
    if draft.channel is not Channel.CALL:
        return Machines.IGNORE
    return policy.machines.default if draft.machines is None else draft.machines


def _check(campaign: Campaign, policy: CampaignPolicy) -> None:
    if not campaign.name or len(campaign.name) > 80:
        raise Invalid("a campaign needs a name of at most 80 characters")
    if campaign.channel not in (Channel.CALL, Channel.SMS):
        raise Invalid("campaigns go by call or sms")
    if campaign.channel is Channel.CALL and campaign.mode is None:
        raise Invalid("a campaign of calls needs a mode: preview, progressive or predictive")
    if campaign.opens >= campaign.closes:
        raise Invalid("a campaign must close after it opens")
    if not 1 <= campaign.minutes <= 30:
        raise Invalid("the length that is announced is 1 to 30 minutes")
    if not 0 <= campaign.retries <= 9:
        raise Invalid("at most 9 tries after the first")
    if not 0 <= campaign.abandonment_limit <= policy.abandonment_limit:
        most = policy.abandonment_limit
        raise Invalid(f"the abandonment limit may be at most {most:.0%}, as the pack says")
    if not 0 <= campaign.hold_out <= 0.5:
        raise Invalid("at most half of a list can be held out")
    if campaign.kind is Kind.OFFER and campaign.channel is Channel.CALL and not campaign.script:
        raise Invalid("an offer by call needs a script")
