"""Campaigns: lists, dials through the gate, retries, the kill switch, reports."""

from datetime import timedelta

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.actor import Actor
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import HolderId
from cardline.outreach import actions as outreach
from cardline.outreach.campaigns import actions, reporting
from cardline.outreach.campaigns.model import (
    Dialled,
    Draft,
    Event,
    Kind,
    Mode,
    Outcome,
    Refused,
    State,
)
from cardline.outreach.model import BlockKind, Channel
from tests.actions.campaign_floor import LEAD, NOON, POLICY, Bank


@pytest.fixture
def bank(database: Database) -> Bank:
    return Bank(database)


async def block(bank: Bank, holder: HolderId, kind: BlockKind) -> None:
    async with bank.database.transaction() as tx:
        await outreach.block(
            tx,
            kind=kind,
            holder=holder,
            phone=None,
            source="test",
            stream="test",
            by=Actor("holder", holder),
            at=bank.now,
        )


# ---------------------------------------------------------------- lists


async def test_a_list_names_its_bad_rows_and_takes_the_others(bank: Bank) -> None:
    campaign = await bank.campaign(people=0, start=False)
    await bank.holders(2)
    listed = await bank.list_text(
        campaign.id,
        "holder_id,phone,amount,due\n"
        "h1,,1.00,2026-12-01\n"
        ",+8615400000002,2.00,2026-12-01\n"
        ",+8613999999999,3.00,2026-12-01\n"
        "nobody,,4.00,2026-12-01\n"
        ",twelve,5.00,2026-12-01\n",
    )
    assert listed.added == 2
    assert [(one.line, one.why) for one in listed.bad] == [
        (4, "belongs to nobody whom the bank knows"),
        (5, "belongs to nobody whom the bank knows"),
        (6, "no telephone number"),
    ]


async def test_a_list_that_is_given_twice_changes_nothing(bank: Bank) -> None:
    campaign = await bank.campaign(people=3, start=False)
    again = await bank.listed(campaign, bank.people)
    assert (again.added, again.known) == (0, 3)
    assert (await bank.report(campaign)).listed == 3


async def test_a_part_is_held_out_and_never_dialled(bank: Bank) -> None:
    campaign = await bank.campaign(people=40, hold_out=0.5)
    report = await bank.report(campaign)
    assert 8 <= report.held_out <= 32
    assert report.held_out + report.waiting == 40
    entry = await bank.entry(campaign)
    assert entry.arm == "contacted" or entry.state == "done"


async def test_a_list_of_another_kind_is_refused(bank: Bank) -> None:
    campaign = await bank.campaign(people=0, start=False)
    with pytest.raises(Invalid, match="the columns amount, due"):
        await bank.list_text(campaign.id, "phone\n13800138000\n")


@pytest.mark.parametrize(
    ("draft", "what"),
    [
        (Draft("", Kind.CARE), "a name"),
        (Draft("x", Kind.CARE, channel=Channel.LETTER), "call or sms"),
        (Draft("x", Kind.CARE, mode=None), "a mode"),
        (Draft("x", Kind.CARE, abandonment_limit=0.2), "at most 3%"),
        (Draft("x", Kind.CARE, hold_out=0.9), "half of a list"),
        (Draft("x", Kind.OFFER), "a script"),
    ],
)
async def test_a_campaign_that_cannot_be_run_is_not_made(
    bank: Bank, draft: Draft, what: str
) -> None:
    async with bank.database.transaction() as tx:
        with pytest.raises(Invalid, match=what):
            await actions.create(tx, draft, policy=POLICY, by=LEAD, at=NOON)


# ---------------------------------------------------------------- dialling through the gate


async def test_progressive_holds_an_agent_for_each_call(bank: Bank) -> None:
    await bank.agent()
    campaign = await bank.campaign(people=2)
    call = await bank.dialled(campaign)
    assert call.attempt.agent == "a1"
    assert await bank.agent_state() == "talking"
    assert await bank.dial(campaign) is None  # no second agent
    assert "campaign.dialled" in await bank.kinds(call.interaction)
    assert "outreach.decided" in await bank.kinds(f"contact:{call.attempt.key}")


async def test_without_an_agent_of_its_matter_nobody_is_dialled(bank: Bank) -> None:
    await bank.agent(skill="points")
    campaign = await bank.campaign()
    assert await bank.dial(campaign) is None


