"""The conference mixer over real UDP: who hears whom, by tones."""

import asyncio
import contextlib
import json
import socket
import struct
import sys
import time
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest

from cardline.sim.hearing import Hearing
from cardline.sim.rtp import RtpSession
from cardline.sim.sound import Law, Samples, tone

HOUSE = Path(__file__).parents[2]
HZ = {"caller": 500, "L1": 900, "L2": 1300}
EVERYBODY = {"caller": ["L1", "L2"], "L1": ["caller", "L2"], "L2": ["caller", "L1"]}


class Mixer:
    """A mixer process and its one client."""

    def __init__(self, path: Path, *options: str) -> None:
        self._path = path
        self._options = options
        self.events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cardline.adapters.sip.mixer.process"),
            *("--socket", str(self._path)),
            *self._options,
            cwd=HOUSE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self.process.stdout is not None
        assert await self.process.stdout.readline() == b"ready\n"
        reader, self._writer = await asyncio.open_unix_connection(self._path)
        self._reading = asyncio.create_task(self._read(reader))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await asyncio.wait_for(self.process.wait(), 5)
        await self._reading

    async def _read(self, reader: asyncio.StreamReader) -> None:
        async for line in reader:
            self.events.put_nowait(json.loads(line))

    def ask(self, **command: object) -> None:
        self._writer.write(json.dumps(command).encode() + b"\n")

    async def told(self, event: str, within: float = 5) -> dict[str, Any]:
        async with asyncio.timeout(within):
            while (told := await self.events.get())["event"] != event:
                pass
        return told

    async def opened(self, room: str, party: str, **more: object) -> int:
        self.ask(do="open", room=room, party=party, **more)
        port: int = (await self.told("opened"))["port"]
        return port


class Guest(Hearing):
    """Somebody in a room, with a tone."""

    def __init__(self, hz: int, law: Law = "ulaw") -> None:
        super().__init__(RtpSession("127.0.0.1", keep_seconds=3))
        self.media.law = law
        self.say(tone(hz, level=6000))

    def enter(self, port: int) -> None:
        self.media.peer = ("127.0.0.1", port)
        self.media.start()


@pytest.fixture
async def mixer(tmp_path: Path) -> AsyncIterator[Mixer]:
    async with Mixer(tmp_path / "mixer.sock") as running:
        yield running


@pytest.fixture
async def room(mixer: Mixer) -> AsyncIterator[dict[str, Guest]]:
    """Three parties of both laws; nobody hears anybody yet."""
    laws: dict[str, Law] = {"caller": "ulaw", "L1": "alaw", "L2": "ulaw"}
    guests = {name: Guest(hz, laws[name]) for name, hz in HZ.items()}
    for name, guest in guests.items():
        guest.enter(await mixer.opened("r1", name, law=laws[name]))
    yield guests
    for guest in guests.values():
        guest.media.close()


def tones(heard: Samples) -> set[int]:
    """The tones of the three parties that are in what was heard."""
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)), 8000))
    return {hz for hz in HZ.values() if spectrum[hz - 5 : hz + 6].max() > 0.05 * 6000 * 1000}


async def settled(room: dict[str, Guest]) -> dict[str, set[int]]:
    await asyncio.sleep(0.5)
    return {name: tones(guest.heard(0.3)) for name, guest in room.items()}


async def test_everybody_hears_the_others_and_not_himself(
    mixer: Mixer, room: dict[str, Guest]
) -> None:
    mixer.ask(do="hears", room="r1", hears=EVERYBODY)
    assert await settled(room) == {"caller": {900, 1300}, "L1": {500, 1300}, "L2": {500, 900}}


