"""Sealed recordings over a real port: the worker seals, a player asks for parts, keys are lost."""

import asyncio
import hashlib
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from cardline.adapters.sealer.keyring import KeyRing
from cardline.app.calls.recorder import Recorder
from cardline.app.operation.doctor import examine
from cardline.core.actor import OPERATOR as TESTER
from cardline.core.clock import utc_now
from cardline.core.ids import CallId, HolderId, InteractionId
from cardline.core.phone import PhoneNumber
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction
from cardline.desk.recordings.files import remove_erased, seal_old
from cardline.desk.staff.model import Role
from cardline.evidence.sealing import actions as sealing
from cardline.evidence.sealing.keys import recording_key
from cardline.evidence.verifying import verify
from cardline.identity.model import Proofs
from tests.actions.whole_application import Whole, token_of, whole_application

HOUSE = Path(__file__).parents[2]
SECONDS = 30.0


@dataclass
class Node:
    """A server on a port, and what it records."""

    whole: Whole
    port: int

    @property
    def recorder(self) -> Recorder:
        parts = self.whole.running.parts
        alarms = self.whole.running.alarms
        kept = (parts.recordings, parts.files)
        return Recorder(parts.settings, parts.database, utc_now, alarms, *kept)

    @property
    def folder(self) -> Path:
        return self.whole.running.parts.recordings.folder

    @property
    def ring(self) -> KeyRing:
        ring = self.whole.running.parts.recordings.sealer
        assert isinstance(ring, KeyRing)
        return ring

    async def open_call(self, name: str) -> None:
        number, at = PhoneNumber("+8613800138000"), utc_now() - timedelta(minutes=5)
        async with self.whole.running.parts.database.transaction() as tx:
            await desk.open_interaction(
                tx,
                Interaction(
                    id=InteractionId(f"i-{name}"),
                    door="phone",
                    call=CallId(name),
                    line="line",
                    from_number=number,
                    to_number="hotline",
                    holder_id=HolderId("h1"),
                    language="zh",
                    opened_at=at,
                    answered_at=at,
                    closed_at=None,
                    outcome=None,
                    flow_version="test",
                    state={},
                    proofs=Proofs(HolderId("h1"), number),
                    continues=None,
                ),
                source="test",
            )
            await desk.close_interaction(tx, InteractionId(f"i-{name}"), outcome="hung-up", at=at)

    async def record(self, name: str) -> bytes:
        """Let the real worker make a recording; return the line that it told."""
        spool = self.whole.running.parts.settings.spool
        (spool / "live").mkdir(parents=True, exist_ok=True)
        marks = [
            {"at": 100.0, "mark": "answered", "law": "ulaw"},
            {"at": 100.0 + SECONDS, "mark": "gone", "cause": "hung-up"},
        ]
        (spool / f"{name}.marks").write_text("".join(json.dumps(one) + "\n" for one in marks))
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cardline.adapters.sip.recording.worker", "--once"),
            *(str(spool), str(self.folder)),
            *("--master-keys", str(self.ring.folder)),
            cwd=HOUSE,
            stdout=asyncio.subprocess.PIPE,
        )
        told, _ = await worker.communicate()
        assert not list(spool.glob("*.marks"))
        return told.strip()

    async def recorded(self, name: str = "c1") -> dict[str, Any]:
        """Make a recording and write it down, as the server does."""
        await self.open_call(name)
        told = await self.record(name)
        await self.recorder.heard(told)
        return dict(json.loads(told))

    async def ask(self, path: str, *, role: Role = "lead", wanted: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {token_of(role)}"}
        if wanted:
            headers["Range"] = wanted
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}") as client:
            return await client.get(path, headers=headers)

    async def listen(self, name: str = "c1", **more: Any) -> httpx.Response:
        at = f"/api/v1/interactions/i-{name}/recording?reason=投诉复核"
        return await self.ask(at, **more)

    async def kinds(self, name: str = "c1") -> list[str]:
        return [str(one) for one in await self.whole.ask(KINDS, f"i-{name}")]


KINDS = "SELECT kind FROM journal WHERE stream = %s ORDER BY seq"


@asynccontextmanager
async def node_of(database_url: str, home: Path) -> AsyncIterator[Node]:
    async with whole_application(database_url, home) as whole:
        whole.running.parts.settings.recordings_folder.mkdir(parents=True)
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            config = uvicorn.Config(whole.application, log_config=None, lifespan="off")
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve([listening]))
            try:
                while not server.started:  # noqa: ASYNC110 - it has no event
                    await asyncio.sleep(0.01)
                yield Node(whole, listening.getsockname()[1])
            finally:
                server.should_exit = True
                await serving


