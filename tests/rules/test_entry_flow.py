"""A caller at the keys on an agent's request: the same manners as the hotline's (rows A2, E5)."""

import pytest

from cardline.app.wiring import recordings_at_hand
from cardline.core.masking import Secret
from cardline.hotline.call.entry_flow import (
    KINDS,
    Ended,
    EntryKind,
    ended_at,
    entry_flow,
    ready_to_do,
)
from cardline.hotline.flows import rules
from cardline.hotline.flows.acts import ACTS
from cardline.hotline.flows.model import (
    Act,
    Begin,
    Collect,
    Do,
    Done,
    Finish,
    FlowCommand,
    FlowEvent,
    Pressed,
    Silence,
    Speak,
    Spoken,
    State,
)
from cardline.hotline.flows.reading import DEFAULT_FLOW, read_flow
from cardline.hotline.speech.prompts import load_catalogue
from cardline.hotline.speech.utterances import recorded_in

HOTLINE = read_flow(DEFAULT_FLOW)


class Keys:
    """A caller at the keys: what was said, what was done."""

    def __init__(self, kind: EntryKind) -> None:
        self.flow = entry_flow(kind, HOTLINE)
        self.state: State = rules.initial(self.flow)
        self.said: list[str] = []
        self.done: list[Do] = []
        self.finished = False
        self.send(Begin())

    def send(self, event: FlowEvent) -> None:
        self.state, commands = rules.step(self.flow, self.state, event)
        for command in commands:
            self._take(command)

    def _take(self, command: FlowCommand) -> None:
        match command:
            case Speak(utterances):
                self.said += [one.prompt for one in utterances]
            case Do():
                self.done.append(command)
            case Finish():
                self.finished = True

    def press(self, keys: str) -> None:
        for digit in keys:
            self.send(Pressed(digit, 10.0))

    @property
    def ended(self) -> Ended:
        self.send(Spoken())
        assert self.finished
        return ended_at(self.state.node)


@pytest.mark.parametrize(
    ("outcome", "ended"),
    [
        ("correct", Ended("correct")),
        ("wrong", Ended("wrong")),
        ("locked", Ended("wrong", "locked")),
        ("failed", Ended("cancelled", "failed")),
    ],
)
def test_six_keys_are_checked_and_the_outcome_is_the_result(outcome: str, ended: Ended) -> None:
    keys = Keys("query_password")
    keys.press("739154")
    assert [do.act for do in keys.done] == ["check_query_password"]
    assert keys.done[0].secrets["query_password"].reveal() == "739154"
    keys.send(Done(outcome))
    assert keys.ended == ended


def test_a_code_is_sent_before_it_is_asked_for() -> None:
    keys = Keys("one_time_code")
    assert [do.act for do in keys.done] == ["send_code"]
    keys.send(Done("sent"))
    assert keys.said == ["code_sent", "ask_code"]
    keys.press("123456")
    assert keys.done[-1].act == "check_code"


def test_where_no_code_can_be_sent_nothing_is_asked_for() -> None:
    keys = Keys("one_time_code")
    keys.send(Done("limited"))
    assert "ask_code" not in keys.said
    assert keys.ended == Ended("cancelled", "limited")


def test_both_tails_are_secrets_until_the_act_that_compares_them() -> None:
    keys = Keys("tails")
    keys.press("4821")
    keys.press("012*")
    do = keys.done[-1]
    assert (do.act, dict(do.collected)) == ("claim", {})
    assert "4821" not in repr(keys.state)
    ready = ready_to_do(do)
    assert dict(ready.collected) == {"card_tail": "4821", "id_tail": "012X"}
    assert "4821" not in repr(ready)
    keys.send(Done("found"))
    assert keys.ended == Ended("correct")


@pytest.mark.parametrize("kind", KINDS)
def test_hash_alone_says_that_it_is_not_known_and_silence_twice_gives_up(kind: EntryKind) -> None:
    keys = Keys(kind)
    keys.send(Done("sent"))
    keys.press("#")
    assert keys.ended == Ended("cancelled", "declined")
    keys = Keys(kind)
    keys.send(Done("sent"))
    for _ in range(2):
        keys.send(Spoken())
        keys.send(Silence())
    assert keys.ended == Ended("cancelled", "time-out")


def test_too_few_keys_are_asked_for_again_and_star_begins_anew() -> None:
    keys = Keys("query_password")
    keys.press("12*739154")
    assert keys.done[0].secrets["query_password"].reveal() == "739154"
    keys = Keys("query_password")
    keys.press("123#")
    assert keys.done == []
    assert keys.said == ["ask_query_password", "ask_query_password"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_way_leads_to_an_end_and_every_prompt_is_recorded(kind: EntryKind) -> None:
    flow = entry_flow(kind, HOTLINE)
    recorded = recorded_in(
        load_catalogue(), recordings_at_hand(DEFAULT_FLOW.parent.parent / "prompts" / "audio")
    )
    for node in flow.nodes.values():
        if isinstance(node, Act):
            assert ACTS[node.act].outcomes | {"failed"} == node.outcomes.keys()
            assert set(node.outcomes.values()) <= flow.nodes.keys()
        else:
            for prompt in getattr(node, "say", ()):
                assert [recorded(prompt, one) for one in ("zh", "en")] == [None, None]
        if isinstance(node, Collect):
            assert node.secret
            assert {node.then, node.back} <= flow.nodes.keys()


def test_what_is_not_a_claim_is_handed_on_as_it_is() -> None:
    do = Do("check_code", {}, {}, {}, {"code": Secret("123456")})
    assert ready_to_do(do) is do