async def test_a_whisper_and_a_silent_listener(mixer: Mixer, room: dict[str, Guest]) -> None:
    whisper = {"caller": ["L1"], "L1": ["caller", "L2"], "L2": ["caller", "L1"]}
    mixer.ask(do="hears", room="r1", hears=whisper)
    assert await settled(room) == {"caller": {900}, "L1": {500, 1300}, "L2": {500, 900}}
    mixer.ask(do="hears", room="r1", hears={"caller": ["L1"], "L1": ["caller"], "L2": ["caller"]})
    assert await settled(room) == {"caller": {900}, "L1": {500}, "L2": {500}}
    mixer.ask(do="hears", room="r1", hears={})
    assert await settled(room) == {"caller": set(), "L1": set(), "L2": set()}
    assert all(guest.received.packets > 60 for guest in room.values())


async def test_who_leaves_is_heard_no_more(mixer: Mixer, room: dict[str, Guest]) -> None:
    mixer.ask(do="hears", room="r1", hears=EVERYBODY)
    mixer.ask(do="close", room="r1", party="L2")
    assert (await mixer.told("closed"))["party"] == "L2"
    heard = await settled(room)
    assert (heard["caller"], heard["L1"]) == ({900}, {500})
    mixer.ask(do="close", room="r1", party=None)
    await mixer.told("closed")
    await room["caller"].heard_silence()


async def test_rooms_do_not_hear_each_other(mixer: Mixer, room: dict[str, Guest]) -> None:
    mixer.ask(do="hears", room="r1", hears=EVERYBODY)
    mixer.ask(do="hears", room="r2", hears={"caller": ["L1", "L2"]})
    alone = Guest(700)
    alone.enter(await mixer.opened("r2", "caller"))
    await alone.heard_silence()
    assert (await settled(room))["caller"] == {900, 1300}
    alone.media.close()


async def test_loud_sums_are_clipped_and_do_not_wrap(mixer: Mixer, room: dict[str, Guest]) -> None:
    for guest in room.values():
        guest.say(tone(500, level=32000))
    mixer.ask(do="hears", room="r1", hears=EVERYBODY)
    await asyncio.sleep(0.5)
    heard = room["caller"].heard(0.3)
    assert np.abs(heard).max() > 31000
    # A sum that wrapped would leap between the extremes from one sample to the next.
    assert np.abs(np.diff(heard.astype(int))).max() < 45000


async def test_a_key_is_told_once_for_each_press(mixer: Mixer, room: dict[str, Guest]) -> None:
    await room["L1"].press("55#", gap=0.06, seconds=0.08)
    told = [await mixer.told("key") for _ in range(3)]
    assert [(key["room"], key["party"], key["digit"]) for key in told] == [
        ("r1", "L1", "5"),
        ("r1", "L1", "5"),
        ("r1", "L1", "#"),
    ]
    assert mixer.events.empty()


async def test_packets_leave_every_20_ms_with_one_stream_in_order(mixer: Mixer) -> None:
    port = await mixer.opened("r1", "caller")
    loop = asyncio.get_running_loop()
    with udp("127.0.0.1") as guest:
        began = time.monotonic()
        got = []
        await loop.sock_sendto(guest, sending(0), ("127.0.0.1", port))
        for number in range(1, 101):
            got.append(await asyncio.wait_for(loop.sock_recv(guest, 2048), 2))
            await loop.sock_sendto(guest, sending(number), ("127.0.0.1", port))
        took = time.monotonic() - began
    heads = [struct.unpack_from("!BBHII", packet) for packet in got]
    assert {
        (head[0], head[1], head[4], len(packet)) for head, packet in zip(heads, got, strict=True)
    } == {(0x80, 0, heads[0][4], 172)}
    for before, after in pairwise(heads):
        assert (after[2] - before[2]) & 0xFFFF == 1
        assert (after[3] - before[3]) & 0xFFFFFFFF == 160
    assert took == pytest.approx(2.0, abs=0.15)


