"""Who takes which chat: oldest eligible first, nobody beyond capacity, every reason told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cardline.core.ids import AgentId, InteractionId
from cardline.core.policy import load_area
from cardline.messages.chat import rules
from cardline.messages.chat.model import ChatAgent, WaitingChat
from cardline.messages.chat.policy import chat_policy

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
POLICY = chat_policy(load_area("chat"))
MATTERS = ("account", "points", "urgent")


def agent(name: str = "a1", **changes: object) -> ChatAgent:
    plain = ChatAgent(
        id=AgentId(name),
        ready=True,
        capacity=3,
        languages=frozenset({"zh"}),
        skills=frozenset({"account"}),
        since=NOW,
        screen_until=NOW + timedelta(seconds=30),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def chat(name: str, minutes: float = 1, **changes: object) -> WaitingChat:
    plain = WaitingChat(
        id=InteractionId(name),
        language="zh",
        matter="account",
        urgent=False,
        given_back=False,
        since=NOW - timedelta(minutes=minutes),
        served_by=frozenset({"account"}),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_the_longest_waiter_is_next() -> None:
    waiting = [chat("i1", 1), chat("i2", 5), chat("i3", 3)]
    assert rules.next_for(agent(), waiting, now=NOW) == waiting[1]
    assert rules.may_take(agent(), waiting[1], waiting, POLICY, now=NOW).allowed
    refused = rules.may_take(agent(), waiting[2], waiting, POLICY, now=NOW)
    assert refused.codes == ("older-waits",)


def test_urgent_first_then_who_lost_an_agent() -> None:
    waiting = [chat("i1", 9), chat("i2", 1, given_back=True), chat("i3", 0.1, urgent=True)]
    assert [one.id for one in rules.service_order(waiting)] == ["i3", "i2", "i1"]


def test_whom_an_agent_cannot_serve_does_not_hold_up_the_others() -> None:
    waiting = [
        chat("i1", 9, language="en"),
        chat("i2", 8, served_by=frozenset({"points"})),
        chat("i3", 7, wanted_agent=AgentId("a2")),
        chat("i4", 1),
    ]
    assert rules.next_for(agent(), waiting, now=NOW) == waiting[3]
    codes = [rules.may_take(agent(), one, waiting, POLICY, now=NOW).codes for one in waiting]
    assert codes == [("language-missing",), ("skill-missing",), ("for-another",), ()]


def test_a_chat_for_one_colleague_needs_no_skill() -> None:
    wanted = chat("i1", served_by=frozenset({"points"}), wanted_agent=AgentId("a1"))
    assert rules.may_take(agent(), wanted, [wanted], POLICY, now=NOW).allowed


def test_all_that_stands_against_an_agent_is_told() -> None:
    away = agent(ready=False, screen_until=NOW, load=3, on_phone=True)
    one = chat("i1")
    assert rules.may_take(away, one, [one], POLICY, now=NOW).codes == (
        "chat-not-ready",
        "screen-gone",
        "chat-full",
        "agent-talking",
    )
    assert rules.next_for(away, [one], now=NOW) is None


def test_anybody_with_a_skill_serves_what_any_skill_serves() -> None:
    urgent = chat("i1", served_by=frozenset({rules.ANY_SKILL}))
    assert rules.may_take(
        agent(skills=frozenset({"points"})), urgent, [urgent], POLICY, now=NOW
    ).allowed
    nobody = agent(skills=frozenset())
    assert not rules.may_take(nobody, urgent, [urgent], POLICY, now=NOW).allowed


def test_a_full_agent_is_still_on_duty_and_a_gone_one_is_not() -> None:
    agents = [agent("a1", load=3), agent("a2", screen_until=NOW), agent("a3", ready=False)]
    assert rules.on_duty(agents, chat("i1"), now=NOW) == ("a1",)


def test_a_queue_that_overflows_to_somebody_later_is_not_closed() -> None:
    points = agent(skills=frozenset({"points"}))
    assert rules.on_duty([points], chat("i1"), now=NOW) == ()
    later = chat("i1", serves_later=frozenset({"account", "points"}))
    assert rules.on_duty([points], later, now=NOW) == ("a1",)
    assert rules.next_for(points, [later], now=NOW) is None


_agents = st.lists(
    st.builds(
        agent,
        st.sampled_from(["a1", "a2", "a3"]),
        capacity=st.integers(0, 4),
        load=st.integers(0, 4),
        skills=st.frozensets(st.sampled_from(MATTERS)),
        languages=st.frozensets(st.sampled_from(["zh", "en"])),
        ready=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda one: one.id,
)
_chats = st.lists(
    st.builds(
        chat,
        st.integers(0, 99).map(lambda n: f"i{n}"),
        st.floats(0, 60),
        language=st.sampled_from(["zh", "en"]),
        urgent=st.booleans(),
        given_back=st.booleans(),
        served_by=st.frozensets(st.sampled_from([*MATTERS, "*"]), min_size=1),
    ),
    max_size=12,
    unique_by=lambda one: one.id,
)


@given(_agents, _chats)
def test_however_chats_are_taken_the_oldest_eligible_goes_first_and_nobody_is_overfilled(
    agents: list[ChatAgent], waiting: list[WaitingChat]
) -> None:
    floor = {one.id: one for one in agents}
    moved = True
    while moved:
        moved = False
        for name, one in floor.items():
            taken = rules.next_for(one, waiting, now=NOW)
            if taken is None:
                for left in waiting:
                    assert not rules.may_take(one, left, waiting, POLICY, now=NOW).allowed
                continue
            assert one.load < one.capacity
            assert rules.may_take(one, taken, waiting, POLICY, now=NOW).allowed
            alone = [c for c in waiting if rules.may_take(one, c, [c], POLICY, now=NOW).allowed]
            assert taken == rules.service_order(alone)[0]
            waiting = [c for c in waiting if c.id != taken.id]
            floor[name] = replace(one, load=one.load + 1)
            moved = True


@given(_chats)
def test_places_count_from_one_within_a_language(waiting: list[WaitingChat]) -> None:
    for language in ("zh", "en"):
        places = [rules.place_of(c, waiting) for c in waiting if c.language == language]
        assert sorted(places) == list(range(1, len(places) + 1))
