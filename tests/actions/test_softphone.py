"""An agent's browser as a phone, before a pretended line: tabs, offers, refresh, sleep, restart."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cardline.core.ids import AgentId
from cardline.core.live import CHANNEL, Told, told_of
from cardline.ports.line.events import Silent
from tests.actions.pretend_line import BAD, CALL, PretendLine
from tests.actions.softphone_room import (
    MUSIC,
    OTHER_TAB,
    REJOIN_SECONDS,
    TAB,
    Room,
    serving,
    until,
)


@pytest.fixture
async def room(database_url: str, tmp_path: Path) -> AsyncIterator[Room]:
    line = PretendLine()
    line.opens()
    async with serving(database_url, tmp_path, line) as room:
        yield room


# ---------------------------------------------------------------- tabs


async def test_a_second_tab_is_refused_until_it_takes_over_and_then_the_first_must_stop(
    room: Room,
) -> None:
    first = await room.post("/softphone", tab=TAB)
    assert first.json() == {"phone": "web:a7001", "tab": TAB, "taken_over": False, "calls": []}
    refused = await room.post("/softphone", tab=OTHER_TAB)
    assert (refused.status_code, refused.json()["code"]) == (409, "other-tab")
    assert (await room.post("/softphone/heartbeat", tab=TAB)).status_code == 200
    taken = await room.post("/softphone", tab=OTHER_TAB, take_over=True)
    assert taken.json()["taken_over"]
    stopped = await room.post("/softphone/heartbeat", tab=TAB)
    assert (stopped.status_code, stopped.json()["code"]) == (409, "other-tab")
    assert (await room.post("/softphone/heartbeat", tab=OTHER_TAB)).status_code == 200


async def test_the_same_tab_after_a_refresh_is_the_same_phone(room: Room) -> None:
    leg = await room.talks()
    again = await room.post("/softphone", tab=TAB)
    assert not again.json()["taken_over"]
    call = again.json()["calls"][0]
    assert (call["my_leg"], call["my_presence"], call["mode"]) == (leg, "talking", "talk")


async def test_who_logs_in_with_a_browser_that_is_not_open_is_not_ready_and_told_why(
    room: Room,
) -> None:
    await room.post("/agents/me/state", state="logged-in", phone="web:a7001")
    await room.post("/agents/me/state", state="ready")
    assert await room.state() == ("not-ready", ["phone-unregistered"])
    await room.post("/softphone", tab=TAB)
    assert await room.state() == ("ready", [])
    gone = await room.agent.delete("/api/v1/softphone", params={"tab": TAB})
    assert gone.status_code == 200
    assert await room.state() == ("not-ready", ["phone-unregistered"])


async def test_nobody_logs_in_with_somebody_elses_browser(room: Room) -> None:
    refused = await room.post("/agents/me/state", state="logged-in", phone="web:a7002")
    assert refused.status_code == 422


@pytest.mark.parametrize("body", [{}, {"tab": "short"}, {"tab": "tab with spaces"}])
async def test_a_tab_without_a_proper_name_is_refused(room: Room, body: dict[str, str]) -> None:
    assert (await room.post("/softphone", **body)).status_code == 422


async def test_open_desks_are_told_of_a_takeover_and_of_every_change_of_a_call(room: Room) -> None:
    told: list[Told] = []

    async def hear() -> None:
        async for channel, payload in room.whole.running.parts.database.listen(CHANNEL):
            if channel:
                told.append(told_of(payload))

    ears = asyncio.create_task(hear())
    try:
        leg = await room.talks()
        await until(lambda: any(one.kind == "call" for one in told), "the call's event")
        about = next(one for one in told if one.kind == "call")
        assert about.id == (await room.get("/calls/mine"))["interaction"]
        assert about.to.includes(AgentId("a7001"), "agent")
        assert about.to.includes(None, "lead")
        assert not about.to.includes(AgentId("a7009"), "agent")
        told.clear()
        await room.falls_silent(leg)
        await until(lambda: any(one.kind == "call" for one in told), "the event of silence")
        await room.post("/softphone", tab=OTHER_TAB, take_over=True)
        await until(lambda: any(one.kind == "softphone" for one in told), "the takeover's event")
        taken = next(one for one in told if one.kind == "softphone")
        assert taken.data == {"tab": OTHER_TAB}
        assert taken.to.agents == {"a7001"}
    finally:
        ears.cancel()


# ---------------------------------------------------------------- offers


async def test_an_offer_rings_in_the_browser_and_the_answer_brings_the_lines_sdp(
    room: Room,
) -> None:
    await room.sits_down()
    offer = await room.offered()
    ringing = await room.get("/calls/mine")
    assert (ringing["my_leg"], ringing["my_presence"]) == (offer["leg"], "ringing")
    assert ringing["interaction"] == offer["interaction"]
    answer = await room.picks_up(offer["leg"], sdp="v=0 my offer")
    assert answer.json() == {"sdp": "answer to v=0 my offer"}
    await room.hears_each_other(offer["leg"])
    assert (await room.state())[0] == "talking"


async def test_a_tab_that_is_not_the_phone_cannot_pick_up(room: Room) -> None:
    await room.sits_down()
    offer = await room.offered()
    refused = await room.picks_up(offer["leg"], tab=OTHER_TAB)
    assert (refused.status_code, refused.json()["code"]) == (409, "other-tab")
    assert room.line.legs == {offer["leg"]: False}


async def test_two_pages_that_answer_one_offer_begin_one_talk(room: Room) -> None:
    await room.sits_down()
    offer = await room.offered()
    answers = await asyncio.gather(*(room.picks_up(offer["leg"]) for _ in range(5)))
    assert any(answer.status_code == 200 for answer in answers)
    refused = [answer.json()["code"] for answer in answers if answer.status_code != 200]
    assert set(refused) <= {"being-answered"}
    await room.hears_each_other(offer["leg"])
    assert (await room.journal()).count("offer.accepted") == 1


async def test_an_offer_of_somebody_else_cannot_be_answered(room: Room) -> None:
    await room.sits_down()
    offer = await room.offered()
    async with room.whole.client("lead") as lead:
        await lead.post("/api/v1/softphone", json={"tab": OTHER_TAB})
        path = f"/api/v1/softphone/legs/{offer['leg']}/answer"
        stolen = await lead.post(path, json={"tab": OTHER_TAB, "sdp": "v=0 not mine"})
    assert stolen.status_code == 404


async def test_sound_that_the_line_cannot_use_is_said_and_the_caller_keeps_the_place(
    room: Room,
) -> None:
    await room.sits_down()
    offer = await room.offered()
    refused = await room.picks_up(offer["leg"], sdp=BAD)
    assert (refused.status_code, refused.json()["code"]) == (409, "sound-refused")
    await until(lambda: _is(room, "not-ready", "not-ready.phone-failed"), "not ready")
    await room.post("/agents/me/state", state="ready")
    await until(lambda: room.get("/agents/me/offer"), "the same caller again")


@pytest.mark.parametrize(
    ("status", "code"),
    [(408, "leg-gone"), (481, "leg-gone"), (487, "leg-gone"), (503, "line-full")],
)
async def test_an_answer_that_comes_as_the_ringing_ends_is_no_fault_of_the_browser(
    room: Room, status: int, code: str
) -> None:
    await room.sits_down()
    offer = await room.offered()
    room.line.answers_with = status
    late = await room.picks_up(offer["leg"])
    assert (late.status_code, late.json()["code"]) == (409, code)


async def test_when_a_desk_is_told_that_the_caller_left_the_call_is_over_already(
    room: Room,
) -> None:
    found: list[str] = []

    async def hear() -> None:
        async for channel, payload in room.whole.running.parts.database.listen(CHANNEL):
            if channel and told_of(payload).kind == "call":
                shown = await room.get("/calls/mine")
                found.append(shown["my_presence"] if shown else "nothing")

    ears = asyncio.create_task(hear())
    try:
        await room.talks()
        await until(lambda: "talking" in found, "the event of the talk")
        found.clear()
        room.line.caller_leaves()
        await until(lambda: found, "the event of the end")
        assert found == ["nothing"]
    finally:
        ears.cancel()


async def test_declining_makes_not_ready_and_the_ringing_ends(room: Room) -> None:
    await room.sits_down()
    offer = await room.offered()
    declined = await room.post(f"/softphone/legs/{offer['leg']}/decline", tab=TAB)
    assert declined.status_code == 200
    await until(lambda: _is(room, "not-ready", "not-ready.declined"), "not ready")
    assert room.line.legs == {}
    late = await room.picks_up(offer["leg"])
    assert (late.status_code, late.json()["code"]) in ((404, "not-found"), (409, "leg-gone"))


async def test_a_caller_who_hangs_up_first_ends_the_ringing(room: Room) -> None:
    await room.sits_down()
    offer = await room.offered()
    room.line.caller_leaves()
    await until(lambda: _is(room, "ready"), "the agent to be ready again")
    assert (await room.agent.get("/api/v1/calls/mine")).status_code == 204
    assert (await room.picks_up(offer["leg"])).status_code == 404


# ---------------------------------------------------------------- refresh and sleep


async def test_a_refresh_keeps_the_caller_who_hears_a_word_and_music_and_talks_on(
    room: Room,
) -> None:
    leg = await room.talks()
    await room.falls_silent(leg)
    await until(lambda: room.line.playing == MUSIC, "hold music")
    assert "zh/hold_notice.0" in room.line.said
    shown = await room.get("/calls/mine")
    assert (shown["agent_away"], shown["my_presence"]) == (True, "away")
    again = await room.picks_up(leg, sdp="v=0 after the refresh")
    assert again.json() == {"sdp": "answer to v=0 after the refresh"}
    await room.is_heard(leg)
    await room.hears_each_other(leg)
    assert room.line.playing == ()
    await asyncio.sleep(REJOIN_SECONDS + 0.3)  # the limit of the first absence counts no more
    assert (await room.state())[0] == "talking"
    told = await room.journal()
    assert told.count("offer.accepted") == 1
    assert told.index("party.away") < told.index("party.back")


async def test_a_refresh_with_sound_that_cannot_be_used_leaves_the_leg_as_it_was(
    room: Room,
) -> None:
    leg = await room.talks()
    await room.falls_silent(leg)
    refused = await room.picks_up(leg, sdp=BAD)
    assert (refused.status_code, refused.json()["code"]) == (409, "sound-refused")
    assert (await room.picks_up(leg)).status_code == 200
    await room.is_heard(leg)
    await room.hears_each_other(leg)


async def test_an_agent_who_does_not_come_back_loses_the_caller_to_the_queue(room: Room) -> None:
    leg = await room.talks()
    await room.falls_silent(leg)
    await until(lambda: _is(room, "not-ready", "not-ready.phone-failed"), "not ready")
    assert room.line.legs == {}

    async def waits() -> bool:
        return sum(queue["waiting"] for queue in await room.get("/queues")) == 1

    await until(waits, "the caller in the queue")
    assert room.line.said.count("zh/connecting.0") == 2
    assert (await room.picks_up(leg)).status_code == 404


async def test_on_hold_a_refresh_changes_nothing_for_the_caller(room: Room) -> None:
    leg = await room.talks()
    interaction = (await room.get("/calls/mine"))["interaction"]
    assert (await room.post(f"/calls/{interaction}/hold")).status_code == 200
    assert room.line.playing == MUSIC
    said = len(room.line.said)
    room.line.tell(Silent(call=CALL, at=time.time(), party=leg))
    await until(lambda: _presence(room, "away"), "away")
    refused = await room.post(f"/calls/{interaction}/retrieve")
    assert refused.status_code == 409
    await room.is_heard(leg)
    await until(lambda: _presence(room, "talking"), "back")
    assert (room.line.playing, room.line.hears, room.line.said[said:]) == (MUSIC, {}, [])
    assert (await room.post(f"/calls/{interaction}/retrieve")).status_code == 200
    await room.hears_each_other(leg)


async def test_at_the_keys_a_refresh_neither_hears_nor_stops_the_entry(room: Room) -> None:
    leg = await room.talks()
    interaction = (await room.get("/calls/mine"))["interaction"]
    asked = await room.post(f"/calls/{interaction}/entry", what="tails")
    assert asked.status_code == 200, asked.text
    room.line.press("12")
    room.line.tell(Silent(call=CALL, at=time.time(), party=leg))
    await until(lambda: _presence(room, "away"), "away")
    await room.is_heard(leg)
    await until(lambda: _presence(room, "talking"), "back")
    assert (room.line.hears, room.line.secret) == ({}, True)
    room.line.press("34")
    await until(lambda: "zh/ask_id_tail.0" in room.line.said, "the second question")
    room.line.press("5678")
    await room.hears_each_other(leg)
    assert not room.line.secret
    entry = (await room.get("/calls/mine"))["entry"]
    assert entry == {"what": "tails", "state": "wrong", "reason": ""}


async def test_when_the_keys_are_done_while_the_agent_is_away_the_caller_hears_a_word(
    room: Room,
) -> None:
    leg = await room.talks()
    interaction = (await room.get("/calls/mine"))["interaction"]
    await room.post(f"/calls/{interaction}/entry", what="tails")
    room.line.tell(Silent(call=CALL, at=time.time(), party=leg))
    await until(lambda: _presence(room, "away"), "away")
    assert "zh/hold_notice.0" not in room.line.said
    room.line.press("#")
    await until(lambda: room.line.playing == MUSIC, "hold music")
    assert "zh/hold_notice.0" in room.line.said
    assert (room.line.secret, room.line.hears) == (False, {})


async def test_a_caller_who_hangs_up_while_the_agent_is_away_frees_the_agent(room: Room) -> None:
    leg = await room.talks()
    await room.falls_silent(leg)
    room.line.caller_leaves()
    await until(lambda: _is(room, "wrap-up"), "wrap-up")


async def test_without_signs_of_life_the_talk_goes_on_and_only_offers_stop(
    room: Room,
) -> None:
    leg = await room.talks()
    await room.agent.delete("/api/v1/softphone", params={"tab": TAB})
    state, reasons = await room.state()
    assert state == "talking"
    assert "phone-unregistered" in reasons
    await room.hears_each_other(leg)


# ---------------------------------------------------------------- the application starts again


@pytest.mark.parametrize("silent", [False, True])
async def test_after_a_restart_the_tab_beats_again_and_the_talk_goes_on(
    database_url: str, tmp_path: Path, silent: bool
) -> None:
    line = PretendLine()
    line.opens()
    async with serving(database_url, tmp_path, line) as room:
        leg = await room.talks()
    if silent:
        line.silent.add(leg)
    line.opens(line.still_up())
    async with serving(database_url, tmp_path, line) as room:
        assert (await room.post("/softphone/heartbeat", tab=TAB)).status_code == 200
        shown = await until(lambda: room.get("/calls/mine"), "the call")
        assert shown["my_leg"] == leg
        if silent:
            await until(lambda: room.line.playing == MUSIC, "hold music")
            assert (await room.picks_up(leg)).status_code == 200
            await room.is_heard(leg)
        await room.hears_each_other(leg)
        assert (await room.state())[0] == "talking"
        assert (await room.post(f"/calls/{shown['interaction']}/hangup")).status_code == 200
        await until(lambda: _is(room, "wrap-up"), "wrap-up")


@pytest.mark.parametrize("what", ["hold", "keys"])
async def test_after_a_restart_hold_is_still_hold_and_nobody_stays_at_the_keys(
    database_url: str, tmp_path: Path, what: str
) -> None:
    line = PretendLine()
    line.opens()
    async with serving(database_url, tmp_path, line) as room:
        leg = await room.talks()
        interaction = (await room.get("/calls/mine"))["interaction"]
        if what == "hold":
            await room.post(f"/calls/{interaction}/hold")
        else:
            await room.post(f"/calls/{interaction}/entry", what="tails")
            assert line.secret
    line.opens(line.still_up())
    async with serving(database_url, tmp_path, line) as room:
        await until(lambda: room.get("/calls/mine"), "the call")
        if what == "hold":
            assert (await room.get("/calls/mine"))["mode"] == "hold"
            assert (await room.post(f"/calls/{interaction}/retrieve")).status_code == 200
        await room.hears_each_other(leg)
        assert not line.secret


async def _is(room: Room, state: str, *reasons: str) -> bool:
    found, why = await room.state()
    return found == state and (not reasons or why == list(reasons))


async def _presence(room: Room, presence: str) -> bool:
    return bool((await room.get("/calls/mine"))["my_presence"] == presence)
