"""Rules of complaints: what may be taken in, who may do what, what counts as told, what is due."""

import ast
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cardline.complaints
from cardline.complaints.causes import CausesError, load_causes
from cardline.complaints.model import (
    Complainant,
    Door,
    Extension,
    Grade,
    Intake,
    Joint,
    Mark,
    Pause,
    PauseGround,
    Proxy,
    Reach,
    State,
)
from cardline.complaints.policy import complaint_policy
from cardline.complaints.rules import handling
from cardline.complaints.rules.deciding import needs_second
from cardline.complaints.rules.effects import effect_of, pareto
from cardline.complaints.rules.intake import likeness, may_receive, severity_of, still_needed
from cardline.complaints.telling_model import Notice, NoticeAbout
from cardline.complaints.words import catalogue, reason
from cardline.complaints.work_model import Decision, Outcome, Remedy, RemedyKind
from cardline.core.ids import AccountId, HolderId
from cardline.core.money import Fen
from cardline.core.policy import AreaPolicy, Number, PolicyError, load_area
from cardline.messages.outcomes import Fate
from tests.rules.complaint_cases import CN, POLICIES, complaint, extension

NOW = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
HOLDER = Complainant(holder_id=HolderId("h1"))
STRANGER = Complainant(None, "周平", "123X", Reach(phone="13900001111"))


def intake(**more: Any) -> Intake:
    whole = {"key": "k", "door": Door.FORM, "complainant": HOLDER, "statement": "年费有误", **more}
    return Intake(**whole)


# ---------------------------------------------------------------- coming in


@pytest.mark.parametrize(
    ("given_", "needed"),
    [
        (intake(demand="退费"), ()),  # of a holder the bank holds everything
        (intake(), ("demand",)),
        (intake(complainant=Complainant(), demand="退费"), ("name", "reach")),
        (intake(complainant=STRANGER, demand="退费"), ()),
        (intake(demand="退费", proxy=Proxy("周安", Reach())),
         ("authority", "proxy-identity", "proxy-reach")),
        (intake(demand="退费", proxy=Proxy("周安", Reach(phone="1"), ("f1",), ("f2",), True)), ()),
    ],
)  # fmt: skip
def test_nothing_is_asked_for_that_the_bank_holds(given_: Intake, needed: tuple[str, ...]) -> None:
    assert still_needed(given_) == needed


@pytest.mark.parametrize(
    ("joint", "codes"),
    [
        (Joint(8, tuple("甲乙丙丁戊")), ()),
        (Joint(8, tuple("甲乙丙丁戊己")), ("too-many-representatives",)),
        (Joint(8), ("representative-needed",)),
        (None, ()),
    ],
)
def test_at_most_five_speak_for_a_joint_complaint(joint: Joint | None, codes: object) -> None:
    assert may_receive(intake(joint=joint), CN, now=NOW).codes == codes


@pytest.mark.parametrize(
    ("people", "in_person", "major"), [(20, True, True), (19, True, False), (500, False, False)]
)
def test_twenty_in_person_are_major(people: int, in_person: bool, major: bool) -> None:
    case = intake(joint=Joint(people, ("甲",), in_person))
    assert (severity_of(case, CN) == "major") is major


def test_the_same_words_are_the_same_whatever_their_dress() -> None:
    one = likeness(intake(statement="年费 ABC 有误！"))
    assert one == likeness(intake(statement="年费ＡＢＣ有误", key="other", demand="x"))
    assert one != likeness(intake(statement="年费 ABD 有误"))
    assert one != likeness(intake(statement="年费 ABC 有误！", complainant=STRANGER))
    assert likeness(intake(complainant=Complainant())) is None
    assert likeness(intake(statement="！？")) is None


# ---------------------------------------------------------------- who, and what next


@given(
    st.sampled_from(list(State)),
    st.sampled_from(["7001", "7002", "7003"]),
    st.sampled_from(["agent", "lead", "quality", "compliance", "administrator"]),
    st.sets(st.sampled_from(["7001", "7002", "7003"])),
    st.sets(st.sampled_from(["7001", "7002", "7003"])),
    st.sampled_from([1, 2]),
)
def test_nobody_ever_handles_what_is_about_them(
    state: State, by: str, role: Any, persons: set[str], interested: set[str], round_: int
) -> None:
    case = complaint(
        NOW,
        state=state,
        persons=tuple(persons),
        interested=tuple(interested),
        round=round_,
        first_handler="7001",
        first_approver="7003",
    )
    verdict = handling.may_handle(case, by=by, role=role, policy=CN)
    if verdict.allowed:
        assert by not in persons | interested
        assert role in ("lead", "compliance")
        assert round_ == 1 or (role == "compliance" and by == "7002")
    if by in persons | interested:
        steps = (
            handling.may_accept(replace(case, handler=by), by=by, policy=CN),
            handling.may_refuse(replace(case, handler=by), "not-about-us", by=by, policy=CN),
            handling.may_tell(
                replace(case, handler=by),
                Notice("n", "answer", "letter", "x", "by", NOW, CN.answer_contents),
                by=by,
                policy=CN,
                now=NOW,
            ),
            handling.may_work(replace(case, handler=by), by=by, policy=CN),
        )
        assert not any(step.allowed for step in steps)


