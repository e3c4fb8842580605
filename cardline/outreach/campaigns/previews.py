"""Preview: an agent sees the person first, and then dials, or passes on (rows D3, D4)."""

from datetime import datetime

from cardline.cards.corebank import CoreBank
from cardline.cards.model import Holder
from cardline.core.actor import Actor
from cardline.core.errors import Conflict, NotFound
from cardline.core.ids import AgentId, InteractionId
from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.work import tasks as desk_tasks
from cardline.evidence.actions import journal
from cardline.outreach import actions as outreach
from cardline.outreach.campaigns import attempt_store, dialling, store
from cardline.outreach.campaigns.model import (
    Attempt,
    Campaign,
    CampaignPolicy,
    Dialled,
    Disposition,
    Entry,
    Mode,
    Refused,
    State,
)
from cardline.outreach.campaigns.words import complained_task
from cardline.outreach.model import BlockKind, ContactPolicy, Purpose
from cardline.routing import actions as routing
from cardline.routing.model import Agent, AgentStateName, RoutingPolicy

_SELLING = frozenset({Purpose.MARKETING, Purpose.SURVEY})
_COMPLAINTS = "complaint"
"""The matter whose queue follows up what somebody complained of."""


async def take_preview(
    tx: Transaction,
    campaign: str,
    *,
    agent: AgentId,
    bank: CoreBank,
    policy: CampaignPolicy,
    at: datetime,
) -> tuple[Campaign, Entry, Holder] | None:
    """Show the next person to an agent, for a while and to nobody else; ``None``: nobody is left.

    Who looks at somebody already is shown the same person again. Raises :class:`Conflict` where
    the campaign does not run, is dialled in another way, or is not for this agent.
    """
    found = await store.by_id(tx, campaign, lock=True)
    if found is None:
        raise NotFound("there is no such campaign")
    who = await _agent(tx, agent, at=at)
    _may_preview(found, who)
    entry = await store.claimed_by(tx, agent)
    if entry is not None and entry.campaign != found.id:
        raise Conflict("you look at somebody of another campaign; dial or pass on first")
    if entry is None:
        languages = tuple(str(one) for one in who.languages)
        entry = await store.take_next(tx, found.id, languages=languages, at=at)
        if entry is None:
            return None
        await store.claim(tx, entry.id, agent=agent, until=at + policy.preview_lease)
        body: JsonObject = {"campaign": found.id, "holder": entry.holder}
        by = Actor("agent", agent)
        await journal(tx, stream=entry.id, kind="campaign.previewed", by=by, body=body, at=at)
    holder = await bank.holder(tx, holder_id=entry.holder)
    if holder is None:
        await store.settle(tx, entry.id, outcome="unknown", at=at)
        return None
    return found, entry, holder


async def pass_on(
    tx: Transaction, entry: str, *, agent: AgentId, reason: str, at: datetime
) -> None:
    """Do not call this person; somebody else may, or nobody. Raises :class:`Conflict`."""
    found = await _own(tx, entry, agent)
    await store.settle(tx, found.id, outcome="passed-on", at=at)
    body: JsonObject = {"campaign": found.campaign, "reason": reason}
    by = Actor("agent", agent)
    await journal(tx, stream=found.id, kind="campaign.passed-on", by=by, body=body, at=at)


async def dial_preview(
    tx: Transaction,
    entry: str,
    *,
    agent: AgentId,
    policy: CampaignPolicy,
    gate: ContactPolicy,
    floor: RoutingPolicy,
    at: datetime,
) -> Dialled | Refused:
    """Dial the person whom this agent looks at; the agent is held from now on.

    Raises :class:`Conflict` where the agent does not look at this person, is not ready, or the
    campaign no longer runs.
    """
    before = await store.entry(tx, entry)
    if before is None:
        raise NotFound("there is no such entry")
    campaign = await store.by_id(tx, before.campaign, lock=True)
    assert campaign is not None
    found = await _own(tx, entry, agent)
    who = await _agent(tx, agent, at=at)
    _may_preview(campaign, who)
    state = await routing.agent_state(tx, agent=agent, at=at)
    if state is None or state[1].name is not AgentStateName.READY:
        raise Conflict("be ready first: you are held for this call from the dial on")
    dialled = await dialling.dial_entry(
        tx,
        campaign,
        found,
        agent=who,
        policy=policy,
        gate=gate,
        floor=floor,
        by=Actor("agent", agent),
        at=at,
    )
    if dialled is None:
        raise Conflict("you were given another call at this moment; the person waits for you")
    return dialled


async def call_of(
    tx: Transaction, interaction: str, *, agent: AgentId | None
) -> tuple[Campaign, Entry, Attempt] | None:
    """Return what a call is about that a campaign placed; ``None`` where it is no such call.

    ``agent``: whose call it must be; ``None`` for those who may look at every call.
    """
    attempt = await attempt_store.of_interaction(tx, interaction)
    if attempt is None or (agent is not None and attempt.agent != agent):
        return None
    campaign = await store.by_id(tx, attempt.campaign)
    entry = await store.entry(tx, attempt.entry)
    assert campaign is not None
    assert entry is not None
    return campaign, entry, attempt


