"""Calls that leave proofs and calls that bring signatures, before a pretended line (E1, E6)."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cardline.desk.staff import actions as staff
from cardline.hotline.call.asking import ask
from cardline.hotline.call.requests import Consult, Target
from cardline.ports.line.commands import CALLER, Dial
from cardline.ports.line.events import Answered, Failed, Gone, Incoming
from cardline.trust.caller_identity import CallerIdentity
from tests.actions.pretend_line import CALL, PretendLine
from tests.actions.test_softphone import Room, serving, until
from tests.actions.whole_application import token_of
from tests.rules.test_trust_passport import CERTIFICATE, KEY, X5U

SIGNING = CallerIdentity(timedelta(seconds=60), KEY, X5U, "示例银行", trusted={X5U: CERTIFICATE})


@pytest.fixture
async def room(database_url: str, tmp_path: Path) -> AsyncIterator[Room]:
    line = PretendLine()
    line.opens()
    async with serving(database_url, tmp_path, line) as room:
        calls = room.whole.running.calls
        calls.services = replace(calls.services, caller_identity=SIGNING)
        yield room


async def proofs(room: Room) -> list[Any]:
    return await room.whole.ask(
        "SELECT sent_to, staff, shown, answered_at IS NOT NULL, ended_at IS NOT NULL "
        "FROM trust_proof WHERE channel = 'call'"
    )


async def test_a_number_outside_that_an_agent_rings_leaves_a_proof_before_it_rings(
    room: Room,
) -> None:
    await room.talks()
    calls = room.whole.running.calls
    conversation = next(iter(calls._by_call.values()))
    async with room.whole.running.parts.database.transaction() as tx:
        agent = await staff.staff_by_token(tx, token_of("agent"))
    assert agent is not None
    target = Target(phone="sip:02160000000@192.0.2.1:5060")
    await ask(conversation, agent, lambda a, f: Consult(agent=a, answer=f, target=target))
    dialled = next(one for one in room.line.sent if isinstance(one, Dial) and "sip:" in one.target)
    shown = calls.services.shown_number
    assert await proofs(room) == [("+862160000000", agent.number, shown, False, False)]
    told = SIGNING.judge(
        dialled.headers["Identity"], caller=shown, called="02160000000", at=datetime.now(UTC)
    )
    assert told is not None
    assert told.verdict == "valid"

    room.line.tell(Answered(call=CALL, at=time.time(), party=dialled.leg))

    async def states(answered: bool, ended: bool) -> bool:
        return [row[3:] for row in await proofs(room)] == [(answered, ended)]

    await until(lambda: states(True, False), "the proof to be answered")
    room.line.tell(Gone(call=CALL, at=time.time(), party=dialled.leg, cause="hung-up"))
    await until(lambda: states(True, True), "the proof to be over")


async def test_a_number_outside_that_does_not_answer_is_no_call_that_is_up(room: Room) -> None:
    await room.talks()
    conversation = next(iter(room.whole.running.calls._by_call.values()))
    async with room.whole.running.parts.database.transaction() as tx:
        agent = await staff.staff_by_token(tx, token_of("agent"))
    assert agent is not None
    target = Target(phone="sip:02160000000@192.0.2.1:5060")
    await ask(conversation, agent, lambda a, f: Consult(agent=a, answer=f, target=target))
    leg = next(one.leg for one in room.line.sent if isinstance(one, Dial) and "sip:" in one.target)
    room.line.tell(Failed(call=CALL, at=time.time(), party=leg, status=486))

    async def over() -> bool:
        return [row[3:] for row in await proofs(room)] == [(False, True)]

    await until(over, "the proof to be over")


async def test_a_call_without_a_signature_shows_none(room: Room) -> None:
    await room.talks()
    (interaction,) = await room.whole.ask("SELECT id FROM interaction")
    async with room.whole.client("compliance") as reader:
        shown = (await reader.get(f"/api/v1/interactions/{interaction}/trust")).json()
    assert shown["caller_identity"] is None


@pytest.mark.parametrize(
    ("caller", "age", "verdict", "reasons"),
    [
        ("02160000000", 0, "valid", []),
        ("02160000000", 120, "invalid", ["stale"]),
        ("13800138000", 0, "invalid", ["other-origin"]),
    ],
)
async def test_the_signature_of_a_call_is_judged_journaled_and_shown(
    room: Room, caller: str, age: int, verdict: str, reasons: list[str]
) -> None:
    header = SIGNING.headers(
        shown="02160000000",
        to="4000000000",
        purpose="service",
        language="zh",
        at=datetime.now(UTC) - timedelta(seconds=age),
    )["Identity"]
    room.line.tell(
        Incoming(
            call=CALL,
            at=time.time(),
            from_user=caller,
            from_name="",
            to_user="4000000000",
            source="192.0.2.9:5060",
            sip_call_id="x",
            identity=header,
        )
    )

    async def opened() -> list[Any]:
        return await room.whole.ask("SELECT id FROM interaction")

    (interaction,) = await until(opened, "the interaction")
    async with room.whole.client("compliance") as reader:
        shown = (await reader.get(f"/api/v1/interactions/{interaction}/trust")).json()
        assert shown["code"] is None
        assert shown["caller_identity"]["verdict"] == verdict
        assert shown["caller_identity"]["reasons"] == reasons
        assert shown["caller_identity"]["name"] == "示例银行"
        story = (await reader.get(f"/api/v1/interactions/{interaction}")).json()
    assert "trust.caller-identity" in [line["kind"] for line in story["timeline"]]
    assert story["proofs"] == []  # a signature proves nothing of who calls
    room.line.tell(Gone(call=CALL, at=time.time(), party=CALLER, cause="hung-up"))
