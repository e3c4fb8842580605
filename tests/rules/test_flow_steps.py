"""The call flow's manners, as a caller would notice them (rows A1, A2, B6)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardline.hotline.flows.acts import ACTS
from cardline.hotline.flows.model import (
    Act,
    Await,
    Begin,
    BeginCallback,
    Connected,
    Disconnected,
    Do,
    Done,
    Enqueue,
    Finish,
    FlowCommand,
    FlowEvent,
    Keep,
    LeaveQueue,
    Menu,
    PlaceTold,
    Pressed,
    Queue,
    QueueClosed,
    Resume,
    Say,
    Silence,
    Speak,
    Spoken,
    State,
    TakeMessage,
    TellPlace,
)
from cardline.hotline.flows.reading import DEFAULT_FLOW, read_flow
from cardline.hotline.flows.rules import initial, step, stored

FLOW = read_flow(DEFAULT_FLOW)


class Caller:
    """Plays a call against the machine; acts end as told."""

    def __init__(self, **outcomes: str) -> None:
        self.state = initial(FLOW)
        self.outcomes = outcomes
        self.commands: list[FlowCommand] = []
        self.clock = 0.0
        self.send(Begin())

    def send(self, event: FlowEvent) -> "Caller":
        self.state, commands = step(FLOW, self.state, event)
        self.commands = list(commands)
        for command in commands:
            if isinstance(command, Do):
                self.send(Done(self.outcomes.get(command.act, _usual(command.act))))
        return self

    def press(self, keys: str, *, gap: float = 1.0) -> "Caller":
        for key in keys:
            self.clock += gap
            self.send(Pressed(key, self.clock))
        return self

    def listen(self) -> "Caller":
        """Hear the prompt to its end, and what follows by itself."""
        for _ in range(5):
            if self.state.phase == "say":
                self.send(Spoken())
        return self

    @property
    def said(self) -> list[str]:
        return [u.prompt for c in self.commands if isinstance(c, Speak) for u in c.utterances]

    def did(self, kind: type) -> bool:
        return any(isinstance(command, kind) for command in self.commands)


_USUAL = {
    "require": "allowed",
    "claim": "found",
    "check_query_password": "correct",
    "send_code": "sent",
    "check_code": "correct",
    "next_question": "asked",
    "check_answer": "correct",
    "freeze_options": "one",
    "next_card": "several",
    "freeze_card": "frozen",
    "freeze_all": "frozen",
    "hold_by_tails": "held",
    "request_callback": "promised",
    "take_message": "taken",
}


def _usual(act: str) -> str:
    return _USUAL.get(act) or sorted(ACTS[act].outcomes)[0]


def test_the_greeting_is_spoken_in_both_languages_before_one_is_chosen() -> None:
    caller = Caller()
    speak = next(command for command in caller.commands if isinstance(command, Speak))
    assert speak.languages == ("zh", "en")
    assert caller.said[:2] == ["greeting", "recording_notice"]


@pytest.mark.parametrize(("key", "language"), [("1", "zh"), ("2", "en")])
def test_a_key_chooses_the_language_for_all_that_follows(key: str, language: str) -> None:
    caller = Caller().press(key)
    assert caller.state.language == language
    assert caller.state.node == "main"
    speak = next(command for command in caller.commands if isinstance(command, Speak))
    assert speak.languages == (language,)


def test_nine_freezes_within_two_keys_from_the_first_second() -> None:
    caller = Caller().press("91")
    assert caller.state.node == "card_changed"


def test_zero_reaches_a_queue_from_the_first_second() -> None:
    caller = Caller().press("0")
    assert caller.state.phase == "queue"
    assert any(isinstance(c, Enqueue) and c.matter == "general" for c in caller.commands)


def test_nothing_pressed_twice_brings_a_person() -> None:
    caller = Caller().press("1").listen().send(Silence())
    assert caller.said == ["main_menu"]
    caller.listen().send(Silence())
    assert caller.state.phase == "queue"


def test_wrong_keys_are_named_then_the_menu_comes_again_then_a_person() -> None:
    caller = Caller().press("13")  # the credit-limit queue is right, so go elsewhere
    caller = Caller().press("11")
    caller.press("7")
    assert caller.said == ["invalid_key"]
    caller.press("7")
    assert caller.said == ["invalid_key", "account_menu"]
    caller.press("7")
    assert caller.state.phase == "queue"


def test_a_right_key_after_a_wrong_one_forgives_it() -> None:
    caller = Caller().press("117").press("1")
    assert caller.state.wrong == 0


def test_star_repeats_and_hash_goes_back() -> None:
    caller = Caller().press("11").press("*")
    assert caller.said == ["account_menu"]
    caller.press("#")
    assert caller.state.node == "main"


def test_a_query_password_is_asked_in_secret_and_never_stored() -> None:
    caller = Caller(require="query_password").press("111")
    assert caller.state.node == "ask_query_password"
    assert Keep(secret=True) in caller.commands
    caller.press("85215")
    assert "85215" not in repr(caller.state)
    assert stored(caller.state).entry == ""
    caller.outcomes = {}
    caller.press("3")
    assert caller.state.node == "account_told"


def test_the_hash_that_people_press_after_a_full_entry_is_not_a_step_back() -> None:
    caller = Caller(require="query_password").press("111")
    caller.outcomes = {}
    caller.press("852153#", gap=0.2)
    assert caller.state.node == "account_told"


def test_secrecy_ends_when_the_entry_ends() -> None:
    caller = Caller(require="query_password").press("111")
    caller.outcomes = {"check_query_password": "wrong"}
    state, commands = step(FLOW, caller.state, Pressed("#", 50.0))
    assert Keep(secret=False) in commands
    assert state.node == "identity_person"


def test_star_begins_an_entry_again_and_x_is_a_star_in_an_identity_number() -> None:
    caller = Caller(require="claim").press("111")
    caller.press("12*3456")
    assert caller.state.node == "ask_id_tail"
    assert caller.state.collected == {"card_tail": "3456"}
    caller.outcomes = {}
    caller.press("927*")
    assert caller.state.collected["id_tail"] == "927X"


def test_an_entry_left_half_way_is_asked_again_and_then_a_person_comes() -> None:
    caller = Caller(require="claim").press("11112").send(Silence())
    assert caller.said == ["ask_card_tail"]
    caller.press("1").send(Silence())
    assert caller.state.phase in ("queue", "say")
    assert caller.state.node in ("person", "ask_card_tail")


def test_the_queue_tells_the_place_and_offers_a_call_back() -> None:
    caller = Caller().press("10")
    caller.send(PlaceTold(3, 5))
    assert caller.said == ["queue_place", "queue_callback_offer"]
    caller.send(PlaceTold(0, None))
    assert caller.said == ["queue_next"]
    caller.press("1")
    assert caller.state.node == "callback_promised"


def test_a_call_back_that_was_not_offered_cannot_be_asked_for_and_the_place_is_told() -> None:
    caller = Caller().press("10")
    for told in (None, PlaceTold(3, 5, callback=False)):
        if told:
            caller.send(told)
            assert caller.said == ["queue_place"]
        caller.press("1")
        assert caller.did(TellPlace)
        assert (caller.state.node, caller.state.phase) == ("person", "queue")


def test_nine_works_while_waiting_and_leaves_the_queue() -> None:
    caller = Caller().press("10").press("9")
    assert caller.state.node == "freeze_one"


def test_leaving_the_queue_is_told_to_routing() -> None:
    caller = Caller().press("10")
    _, commands = step(FLOW, caller.state, Pressed("9", 9.0))
    assert commands[0] == LeaveQueue()


def test_a_closed_queue_takes_a_message() -> None:
    caller = Caller().press("10").send(QueueClosed()).send(Spoken())
    assert TakeMessage(on=True) in caller.commands
    caller.press("#")
    assert caller.state.node == "message_taken"
    caller.send(Spoken())
    assert Finish() in caller.commands


def test_keys_do_nothing_while_a_person_talks() -> None:
    caller = Caller().press("10").send(Connected())
    before = caller.state
    assert caller.press("019").state == before


def test_a_lost_agent_brings_the_caller_back_into_the_queue() -> None:
    caller = Caller().press("10").send(Connected()).send(Disconnected(lost=True))
    assert caller.state.phase == "queue"
    assert caller.did(Enqueue)


def test_after_a_fault_the_caller_hears_a_word_and_goes_on_in_the_language() -> None:
    caller = Caller().press("211").send(Resume())
    assert caller.said[0] == "resumed"
    assert caller.state.node == "main"
    waiting = Caller().press("20").send(Resume())
    assert waiting.state.phase == "queue"
    assert waiting.did(Enqueue)


def test_a_call_back_begins_in_the_language_of_the_promise() -> None:
    state, commands = step(FLOW, initial(FLOW), BeginCallback("en"))
    assert state.node == "callback"
    assert any(isinstance(c, Speak) and c.languages == ("en",) for c in commands)


def test_an_act_that_fails_unexpectedly_leads_to_a_person() -> None:
    caller = Caller(require="failed").press("111")
    assert caller.state.phase == "queue"


KEYS = st.sampled_from("0123456789*#")
EVENTS = st.one_of(
    st.builds(Pressed, KEYS, st.floats(0, 1e4)),
    st.just(Spoken()),
    st.just(Silence()),
    st.just(QueueClosed()),
    st.builds(PlaceTold, st.integers(0, 50), st.one_of(st.none(), st.integers(1, 60))),
    st.just(Connected()),
    st.builds(Disconnected, st.booleans()),
    st.just(Resume()),
)


@settings(max_examples=300, deadline=None)
@given(events=st.lists(EVENTS, max_size=40), data=st.data())
def test_no_sequence_of_events_breaks_a_call_or_leaves_it_stuck(
    events: list[FlowEvent], data: st.DataObject
) -> None:
    state, _ = step(FLOW, initial(FLOW), Begin())
    for event in events:
        state, _ = _with_acts(*step(FLOW, state, event), data)
    if state.phase in ("say", "wait") and isinstance(FLOW.nodes[state.node], Menu | Say):
        after, _ = step(FLOW, state, Pressed("0", 2e4))
        assert isinstance(FLOW.nodes[after.node], Queue)
    assert state.phase != "act"


def _with_acts(
    state: State, commands: tuple[FlowCommand, ...], data: st.DataObject
) -> tuple[State, tuple[FlowCommand, ...]]:
    for _ in range(12):
        pending = [command for command in commands if isinstance(command, Do)]
        if not pending:
            break
        node = FLOW.nodes[state.node]
        assert isinstance(node, Act)
        outcomes = [*node.outcomes, "failed"]
        if node.act == "require":
            outcomes += list(FLOW.identification)
        outcome = data.draw(st.sampled_from(sorted(outcomes)))
        state, commands = step(FLOW, state, Done(outcome))
    else:
        # An act that keeps asking for itself would hold the caller for ever.
        raise AssertionError(f"acts without end at {state.node}")
    return state, commands


@settings(max_examples=200, deadline=None)
@given(keys=st.text("0123456789*#", max_size=30))
def test_a_silent_caller_is_always_given_a_person_or_an_end(keys: str) -> None:
    caller = Caller()
    for key in keys:
        caller.press(key)
    for _ in range(12):
        caller.listen()
        if caller.state.phase in ("queue", "talk", "done"):
            return
        caller.send(Silence())
    pytest.fail(f"a silent caller hangs at {caller.state.node}")


def test_the_wait_for_a_key_has_a_time() -> None:
    caller = Caller().press("1").listen()
    assert caller.did(Await)


def test_whoever_complains_has_time_for_a_key_after_the_last_word_and_then_a_person_comes() -> None:
    caller = Caller().press("1").press("5").send(Spoken())
    assert caller.commands == [Await(2.0)]
    assert caller.state.node == "complaint"
    assert Caller().press("1").press("5").send(Spoken()).press("3").state.node == "leave_complaint"
    assert caller.send(Silence()).state.node == "complaint_person"
