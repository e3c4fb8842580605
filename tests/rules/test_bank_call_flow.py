"""A call that the bank makes: who and why first, and every key where people expect it."""

from dataclasses import replace
from pathlib import Path

import pytest

from cardline.hotline.flows.checking import check
from cardline.hotline.flows.model import (
    Begin,
    Connected,
    Do,
    Done,
    Enqueue,
    Finish,
    FlowEvent,
    Judged,
    ListenFor,
    Pressed,
    QueueClosed,
    Speak,
    Spoken,
    State,
    Utterance,
)
from cardline.hotline.flows.reading import BANK_CALL_FLOW, FlowError, read_flow
from cardline.hotline.flows.rules import step
from cardline.hotline.speech.prompts import load_catalogue, pieces_needed
from cardline.hotline.speech.utterances import recorded_in

FLOW = read_flow(BANK_CALL_FLOW)
OPENING = (Utterance("bank_call_hello"), Utterance("bank_call_purpose_reminder"))


class Call:
    """A call in which events happen; what is done and said is kept."""

    def __init__(self) -> None:
        self.state = State(FLOW.start, language="zh")
        self.said: list[str] = []
        self.did: list[str] = []
        self.listened: list[str] = []
        self.queued = False
        self.over = False

    def has(self, event: FlowEvent) -> "Call":
        self.state, commands = step(FLOW, self.state, event)
        for command in commands:
            match command:
                case Speak(utterances):
                    self.said += [one.prompt for one in utterances]
                case Do(act):
                    self.did.append(act)
                case ListenFor(what):
                    self.listened.append(what)
                case Enqueue():
                    self.queued = True
                case Finish():
                    self.over = True
                case _:
                    pass
        return self

    def press(self, digit: str) -> "Call":
        return self.has(Pressed(digit, 1.0))


def answered(outcome: str = "played") -> Call:
    return Call().has(Begin()).has(Done(outcome, lines=OPENING))


def test_the_flow_is_whole() -> None:
    catalogue = load_catalogue()
    every = [f"{language}/{piece}" for language, piece in pieces_needed(catalogue)]
    faults = check(
        FLOW,
        recorded=recorded_in(catalogue, every),
        acts=frozenset(),
        matters=frozenset({"general"}),
    )
    assert faults == []


def test_the_opening_comes_before_the_talk_and_is_noted_when_heard() -> None:
    call = answered()
    assert call.said == ["bank_call_hello", "bank_call_purpose_reminder", "bank_call_keys"]
    assert not call.queued
    call.has(Spoken())
    assert call.did == ["begin_bank_call", "note_opening"]
    call.has(Done("noted"))
    assert call.queued


def test_without_a_free_agent_the_safe_message_is_all_that_is_heard() -> None:
    call = Call().has(Begin()).has(Done("nobody"))
    assert call.said == ["bank_call_nobody", "bank_call_goodbye"]
    call.has(Spoken())
    assert call.over
    assert not call.queued


@pytest.mark.parametrize(
    ("digit", "act"),
    [
        ("8", "stop_these_calls"),
        ("6", "prove_bank"),
        ("1", "note_will_ring"),
        ("9", "freeze_options"),
    ],
)
def test_keys_work_from_the_first_second_of_the_opening(digit: str, act: str) -> None:
    assert answered().press(digit).did[-1] == act


def test_zero_brings_the_person_at_once() -> None:
    assert answered().press("0").queued


def test_eight_ends_the_call_after_the_withdrawal() -> None:
    call = answered().press("8").has(Done("done"))
    assert call.said[-2:] == ["bank_call_stopped", "bank_call_goodbye"]
    assert call.has(Spoken()).over


def test_six_tells_how_to_check_and_then_offers_the_keys_again() -> None:
    call = answered().press("6").has(Done("sent"))
    assert call.said[-1] == "bank_call_proof_sent"
    assert call.has(Spoken()).said[-1] == "bank_call_keys"


def test_nine_freezes_with_one_key_more_and_the_person_follows() -> None:
    call = answered().press("9").has(Done("one", values={"tail": "1234"})).press("1")
    assert call.did[-1] == "freeze_card"
    call.has(Done("frozen", lines=(Utterance("card_frozen", {"tail": "1234"}),)))
    assert call.said[-1] == "card_frozen"
    assert call.has(Spoken()).queued


def test_eight_in_a_talk_withdraws_and_the_talk_goes_on() -> None:
    call = answered().press("0")
    call.has(Connected()).press("8")
    assert call.did[-1] == "stop_these_calls"
    assert call.state.phase == "talk"
    call.has(Done("done"))
    assert call.state.phase == "talk"


