"""Simulated callers and agents, against a hotline made of one of their own phones."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from cardline.sim import traffic_scripts
from cardline.sim.endpoint import response_to
from cardline.sim.phone import DECLINE, IncomingCall, Phone, Voice
from cardline.sim.sound import tone
from cardline.sim.traffic import AgentLogin, CallTold, Traffic
from cardline.sim.traffic_scripts import GREETING_HZ, Caller, Listen, Press, Script, Wait
from cardline.sim.transaction import ServerTransaction

HOLDER = Caller("Zhang San", "+8613800138000", "123X", ("4321",), "246810")
QUICK = (0.1, 0.2)


class Hotline(Phone):
    """Answers, lets agents register, and after ``0`` speaks as an agent would."""

    registered: list[str]
    pressed: asyncio.Queue[str]

    def _take(self, server: ServerTransaction) -> None:
        if server.request.method == "REGISTER":
            self.registered.append(server.request.get("Contact"))
            server.respond(response_to(server.request, 200, "OK", tag="hotline"))
        else:
            super()._take(server)

    async def serve(self, call: IncomingCall) -> None:
        while not call.ended.is_set():
            await asyncio.sleep(0.05)
            if "0" in call.received.keys:
                call.say(tone(GREETING_HZ))
        self.pressed.put_nowait("".join(call.received.keys))


@pytest.fixture
async def hotline() -> AsyncIterator[Hotline]:
    phone = Hotline(user="hotline", max_calls=50, voice=Voice(sound=tone(440)))
    phone.registered, phone.pressed = [], asyncio.Queue()
    phone.on_call = phone.serve
    async with phone:
        yield phone


@pytest.fixture(autouse=True)
def short_talks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic_scripts, "TALKS", (0.3, 0.4))
    monkeypatch.setattr(traffic_scripts, "LISTENS_ON", (0.0, 0.1))


@pytest.mark.parametrize(
    ("steps", "outcome", "keys"),
    [
        ((Press("1", QUICK), Press("11", QUICK), Listen(QUICK)), "self-service", "111"),
        ((Press("9", QUICK), Press("{card}", QUICK), Press("{id_tail}", QUICK)), "self-service",
         "94321123*"),
        ((Press("10", QUICK), Wait((5, 5))), "talked", "10"),
        ((Press("1", QUICK), Wait((0.4, 0.5))), "gave-up", "1"),
    ],
)  # fmt: skip
async def test_a_script_is_followed_and_told(
    hotline: Hotline, steps: tuple[traffic_scripts.Step, ...], outcome: str, keys: str
) -> None:
    told: list[CallTold] = []
    traffic = Traffic(hotline.uri, holders=[HOLDER], calls_per_minute=0, told=told.append, seed=1)
    await traffic.place(HOLDER, Script("test", 1, steps))
    (call,) = told
    assert (call.who, call.number, call.script) == ("Zhang San", "+8613800138000", "test")
    assert call.outcome == outcome
    assert 0.2 < call.seconds < 10
    assert await asyncio.wait_for(hotline.pressed.get(), 2) == keys


async def test_a_hotline_that_refuses_or_hangs_up_is_told(hotline: Hotline) -> None:
    traffic = Traffic(hotline.uri, holders=[HOLDER], calls_per_minute=0, seed=1)
    waiting = asyncio.create_task(traffic.place(HOLDER, Script("test", 1, (Wait((9, 9)),))))
    call = await hotline.next_call(within=2)
    await call.heard_sound()
    await call.hang_up()
    assert (await waiting).outcome == "not-served"
    hotline.policy = DECLINE
    refused = await traffic.place(HOLDER, Script("test", 1, (Wait((9, 9)),)))
    assert (refused.outcome, refused.detail) == ("refused", "603")


async def test_callers_keep_coming_each_one_at_a_time(hotline: Hotline) -> None:
    told: asyncio.Queue[CallTold] = asyncio.Queue()
    people = [Caller(f"Holder {n}", f"+861380013800{n}", "1234", ("1111",)) for n in range(3)]
    scripts = [Script("short", 1, (Listen((0.1, 0.3)),))]
    async with Traffic(
        hotline.uri,
        holders=people,
        calls_per_minute=900,
        told=told.put_nowait,
        scripts=scripts,
        seed=1,
    ):
        calls = [await asyncio.wait_for(told.get(), 10) for _ in range(8)]
    assert {call.outcome for call in calls} == {"self-service"}
    assert hotline.calls == []


async def test_agents_register_answer_greet_and_talk(
    hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardline.sim.traffic.RINGS", (0.2, 0.3))
    monkeypatch.setattr("cardline.sim.traffic.AGENT_HANGS_UP", 1.0)
    monkeypatch.setattr("cardline.sim.traffic.TALKS", (1.5, 1.6))
    logins = [AgentLogin("8001", "one"), AgentLogin("8002", "two")]
    async with Traffic(hotline.uri, holders=[], agents=logins, seed=1), Phone() as caller:
        assert len(hotline.registered) == 2
        contact = hotline.registered[0].strip("<>")
        assert contact.startswith("sip:8001@")
        call = await caller.call(contact, within=5)
        await call.heard_tone(GREETING_HZ)
        assert await call.over(within=5) == "remote"
    assert len(hotline.registered) == 4