async def test_at_night_everybody_waits_until_the_morning(bank: Bank) -> None:
    await bank.agent()
    campaign = await bank.campaign()
    bank.now = NOON + timedelta(hours=11)
    assert isinstance(await bank.dial(campaign), Refused)
    entry = await bank.entry(campaign)
    assert entry.state == "waiting"
    assert entry.due_at == NOON + timedelta(hours=21)
    assert await bank.agent_state() == "ready"


async def test_who_wants_no_contact_is_refused_for_good_with_the_reason(bank: Bank) -> None:
    await bank.agent()
    campaign = await bank.campaign(people=2)
    await block(bank, HolderId("h1"), BlockKind.NO_CONTACT)
    refused = await bank.dial(campaign)
    assert isinstance(refused, Refused)
    assert refused.verdict.codes == ("no-contact",)
    assert isinstance(await bank.dial(campaign), Dialled)  # the next one
    report = await bank.report(campaign)
    assert report.refused == {"no-contact": 1}
    assert (await bank.entry(campaign)).outcome == "refused"


async def test_an_offer_without_consent_is_never_dialled(bank: Bank) -> None:
    await bank.agent()
    campaign = await bank.campaign(Kind.OFFER)
    refused = await bank.dial(campaign)
    assert isinstance(refused, Refused)
    assert "consent-missing" in refused.verdict.codes


async def test_two_campaigns_share_the_caps_of_one_person(bank: Bank) -> None:
    for name in ("a1", "a2", "a3"):
        await bank.agent(name)
    first = await bank.campaign(Kind.CARE, people=1)
    second = await bank.campaign(Kind.CARE, people=0, start=False)
    third = await bank.campaign(Kind.CARE, people=0, start=False)
    for campaign in (second, third):
        await bank.listed(campaign, [HolderId("h1")])
        await bank.change(campaign.id, Event.START)
    assert isinstance(await bank.dial(first), Dialled)
    assert isinstance(await bank.dial(second), Dialled)
    refused = await bank.dial(third)  # service: two contacts a day, over all campaigns
    assert isinstance(refused, Refused)
    assert "cap-day" in refused.verdict.codes


async def test_foresight_counts_the_refusals_and_takes_no_place(bank: Bank) -> None:
    campaign = await bank.campaign(people=3)
    await block(bank, HolderId("h2"), BlockKind.NO_CONTACT)
    async with bank.database.transaction() as tx:
        seen = await reporting.foresee(tx, campaign.id, gate=bank.config.sms.policy, at=bank.now)
        cursor = await tx.connection.execute("SELECT count(*) FROM outreach_contact")
        assert (await cursor.fetchone() or (1,))[0] == 0
    assert (seen.looked_at, seen.yes, seen.no, seen.later) == (3, 2, 1, 0)
    assert seen.reasons == {"no-contact": 1}


# ---------------------------------------------------------------- predictive


async def test_predictive_takes_the_agent_when_somebody_answers(bank: Bank) -> None:
    await bank.agent()
    campaign = await bank.campaign(mode=Mode.PREDICTIVE)
    call = await bank.dialled(campaign)
    assert call.attempt.agent is None
    assert await bank.agent_state() == "ready"
    errand = await bank.answered(call)
    assert errand is not None
    assert errand.agent == "a1"
    assert await bank.agent_state() == "talking"


async def test_whom_no_agent_was_free_for_rests_unless_one_is_held(bank: Bank) -> None:
    agent = await bank.agent()
    campaign = await bank.campaign(Kind.CARE, mode=Mode.PREDICTIVE)
    call = await bank.dialled(campaign)
    await bank.floor.talk("another", agent, at=3600 * 24 * 2)  # taken by another call meanwhile
    assert await bank.answered(call) is None
    await bank.over(call)
    report = await bank.report(campaign)
    assert (report.answered, report.abandoned, report.within_limit) == (1, 1, False)
    assert report.outcomes == {"abandoned": 1}
    assert "campaign.abandoned" in await bank.kinds(call.interaction)

    bank.later(hours=5)
    await bank.agent("a2")
    refused = await bank.dial(campaign)
    assert isinstance(refused, Refused)
    assert "rest-after-abandoned" in refused.verdict.codes
    held = await bank.campaign(Kind.CARE, mode=Mode.PROGRESSIVE, people=0, start=False)
    await bank.listed(held, [HolderId("h1")])
    await bank.change(held.id, Event.START)
    assert isinstance(await bank.dial(held), Dialled)