def test_other_keys_in_a_talk_do_nothing() -> None:
    call = answered().press("0").has(Connected())
    before = list(call.did)
    for digit in "1234567*#":
        call.press(digit)
    assert call.did == before


def test_an_agent_who_does_not_come_is_excused_by_the_safe_message() -> None:
    call = answered().press("0").has(QueueClosed())
    assert call.said[-2:] == ["bank_call_nobody", "bank_call_goodbye"]


def test_an_alert_is_answered_with_two_or_three() -> None:
    call = answered("alert")
    assert "bank_call_alert_keys" in call.said
    assert replace_call(call).press("2").did[-1] == "answer_alert"
    frozen = replace_call(call).press("3")
    frozen.has(Done("frozen", lines=(Utterance("card_frozen", {"tail": "1234"}),)))
    assert frozen.said[-1] == "card_frozen"


def replace_call(call: Call) -> Call:
    other = Call()
    other.state = replace(call.state)
    other.did, other.said = list(call.did), list(call.said)
    return other


def test_nothing_secret_is_ever_asked_for() -> None:
    assert not any(getattr(node, "secret", False) for node in FLOW.nodes.values())
    assert not any(type(node).__name__ == "Collect" for node in FLOW.nodes.values())


# ---------------------------------------------------------------- where the campaign listens


def listening() -> Call:
    return Call().has(Begin()).has(Done("listen"))


def test_nothing_is_said_while_we_listen_and_a_person_gets_the_opening() -> None:
    call = listening()
    assert (call.said, call.listened) == ([], ["person"])
    call.has(Judged("person"))
    assert call.did == ["begin_bank_call", "open_bank_call"]
    call.has(Done("played", lines=OPENING))
    assert call.said == ["bank_call_hello", "bank_call_purpose_reminder", "bank_call_keys"]


def test_a_machine_is_hung_up_on_without_a_word() -> None:
    call = listening().has(Judged("machine")).has(Done("hang_up"))
    assert call.said == []
    assert call.has(Spoken()).over


def test_a_machine_hears_the_message_alone_and_only_after_its_tone() -> None:
    call = listening().has(Judged("machine")).has(Done("message"))
    assert (call.said, call.listened) == ([], ["person", "tone"])
    call.has(Judged("now"))
    assert call.said == ["bank_call_machine"]
    call.has(Spoken()).has(Done("noted")).has(Spoken())
    assert call.did == ["begin_bank_call", "note_machine", "note_message_left"]
    assert call.said == ["bank_call_machine"]
    assert call.over


def test_a_machine_without_a_tone_gets_no_message() -> None:
    call = listening().has(Judged("machine")).has(Done("message")).has(Judged("never"))
    assert call.said == []
    assert call.has(Spoken()).over


@pytest.mark.parametrize(("digit", "act"), [("5", "open_bank_call"), ("8", "stop_these_calls")])
def test_a_key_is_a_persons(digit: str, act: str) -> None:
    assert listening().press(digit).did[-1] == act


def test_whoever_presses_a_key_where_a_machine_was_thought_to_be_is_excused() -> None:
    call = listening().has(Judged("machine")).has(Done("message")).press("5")
    assert call.said == ["bank_call_nobody", "bank_call_goodbye"]


def test_a_judgement_that_comes_late_changes_nothing() -> None:
    call = listening().has(Judged("person")).has(Done("played", lines=OPENING))
    before = call.state
    assert call.has(Judged("machine")).state == before


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("{person: open_call, machine: machine}", "{person: open_call}", "may end as machine"),
        ("{now: leave_message,", "{later: hang_up, now: leave_message,", "never ends as later"),
        ("listen: tone", "listen: music", "listen must be one of"),
    ],
)
def test_a_listen_without_a_way_on_is_refused(
    tmp_path: Path, old: str, new: str, what: str
) -> None:
    text = BANK_CALL_FLOW.read_text(encoding="utf-8")
    assert old in text
    changed = tmp_path / "flow.yaml"
    changed.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(what in fault for fault in faults_of(changed))


def faults_of(path: Path) -> list[str]:
    try:
        flow = read_flow(path)
    except FlowError as error:
        return [str(fault) for fault in error.faults]
    found = check(
        flow,
        recorded=lambda _prompt, _language: None,
        acts=frozenset(),
        matters=frozenset({"general"}),
    )
    return [str(fault) for fault in found]