@pytest.mark.parametrize("reason_", sorted(CN.refusals))
def test_a_lawful_reason_refuses_before_the_decision_and_not_after(reason_: str) -> None:
    proxy = Proxy("周安", Reach())
    for state in State:
        case = complaint(NOW, state=state, proxy=proxy)
        may = handling.may_refuse(case, reason_, by="7001", policy=CN)
        assert may.allowed is (state in (State.RECEIVED, State.ACCEPTED))


def test_a_longer_time_needs_a_ground_of_the_pack_and_is_asked_in_time() -> None:
    case = complaint(NOW)
    due_at = NOW + timedelta(days=15)

    def asked(grade: str, ground: str, *, now: datetime = NOW, **more: Any) -> tuple[str, ...]:
        return handling.may_extend(
            replace(case, **more), Grade(grade), ground, by="7001", has=Grade("simple"),
            due_at=due_at, policy=CN, now=now,
        ).codes  # fmt: skip

    assert asked("complex", "many-facts") == ()
    assert asked("simple", "many-facts") == ("grade-unfit",)
    assert asked("complex", "foreign-records") == ("ground-unfit",)
    assert asked("complex", "many-facts", now=due_at) == ("clock-over",)
    waiting = replace(case.timeline, extensions=(extension("complex", NOW, whole=False),))
    assert asked("special", "joint", timeline=waiting) == ("extension-open",)


def test_only_the_named_role_approves_and_never_whoever_asked() -> None:
    case = complaint(NOW)
    one = extension("special", NOW, whole=False)

    def may(by: str, role: Any, what: Extension = one) -> tuple[str, ...]:
        return handling.may_approve_extension(case, what, by=by, role=role, policy=CN).codes

    assert may("9001", "compliance") == ()
    assert may("7002", "lead") == ("role",)
    assert may("7001", "compliance") == ("own-request",)
    assert may("9001", "compliance", extension("special", NOW)) == ("extension-settled",)


@pytest.mark.parametrize(
    ("channel", "kind", "proof", "codes"),
    [
        ("sms", "message", "sms-1", ()),
        ("letter", "posting", "EMS 1", ()),
        ("call", "call", "call-1", ()),
        ("handed-over", "receipt", "17", ()),
        ("sms", "call", "call-1", ("proof-unfit",)),
        ("letter", "posting", "  ", ("proof-needed",)),
        ("portal", "message", "m", ("proof-unfit",)),
    ],
)
def test_what_proves_a_notice(channel: str, kind: str, proof: str, codes: tuple[str, ...]) -> None:
    notice = Notice("n", "acceptance", channel, "x", "by", NOW)
    assert handling.may_prove(notice, kind, proof, CN).codes == codes


@pytest.mark.parametrize("missing", CN.answer_contents)
def test_an_answer_that_lacks_one_thing_is_no_answer(missing: str) -> None:
    contents = tuple(one for one in CN.answer_contents if one != missing)
    notice = Notice("n", "answer", "letter", "x", "by", NOW, contents)
    assert handling.may_notify(notice, CN).codes == ("contents-missing",)
    again = replace(notice, about="reexamination")
    assert handling.may_notify(again, CN).allowed is (missing == "reexamination")


def test_nobody_who_has_not_shown_that_they_may_gets_the_answer() -> None:
    notice = Notice("n", "answer", "letter", "x", "by", NOW, CN.answer_contents)
    proxy = Proxy("周安", Reach(phone="1"), ("f1",), checked_by="staff:7001")
    who = Complainant(None, "周秀英", "", Reach(phone="1"))
    case = complaint(NOW, state=State.DECIDED, complainant=who, proxy=proxy)

    def may(case: Any, notice: Notice = notice) -> tuple[str, ...]:
        return handling.may_tell(case, notice, by="7001", policy=CN, now=NOW).codes

    assert may(case) == ("proxy-identity-needed",)
    assert may(replace(case, proxy=None)) == ()
    assert may(replace(case, proxy=None, round=2)) == ("state-decided",)
    assert may(case, replace(notice, at=NOW + timedelta(1))) == (
        "proof-unfit", "proxy-identity-needed",
    )  # fmt: skip