@pytest.fixture
async def node(database_url: str, tmp_path: Path) -> AsyncIterator[Node]:
    async with node_of(database_url, tmp_path) as node:
        yield node


async def test_what_lies_on_the_disk_is_sealed_and_what_is_heard_is_what_was_journaled(
    node: Node,
) -> None:
    told = await node.recorded()
    lies = (node.folder / "c1.wav").read_bytes()
    assert lies.startswith(b"CARDSEAL")
    assert b"RIFF" not in lies
    assert not list(node.folder.glob(".*"))  # the key is kept; nothing waits beside the file
    heard = await node.listen()
    assert (heard.status_code, heard.headers["content-type"]) == (200, "audio/wav")
    assert heard.headers["accept-ranges"] == "bytes"
    assert heard.content[:4] == b"RIFF"
    assert len(heard.content) == told["bytes"] == 58 + 16000 * SECONDS
    assert hashlib.sha256(heard.content).hexdigest() == told["sha256"]
    assert "recording.listened" in await node.kinds()


async def test_a_player_jumps_to_a_part_and_hears_that_part(node: Node) -> None:
    await node.recorded()
    whole = (await node.listen()).content
    size = len(whole)
    for wanted, start, stop in (
        ("bytes=0-", 0, size),
        ("bytes=65530-65545", 65530, 65546),
        ("bytes=200000-", 200000, size),
        ("bytes=-100", size - 100, size),
        (f"bytes={size - 1}-{size + 9}", size - 1, size),
    ):
        part = await node.listen(wanted=wanted)
        assert (part.status_code, part.content) == (206, whole[start:stop]), wanted
        assert part.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
    beyond = await node.listen(wanted=f"bytes={size}-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    # The whole, and each beginning, is a time of listening; the parts of one belong to it.
    assert (await node.kinds()).count("recording.listened") == 2


async def test_who_may_not_listen_is_told_so_and_nothing_is_given(node: Node) -> None:
    await node.recorded()
    without = await node.ask("/api/v1/interactions/i-c1/recording")
    assert (without.status_code, without.json()["code"]) == (422, "listen-without-reason")
    assert (await node.listen(role="agent")).status_code == 404
    assert (await node.listen(role="administrator")).status_code == 403
    assert "recording.listened" not in await node.kinds()


async def test_a_recording_that_nobody_wrote_down_is_written_down_at_the_next_start(
    node: Node,
) -> None:
    await node.open_call("c1")
    await node.record("c1")  # and the server that should have heard of it is gone
    assert (await node.listen()).status_code == 404
    await node.recorder.take_told()
    assert (await node.listen()).status_code == 200
    await node.recorder.take_told()
    assert (await node.kinds()).count("recording.stored") == 1


async def test_a_recording_built_twice_is_read_under_its_last_key(node: Node) -> None:
    first = await node.recorded()
    again = json.loads(await node.record("c1"))
    assert again["key"]["id"] != first["key"]["id"]
    assert (await node.listen()).status_code == 503  # its key is on its way
    await node.recorder.take_told()
    heard = await node.listen()
    assert hashlib.sha256(heard.content).hexdigest() == first["sha256"]


async def test_old_recordings_are_read_as_they_lie_and_sealed_in_passing(node: Node) -> None:
    database, recordings = node.whole.running.parts.database, node.whole.running.parts.recordings
    sounds = {name: b"RIFF" + name.encode() * 50000 for name in ("c1", "c2", "c3", "c4")}
    for name, sound in sounds.items():
        await node.open_call(name)
        (node.folder / f"{name}.wav").write_bytes(sound)
        async with database.transaction() as tx:
            await desk.store_recording(
                tx,
                call=CallId(name),
                path=f"{name}.wav",
                seconds=1,
                size=len(sound),
                sha256=hashlib.sha256(sound).hexdigest(),
                gaps=[],
                at=utc_now(),
            )
    assert (await node.listen("c1", wanted="bytes=4-9")).content == b"c1c1c1"
    (node.folder / "c2.wav").write_bytes(b"RIFF and something else")
    (node.folder / "c3.wav").unlink()
    # One whose sealing was cut off after the file was replaced.
    kept = recordings.seal_copy("c4.wav", sha256=hashlib.sha256(sounds["c4"]).hexdigest())
    assert kept is not None
    async with database.transaction() as tx:
        await sealing.keep(tx, kept, at=utc_now())
    recordings.replace("c4.wav")
    done = await seal_old(database, recordings, clock=utc_now)
    assert (done.sealed, done.missing, done.altered) == (2, ("c3",), ("c2",))
    for name in ("c1", "c4"):
        assert recordings.is_sealed(f"{name}.wav")
        assert (await node.listen(name)).content == sounds[name]
        assert (await node.kinds(name)).count("recording.sealed") == 1
    assert (node.folder / "c2.wav").read_bytes() == b"RIFF and something else"
    assert not list(node.folder.glob(".*"))


async def test_a_new_master_key_wraps_the_keys_anew_and_touches_no_recording(node: Node) -> None:
    await node.recorded()
    before = (node.folder / "c1.wav").read_bytes()
    old = node.ring.keys()[node.ring.current]
    made = node.ring.new(at=utc_now() + timedelta(seconds=2))
    async with node.whole.running.parts.database.transaction() as tx:
        assert await sealing.rewrap(tx, sealer=node.ring, by=TESTER, at=utc_now()) == 1
        assert await sealing.rewrap(tx, sealer=node.ring, by=TESTER, at=utc_now()) == 0
        assert await sealing.masters_in_use(tx) == {made.name: 1}
    old.path.unlink()
    assert (node.folder / "c1.wav").read_bytes() == before
    assert (await node.listen()).status_code == 200


async def test_a_missing_or_wrong_master_key_is_told_by_everybody_who_meets_it(node: Node) -> None:
    await node.recorded()
    settings = node.whole.running.parts.settings
    master = node.ring.keys()[node.ring.current]
    assert (await asyncio.to_thread(_keys_of, settings))[0]
    content = master.path.read_bytes()
    master.path.unlink()
    heard = await node.listen()
    assert (heard.status_code, heard.json()["code"]) == (503, "master-key-missing")
    assert master.name in heard.json()["message"]
    ok, told = await asyncio.to_thread(_keys_of, settings)
    assert not ok
    assert f"1 recordings and files cannot be read: the master key {master.name} is not in" in told
    await node.recorder.check_keys()
    assert "master-key" in [one.code for one in node.whole.running.alarms.standing(utc_now())]
    # The spool keeps a call for which there is no master key, until there is one.
    failed = json.loads(await _failing(node, "c2"))
    assert "there is no master key in" in failed["error"]
    master.path.write_bytes(bytes(32))
    master.path.chmod(0o600)
    ok, told = await asyncio.to_thread(_keys_of, settings)
    assert (ok, "damaged or exchanged" in told) == (False, True)
    master.path.write_bytes(content)
    assert (await asyncio.to_thread(_keys_of, settings))[0]
    assert (await node.listen()).status_code == 200


async def test_an_old_master_key_is_told_to_be_replaced(node: Node) -> None:
    settings = node.whole.running.parts.settings
    master = node.ring.keys()[node.ring.current]
    master.path.rename(master.path.with_name(f"20240101T000000-{master.name}.key"))
    ok, told = await asyncio.to_thread(_keys_of, settings)
    assert (ok, told) == (False, "the newest ended 2024-12-31: cardline sealing new-key")


async def test_a_destroyed_key_leaves_nothing_to_hear_and_a_journal_that_holds(node: Node) -> None:
    told = await node.recorded()
    await node.recorded("c2")
    parts = node.whole.running.parts
    saved = (node.folder / "c1.wav").read_bytes()  # a backup that somebody made
    async with parts.database.transaction() as tx:
        gone = await sealing.destroy_keys(tx, [recording_key("c1.wav")], at=utc_now())
        await tx.connection.execute("UPDATE recording SET erased_at = now() WHERE call = 'c1'")
    assert gone == [told["key"]["id"]]
    assert await remove_erased(parts.database, parts.recordings, clock=utc_now) == 1
    assert await remove_erased(parts.database, parts.recordings, clock=utc_now) == 0
    assert not (node.folder / "c1.wav").exists()
    (node.folder / "c1.wav").write_bytes(saved)
    heard = await node.listen()
    assert (heard.status_code, heard.json()["code"]) == (410, "erased")
    assert (await node.listen("c2")).status_code == 200
    async with parts.database.transaction() as tx:
        report = await verify(tx)
    assert (report.streams > 3, report.breaches) == (True, [])


async def _failing(node: Node, name: str) -> bytes:
    spool = node.whole.running.parts.settings.spool
    mark = {"at": 100.0, "mark": "answered", "law": "ulaw"}
    gone = {"at": 101.0, "mark": "gone", "cause": "hung-up"}
    (spool / f"{name}.marks").write_text(f"{json.dumps(mark)}\n{json.dumps(gone)}\n")
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cardline.adapters.sip.recording.worker", "--once"),
        *(str(spool), str(node.folder), "--master-keys", str(node.ring.folder)),
        cwd=HOUSE,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await worker.communicate()
    assert (spool / f"{name}.marks").exists()
    return told


def _keys_of(settings: Any) -> tuple[bool, str]:
    found = next(one for one in examine(settings) if one.what == "master keys")
    return found.ok, found.detail
