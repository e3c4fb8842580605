"""Preview: the agent sees the person first; the opening comes before any word about the talk."""

from datetime import timedelta

import pytest

from cardline.adapters.postgres.database import Database
from cardline.core.errors import Conflict, NotFound
from cardline.core.ids import AgentId, HolderId
from cardline.core.phone import PhoneNumber
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction
from cardline.desk.work import tasks
from cardline.identity.model import Proofs
from cardline.outreach import actions as outreach
from cardline.outreach.campaigns import previews, reporting
from cardline.outreach.campaigns.model import (
    Campaign,
    Dialled,
    Disposition,
    Entry,
    Event,
    Kind,
    Mode,
    Refused,
)
from cardline.outreach.model import BlockKind, Channel, Contact, Purpose
from tests.actions.campaign_floor import FLOOR, LEAD, POLICY, Bank

AGENT = AgentId("a1")


@pytest.fixture
async def bank(database: Database) -> Bank:
    bank = Bank(database)
    await bank.agent()
    return bank


async def preview(bank: Bank, campaign: Campaign, agent: AgentId = AGENT) -> Entry | None:
    async with bank.database.transaction() as tx:
        found = await previews.take_preview(
            tx, campaign.id, agent=agent, bank=bank.bank, policy=POLICY, at=bank.now
        )
    return found[1] if found else None


async def dial(bank: Bank, entry: Entry, agent: AgentId = AGENT) -> Dialled | Refused:
    async with bank.database.transaction() as tx:
        return await previews.dial_preview(
            tx,
            entry.id,
            agent=agent,
            policy=POLICY,
            gate=bank.config.sms.policy,
            floor=FLOOR,
            at=bank.now,
        )


async def dispose(bank: Bank, call: Dialled, what: Disposition, **more: object) -> None:
    async with bank.database.transaction() as tx:
        await previews.dispose(
            tx,
            call.interaction,
            what,
            agent=AGENT,
            policy=POLICY,
            at=bank.now,
            **more,  # type: ignore[arg-type]
        )


async def talked(bank: Bank, kind: Kind = Kind.REMINDER, *, opened: bool = True) -> Dialled:
    campaign = await bank.campaign(kind, mode=Mode.PREVIEW, opening="read")
    if kind is Kind.OFFER:
        await bank.consents(HolderId("h1"), Channel.CALL)
    entry = await preview(bank, campaign)
    assert entry is not None
    call = await dial(bank, entry)
    assert isinstance(call, Dialled), call
    await is_a_conversation(bank, call)
    await bank.talks(call, opened=opened)
    return call


async def is_a_conversation(bank: Bank, call: Dialled) -> None:
    """The line has taken the dial: the call is an interaction of the desk."""
    interaction = Interaction(
        id=call.interaction,
        door="campaign",
        call=call.call,
        line="line-1",
        from_number=call.entry.phone,
        to_number="95500",
        holder_id=call.entry.holder,
        language="zh",
        opened_at=bank.now,
        answered_at=None,
        closed_at=None,
        outcome=None,
        flow_version="1",
        state={},
        proofs=Proofs(),
        continues=None,
    )
    async with bank.database.transaction() as tx:
        await desk.open_interaction(tx, interaction, source="line-1")


async def test_nothing_is_dialled_before_the_agent_has_looked(bank: Bank) -> None:
    campaign = await bank.campaign(mode=Mode.PREVIEW)
    assert await bank.dial(campaign) is None
    entry = await preview(bank, campaign)
    assert entry is not None
    assert await bank.agent_state() == "ready"
    call = await dial(bank, entry)
    assert isinstance(call, Dialled)
    assert await bank.agent_state() == "talking"


async def test_two_agents_never_look_at_one_person(bank: Bank) -> None:
    other = await bank.agent("a2")
    campaign = await bank.campaign(mode=Mode.PREVIEW, people=2)
    first, second = await preview(bank, campaign), await preview(bank, campaign, other)
    assert first is not None
    assert second is not None
    assert first.id != second.id
    again = await preview(bank, campaign)
    assert again is not None
    assert again.id == first.id  # looking again shows the same person