def test_a_short_message_is_no_notice_where_the_law_wants_it_in_writing() -> None:
    notice = Notice("n", "acceptance", "sms", "x", "by", NOW)
    assert handling.may_notify(notice, CN).allowed
    assert handling.may_notify(notice, POLICIES["uk"]).codes == ("channel-not-notice",)


def test_it_may_be_taken_back_until_it_is_answered() -> None:
    may = {state: handling.may_withdraw(complaint(NOW, state=state), CN).allowed for state in State}
    assert {state for state, allowed in may.items() if not allowed} == {
        State.ANSWERED, State.CLOSED, State.WITHDRAWN, State.JOINED,
    }  # fmt: skip


def test_what_is_closed_is_answered_classified_and_done() -> None:
    ready = complaint(
        NOW, state=State.ANSWERED, product="card", issue="fee", causes=("fee-disclosure",)
    )

    def may(case: Any, **more: bool) -> tuple[str, ...]:
        given = {"tasks_open": False, "remedies_open": False, **more}
        return handling.may_close(case, by="7001", policy=CN, **given).codes

    assert may(ready) == ()
    assert may(ready, tasks_open=True, remedies_open=True) == ("remedy-open", "tasks-open")
    assert may(replace(ready, causes=())) == ("unclassified",)
    refused = replace(ready, state=State.REFUSED, causes=())
    assert may(refused) == ("state-refused",)
    told = replace(refused.timeline, marks={**refused.timeline.marks, Mark.REFUSAL_TOLD: NOW})
    assert may(replace(refused, timeline=told)) == ()
    nobody = replace(ready, state=State.DECIDED, complainant=Complainant())
    assert may(nobody) == ()


def test_a_pause_is_open_once_a_ground() -> None:
    pauses = (Pause(PauseGround.MEDIATION, NOW),)
    case = complaint(NOW, timeline={"pauses": pauses})
    later = NOW + timedelta(days=1)

    def may(ground: PauseGround) -> tuple[str, ...]:
        return handling.may_pause(
            case, ground, by="7001", due_at=NOW + timedelta(days=9), policy=CN, now=later
        ).codes

    assert may(PauseGround.MEDIATION) == ("already-paused",)
    assert may(PauseGround.APPRAISAL) == ()
    assert handling.may_resume(case, PauseGround.APPRAISAL, policy=CN).codes == ("not-paused",)


@given(st.lists(st.integers(1, 60000), max_size=4))
def test_above_the_amount_there_are_four_eyes(amounts: list[int]) -> None:
    remedies = tuple(
        Remedy(RemedyKind.COMPENSATION, "", Fen(one), AccountId("a")) for one in amounts
    )
    what = Decision(Outcome.UPHELD, "f", "b", "r", remedies)
    assert needs_second(what, CN) is (sum(amounts) > 50000)


# ---------------------------------------------------------------- causes


def test_an_effect_is_whole_weeks_before_against_whole_weeks_after() -> None:
    done = date(2026, 9, 1)
    before = [done - timedelta(days=n) for n in (1, 7, 8, 14, 15)]
    after = [done, done + timedelta(days=6), done + timedelta(days=7)]
    early = effect_of(before + after, done_on=done, today=done + timedelta(days=6), weeks=2)
    assert (early.before, early.after) == (2.0, None)  # the 15th day before is too far back
    later = effect_of(before + after, done_on=done, today=done + timedelta(days=13), weeks=2)
    assert (later.after, later.weeks_after) == (2.0, 1)
    end = effect_of(before + after, done_on=done, today=done + timedelta(days=99), weeks=2)
    assert (end.after, end.weeks_after) == (1.5, 2)


def test_causes_are_ordered_by_how_often_they_came() -> None:
    found = pareto({"b": 1, "a": 1, "c": 6, "never": 0})
    assert [(one.code, one.count, one.cumulative) for one in found] == [
        ("c", 6, 0.75), ("a", 1, 0.875), ("b", 1, 1.0),
    ]  # fmt: skip
    assert pareto({}) == ()


def test_a_bank_edits_its_causes_and_keeps_what_was_counted(tmp_path: Path) -> None:
    file = tmp_path / "causes.yaml"
    file.write_text("a: {zh: 甲, en: A}\nb: {zh: 乙, en: B, retired: true}\n", encoding="utf-8")
    causes = load_causes(file)
    assert causes.codes == {"a"}
    assert causes.words["b"].zh == "乙"
    for wrong in ("a: {zh: 甲}", "[]", "a: {zh: 甲, en: A, x: 1}", "a: ["):
        file.write_text(wrong, encoding="utf-8")
        with pytest.raises(CausesError, match=r"causes\.yaml"):
            load_causes(file)
    assert len(load_causes().codes) >= 20


