"""Dialling: who is called now, and what became of it (row D4).

One dial, one transaction: the campaign's row is locked first, so that pacing sees every other dial
and a stop that has committed lets none through; then the entry, which other workers pass over; then
the gate takes the contact's place under the caps; then the agent is held. Whoever calls this places
the call on the line after the commit.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from cardline.core.actor import SYSTEM, Actor
from cardline.core.ids import AgentId, CallId, InteractionId, new_id
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Verdict
from cardline.evidence.actions import journal
from cardline.outreach import actions as outreach
from cardline.outreach.campaigns import attempt_store, pacing_store, store
from cardline.outreach.campaigns.model import (
    Attempt,
    AttemptId,
    Campaign,
    CampaignId,
    CampaignPolicy,
    Dialled,
    Entry,
    Errand,
    Event,
    Floor,
    Mode,
    Outcome,
    Refused,
    State,
    contact_key,
)
from cardline.outreach.campaigns.rules.pacing import calls_to_place
from cardline.outreach.campaigns.rules.states import (
    after,
    next_try,
    not_before,
    retry_after_refusal,
)
from cardline.outreach.model import Channel, Contact, ContactPolicy
from cardline.outreach.model import Outcome as Contacted
from cardline.routing import actions as routing
from cardline.routing.model import Agent, AgentState, AgentStateName, RoutingPolicy
from cardline.trust import actions as trust

_LANGUAGES = ("zh", "en")


async def dial_next(
    tx: Transaction,
    campaign: CampaignId,
    *,
    policy: CampaignPolicy,
    gate: ContactPolicy,
    floor: RoutingPolicy,
    at: datetime,
) -> Dialled | Refused | None:
    """Grant one call of a running campaign; ``None`` where there is nothing to dial now.

    :class:`Refused` is an entry that the gate holds back: ask again for the next one.
    """
    found = await store.by_id(tx, campaign, lock=True)
    if found is None or found.state is not State.RUNNING or found.mode in (None, Mode.PREVIEW):
        return None
    assert found.mode is not None
    await pacing_store.lock_floor(tx, found.matter)
    ready = await agents_ready(tx, found, at=at)
    seen = await floor_of(tx, found, ready=len(ready), policy=policy, at=at)
    calls = calls_to_place(
        found.mode,
        seen,
        limit=found.abandonment_limit,
        lines_an_agent=policy.lines_an_agent,
        most=1,
    )
    if calls == 0:
        await _run_out(tx, found, at=at)
        return None
    held = found.mode is Mode.PROGRESSIVE
    languages = spoken_by(ready) if held else _LANGUAGES
    entry = await store.take_next(tx, found.id, languages=languages, at=at)
    if entry is None:
        await _run_out(tx, found, at=at)
        return None
    agent = next((one for one in ready if entry.language in one.languages), None) if held else None
    return await dial_entry(
        tx,
        found,
        entry,
        agent=agent,
        policy=policy,
        gate=gate,
        floor=floor,
        by=SYSTEM,
        at=at,
    )


async def dial_entry(
    tx: Transaction,
    campaign: Campaign,
    entry: Entry,
    *,
    agent: Agent | None,
    policy: CampaignPolicy,
    gate: ContactPolicy,
    floor: RoutingPolicy,
    by: Actor,
    at: datetime,
) -> Dialled | Refused | None:
    """Ask the gate for one person, hold the agent, and write the try; the entry is locked.

    ``None`` where the agent was taken for somebody else in the meantime.
    """
    number = await attempt_store.tries(tx, entry.id) + 1
    contact = Contact(
        campaign.purpose,
        Channel.CALL,
        entry.phone,
        entry.holder,
        campaign=campaign.id,
        agent_held=agent is not None,
    )
    later = not_before(campaign, entry.zone, now=at)
    if later is not None:
        await store.put_off(tx, entry.id, due_at=later, outcome=entry.outcome)
        return Refused(entry, Verdict(policy.version))
    key = contact_key(entry.id, number)
    verdict = await outreach.pass_gate(
        tx, contact, key=key, policy=gate, at=at, zone=ZoneInfo(entry.zone)
    )
    if not verdict.allowed:
        await refuse(tx, entry, verdict, by=by, at=at)
        return Refused(entry, verdict)
    interaction, call = InteractionId(new_id("i")), CallId(new_id("c"))
    if agent is not None:
        begun = await routing.start_talk(
            tx,
            agent=agent.id,
            interaction=interaction,
            kind="outbound",
            call=call,
            policy=floor,
            at=at,
        )
        if not begun.allowed:
            await outreach.cancel_contact(tx, key=key, at=at)
            return None
    attempt = Attempt(
        id=AttemptId(new_id("at")),
        entry=entry.id,
        campaign=campaign.id,
        number=number,
        channel=Channel.CALL,
        interaction=interaction,
        call=call,
        agent=agent.id if agent else None,
        agent_held=agent is not None,
        dialled_at=at,
    )
    await attempt_store.start(tx, attempt)
    body: JsonObject = {"campaign": campaign.id, "entry": entry.id, "try": number}
    body |= {"agent": attempt.agent, "purpose": campaign.purpose, "mode": campaign.mode}
    await journal(
        tx, stream=interaction, kind="campaign.dialled", by=by, body=body, at=at, verdict=verdict
    )
    return Dialled(campaign, entry, attempt, interaction, call, agent.phone if agent else "")


async def refuse(
    tx: Transaction, entry: Entry, verdict: Verdict, *, by: Actor, at: datetime
) -> None:
    """Write why an entry is not contacted: not now, or not at all (row D1)."""
    later = retry_after_refusal(verdict, now=at)
    if later is None:
        await store.settle(tx, entry.id, outcome="refused", reasons=verdict.codes, at=at)
    else:
        await store.put_off(
            tx, entry.id, due_at=later, reasons=verdict.codes, outcome=entry.outcome
        )
    body: JsonObject = {"campaign": entry.campaign, "holder": entry.holder}
    body |= {"again_at": later.isoformat() if later else None}
    await journal(
        tx, stream=entry.id, kind="campaign.refused", by=by, body=body, at=at, verdict=verdict
    )


async def claim_agent(
    tx: Transaction, errand: Errand, *, floor: RoutingPolicy, at: datetime
) -> Errand | None:
    """The person has answered: return the errand with its agent, ``None`` where nobody is free.

    Predictive dialling takes the agent here; who was held before is there already.
    """
    known = await attempt_store.by_id(tx, errand.attempt, lock=True)
    if known is None or known.ended_at is not None:
        return None
    if known.agent is not None:
        return await _with_agent(tx, errand, known.agent, at=at)
    assert known.interaction is not None
    assert known.call is not None
    for agent in await agents_ready(tx, errand.campaign, at=at):
        if errand.entry.language not in agent.languages:
            continue
        begun = await routing.start_talk(
            tx,
            agent=agent.id,
            interaction=known.interaction,
            kind="outbound",
            call=known.call,
            policy=floor,
            at=at,
        )
        if begun.allowed:
            await attempt_store.answered(tx, known.id, agent=agent.id, abandoned=False, at=at)
            return await _with_agent(tx, errand, agent.id, at=at)
    return None


async def errand_of(tx: Transaction, interaction: InteractionId, *, at: datetime) -> Errand | None:
    """Return what a call of the bank is about, while it is up."""
    attempt = await attempt_store.of_interaction(tx, interaction)
    if attempt is None or attempt.ended_at is not None:
        return None
    campaign = await store.by_id(tx, attempt.campaign)
    entry = await store.entry(tx, attempt.entry)
    assert campaign is not None
    assert entry is not None
    errand = Errand(campaign, entry, attempt.id, interaction)
    if attempt.agent is None:
        return errand
    return await _with_agent(tx, errand, attempt.agent, at=at)


async def note_answered(tx: Transaction, errand: Errand, *, abandoned: bool, at: datetime) -> None:
    """Write that the person answered; ``abandoned``: no agent was free, or none came."""
    await attempt_store.answered(
        tx,
        errand.attempt,
        agent=None if abandoned else errand.agent,
        abandoned=abandoned,
        at=at,
    )
    if abandoned:
        body: JsonObject = {"campaign": errand.campaign.id, "entry": errand.entry.id}
        await journal(
            tx, stream=errand.interaction, kind="campaign.abandoned", by=SYSTEM, body=body, at=at
        )


async def note_opened(tx: Transaction, errand: Errand, *, by: AgentId | None, at: datetime) -> None:
    """Write that the opening was played whole, or that the agent confirmed to have read it (D3)."""
    await attempt_store.opened(tx, errand.attempt, by=by, at=at)
    how = "read" if by else "played"
    await journal(
        tx,
        stream=errand.interaction,
        kind="campaign.opening",
        by=Actor("agent", by) if by else SYSTEM,
        body={"how": how},
        at=at,
    )


async def note_connected(tx: Transaction, errand: Errand, *, at: datetime) -> None:
    """Write that person and agent hear each other."""
    await attempt_store.connected(tx, errand.attempt, at=at)


async def note_chosen(tx: Transaction, errand: Errand, outcome: Outcome) -> None:
    """Remember what the person chose by a key."""
    await attempt_store.mark(tx, errand.attempt, outcome)


async def attempt_over(
    tx: Transaction,
    errand: Errand,
    *,
    outcome: Outcome,
    policy: CampaignPolicy,
    at: datetime,
) -> None:
    """Write how a call ended, and whether and when to try again.

    ``outcome`` is what the line says; what the person chose, or that no agent was there, goes
    before it. A repeat changes nothing.
    """
    attempt = await attempt_store.by_id(tx, errand.attempt, lock=True)
    if attempt is None or attempt.ended_at is not None:
        return
    outcome = _final(attempt, outcome)
    await attempt_store.end(tx, attempt.id, outcome, at=at)
    entry = await store.entry(tx, attempt.entry, lock=True)
    assert entry is not None
    again = next_try(errand.campaign, entry, outcome, policy, now=at)
    if attempt.message_left_at is not None and not policy.machines.calls_again:
        again = None
    if outcome in _NEVER_RANG:
        await outreach.cancel_contact(tx, key=attempt.key, at=at)
        await trust.take_back(tx, key=trust.call_key(attempt.call or ""), at=at)
    else:
        told = _TOLD.get(outcome, Contacted.ANSWERED)
        await outreach.tell_outcome(tx, key=attempt.key, outcome=told, by=SYSTEM, at=at)
    if again is None:
        await store.settle(tx, entry.id, outcome=outcome, at=at)
    else:
        taken_back = -1 if outcome is Outcome.CANCELLED else 0
        await store.put_off(tx, entry.id, due_at=again, outcome=outcome, attempts=taken_back)
    body: JsonObject = {"campaign": attempt.campaign, "entry": entry.id, "outcome": outcome}
    body |= {"again_at": again.isoformat() if again else None}
    await journal(tx, stream=errand.interaction, kind="campaign.over", by=SYSTEM, body=body, at=at)


async def ringing_of_stopped(tx: Transaction) -> list[Attempt]:
    """Return the calls that ring for campaigns that were stopped: they are to be taken back.

    A pause lets them ring out.
    """
    return await attempt_store.ringing_of_stopped(tx)


async def open_calls(tx: Transaction) -> list[Attempt]:
    """Return the calls that go on according to the records."""
    return [one for one in await attempt_store.still_open(tx) if one.channel is Channel.CALL]


async def running(tx: Transaction) -> list[Campaign]:
    """Return the campaigns that run."""
    return await store.running(tx)


async def agents_ready(tx: Transaction, campaign: Campaign, *, at: datetime) -> list[Agent]:
    """Return who could take a person of this campaign now, idle longest first."""
    states = await routing.agent_states(tx, at=at)
    ready = [(agent, state) for agent, state in states if _is_ready(agent, state, campaign)]
    ready.sort(key=lambda pair: (pair[1].since or at, pair[0].number))
    return [agent for agent, _ in ready]


async def floor_of(
    tx: Transaction, campaign: Campaign, *, ready: int, policy: CampaignPolicy, at: datetime
) -> Floor:
    """Return what pacing must know: counts of the window, and what the last calls taught."""
    since = at - policy.abandonment_window
    counts = await pacing_store.counts(tx, campaign.id, matter=campaign.matter, since=since)
    learned = await pacing_store.learned(tx, campaign.id, last=policy.answer_samples)
    enough = learned.dialled >= policy.answer_samples
    people = policy.machines.reckoned(counts.machines)
    return Floor(
        ready=ready,
        busy=counts.talking,
        ringing=counts.ringing,
        answered=counts.answered + people,
        abandoned=counts.abandoned + people,
        answer_rate=max(0.01, learned.answered / learned.dialled) if enough else policy.answer_rate,
        handling=learned.talk if enough and learned.talk else policy.handling.total_seconds(),
        lead=learned.lead or policy.ring.total_seconds() / 2,
    )


def spoken_by(agents: Sequence[Agent]) -> tuple[str, ...]:
    """Return the languages that these agents speak."""
    return tuple(sorted({str(language) for agent in agents for language in agent.languages}))


def _is_ready(agent: Agent, state: AgentState, campaign: Campaign) -> bool:
    return state.name is AgentStateName.READY and campaign.matter in agent.skills


async def _with_agent(
    tx: Transaction, errand: Errand, agent: AgentId, *, at: datetime
) -> Errand | None:
    found = await routing.agent_state(tx, agent=agent, at=at)
    if found is None:
        return None
    return Errand(
        errand.campaign,
        errand.entry,
        errand.attempt,
        errand.interaction,
        agent=agent,
        phone=found[0].phone,
        staff_number=found[0].number,
    )


async def _run_out(tx: Transaction, campaign: Campaign, *, at: datetime) -> None:
    if await store.anybody_left(tx, campaign.id):
        return
    state = after(campaign.state, Event.RUN_OUT)
    assert state is not None
    await store.set_state(tx, campaign.id, state, at=at)
    await journal(tx, stream=campaign.id, kind="campaign.done", by=SYSTEM, body={}, at=at)


def _final(attempt: Attempt, outcome: Outcome) -> Outcome:
    if attempt.chosen is not None:
        return attempt.chosen
    if attempt.connected_at is not None:
        return Outcome.TALKED
    if attempt.abandoned:
        return Outcome.ABANDONED
    if attempt.answered_at is not None and outcome is not Outcome.MACHINE:
        return Outcome.HUNG_UP
    return outcome


_NEVER_RANG = frozenset({Outcome.FAILED, Outcome.CANCELLED, Outcome.BAD_NUMBER})
_TOLD = {
    Outcome.NO_ANSWER: Contacted.UNANSWERED,
    Outcome.BUSY: Contacted.UNANSWERED,
    Outcome.MACHINE: Contacted.UNANSWERED,
    Outcome.ABANDONED: Contacted.ABANDONED,
}
"""What the gate is told; every other end is an answer."""
