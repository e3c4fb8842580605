"""Progress and report of a campaign, and who would be skipped before it starts (rows D4, D6)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cardline.core.transaction import Transaction
from cardline.core.verdict import Verdict
from cardline.outreach import actions as outreach
from cardline.outreach.campaigns import actions, report_store, store
from cardline.outreach.campaigns.model import (
    Campaign,
    CampaignId,
    CampaignPolicy,
    Entry,
    Mode,
    contact_key,
)
from cardline.outreach.campaigns.rules.intervals import Difference, Share, difference, share
from cardline.outreach.model import Contact, ContactPolicy
from cardline.outreach.rules import may_contact

MOST_FORESEEN = 2000


@dataclass(frozen=True, slots=True)
class Report:
    """What a campaign did; each figure is counted from entries and attempts."""

    campaign: Campaign
    listed: int
    held_out: int
    waiting: int
    at_work: int
    """Previewed or being dialled."""
    done: int
    talked: int
    """People with whom an agent talked, or who answered by key or were sent their message."""
    missed: int
    """People who are done with and were never reached: tried in vain, or refused."""
    outcomes: dict[str, int]
    """Tries by their end."""
    dispositions: dict[str, int]
    refused: dict[str, int]
    """People by the reason for which the gate holds or held them back: contacts saved."""
    answered: int
    abandoned: int
    abandonment: Share
    machines: int
    """Calls judged machines by what was heard."""
    reckoned_abandoned: float
    """Of these, those reckoned to have been people; they count against the limit."""
    within_limit: bool
    unopened: int
    """Talks that ended without a confirmed opening."""
    contacted_reached: Share
    held_out_reached: Share
    effect: Difference | None
    """``None`` where one of the arms is too small to tell."""


@dataclass(frozen=True, slots=True)
class Foresight:
    """What the gate would say to everybody who waits, if they were all contacted now."""

    looked_at: int
    yes: int
    later: int
    no: int
    reasons: dict[str, int]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign is: people to contact, those done with, and the hold-out beside them."""

    contacted: int
    done: int
    held_out: int


_REACHED = frozenset({"talked", "confirmed", "denied", "sent", "withdrawn", "will-ring"})


async def report(tx: Transaction, campaign: str, *, policy: CampaignPolicy, at: datetime) -> Report:
    """Count a campaign. Raises ``NotFound``."""
    found = await actions.find(tx, campaign)
    rows = await report_store.entries_by_state(tx, found.id)
    contacted = [row for row in rows if row[0] == "contacted"]
    done = [row for row in contacted if row[1] == "done"]
    talked = sum(count for _, _, outcome, count, _ in done if outcome in _REACHED)
    since = at - policy.abandonment_window
    answered, abandoned, _, unopened, machines = await report_store.answers(
        tx, found.id, since=since
    )
    reckoned = policy.machines.reckoned(machines)
    results = await report_store.results(tx, found.id)
    z = policy.interval_z
    treated = share(*results.get("contacted", (0, 0)), z=z)
    held = share(*results.get("held-out", (0, 0)), z=z)
    tells = min(treated.of, held.of) >= policy.smallest_arm
    return Report(
        campaign=found,
        listed=sum(row[3] for row in rows),
        held_out=sum(row[3] for row in rows if row[0] == "held-out"),
        waiting=sum(row[3] for row in contacted if row[1] == "waiting"),
        at_work=sum(row[3] for row in contacted if row[1] in ("previewed", "dialling")),
        done=sum(row[3] for row in done),
        talked=talked,
        missed=sum(row[3] for row in done) - talked,
        outcomes=await report_store.attempts_by_outcome(tx, found.id),
        dispositions=await report_store.dispositions(tx, found.id),
        refused=await report_store.reasons(tx, found.id),
        answered=answered,
        abandoned=abandoned,
        abandonment=share(abandoned, answered, z=z),
        machines=machines,
        reckoned_abandoned=reckoned,
        within_limit=abandoned + reckoned <= found.abandonment_limit * (answered + reckoned),
        unopened=unopened,
        contacted_reached=treated,
        held_out_reached=held,
        effect=difference(treated, held) if tells else None,
    )


async def progress(tx: Transaction, campaigns: Sequence[Campaign]) -> dict[CampaignId, Progress]:
    """Count how far campaigns are; for their list."""
    counted = await report_store.progress(tx, [one.id for one in campaigns])
    nothing = Progress(0, 0, 0)
    return {
        one.id: Progress(*counted[one.id]) if one.id in counted else nothing for one in campaigns
    }


async def foresee_one(
    tx: Transaction, campaign: Campaign, entry: Entry, *, gate: ContactPolicy, at: datetime
) -> Verdict:
    """Ask the gate for one person, as if now, without taking a place; for who is about to dial."""
    contact = Contact(
        campaign.purpose,
        campaign.channel,
        entry.phone,
        entry.holder,
        campaign=campaign.id,
        agent_held=campaign.mode in (Mode.PREVIEW, Mode.PROGRESSIVE),
    )
    recipient = await outreach.recipient_of(
        tx,
        contact,
        key=contact_key(entry.id, entry.attempts + 1),
        policy=gate,
        at=at,
        zone=ZoneInfo(entry.zone),
    )
    return may_contact(contact, recipient, gate, now=at)


async def foresee(
    tx: Transaction, campaign: str, *, gate: ContactPolicy, at: datetime
) -> Foresight:
    """Ask the gate for everybody who waits, as if now, without taking a place (row D1)."""
    found = await actions.find(tx, campaign)
    verdicts = [
        await foresee_one(tx, found, entry, gate=gate, at=at)
        for entry in await store.waiting(tx, found.id, limit=MOST_FORESEEN)
    ]
    refused = [one for one in verdicts if not one.allowed]
    later = sum(one.not_before is not None for one in refused)
    return Foresight(
        looked_at=len(verdicts),
        yes=len(verdicts) - len(refused),
        later=later,
        no=len(refused) - later,
        reasons=dict(Counter(code for one in refused for code in one.codes)),
    )