# ---------------------------------------------------------------- what becomes of a call


async def test_who_is_busy_is_tried_again_later_and_not_for_ever(bank: Bank) -> None:
    await bank.agent()
    campaign = await bank.campaign(Kind.ALERT, retries=1)
    call = await bank.dialled(campaign)
    await bank.over(call, Outcome.BUSY)
    assert await bank.agent_state() == "ready"
    entry = await bank.entry(campaign)
    assert (entry.state, entry.outcome) == ("waiting", "busy")
    assert await bank.dial(campaign) is None
    bank.later(minutes=31)
    again = await bank.dialled(campaign)
    assert again.attempt.number == 2
    await bank.over(again, Outcome.BUSY)
    assert (await bank.entry(campaign)).state == "done"


async def test_a_talk_settles_the_person_and_the_gate_is_told(bank: Bank) -> None:
    await bank.agent()
    campaign = await bank.campaign()
    call = await bank.dialled(campaign)
    await bank.talks(call)
    await bank.over(call)
    assert (await bank.entry(campaign)).outcome == "talked"
    contact = await bank.journal(f"contact:{call.attempt.key}")
    assert ("outreach.ended", "answered") in [(kind, body.get("outcome")) for kind, body in contact]
    assert await bank.dial(campaign) is None
    async with bank.database.transaction() as tx:
        assert (await actions.find(tx, campaign.id)).state is State.DONE


# ---------------------------------------------------------------- stopping


async def test_a_pause_dials_no_more_and_lets_ring_out(bank: Bank) -> None:
    await bank.agent()
    await bank.agent("a2")
    campaign = await bank.campaign(people=3)
    await bank.dialled(campaign)
    assert await bank.change(campaign.id, Event.PAUSE) == ()
    assert await bank.dial(campaign) is None
    assert await bank.ringing() == []
    assert await bank.change(campaign.id, Event.START) == ()
    assert isinstance(await bank.dial(campaign), Dialled)


async def test_the_kill_switch_stops_every_campaign_and_names_what_rings(bank: Bank) -> None:
    for name in ("a1", "a2", "a3"):
        await bank.agent(name)
    first, second = await bank.campaign(people=2), await bank.campaign(people=2)
    draft = await bank.campaign(people=1, start=False)
    calls = [await bank.dialled(first), await bank.dialled(second)]
    await bank.answered(calls[1])
    async with bank.database.transaction() as tx:
        stopped = await actions.stop_everything(tx, reason="a test", by=LEAD, at=bank.now)
    assert set(stopped) == {first.id, second.id, draft.id}
    assert await bank.dial(first) is None
    assert await bank.dial(second) is None
    assert await bank.ringing() == [calls[0].interaction]  # who has answered is served
    assert await bank.change(first.id, Event.START) == ("campaign-stopped",)
    assert "campaign.stopped" in await bank.kinds(first.id)


async def test_what_is_refused_to_be_changed_is_journaled_too(bank: Bank) -> None:
    campaign = await bank.campaign(people=0, start=False)
    assert await bank.change(campaign.id, Event.START) == ("list-empty",)
    assert (await bank.kinds(campaign.id))[-1] == "campaign.not-changed"


async def test_an_unknown_campaign_is_not_found(bank: Bank) -> None:
    async with bank.database.transaction() as tx:
        with pytest.raises(NotFound):
            await actions.find(tx, "nothing")


# ---------------------------------------------------------------- reports


async def test_the_report_tells_what_the_campaign_changed(bank: Bank) -> None:
    campaign = await bank.campaign(people=60, hold_out=0.5)
    async with bank.database.transaction() as tx:
        cursor = await tx.connection.execute("SELECT holder, arm FROM campaign_entry")
        arms = dict(await cursor.fetchall())
        results = [(holder, arm == "contacted") for holder, arm in arms.items()]
        unknown = await actions.note_results(
            tx, campaign.id, [*results, ("stranger", True)], by=LEAD, at=bank.now
        )
    assert unknown == ["stranger"]
    report = await bank.report(campaign)
    assert report.contacted_reached.value == 1.0
    assert report.held_out_reached.value == 0.0
    assert report.effect is not None
    assert report.effect.value == 1.0
    assert report.effect.tells


async def test_too_few_results_tell_nothing(bank: Bank) -> None:
    campaign = await bank.campaign(people=5)
    assert (await bank.report(campaign)).effect is None