async def test_a_look_ends_by_itself_and_the_person_waits_again(bank: Bank) -> None:
    campaign = await bank.campaign(mode=Mode.PREVIEW)
    entry = await preview(bank, campaign)
    assert entry is not None
    bank.later(minutes=11)
    async with bank.database.transaction() as tx:
        assert await previews.give_back(tx, at=bank.now) == 1
    with pytest.raises(Conflict, match="do not look at this person any more"):
        await dial(bank, entry)


async def test_the_gate_is_asked_at_the_moment_of_the_dial(bank: Bank) -> None:
    campaign = await bank.campaign(mode=Mode.PREVIEW)
    entry = await preview(bank, campaign)
    assert entry is not None
    async with bank.database.transaction() as tx:
        await outreach.block(
            tx,
            kind=BlockKind.NO_CONTACT,
            holder=HolderId("h1"),
            phone=None,
            source="test",
            stream="test",
            by=LEAD,
            at=bank.now,
        )
    refused = await dial(bank, entry)
    assert isinstance(refused, Refused)
    assert refused.verdict.codes == ("no-contact",)
    assert await bank.agent_state() == "ready"


async def test_who_is_not_ready_does_not_dial(bank: Bank) -> None:
    campaign = await bank.campaign(mode=Mode.PREVIEW)
    entry = await preview(bank, campaign)
    assert entry is not None
    await bank.floor.talk("another", AGENT, at=3600 * 24 * 2)
    with pytest.raises(Conflict, match="be ready first"):
        await dial(bank, entry)


async def test_a_stopped_campaign_is_not_dialled_by_who_still_looks(bank: Bank) -> None:
    campaign = await bank.campaign(mode=Mode.PREVIEW)
    entry = await preview(bank, campaign)
    assert entry is not None
    await bank.change(campaign.id, Event.STOP)
    with pytest.raises(Conflict, match="does not run"):
        await dial(bank, entry)


async def test_a_talk_without_its_opening_cannot_be_closed(bank: Bank) -> None:
    call = await talked(bank, opened=False)
    with pytest.raises(Conflict, match="read the opening"):
        await dispose(bank, call, Disposition.DONE)
    async with bank.database.transaction() as tx:
        await previews.confirm_opening(tx, call.interaction, agent=AGENT, at=bank.now)
    await dispose(bank, call, Disposition.DONE)
    opening = [body for kind, body in await bank.journal(call.interaction) if "opening" in kind]
    assert opening == [{"how": "read"}]


async def test_somebody_elses_number_is_blocked_at_once(bank: Bank) -> None:
    call = await talked(bank)
    await dispose(bank, call, Disposition.WRONG_PERSON)
    assert "outreach.blocked" in await bank.kinds(call.interaction)


async def test_who_refuses_an_offer_is_asked_no_more(bank: Bank) -> None:
    call = await talked(bank, Kind.OFFER)
    await dispose(bank, call, Disposition.REFUSED)
    assert "outreach.withdrawn" in await bank.kinds(call.interaction)


async def test_who_complains_is_left_alone_at_once_and_for_a_time(bank: Bank) -> None:
    call = await talked(bank)
    phone = PhoneNumber("+8615400000001")

    async def reasons(later: timedelta) -> tuple[str, ...]:
        contact = Contact(Purpose.REMINDER, Channel.CALL, phone, HolderId("h1"), agent_held=True)
        async with bank.database.transaction() as tx:
            verdict = await outreach.pass_gate(
                tx, contact, key=f"k{later}", policy=bank.config.sms.policy, at=bank.now + later
            )
        return verdict.codes

    assert "complaint-about-calls" not in await reasons(timedelta(0))
    await dispose(bank, call, Disposition.COMPLAINED)
    assert "outreach.blocked" in await bank.kinds(call.interaction)
    assert "complaint-about-calls" in await reasons(timedelta(minutes=1))
    assert "complaint-about-calls" in await reasons(POLICY.complained - timedelta(minutes=1))
    assert "complaint-about-calls" not in await reasons(POLICY.complained)


