"""The rules of the agent's workplace: how sure we are, what is shown, what a wrap-up lacks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.core.ids import AgentId, InteractionId
from cardline.core.policy import AreaPolicy, Number, PolicyError, load_area
from cardline.desk.catalogue import PARTS, CatalogueError, load_desk_catalogue
from cardline.desk.hard_conversations.model import HardFacts
from cardline.desk.hard_conversations.rules import may_end_politely
from cardline.desk.model import FIELDS, Field
from cardline.desk.policy import read_desk_policy
from cardline.desk.rules import mask_name, may_unmask, show
from cardline.desk.screen.rules import assurance, path_of
from cardline.desk.staff.model import ROLES, Role
from cardline.desk.work.model import Promise, WrapUp
from cardline.desk.work.rules import may_complete
from cardline.hotline.call.entry_flow import KINDS, entry_flow
from cardline.hotline.flows.model import Act as ActNode
from cardline.hotline.flows.model import End
from cardline.hotline.flows.reading import BANK_CALL_FLOW, DEFAULT_FLOW, read_flow
from cardline.identity.model import Act, Factor, Proof, Proofs
from cardline.identity.rules import may_act
from tests.rules.identity_people import HOLDER, HOUR, NOW, OTHER, PHONE, STRANGE_PHONE, VIEW, proven
from tests.rules.identity_people import POLICY as IDENTITY

AREA = load_area("desk")
POLICY = read_desk_policy(AREA)
WORDS = load_desk_catalogue()


# ---------------------------------------------------------------- how sure we are


@pytest.mark.parametrize(
    ("factors", "level"),
    [
        ((), "claimed"),
        ((Factor.CARD_AND_ID_TAILS,), "likely"),
        ((Factor.CARD_AND_ID_TAILS, Factor.KNOWLEDGE_QUESTIONS), "likely"),
        ((Factor.REGISTERED_NUMBER,), "likely"),
        ((Factor.REGISTERED_NUMBER, Factor.ONE_TIME_CODE), "likely"),
        ((Factor.REGISTERED_NUMBER, Factor.CARD_AND_ID_TAILS), "likely"),
        ((Factor.QUERY_PASSWORD,), "likely"),
        ((Factor.AGENT_JUDGEMENT,), "likely"),
        ((Factor.AGENT_JUDGEMENT, Factor.CARD_AND_ID_TAILS), "likely"),
        ((Factor.REGISTERED_NUMBER, Factor.QUERY_PASSWORD), "proven"),
        ((Factor.ONE_TIME_CODE, Factor.QUERY_PASSWORD), "proven"),
        ((Factor.ONE_TIME_CODE, Factor.AGENT_JUDGEMENT), "proven"),
    ],
)
def test_a_thief_with_phone_and_wallet_is_never_proven(
    factors: tuple[Factor, ...], level: str
) -> None:
    sure = assurance(replace(proven(*factors), caller=PHONE), policy=POLICY, now=NOW)
    assert sure.level == level


def test_nobody_is_known_without_a_claim() -> None:
    sure = assurance(Proofs(caller=PHONE), policy=POLICY, now=NOW)
    assert (sure.level, sure.reasons) == ("none", ("nobody-claimed",))


def test_proofs_for_somebody_else_or_for_one_act_count_for_nothing() -> None:
    both = (Factor.REGISTERED_NUMBER, Factor.QUERY_PASSWORD)
    others = Proofs(HOLDER, PHONE, tuple(Proof(one, OTHER, NOW) for one in both))
    narrow = Proofs(HOLDER, PHONE, tuple(Proof(one, HOLDER, NOW, None, Act.FREEZE) for one in both))
    for proofs in (others, narrow):
        sure = assurance(proofs, policy=POLICY, now=NOW)
        assert (sure.level, sure.reasons) == ("claimed", ("claimed-only", "other-number"))


def test_a_fresh_password_and_a_changed_number_count_for_little_until_their_time() -> None:
    fresh = proven(Factor.QUERY_PASSWORD, weak_until=NOW + HOUR)
    both = replace(fresh.with_proof(Proof(Factor.REGISTERED_NUMBER, HOLDER, NOW)), caller=PHONE)
    soon = assurance(both, policy=POLICY, now=NOW)
    assert (soon.level, soon.reasons) == ("likely", ("query-password-fresh", "registered-number"))
    assert assurance(both, policy=POLICY, now=NOW + HOUR).level == "proven"
    changed = assurance(both, policy=POLICY, now=NOW, phone_weak_until=NOW + HOUR)
    assert changed.level == "claimed"
    assert "phone-weak" in changed.reasons


def test_reasons_name_the_strongest_first_and_what_speaks_against_it() -> None:
    proofs = proven(Factor.CARD_AND_ID_TAILS, Factor.QUERY_PASSWORD)
    told = assurance(proofs, policy=POLICY, now=NOW, by_agent=True).reasons
    assert told == ("query-password", "card-and-id-tails", "number-withheld", "claimed-by-agent")
    written = assurance(proofs, policy=POLICY, now=NOW, by_phone=False).reasons
    assert written == ("query-password", "card-and-id-tails")
    strange = assurance(replace(proofs, caller=STRANGE_PHONE), policy=POLICY, now=NOW)
    assert "other-number" in strange.reasons


@given(st.lists(st.sampled_from(list(Factor)), unique=True))
def test_who_is_proven_may_lift_a_hold_and_every_reason_has_words(factors: list[Factor]) -> None:
    """The word on the screen and the rule that decides never contradict each other."""
    proofs = replace(proven(*factors), caller=PHONE)
    sure = assurance(proofs, policy=POLICY, now=NOW)
    if sure.level == "proven" and Factor.AGENT_JUDGEMENT not in factors:
        assert may_act(Act.RELEASE_HOLD, proofs, holder=VIEW, policy=IDENTITY, now=NOW).allowed
    assert {sure.level, *sure.reasons} <= WORDS.codes("assurance")


# ---------------------------------------------------------------- the way through the menus


def test_the_path_tells_each_stay_once_with_the_key_pressed_there() -> None:
    def step(second: int, node: str, **what: str) -> dict[str, object]:
        return {"at": f"2026-11-22T03:00:{second:02}.000+00:00", "node": node, **what}

    bodies: list[dict[str, object]] = [
        {"steps": [step(0, "welcome", said="您好"), step(2, "welcome", key="1")]},
        {"steps": [step(2, "main", said="请选择"), step(5, "main", key="3")]},
        {"steps": [step(5, "limit", said="请稍候"), step(9, "limit", said="前面一位")]},
    ]
    told = [(one.node, one.key) for one in path_of(bodies)]
    assert told == [("welcome", "1"), ("main", "3"), ("limit", None)]
    assert path_of([]) == ()


def test_every_place_of_the_hotline_that_speaks_has_a_label() -> None:
    for flow in (DEFAULT_FLOW, BANK_CALL_FLOW):
        nodes = read_flow(flow).nodes.items()
        speaking = {name for name, node in nodes if not isinstance(node, ActNode)}
        assert speaking <= WORDS.codes("path"), flow


def test_every_place_at_the_keys_that_speaks_has_a_label() -> None:
    for kind in KINDS:
        nodes = entry_flow(kind, read_flow(DEFAULT_FLOW)).nodes.items()
        speaking = {
            f"entry.{name}"
            for name, node in nodes
            if not isinstance(node, ActNode) and not (isinstance(node, End) and not node.say)
        }
        assert speaking <= WORDS.codes("path"), kind


# ---------------------------------------------------------------- what is shown to whom

_PERSON: Mapping[Field, str] = {
    "name": "林晓",
    "phone": "+8615400000001",
    "id_tail": "123X",
    "address": "上海市浦东新区世纪大道1号",
}


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("agent", ["林*", "154****0001", None, "上海市浦东新****"]),
        ("lead", ["林*", "154****0001", None, "上海市浦东新****"]),
        ("quality", ["林*", "154****0001", None, None]),
        ("compliance", ["林*", "154****0001", None, "上海市浦东新****"]),
        ("administrator", [None, None, None, None]),
    ],
)
def test_every_role_sees_of_a_person_what_the_pack_says(role: Role, seen: list[str | None]) -> None:
    shown = [show(field, _PERSON[field], role=role, policy=POLICY) for field in FIELDS]
    assert shown == seen


@pytest.mark.parametrize(
    ("name", "masked"),
    [("林晓", "林*"), ("欧阳震华", "欧***"), ("John Smith", "J***"), ("李", "李*"), ("", "")],
)
def test_a_masked_name_tells_whom_to_greet_and_no_more(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.sampled_from(ROLES), st.sampled_from(FIELDS))
def test_nobody_sees_anything_whole_without_saying_why(role: Role, field: Field) -> None:
    assert show(field, _PERSON[field], role=role, policy=POLICY) != _PERSON[field]


@pytest.mark.parametrize(
    ("role", "field", "reason", "party", "codes"),
    [
        ("agent", "phone", "客户请我们改打这个号码", True, ()),
        ("agent", "id_tail", "客户请我们核对证件", True, ("role-may-not-see",)),
        ("lead", "id_tail", "投诉核查需要证件尾号", True, ()),
        ("quality", "name", "质检抽样需要姓名", True, ("role-may-not-see",)),
        ("agent", "phone", " 好奇  ", True, ("reason-short",)),
        ("agent", "phone", "客户请我们改打这个号码", False, ("not-a-party",)),
        (
            "administrator",
            "id_tail",
            "",
            False,
            ("role-may-not-see", "not-a-party", "reason-short"),
        ),
    ],
)
def test_a_look_needs_the_role_a_party_and_a_reason(
    role: Role, field: Field, reason: str, party: bool, codes: tuple[str, ...]
) -> None:
    verdict = may_unmask(field, reason, role=role, party=party, policy=POLICY)
    assert verdict.codes == codes


# ---------------------------------------------------------------- wrap-up

DONE = WrapUp(
    *(InteractionId("i1"), AgentId("a1"), "6101", 3, NOW, NOW),
    matter="limit",
    outcome="resolved",
    summary="客户询问临时额度，已说明规则。",
    anything_else_asked=True,
    read_back_confirmed=True,
)
TOMORROW = NOW + timedelta(days=1)


def lacks(wrap_up: WrapUp, *, talking: bool = False, now: datetime = NOW) -> tuple[str, ...]:
    return may_complete(wrap_up, talking=talking, catalogue=WORDS, policy=POLICY, now=now).codes


def test_a_wrap_up_that_says_everything_may_be_completed() -> None:
    assert lacks(DONE) == ()


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"matter": ""}, ("matter-missing",)),
        ({"matter": "weather"}, ("matter-unknown",)),
        ({"outcome": ""}, ("outcome-missing",)),
        ({"outcome": "great"}, ("outcome-unknown",)),
        ({"summary": " 好的    "}, ("summary-short",)),
        ({"anything_else_asked": False}, ("anything-else-not-asked",)),
        ({"read_back_confirmed": False}, ("read-back-not-confirmed",)),
        ({"outcome": "promised"}, ("promise-missing",)),
        ({"promises": (Promise(" ", TOMORROW),)}, ("promise-empty",)),
        ({"promises": (Promise("回电", NOW),)}, ("promise-late",)),
        ({"promises": (Promise("回电", NOW + timedelta(days=61)),)}, ("promise-far",)),
        ({"asks": ("cvv",)}, ("asks-for-secret",)),
        (
            {"matter": "", "outcome": "", "summary": ""},
            ("matter-missing", "outcome-missing", "summary-short"),
        ),
    ],
)
def test_what_is_missing_is_told_all_at_once(
    change: dict[str, object], codes: tuple[str, ...]
) -> None:
    assert lacks(replace(DONE, **change)) == codes  # type: ignore[arg-type]


def test_who_hung_up_could_be_asked_nothing_more() -> None:
    gone = replace(
        DONE, outcome="caller-left", anything_else_asked=False, read_back_confirmed=False
    )
    assert lacks(gone) == ()


def test_nothing_is_completed_while_the_talk_goes_on() -> None:
    assert lacks(DONE, talking=True) == ("still-talking",)


# ---------------------------------------------------------------- the polite end

CALM = HardFacts(
    warned_at=NOW - timedelta(seconds=30),
    freeze_asked=False,
    complaint_asked=False,
    freeze_came_at=None,
    came_to_complain=False,
    card_settled_at=None,
    complaint_taken=False,
)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, ()),
        ({"warned_at": None}, ("not-warned",)),
        ({"warned_at": NOW - timedelta(seconds=29)}, ("warned-too-recently",)),
        ({"freeze_asked": True}, ("freeze-asked",)),
        ({"complaint_asked": True}, ("complaint-asked",)),
        ({"freeze_came_at": NOW - HOUR}, ("freeze-open",)),
        ({"freeze_came_at": NOW - HOUR, "card_settled_at": NOW - HOUR}, ()),
        ({"freeze_came_at": NOW, "card_settled_at": NOW - HOUR}, ("freeze-open",)),
        (
            {"freeze_came_at": NOW - HOUR, "card_settled_at": NOW, "freeze_asked": True},
            ("freeze-asked",),
        ),
        ({"came_to_complain": True}, ("complaint-open",)),
        ({"came_to_complain": True, "complaint_taken": True}, ()),
    ],
)
def test_a_conversation_ends_politely_only_after_a_warning_and_what_protects(
    change: dict[str, object], codes: tuple[str, ...]
) -> None:
    verdict = may_end_politely(replace(CALM, **change), policy=POLICY, now=NOW)  # type: ignore[arg-type]
    assert verdict.codes == codes


def test_a_fresh_warning_says_from_when_it_counts() -> None:
    verdict = may_end_politely(replace(CALM, warned_at=NOW), policy=POLICY, now=NOW)
    assert verdict.not_before == NOW + POLICY.warning_before
    assert may_end_politely(
        replace(CALM, warned_at=NOW), policy=POLICY, now=NOW + POLICY.warning_before
    ).allowed


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_nobody_who_asks_for_protection_is_hung_up_on(
    warned: bool, urgent: bool, complains: bool, settled: bool, taken: bool, freeze: bool
) -> None:
    facts = HardFacts(
        *(NOW - HOUR if warned else None, freeze, False, NOW - HOUR if urgent else None),
        *(complains, NOW if settled else None, taken),
    )
    if may_end_politely(facts, policy=POLICY, now=NOW).allowed:
        assert warned
        assert not freeze
        assert settled or not urgent
        assert taken or not complains


# ---------------------------------------------------------------- pack and catalogue


def test_every_reason_of_the_rules_has_words_in_both_languages() -> None:
    codes = {
        *("matter-missing", "matter-unknown", "outcome-missing", "outcome-unknown"),
        *("summary-short", "anything-else-not-asked", "read-back-not-confirmed"),
        *("promise-missing", "promise-empty", "promise-late", "promise-far", "asks-for-secret"),
        *("still-talking", "not-warned", "warned-too-recently", "freeze-asked", "freeze-open"),
        *("complaint-asked", "complaint-open", "role-may-not-see", "reason-short", "not-a-party"),
    }
    assert codes == WORDS.codes("reasons")


def test_an_entry_without_a_language_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "catalogue.yaml"
    broken.write_text("".join(f"{part}: {{x: {{zh: 一, en: a}}}}\n" for part in PARTS))
    assert load_desk_catalogue(broken).words("matters", "x").zh == "一"
    bad = tmp_path / "bad.yaml"
    bad.write_text(broken.read_text().replace("zh: 一, ", "", 1))
    with pytest.raises(CatalogueError, match=r"matters\.x"):
        load_desk_catalogue(bad)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("warning_seconds", 0),
        ("reason_characters", 1),
        ("recovery_minutes", 0),
        ("shown", [{"role": "agent", "name": "whole"}]),
        ("unmask", [{"role": role, "fields": ["cvv"]} for role in ROLES]),
    ],
)
def test_a_pack_that_would_switch_a_protection_off_is_refused(key: str, value: object) -> None:
    numbers = {**AREA.numbers, key: Number(key, value, "test", "P")}  # type: ignore[arg-type]
    area = AreaPolicy(AREA.pack, AREA.area, AREA.effective_from, numbers)
    with pytest.raises(PolicyError, match=f"desk.{key}"):
        read_desk_policy(area)
