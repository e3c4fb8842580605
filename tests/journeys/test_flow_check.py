"""The flow is data, and a flow that would fail a caller is refused (point 2 of the hotline)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cardline.hotline.flows.reading import DEFAULT_FLOW
from tests.journeys.program import Program, until
from tests.journeys.shell import Ended, Shell

Check = Callable[[Path], Ended]
CORRECT = DEFAULT_FLOW.read_text(encoding="utf-8")

BROKEN = {
    "a node that nothing leads to": (
        "  goodbye:\n",
        "  island:\n    say: [goodbye]\n    then: goodbye\n  goodbye:\n",
        "  island:",
        "island cannot be reached",
    ),
    "a target that does not exist": (
        '"2": points_and_offers',
        '"2": nowhere',
        "  main:",
        "main leads to nowhere, which does not exist",
    ),
    "a place without an end": (
        "  points_and_offers:\n    menu: [points_menu]\n    back: main",
        (
            "  points_and_offers:\n    say: [goodbye]\n    then: points_and_offers\n"
            "  points_menu:\n    menu: [points_menu]\n    back: main"
        ),
        "  points_and_offers:",
        "points_and_offers",
    ),
    "no way to a person": (
        'always: {"9": freeze, "0": person}',
        'always: {"9": freeze}',
        "  account_told:",
        "account_told: no key leads to a person",
    ),
    "freezing too far away": (
        'always: {"9": freeze, "0": person}',
        'always: {"0": person}',
        "",
        "freez",
    ),
    "a prompt that nobody recorded": (
        "menu: [main_menu]",
        "menu: [main_menu_of_next_year]",
        "  main:",
        "main_menu_of_next_year",
    ),
    "an act that does not exist": (
        "    act: balance\n",
        "    act: lend_money\n",
        "  read_balance:",
        "there is no act lend_money",
    ),
    "an outcome that leads nowhere": (
        "outcomes: {sent: code_sent, limited: identity_person}",
        "outcomes: {sent: code_sent}",
        "  send_code:",
        "send_code may end as limited: no way on",
    ),
    "no YAML": ("nodes:\n", "nodes: [\n", "", ""),
    "a word that a node does not know": (
        "    menu: [main_menu]\n",
        "    menu: [main_menu]\n    colour: red\n",
        "    colour: red",
        "'colour'",
    ),
    "a name that stands twice": (
        "  goodbye:\n",
        "  goodbye:\n    end: [goodbye]\n  goodbye:\n",
        "",
        "goodbye is written twice",
    ),
}


@pytest.fixture
def check(shell: Shell, prompts: Path) -> Check:
    """Run ``cardline flow check`` on a file."""

    def run(path: Path) -> Ended:
        return shell.run("flow", "check", str(path), "--prompts", str(prompts), "--json")

    return run


def test_the_flow_that_we_deliver_is_correct(check: Check) -> None:
    ended = check(DEFAULT_FLOW)
    assert ended.status == 0
    assert ended.json["ok"]
    assert ended.json["nodes"] > 50


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_flow_is_named_with_line_and_reason(
    check: Check, tmp_path: Path, what: str
) -> None:
    old, new, where, reason = BROKEN[what]
    assert CORRECT.count(old) >= 1, "the flow that we deliver has changed: adapt this test"
    written = CORRECT.replace(old, new, 1)
    path = tmp_path / "broken.yaml"
    path.write_text(written, encoding="utf-8")
    ended = check(path)
    assert ended.status == 1
    assert "Traceback" not in ended.err
    faults = [fault for fault in ended.json["faults"] if reason in fault["what"]]
    assert faults, ended.json["faults"]
    if where:
        line = (
            written.splitlines().index(
                next(own for own in written.splitlines() if own.startswith(where))
            )
            + 1
        )
        assert line in [fault["line"] for fault in faults], faults


def test_people_read_file_line_and_reason(shell: Shell, prompts: Path, tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(CORRECT.replace('"2": points_and_offers', '"2": nowhere'), encoding="utf-8")
    ended = shell.run("flow", "check", str(path), "--prompts", str(prompts))
    assert ended.status == 1
    assert f"{path}:" in ended.out
    assert "nowhere" in ended.out


def test_a_file_that_is_not_there_is_said_so(check: Check, tmp_path: Path) -> None:
    ended = check(tmp_path / "missing.yaml")
    assert ended.status == 1
    assert "no such file" in ended.out + ended.err


async def test_a_server_does_not_start_with_a_broken_flow_and_says_why(
    make_program: Callable[..., Program], tmp_path: Path
) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(CORRECT.replace('"2": points_and_offers', '"2": nowhere'), encoding="utf-8")
    program = make_program(flow=path)
    program.launch()
    process = program.process
    assert process is not None
    await until(lambda: process.poll() is not None, within=30, what="the refusal")
    assert process.returncode == 1
    assert "Traceback" not in program.log
    line = CORRECT[: CORRECT.index("  main:\n")].count("\n") + 1
    assert f"{path}:{line}: main leads to nowhere" in program.log
    assert program.processes() == []