async def confirm_opening(
    tx: Transaction, interaction: str, *, agent: AgentId, at: datetime
) -> None:
    """The agent says that the opening was read to the person (row D3).

    Raises :class:`NotFound` where this call is no campaign's, or not this agent's.
    """
    attempt = await _own_attempt(tx, interaction, agent)
    await attempt_store.opened(tx, attempt.id, by=agent, at=at)
    body: JsonObject = {"how": "read"}
    by = Actor("agent", agent)
    await journal(tx, stream=interaction, kind="campaign.opening", by=by, body=body, at=at)


async def dispose(
    tx: Transaction,
    interaction: str,
    disposition: Disposition,
    *,
    agent: AgentId,
    policy: CampaignPolicy,
    note: str = "",
    again_at: datetime | None = None,
    at: datetime,
) -> None:
    """Write what became of a talk; what it asks for is done at once.

    Somebody else's number is blocked; who refused an offer is asked no more; who complained is left
    alone as by a complaint about calls (row C5), for a time: one that is then taken goes on for as
    long as it is open. A task asks the queue of complaints to follow it up. ``again_at`` goes with
    ``call-again``, and only with it. Raises :class:`Conflict` while nobody has heard who calls and
    why: the opening comes first.
    """
    attempt = await _own_attempt(tx, interaction, agent, lock=True)
    if attempt.connected_at is not None and attempt.opened_at is None:
        raise Conflict("confirm first that you have read the opening to this person")
    if (again_at is not None) != (disposition is Disposition.CALL_AGAIN):
        raise Conflict("name a time with call-again, and only with it")
    if again_at is not None and again_at <= at:
        raise Conflict("the time to call again has passed")
    campaign = await store.by_id(tx, attempt.campaign)
    entry = await store.entry(tx, attempt.entry, lock=True)
    assert campaign is not None
    assert entry is not None
    by = Actor("agent", agent)
    await attempt_store.dispose(tx, attempt, disposition, note=note, by=agent, at=at)
    if again_at is not None and campaign.state in (State.RUNNING, State.PAUSED):
        await store.put_off(tx, entry.id, due_at=again_at, outcome=entry.outcome)
    elif disposition is Disposition.WRONG_PERSON:
        await outreach.block(
            tx,
            kind=BlockKind.WRONG_NUMBER,
            holder=None,
            phone=entry.phone,
            source=f"campaign {campaign.id}",
            stream=interaction,
            by=by,
            at=at,
        )
    elif disposition is Disposition.COMPLAINED:
        await outreach.block(
            tx,
            kind=BlockKind.CALLS_COMPLAINT,
            holder=entry.holder,
            phone=entry.phone,
            source=f"campaign {campaign.id}",
            stream=interaction,
            by=by,
            at=at,
            until=at + policy.complained,
        )
        await desk_tasks.open_task(
            tx,
            source=f"campaign-complained:{interaction}",
            kind="other",
            what=complained_task(campaign, note=note),
            due_at=at + policy.complained_answer,
            by=by,
            at=at,
            interaction=InteractionId(interaction),
            holder=entry.holder,
            matter=_COMPLAINTS,
        )
    elif disposition is Disposition.REFUSED and campaign.purpose in _SELLING:
        await outreach.stop_marketing(
            tx,
            holder=entry.holder,
            phone=entry.phone,
            source="agent",
            stream=interaction,
            by=by,
            at=at,
        )
    body: JsonObject = {"disposition": disposition, "campaign": campaign.id}
    body |= {"again_at": again_at.isoformat() if again_at else None}
    await journal(tx, stream=interaction, kind="campaign.disposed", by=by, body=body, at=at)


async def give_back(tx: Transaction, *, at: datetime) -> int:
    """End the looks whose time is over; return how many."""
    return await store.give_back_claims(tx, at=at)


async def _agent(tx: Transaction, agent: AgentId, *, at: datetime) -> Agent:
    found = await routing.agent_state(tx, agent=agent, at=at)
    if found is None:
        raise NotFound("there is no such agent")
    return found[0]


def _may_preview(campaign: Campaign, agent: Agent) -> None:
    if campaign.state is not State.RUNNING:
        raise Conflict("this campaign does not run")
    if campaign.mode is not Mode.PREVIEW:
        raise Conflict("this campaign is not dialled by preview")
    if campaign.matter not in agent.skills:
        raise Conflict(f"this campaign is for agents who have passed {campaign.matter}")


async def _own(tx: Transaction, entry: str, agent: AgentId) -> Entry:
    found = await store.entry(tx, entry, lock=True)
    if found is None:
        raise NotFound("there is no such entry")
    if found.claimed_by != agent:
        raise Conflict("you do not look at this person any more; take the next one")
    return found


async def _own_attempt(
    tx: Transaction, interaction: str, agent: AgentId, *, lock: bool = False
) -> Attempt:
    found = await attempt_store.of_interaction(tx, interaction, lock=lock)
    if found is None or found.agent != agent:
        raise NotFound("this is no call of a campaign of yours")
    return found