async def test_a_stranger_does_not_take_the_sound_over(mixer: Mixer) -> None:
    port = await mixer.opened("r1", "caller")
    loop = asyncio.get_running_loop()
    with udp("127.0.0.1") as guest, udp("127.0.0.2") as stranger:
        await loop.sock_sendto(guest, sending(0), ("127.0.0.1", port))
        await asyncio.wait_for(loop.sock_recv(guest, 2048), 2)
        await asyncio.sleep(0.3)
        for number in range(5):
            await loop.sock_sendto(stranger, sending(number, ssrc=9), ("127.0.0.1", port))
        await asyncio.sleep(0.1)
        with pytest.raises(BlockingIOError):
            stranger.recv(2048)
        again = await mixer.opened("r1", "caller", peer=f"127.0.0.2:{stranger.getsockname()[1]}")
        assert again == port
        await asyncio.wait_for(loop.sock_recv(stranger, 2048), 2)


async def test_a_phone_that_starts_anew_at_another_port_is_followed(mixer: Mixer) -> None:
    port = await mixer.opened("r1", "caller")
    loop = asyncio.get_running_loop()
    with udp("127.0.0.1") as old, udp("127.0.0.1") as new:
        await loop.sock_sendto(old, sending(0), ("127.0.0.1", port))
        await asyncio.wait_for(loop.sock_recv(old, 2048), 2)
        await loop.sock_sendto(new, sending(7000, ssrc=9), ("127.0.0.1", port))
        await asyncio.wait_for(loop.sock_recv(new, 2048), 2)


async def test_a_silent_phone_is_told_once_until_it_is_back(mixer: Mixer) -> None:
    guest = Guest(500)
    guest.enter(await mixer.opened("r1", "L1", idle=0.3))
    await guest.heard_silence(window=0.3)
    guest.media.is_sending = False
    idle = await mixer.told("idle", within=1)
    assert (idle["room"], idle["party"], idle["seconds"]) == ("r1", "L1", 0.3)
    await asyncio.sleep(0.5)
    assert mixer.events.empty()
    guest.media.is_sending = True
    await asyncio.sleep(0.2)
    guest.media.is_sending = False
    await mixer.told("idle", within=1)
    guest.media.close()


async def test_what_cannot_be_done_is_told_and_the_rest_goes_on(
    mixer: Mixer, room: dict[str, Guest]
) -> None:
    for broken in ({"do": "dance"}, {"do": "open", "room": "r1"}, {"do": "hears", "hears": 7}):
        mixer.ask(**broken)
        await mixer.told("error")
    mixer.ask(do="open", room="r1", party="L9", peer="nowhere")
    assert "IP:PORT" in (await mixer.told("error"))["text"]
    mixer.ask(
        do="hears", room="r1", hears={**EVERYBODY, "ghost": ["L1"], "L1": ["ghost", "caller"]}
    )
    assert (await settled(room))["L1"] == {500}


async def test_ports_come_from_the_range_and_rest_behind_a_call(tmp_path: Path) -> None:
    low = three_free_ports()
    async with Mixer(tmp_path / "mixer.sock", "--ports", f"{low}-{low + 4}") as mixer:
        first = await mixer.opened("r1", "caller")
        second = await mixer.opened("r1", "L1")
        assert {first, second} <= {low, low + 2, low + 4}
        mixer.ask(do="close", room="r1", party="caller")
        assert await mixer.opened("r1", "L2") not in (first, second)
        mixer.ask(do="open", room="r1", party="L3")
        assert (await mixer.told("error"))["text"] == "no free port"


def three_free_ports() -> int:
    """The first of three even ports in a row."""
    for low in range(20000, 60000, 6):
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            for port in (low, low + 2, low + 4):
                probe = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                probe.bind(("127.0.0.1", port))
            return low
    raise RuntimeError("no free ports")


def udp(host: str) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    bound.setblocking(False)
    bound.bind((host, 0))
    return bound


def sending(number: int, *, law: Law = "ulaw", ssrc: int = 7) -> bytes:
    kind = 0 if law == "ulaw" else 8
    head = struct.pack("!BBHII", 0x80, kind, number & 0xFFFF, number * 160, ssrc)
    return head + tone(HZ["caller"], 6000).frame(number, law)