async def test_whoever_complained_is_a_task_of_the_queue_of_complaints_once(bank: Bank) -> None:
    call = await talked(bank)
    note = "说昨天已来过电话，密码是739154"
    for _ in range(2):  # an agent who saves twice, or mends the note
        await dispose(bank, call, Disposition.COMPLAINED, note=note)
    async with bank.database.transaction() as tx:
        cursor = await tx.connection.execute(
            "SELECT what, matter, agent, holder, interaction, due_at FROM desk_task"
        )
        (task,) = await cursor.fetchall()
    what, *rest = task
    assert rest == ["complaint", None, "h1", call.interaction, bank.now + timedelta(hours=24)]
    assert "“test”" in what, "the campaign"
    assert "昨天已来过电话" in what
    assert "739154" not in what
    assert (await bank.kinds(call.interaction)).count("task.opened") == 1


async def test_where_the_task_cannot_be_written_nothing_of_the_disposition_is(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await talked(bank)

    async def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(tasks, "open_task", full)
    with pytest.raises(OSError, match="no space"):
        await dispose(bank, call, Disposition.COMPLAINED)
    assert "outreach.blocked" not in await bank.kinds(call.interaction)
    assert "campaign.disposed" not in await bank.kinds(call.interaction)


async def test_call_again_waits_for_the_time_that_was_named(bank: Bank) -> None:
    call = await talked(bank)
    await bank.over(call)
    with pytest.raises(Conflict, match="name a time"):
        await dispose(bank, call, Disposition.CALL_AGAIN)
    when = bank.now + timedelta(days=1)
    await dispose(bank, call, Disposition.CALL_AGAIN, again_at=when)
    entry = await bank.entry(call.campaign)
    assert (entry.state, entry.due_at) == ("waiting", when)


async def test_somebody_elses_call_is_not_ones_own(bank: Bank) -> None:
    call = await talked(bank)
    async with bank.database.transaction() as tx:
        with pytest.raises(NotFound):
            await previews.dispose(
                tx,
                call.interaction,
                Disposition.DONE,
                agent=AgentId("a9"),
                policy=POLICY,
                at=bank.now,
            )


async def test_passing_on_settles_the_person_without_a_call(bank: Bank) -> None:
    campaign = await bank.campaign(mode=Mode.PREVIEW)
    entry = await preview(bank, campaign)
    assert entry is not None
    async with bank.database.transaction() as tx:
        await previews.pass_on(tx, entry.id, agent=AGENT, reason="paid already", at=bank.now)
    assert (await bank.entry(campaign)).outcome == "passed-on"
    assert await preview(bank, campaign) is None


async def test_the_agent_of_a_call_sees_what_it_is_about_and_nobody_else(bank: Bank) -> None:
    call = await talked(bank)

    async def seen(interaction: str, agent: AgentId | None) -> bool:
        async with bank.database.transaction() as tx:
            return await previews.call_of(tx, interaction, agent=agent) is not None

    assert await seen(call.interaction, AGENT)
    assert await seen(call.interaction, None)
    assert not await seen(call.interaction, AgentId("a2"))
    assert not await seen("another", AGENT)


async def test_before_the_dial_it_is_seen_whether_one_may_and_nothing_is_counted(
    bank: Bank,
) -> None:
    campaign = await bank.campaign(mode=Mode.PREVIEW)
    entry = await preview(bank, campaign)
    assert entry is not None

    async def codes() -> tuple[str, ...]:
        async with bank.database.transaction() as tx:
            verdict = await reporting.foresee_one(
                tx, campaign, entry, gate=bank.config.sms.policy, at=bank.now
            )
        return verdict.codes

    assert await codes() == () == await codes()
    bank.later(hours=12)
    assert await codes() == ("quiet-hours",)
    bank.later(hours=-12)
    assert isinstance(await dial(bank, entry), Dialled)


async def test_the_list_tells_how_far_each_campaign_is(bank: Bank) -> None:
    some = await bank.campaign(mode=Mode.PREVIEW, people=3, hold_out=0.0)
    none = await bank.campaign(people=0, start=False)
    entry = await preview(bank, some)
    assert entry is not None
    async with bank.database.transaction() as tx:
        await previews.pass_on(tx, entry.id, agent=AGENT, reason="已另行联系", at=bank.now)
        found = await reporting.progress(tx, [some, none])
    assert (found[some.id].contacted, found[some.id].done, found[some.id].held_out) == (3, 1, 0)
    assert (found[none.id].contacted, found[none.id].done) == (0, 0)
