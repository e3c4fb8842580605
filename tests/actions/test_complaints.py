"""Complaints from the door to the end: what comes in, who may do what, what is told."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cardline.adapters.postgres.database import Database
from cardline.complaints import actions
from cardline.complaints.classifying.reading import load_vocabulary
from cardline.complaints.model import (
    Complainant,
    Door,
    Grade,
    Joint,
    Mark,
    Outcome,
    PauseGround,
    Proxy,
    Reach,
    State,
)
from cardline.core.actor import Actor
from cardline.core.errors import Invalid, NotFound
from cardline.core.ids import HolderId
from cardline.outreach import actions as outreach
from cardline.outreach.model import BlockKind
from tests.actions.complaint_room import (
    AGENT,
    COMPLIANCE,
    CONTENTS,
    LEAD,
    SECOND,
    STATEMENT,
    Room,
    decision,
)
from tests.actions.serving_desk import ACCOUNT, HOLDER, OTHER, OTHER_ACCOUNT


@pytest.fixture
async def room(database: Database) -> Room:
    return await Room(database).open()


# ---------------------------------------------------------------- coming in


async def test_a_complaint_is_kept_whole_and_the_holder_gets_its_number(room: Room) -> None:
    case = await room.receive(statement="卡号4111111111111111被多收年费。")
    assert case.statement == "卡号**** **** **** 1111被多收年费。"
    assert case.id.startswith("C260910-")
    assert await room.due(case.id) == {
        "acknowledge": date(2026, 9, 11),
        "accept": date(2026, 9, 15),
        "answer": date(2026, 9, 25),
    }
    await room.send_messages()
    assert case.id in (await room.rows("SELECT text FROM sms_outbox"))[0]
    await room.sweep()
    assert (await room.find(case.id)).timeline.marks[Mark.ACKNOWLEDGED] == room.now
    assert "acknowledge" not in await room.due(case.id)
    assert await room.rows("SELECT what FROM desk_task WHERE matter = 'complaint'") == [
        f"新投诉{case.id}：请指定办理人并决定是否受理"
    ]


async def test_the_same_key_is_the_same_complaint(room: Room) -> None:
    first = await room.receive()
    again = await room.receive(statement="Something else entirely.")
    assert again == replace(first, timeline=again.timeline)
    assert await room.rows("SELECT count(*) FROM complaint") == [1]


async def test_the_same_words_at_another_door_are_joined_and_not_lost(room: Room) -> None:
    first = await room.receive(files=("f1",))
    room.later(days=2)
    second = await room.receive(
        "k2",
        door=Door.REGULATOR,
        statement=f" {STATEMENT}！",
        files=("f2",),
        outside_reference="局转〔2026〕17号",
    )
    assert (second.state, second.joined_to) == (State.JOINED, first.id)
    whole = await room.find(first.id)
    assert whole.files == ("f1", "f2")
    assert [one.door for one in whole.timeline.arrivals] == [Door.PORTAL, Door.REGULATOR]
    assert (await room.due(first.id))["tell-regulator"] == date(2026, 9, 21)  # the 20th is worked
    assert await room.due(second.id) == {}
    again = await room.receive("k2", door=Door.REGULATOR)
    assert again.id == second.id


async def test_other_people_and_other_words_are_never_joined(room: Room) -> None:
    await room.receive()
    other = Complainant(holder_id=OTHER.id)
    assert (await room.receive("k2", complainant=other, account_id=None)).joined_to is None
    assert (await room.receive("k3", statement="还款被重复扣款。")).joined_to is None
    nobody = Complainant()
    for key in ("k4", "k5"):
        case = await room.receive(key, complainant=nobody, account_id=None)
        assert case.joined_to is None
        assert case.complainant.anonymous


async def test_what_cannot_be_taken_in_says_every_reason_and_leaves_nothing(room: Room) -> None:
    six = Joint(30, tuple("甲乙丙丁戊己"))
    with pytest.raises(actions.NotReceivable) as refused:
        await room.receive(statement="", subjects=("weather",), joint=six)
    assert refused.value.verdict.codes == (
        "nothing-said",
        "subject-unknown",
        "too-many-representatives",
    )
    with pytest.raises(NotFound):
        await room.receive(account_id=OTHER_ACCOUNT.id)
    with pytest.raises(NotFound):
        await room.receive(complainant=Complainant(holder_id=HolderId("nobody")))
    with pytest.raises(Invalid):
        await room.receive(zone="Europe/Atlantis")
    assert await room.rows("SELECT count(*) FROM complaint") == [0]


async def test_twenty_people_in_person_are_major_whatever_anybody_says(room: Room) -> None:
    case = await room.accepted(joint=Joint(20, ("甲",), in_person=True))
    assert (await room.find(case)).severity == "major"
    await room.classify(case, severity="low")
    assert (await room.find(case)).severity == "major"


async def test_what_was_suggested_stands_beside_what_a_person_confirmed(room: Room) -> None:
    case = await room.accepted(statement="年费已经减免，却仍被收取。")
    await room.classify(case, issue="unwanted-contact")
    told = [one.body for one in await room.journal(case) if one.kind == "complaint.classified"]
    suggested = told[0]["suggested"]
    assert (told[0]["issue"], suggested["issue"]) == ("unwanted-contact", "fees-interest")
    assert suggested["version"] == str(load_vocabulary().version)


async def test_a_letter_counts_from_the_day_on_which_it_came(room: Room) -> None:
    case = await room.receive(door=Door.LETTER, received_at=room.now - timedelta(days=3))
    assert (await room.due(case.id))["answer"] == date(2026, 9, 22)


async def test_of_a_stranger_is_kept_what_the_bank_does_not_have(room: Room) -> None:
    reach = Reach(phone="13900001111")
    stranger = Complainant(None, "周平", "11010119900307123X", reach)
    case = await room.receive(
        complainant=stranger,
        account_id=None,
        proxy=Proxy("周安", Reach(email="a@example.com"), ("f9",), ("f8",)),
        joint=Joint(2, ("周平",)),
    )
    found = await room.find(case.id)
    assert (found.complainant.name, found.complainant.identity_tail) == ("周平", "123X")
    assert found.complainant.reach == reach
    assert (found.proxy, found.joint) == (case.proxy, case.joint)
    told = await room.receive("k2", complainant=Complainant(HOLDER.id, "林晓", "123X"))
    assert told.complainant.name == ""


async def test_a_complaint_about_contacts_tightens_at_once_and_loosens_at_the_end(
    room: Room,
) -> None:
    case = await room.accepted(subjects=("contacts",))

    async def blocked(kind: BlockKind) -> bool:
        async with room.database.transaction() as tx:
            return await outreach.is_blocked(tx, holder=HOLDER.id, kind=kind, at=room.now)

    assert await blocked(BlockKind.CALLS_COMPLAINT)
    room.later(hours=1)
    await room.ask(actions.withdraw, case, why="已解决")
    assert not await blocked(BlockKind.CALLS_COMPLAINT)
    assert not await blocked(BlockKind.COMPLAINT)


async def test_what_turns_out_to_be_about_contacts_tightens_when_it_is_classified(
    room: Room,
) -> None:
    case = await room.accepted()
    await room.classify(case, subjects=("fees", "contacts"), causes=("unwanted-contact",))
    async with room.database.transaction() as tx:
        for kind in (BlockKind.COMPLAINT, BlockKind.CALLS_COMPLAINT):
            assert await outreach.is_blocked(tx, holder=HOLDER.id, kind=kind, at=room.now)


# ---------------------------------------------------------------- who handles it


async def test_nobody_handles_what_is_about_them_or_in_which_they_have_an_interest(
    room: Room,
) -> None:
    case = await room.receive(persons=(LEAD.number,))
    refused = await room.do(actions.assign, case.id, to=LEAD.number, staff=SECOND)
    assert refused.verdict.codes == ("complained-of",)
    refused = await room.do(actions.assign, case.id, to=AGENT.number, staff=SECOND)
    assert refused.verdict.codes == ("role",)
    assert (await room.do(actions.assign, case.id, to=SECOND.number, staff=SECOND)).verdict.allowed
    await room.do(
        actions.declare_interest, case.id, of=SECOND.number, why="投诉人是亲属", staff=SECOND
    )
    assert (await room.find(case.id)).handler is None
    refused = await room.do(actions.accept, case.id, staff=SECOND)
    assert refused.verdict.codes == ("has-interest", "handler-needed")
    assert (await room.kinds(case.id))[-1] == "step-refused"


async def test_it_is_refused_for_lawful_reasons_only_and_that_is_told(room: Room) -> None:
    case = await room.accepted()
    for reason in ("we are busy", "without-authority"):
        refused = await room.do(actions.refuse, case, reason=reason, why="没有授权书")
        assert refused.verdict.codes == ("refusal-unlawful",)
    done = await room.do(actions.refuse, case, reason="not-about-us", why="是另一家银行的卡")
    assert done.complaint.state is State.REFUSED
    assert "answer" in await room.due(case)  # nobody has told it yet
    await room.do(
        actions.notify, case, about="refusal", channel="call", text="这张卡不是本行发行的。",
        proof_kind="call", proof="call-7",
    )  # fmt: skip
    assert await room.due(case) == {}
    assert (await room.do(actions.close, case)).verdict.allowed


async def test_a_department_is_asked_and_reminded(room: Room) -> None:
    case = await room.accepted()
    asked = await room.do(
        actions.ask_department, case, department="卡部", what="年费减免为何没有录入？"
    )
    assert asked.made is not None
    room.later(days=3)
    await room.sweep()
    assert f"投诉{case}正等部门核查，最后一天是2026年9月13日" in await room.rows(
        "SELECT what FROM desk_task"
    )
    await room.do(actions.finish_department, asked.made, result="录入时漏选了减免")
    again = await room.do(actions.finish_department, asked.made, result="录入时漏选了减免")
    assert again.verdict.codes == ("tasks-done",)
    assert not await room.rows(
        "SELECT id FROM desk_task WHERE source LIKE 'complaint:task/%%' AND done_at IS NULL"
    )


# ---------------------------------------------------------------- time


async def test_an_extension_moves_the_date_when_it_is_approved_and_told(room: Room) -> None:
    case = await room.accepted()
    asked = await room.do(
        actions.extend, case, grade=Grade("special"), ground="many-facts", why="需逐笔核对"
    )
    assert asked.made is not None
    own = await room.do(actions.settle_extension, case, extension=asked.made, approve=True)
    assert own.verdict.codes == ("role", "own-request")
    await room.do(
        actions.settle_extension, case, extension=asked.made, approve=True, staff=COMPLIANCE
    )
    assert (await room.due(case))["answer"] == date(2026, 9, 25)
    told = await room.do(
        actions.notify, case, about="extension", channel="sms", extension=asked.made,
        text="您的投诉需要更多时间核实。",
    )  # fmt: skip
    assert told.verdict.allowed
    await room.send_messages()
    await room.sweep()
    assert (await room.due(case))["answer"] == date(2026, 11, 9)
    texts = await room.rows("SELECT text FROM sms_outbox ORDER BY at, id")
    assert any("2026-11-09" in text for text in texts)


async def test_new_facts_begin_anew_when_staff_say_they_are_new(room: Room) -> None:
    case = await room.accepted()
    room.later(days=5)
    await room.ask(actions.add_facts, case, text="补充一张截图", files=("f7",))
    assert (await room.due(case))["answer"] == date(2026, 9, 25)
    await room.ask(actions.add_facts, case, by=LEAD.actor, text="截图显示另一笔年费")
    assert (await room.due(case))["answer"] == date(2026, 9, 30)
    assert (await room.find(case)).files == ("f7",)


async def test_new_facts_undo_a_decision_but_call_no_money_back(room: Room) -> None:
    first = await room.decided(what=decision(None))
    await room.ask(actions.add_facts, first, by=LEAD.actor, text="原来还有一笔")
    assert (await room.find(first)).state is State.ACCEPTED
    second = await room.accepted("k2", statement="第二件事。")
    await room.do(actions.decide, second, decision(100))
    await room.ask(actions.add_facts, second, by=LEAD.actor, text="原来还有一笔")
    assert (await room.find(second)).state is State.DECIDED
    await room.sweep()
    assert await room.paid() == [100]


async def test_time_stands_still_while_an_expert_is_asked(room: Room) -> None:
    case = await room.accepted()
    stopped = await room.do(actions.pause, case, ground=PauseGround.APPRAISAL, why="签名笔迹鉴定")
    assert stopped.verdict.allowed
    again = await room.do(actions.pause, case, ground=PauseGround.APPRAISAL, why="签名笔迹鉴定")
    assert again.verdict.codes == ("already-paused",)
    room.later(days=40)
    assert (await room.sweep()).escalated == 0
    await room.do(actions.resume, case, ground=PauseGround.APPRAISAL)
    assert (await room.due(case))["answer"] == date(2026, 11, 3)  # 39 whole days stood still


async def test_withdrawn_means_that_it_ends_now(room: Room) -> None:
    case = await room.accepted()
    await room.do(actions.ask_department, case, department="卡部", what="请核查年费")
    done = await room.ask(actions.withdraw, case, why="不用处理了")
    assert done.complaint.state is State.WITHDRAWN
    assert await room.due(case) == {}
    room.later(days=90)
    assert (await room.sweep()).escalated == 0
    assert (await room.ask(actions.withdraw, case, why="不用处理了")).verdict.codes == (
        "state-withdrawn",
    )


# ---------------------------------------------------------------- answer and after


async def test_an_answer_holds_all_and_counts_with_its_proof(room: Room) -> None:
    case = await room.decided()
    lacking = await room.answer(case, contents=CONTENTS[:-1])
    assert lacking.verdict.codes == ("contents-missing",)
    wrong = await room.answer(case, channel="portal", proof_kind="message")
    assert wrong.verdict.codes == ("channel-not-notice", "proof-unfit")
    unproven = await room.answer(case, channel="letter", proof_kind=None, proof=None)
    assert unproven.verdict.allowed
    assert unproven.complaint.state is State.DECIDED
    room.later(days=1)
    assert unproven.made is not None
    async with room.database.transaction() as tx:
        await actions.prove(
            tx, unproven.made, kind="posting", reference="EMS 1", told_at=room.now,
            config=room.config, by=Actor("system"), at=room.now,
        )  # fmt: skip
    found = await room.find(case)
    assert found.state is State.ANSWERED
    assert found.timeline.marks[Mark.ANSWERED] == room.now


async def test_the_complainant_sees_where_it_stands_at_any_time(room: Room) -> None:
    case = await room.accepted()

    async def view(holder: HolderId | None = HOLDER.id) -> object:
        async with room.database.transaction() as tx:
            return await actions.view_for(tx, case, holder=holder, config=room.config, at=room.now)

    seen = await view()
    assert (seen.state, seen.person, seen.next_by) == (  # type: ignore[attr-defined]
        State.ACCEPTED, LEAD.name, date(2026, 9, 25),
    )  # fmt: skip
    assert seen.next_explained[0] == "2026年9月10日10:00收到投诉（我的信用卡）。"  # type: ignore[attr-defined]
    assert seen.answer is None  # type: ignore[attr-defined]
    with pytest.raises(NotFound):
        await view(OTHER.id)
    await room.do(actions.decide, case, decision())
    await room.answer(case)
    answered = await view()
    assert answered.outcome is Outcome.UPHELD  # type: ignore[attr-defined]
    assert answered.may_ask_reexamination_until == date(2026, 10, 10)  # type: ignore[attr-defined]
    assert not answered.may_withdraw  # type: ignore[attr-defined]


async def test_the_superior_looks_again_once_and_it_is_somebody_else(room: Room) -> None:
    case = await room.answered()
    said = await room.ask(actions.ask_reexamination, case, why="金额不对", in_writing=False)
    assert said.verdict.codes == ("writing-needed",)
    room.later(days=30)
    asked = await room.ask(actions.ask_reexamination, case, why="金额不对", in_writing=True)
    assert asked.verdict.allowed
    assert (await room.due(case))["reexamine"] == date(2026, 11, 9)
    refused = await room.do(actions.assign, case, to=LEAD.number, staff=COMPLIANCE)
    assert refused.verdict.codes == ("role", "handled-before")
    await room.do(actions.assign, case, to=COMPLIANCE.number, staff=COMPLIANCE)
    again = await room.do(
        actions.decide, case, decision(None, Outcome.NOT_UPHELD), staff=COMPLIANCE
    )
    assert again.verdict.codes == ()
    told = await room.do(
        actions.notify, case, about="reexamination", channel="letter",
        text="经核查，原处理决定正确。", contents=CONTENTS, proof_kind="posting", proof="EMS 2",
        staff=COMPLIANCE,
    )  # fmt: skip
    assert told.complaint.state is State.ANSWERED
    assert "reexamine" not in await room.due(case)
    third = await room.ask(actions.ask_reexamination, case, why="还是不对", in_writing=True)
    assert third.verdict.codes == ("reexamination-once",)


async def test_whoever_agreed_to_a_decision_does_not_re_examine_it(room: Room) -> None:
    case = await room.accepted()
    await room.do(actions.decide, case, decision(90000))
    await room.do(actions.agree, case, agrees=True, why="同意", staff=COMPLIANCE)
    await room.answer(case)
    await room.ask(actions.ask_reexamination, case, why="金额不对", in_writing=True)
    assert (await room.find(case)).first_approver == COMPLIANCE.number
    own = await room.do(actions.assign, case, to=COMPLIANCE.number, staff=COMPLIANCE)
    assert own.verdict.codes == ("handled-before",)


async def test_the_right_to_a_re_examination_ends(room: Room) -> None:
    case = await room.answered()
    room.later(days=31)
    late = await room.ask(actions.ask_reexamination, case, why="金额不对", in_writing=True)
    assert late.verdict.codes == ("reexamination-late",)


async def test_it_is_closed_when_everything_is_done_and_reopened_for_something_new(
    room: Room,
) -> None:
    case = await room.answered()
    early = await room.do(actions.close, case)
    assert early.verdict.codes == ("unclassified", "remedy-open")
    await room.sweep()
    remedies = await room.rows(
        "SELECT id FROM complaint_remedy WHERE done_at IS NULL AND kind = 'apology'"
    )
    await room.do(actions.do_remedy, remedies[0], result="已书面致歉")
    await room.classify(case)
    await room.ask(actions.follow_up, case, satisfied=False, words="太慢")
    closed = await room.do(actions.close, case)
    assert closed.verdict.allowed, closed.verdict.codes
    assert closed.complaint.satisfied is False
    room.later(days=50)
    none = await room.ask(actions.reopen, case, new_facts=" ", door=Door.CHAT)
    assert none.verdict.codes == ("new-facts-needed",)
    again = await room.ask(actions.reopen, case, new_facts="又收了一次年费", door=Door.CHAT)
    assert (again.complaint.state, again.complaint.run) == (State.RECEIVED, 2)
    assert (await room.due(case))["answer"] == date(2026, 11, 14)
    assert await room.kinds(case) == [
            "received", "told", "assigned", "accepted", "decided", "told", "proven",
            "step-refused", "compensated", "remedied", "classified", "followed-up", "closed",
            "step-refused", "reopened",
    ]  # fmt: skip


async def test_staff_join_what_is_the_same_in_other_words(room: Room) -> None:
    first = await room.receive()
    second = await room.receive("k2", statement="不该收的年费。", subjects=("contacts",))
    other = Complainant(holder_id=OTHER.id)
    third = await room.receive("k3", complainant=other, account_id=None)
    refused = await room.do(actions.join, third.id, into=first.id)
    assert refused.verdict.codes == ("other-complainant",)
    joined = await room.do(actions.join, second.id, into=first.id)
    assert joined.complaint.state is State.JOINED
    assert (await room.find(first.id)).subjects == ("fees", "contacts")
    assert await room.due(second.id) == {}
    async with room.database.transaction() as tx:
        whole = await actions.whole(tx, first.id, config=room.config, at=room.now)
    assert [one.statement for one in whole.joined] == ["不该收的年费。"]
    assert ACCOUNT.id == first.account_id
