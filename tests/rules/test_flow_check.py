# ruff: noqa: E501 - the table of faults reads best in lines
"""A flow that would strand a caller is refused, with the reason and the line (row A1)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cardline.hotline.flows.checking import check
from cardline.hotline.flows.reading import DEFAULT_FLOW, Fault, FlowError, read_flow
from cardline.identity.model import Act

TEXT = DEFAULT_FLOW.read_text(encoding="utf-8")
ACTS = frozenset(act.value for act in Act)
MATTERS = frozenset({"general", "urgent", "points", "limit", "personal", "complaint", "account"})

Check = Callable[..., list[Fault]]


@pytest.fixture
def faults(tmp_path: Path) -> Check:
    def of(text: str, *, missing: tuple[str, str] | None = None) -> list[Fault]:
        path = tmp_path / "flow.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            flow = read_flow(path)
        except FlowError as error:
            return error.faults
        return check(
            flow,
            recorded=lambda prompt, lang: "is not recorded" if (prompt, lang) == missing else None,
            acts=ACTS,
            matters=MATTERS,
        )

    return of


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_the_flow_that_we_ship_has_no_fault(faults: Check) -> None:
    assert faults(TEXT) == []


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('      "1": account\n', "", "account cannot be reached"),
        ('"8": stop_marketing', '"8": nowhere', "main leads to nowhere, which does not exist"),
        ('always: {"9": freeze, "0": person}', 'always: {"9": freeze}', "no key leads to a person"),
        ('always: {"9": freeze, "0": person}', 'always: {"0": person}', "freezing cannot be reached"),
        ("outcomes: {frozen: card_changed, refused: freeze_person}", "outcomes: {frozen: card_changed}", "may end as refused"),
        ("outcomes: {done: marketing_stopped,", "outcomes: {finished: marketing_stopped,", "never ends as finished"),
        ("    act: balance\n", "    act: blance\n", "there is no act blance"),
        ("with: {of: hear_balance}", "with: {of: hear_blance}", "nobody knows what hear_blance is"),
        ("matter: complaint", "matter: complaints", "there is no queue for the matter complaints"),
        ('keys: {"1": points, "2": offers}', 'keys: {"1": points, "9": offers}', "key 9 works everywhere"),
        ("    into: card_tail\n    digits: 4\n    then: ask_id_tail", "    into: tail\n    digits: 4\n    then: ask_id_tail", ""),
        ("    say: [tails_unknown]\n    then: ask_card_tail", "    say: [tails_unknown]\n    then: claim_unknown", "comes back to itself without asking anything"),
        ("    digits: 6\n    secret: true\n    then: check_query_password", "    digits: six\n    secret: true\n    then: check_query_password", "digits must be a number"),
        ("person: person ", "person: main ", "person names main, which is no queue"),
        ("  query_password: ask_query_password\n", "", "identification has no way for query_password"),
        ("    end: [goodbye]", "    say: [goodbye]\n    then: nowhere", "goodbye leads to nowhere"),
        ("    bilingual: true", "    bilingual: maybe", "bilingual must be true or false"),
        ("    seconds: 120", "    seconds: 100000", "seconds must be a number of seconds"),
    ],
)  # fmt: skip
def test_a_fault_is_found_and_named(faults: Check, old: str, new: str, what: str) -> None:
    assert old in TEXT
    found = faults(TEXT.replace(old, new, 1))
    if what:
        assert any(what in fault.what for fault in found), [str(fault) for fault in found]
    else:
        assert found == []  # another node still collects it


def test_a_fault_names_its_line(faults: Check) -> None:
    broken = TEXT.replace('"8": stop_marketing', '"8": nowhere', 1)
    assert line_of(broken, "  main:\n") in {fault.line for fault in faults(broken)}


def test_a_prompt_that_is_not_recorded_in_one_language_is_a_fault(faults: Check) -> None:
    found = faults(TEXT, missing=("freeze_offer", "en"))
    assert found
    assert all("prompt freeze_offer (en): is not recorded" in fault.what for fault in found)


def test_what_is_no_yaml_at_all_is_refused_with_its_line(faults: Check) -> None:
    found = faults(TEXT.replace("nodes:", "nodes: [", 1))
    assert found
    assert found[0].line > 1


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b", "flow: x\nflow: y"])
def test_another_file_is_refused(faults: Check, text: str) -> None:
    assert faults(text)


def test_a_loop_without_a_caller_in_it_is_a_dead_end(faults: Check) -> None:
    broken = TEXT.replace(
        "  goodbye:\n    end: [goodbye]\n",
        "  goodbye:\n    menu: [goodbye]\n    keys: {}\n    back: goodbye\n",
    )
    # Menus still lead to a person; but nothing may end there for good.
    found = faults(broken)
    assert found == [] or any("dead end" in fault.what for fault in found)


def test_every_outcome_of_every_act_needs_a_way(faults: Check) -> None:
    broken = TEXT.replace(
        "outcomes: {told: account_told, none: account_told}", "outcomes: {told: account_told}", 1
    )
    assert any("may end as none" in fault.what for fault in faults(broken))


def test_a_freeze_that_takes_three_keys_is_refused(faults: Check) -> None:
    broken = (
        TEXT.replace(
            '    menu: [freeze_offer]\n    keys: {"1": freeze_card}',
            '    menu: [freeze_offer]\n    keys: {"1": freeze_sure}\n'
            '  freeze_sure:\n    menu: [freeze_offer]\n    keys: {"1": freeze_card}',
        )
        .replace(
            'keys: {"1": freeze_card, "2": next_card, "3": freeze_all}',
            'keys: {"1": freeze_sure, "2": next_card}',
        )
        .replace(
            'keys: {"1": freeze_card, "2": next_card, "3": freeze_all, "4": release}',
            'keys: {"1": freeze_sure, "4": release}',
        )
        .replace(
            "  freeze_all:\n    act: freeze_all\n    outcomes: {frozen: card_changed, refused: freeze_person}\n",
            "",
        )
    )
    assert any("freezing takes 3 keys" in fault.what for fault in faults(broken))