# ---------------------------------------------------------------- words and packs


NEITHER_BACK_NOR_LOST = {"sent", "printed", "posted", "delivered", "unknown"}


def test_every_refusal_and_every_code_of_every_pack_has_words() -> None:
    folder = Path(cardline.complaints.__file__).parent
    found = set()
    for path in folder.rglob("*.py"):
        if "doors" in path.parts:  # pages have their own words
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Reason":
                code = node.args[0]
                if isinstance(code, ast.Constant):
                    found.add(str(code.value))
    assert len(found) > 40
    states = {f"state-{state.value}" for state in State}
    texts = {f"{name}-needed" for name in ("findings", "basis", "reasons")}
    faults = {"compensation-unfit", "account-unfit", "detail-needed"}
    proxies = {"authority-needed", "proxy-identity-needed", "proxy-reach-needed"}
    for code in found | states | texts | faults | proxies:
        assert reason(code).zh
    words = catalogue()
    assert words["abouts"].keys() == set(get_args(NoticeAbout))
    assert words["fates"].keys() == set(get_args(Fate)) - NEITHER_BACK_NOR_LOST
    assert words["channels"].keys() == {"sms", "email", "letter"}
    assert {f"outcome-{one.value}" for one in Outcome} <= words["said"].keys()
    for policy in POLICIES.values():
        assert policy.subjects <= words["subjects"].keys()
        assert policy.refusals <= words["refused_for"].keys()
        assert set(policy.answer_contents) <= words["contents"].keys()
        for grade in policy.grades:
            assert grade.grade in words["grades"]
            assert grade.grounds <= words["grounds"].keys()
        for clock in policy.clocks:
            assert clock.task.value in words["tasks"]
            if clock.begins is not Mark.RECEIVED:
                assert clock.begins.value in words["marks"]
    assert {door.value for door in Door} == words["doors"].keys()
    assert {state.value for state in State} == words["states"].keys()
    assert {ground.value for ground in PauseGround} == words["pauses"].keys()


def changed(key: str, value: object) -> AreaPolicy:
    area = load_area("complaints")
    entry = replace(area.numbers[key], value=value)  # type: ignore[arg-type]
    return replace(area, numbers={**area.numbers, key: entry})


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("zone", "Europe/Atlantis", "zone"),
        ("zones", ["moon"], "zones"),
        ("grades", [], "grades"),
        ("grade_special", {"grounds": [], "approvers": [], "notice": True}, "ground"),
        ("grade_special", {"grounds": ["x"], "approvers": ["king"], "notice": True}, "roles"),
        ("grade_special", {"grounds": ["x"]}, "grounds, approvers and notice"),
        ("handler_roles", [], "somebody"),
        ("compensation_alone", -1, "alone"),
        ("warn_hours", 0, "more than nothing"),
        ("effect_weeks", 0, "at least 1"),
        ("notice_proofs", {}, "table"),
        ("clock_regulator", {"task": "tell-regulator"}, "article"),
        ("clock_regulator", "soon", "table"),
    ],
)
def test_a_pack_that_contradicts_itself_is_refused(key: str, value: object, says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        complaint_policy(changed(key, value), load_area("servicing"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"unit": "moons"}, "no clock"),
        ({"task": "sing"}, "no clock"),
        ({"length": 0}, "at least 1"),
        ({"met_by": []}, "met by"),
        ({"subjects": ["weather"]}, "subjects"),
        ({"grade": "eternal"}, "grade"),
        ({"grade": "simple"}, "a clock for every grade"),
        ({"unit": "cycles", "stops": ["mediation"]}, "cannot be stopped"),
        ({"length": "outreach.marketing_opens"}, "cannot be read"),
        ({"unknown": 1}, "a table of"),
    ],
)
def test_a_clock_that_cannot_run_is_refused(change: dict[str, object], says: str) -> None:
    value = load_area("complaints").numbers["clock_regulator"].value
    assert isinstance(value, dict)
    with pytest.raises(PolicyError, match=says):
        complaint_policy(changed("clock_regulator", {**value, **change}), load_area("servicing"))


def test_the_objection_of_the_desk_and_of_a_complaint_share_one_number() -> None:
    servicing = load_area("servicing")
    number: Number = servicing.numbers["objection_answer_days"]
    longer = replace(
        servicing, numbers={**servicing.numbers, number.key: replace(number, value=25)}
    )
    policy = complaint_policy(load_area("complaints"), longer)
    assert next(one.length for one in policy.clocks if one.key == "credit_record") == 25
