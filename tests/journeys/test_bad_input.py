"""Whatever people get wrong, they read a sentence that helps; nothing is half done."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.people import Stage
from tests.journeys.program import Program, until
from tests.journeys.shell import Ended

START_SECONDS = 40


def is_a_sentence(ended: Ended, *words: str) -> None:
    """See that a command failed with words for people."""
    assert ended.status not in (0, None)
    assert "Traceback" not in ended.err + ended.out
    for word in words:
        assert word in ended.err + ended.out, ended


async def test_an_unknown_holder(program: Program) -> None:
    is_a_sentence(await program.tell("holder", "show", "+8613999999999"), "+8613999999999")


async def test_letters_where_digits_belong(program: Program) -> None:
    is_a_sentence(await program.tell("holder", "show", "abc"), "abc", "telephone number")


async def test_an_unknown_interaction(program: Program) -> None:
    is_a_sentence(await program.tell("interaction", "show", "i000"), "i000")


async def test_an_import_of_another_format_changes_nothing(
    program: Program, tmp_path: Path
) -> None:
    picture = tmp_path / "accounts.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    for kind in ("csv", "uci"):
        ended = await program.tell("import-accounts", "--format", kind, str(picture), "--json")
        assert "Traceback" not in ended.err
        if ended.status == 0:
            told = json.loads(ended.out.strip().splitlines()[-1])
            assert told["loaded"] == 0
            assert told["rejected"]
    missing = await program.tell("import-accounts", "--format", "csv", str(tmp_path / "none"))
    is_a_sentence(missing, "none")
    unknown = await program.tell("import-accounts", "--format", "xml", str(picture))
    is_a_sentence(unknown, "xml")


async def test_a_text_from_something_that_is_no_number(program: Program) -> None:
    is_a_sentence(await program.tell("sms", "receive", "somebody", "GS"), "somebody")


@pytest.mark.parametrize("state", ["closed", "frozen"])
async def test_a_card_that_is_blocked_cannot_be_held_again(
    stage: Stage, people: dict[str, Any], strangers: Callable[[], str], state: str
) -> None:
    from tests.journeys.test_holding import ask_for_hold

    holder, card = next(
        (holder, card)
        for holder in people["holders"]
        for card in holder["cards"]
        if card["state"] == state
    )
    caller = await stage.caller(strangers())
    await ask_for_hold(caller, card["tail"], holder["id_tail"])
    await caller.hears("already_frozen|freeze_person|tails_unknown")
    shown = await stage.program.ask("holder", "show", holder["phone"])
    assert next(one for one in shown["cards"] if one["tail"] == card["tail"])["state"] == state


@pytest.mark.parametrize("which", ["HTTP", "SIP"])
async def test_a_port_in_use_is_named_and_nothing_is_left_running(
    make_program: Callable[..., Program], which: str
) -> None:
    program = make_program()
    kind = socket.SOCK_STREAM if which == "HTTP" else socket.SOCK_DGRAM
    host, _, port = (program.http if which == "HTTP" else program.sip).partition(":")
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind((host, int(port)))
        if which == "HTTP":
            taken.listen()
        program.launch()
        process = program.process
        assert process is not None
        await until(lambda: process.poll() is not None, within=START_SECONDS, what="the refusal")
    assert process.returncode == 1
    assert port in program.log
    assert "in use" in program.log
    assert "Traceback" not in program.log
    await until(lambda: program.processes() == [], within=15, what="everything to be gone")


async def test_the_api_says_what_is_wrong_and_needs_a_token(
    stage: Stage, staff: list[dict[str, Any]]
) -> None:
    async with httpx.AsyncClient(verify=False) as client:
        url = f"http://{stage.program.http}/api/v1/agents/me/state"
        nobody = await client.post(url, json={"state": "ready"})
        assert nobody.status_code == 401
        token = {"Authorization": f"Bearer {staff[1]['token']}"}
        odd = await client.post(url, json={"state": "asleep"}, headers=token)
        assert odd.status_code == 422
        assert odd.json()["faults"]
        gone = await client.post(
            f"http://{stage.program.http}/api/v1/calls/i000/hold", headers=token
        )
        assert gone.status_code == 404
        assert gone.json()["message"]


async def test_a_phone_outside_the_house_is_refused(
    stage: Stage, agents_for: Callable[..., list[dict[str, Any]]]
) -> None:
    agent = await stage.agent(agents_for()[0], ready=False)
    for phone in ("sip:thief@203.0.113.9:5060", "sip:+79001234567@example.org", "sip:127.0.0.1.x"):
        told = await agent.desk.attempt("/agents/me/state", state="logged-in", phone=phone)
        assert told.status_code == 422, phone
        assert "phone_networks" in told.json()["message"]
