"""Finished recordings: a worker builds the stereo files, we write down what it built (row F1)."""

import asyncio
import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec
import structlog

from cardline.adapters.sip.recording.worker import told_file
from cardline.app.operation.alarms import Alarms
from cardline.app.operation.metrics import RECORDINGS
from cardline.app.settings import Settings
from cardline.core.clock import Clock
from cardline.core.ids import CallId
from cardline.core.transaction import Database, Transaction
from cardline.desk.interactions import actions as desk
from cardline.desk.recordings.files import remove_erased, seal_old
from cardline.evidence.sealing.checking import faults
from cardline.evidence.sealing.model import SealedKey, Unreadable
from cardline.evidence.sealing.recordings import Recordings
from cardline.messages.file_sealing import seal_old_files
from cardline.messages.files import Files
from cardline.ports.line.events import Alarm

log = structlog.get_logger()

RESTART_SECONDS = 1.0
SEALING_PAUSE = 0.2
"""Seconds between two old things: they have lain in the clear for long, calls come first."""
HOUSEKEEPING_SECONDS = 3600.0


class Recorder:
    """Runs the worker, restarts it when it dies, and attaches each file to its interaction."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        alarms: Alarms,
        recordings: Recordings,
        files: Files,
    ) -> None:
        self._settings = settings
        self._recordings = recordings
        self._files = files
        self._database = database
        self._clock = clock
        self._alarms = alarms
        self._worker: asyncio.subprocess.Process | None = None

    async def recover(self, up: Collection[str]) -> None:
        """Build what a line left behind: every call of the spool that is not ``up`` has ended."""
        left = [path.stem for path in self._settings.spool.glob("*.marks") if path.stem not in up]
        if left and self._worker and self._worker.stdin:
            self._worker.stdin.write("".join(f"{call}\n" for call in left).encode())
            await self._worker.stdin.drain()

    async def run(self) -> None:
        """Serve for ever."""
        self._settings.recordings_folder.mkdir(parents=True, exist_ok=True)
        self._settings.recordings_folder.chmod(0o700)
        self._settings.spool.mkdir(parents=True, exist_ok=True)
        await self.check_keys()
        await self.take_told()
        while True:
            worker = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "cardline.adapters.sip.recording.worker",
                "--stdin",
                str(self._settings.spool),
                str(self._settings.recordings_folder),
                *("--master-keys", str(self._settings.master_keys_folder)),
                *("--cipher", self._recordings.cipher),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                start_new_session=True,  # a Ctrl-C is for us; the worker ends with its input
            )
            self._worker = worker
            try:
                assert worker.stdout is not None
                async for raw in worker.stdout:
                    await self.heard(raw)
            finally:
                if worker.returncode is None:
                    worker.terminate()
                await worker.wait()
            log.warning("the recording worker ended; starting it again", code=worker.returncode)
            await asyncio.sleep(RESTART_SECONDS)

    async def seal_old(self) -> None:
        """Seal what lies in the clear from before sealing, slowly; again in a while for ever."""
        while True:
            try:
                done = await seal_old(
                    self._database, self._recordings, clock=self._clock, pause=SEALING_PAUSE
                )
                for call in done.altered:
                    detail = "the file is not what the journal says; it was left as it lies"
                    await self._alarm("recording-altered", detail, call)
                await remove_erased(self._database, self._recordings, clock=self._clock)
                sent = await seal_old_files(
                    self._database, self._files, clock=self._clock, pause=SEALING_PAUSE
                )
                for file in sent.altered:
                    detail = f"{file}: the file is not what the journal says; left as it lies"
                    await self._alarm("file-altered", detail)
            except Exception:
                log.exception("what lies in the clear could not be sealed or removed; trying again")
            await asyncio.sleep(HOUSEKEEPING_SECONDS)

    async def check_keys(self) -> None:
        """Tell of master keys that are missing or wrong: calls go on, what is under them waits."""
        try:
            async with self._database.transaction() as tx:
                found = await faults(tx, self._recordings.sealer)
            _ = self._recordings.sealer.current
        except Unreadable as error:
            found = [error.message]
        for fault in found:
            await self._alarm("master-key", fault)

    async def _alarm(self, code: str, detail: str, call: str = "") -> None:
        at = self._clock().timestamp()
        await self._alarms.raised(Alarm(code=code, detail=detail, at=at, call=call))

    async def take_told(self) -> None:
        """Write down what the worker had told when nobody heard it, as in a crash of ours."""
        for told in sorted(self._settings.recordings_folder.glob(".*.told")):
            await self.heard(await asyncio.to_thread(told.read_bytes))

    async def heard(self, raw: bytes) -> None:
        """Write down what the worker told of a call; a repeat changes nothing."""
        try:
            built: dict[str, Any] = msgspec.json.decode(raw)
        except msgspec.DecodeError:
            log.error("the recording worker said something unreadable")
            return
        at = self._clock()
        call = CallId(str(built["call"]))
        if built.get("error"):
            await self._alarms.raised(
                Alarm(
                    code="recording-failed",
                    detail=str(built["error"]),
                    at=at.timestamp(),
                    call=call,
                )
            )
            return
        if not built.get("file"):
            return  # nobody had answered
        gaps = list(built.get("gaps", []))
        key = _key_in(built)

        async def work(tx: Transaction) -> bool:
            stored = await desk.store_recording(
                tx,
                call=call,
                path=Path(str(built["file"])).name,
                seconds=float(built["seconds"]),
                size=int(built["bytes"]),
                sha256=str(built["sha256"]),
                gaps=gaps,
                key=key,
                at=at,
            )
            return stored is not None

        if not await self._database.run(work):
            log.warning("a recording belongs to no interaction", call=call)
        if key is not None:
            told = told_file(self._settings.recordings_folder, call)
            await asyncio.to_thread(told.unlink, missing_ok=True)
        RECORDINGS.labels("no" if gaps else "yes").inc()


def _key_in(built: dict[str, Any]) -> SealedKey | None:
    """Return the key of a recording that lies sealed."""
    told = built.get("key")
    if told is None:
        return None
    return msgspec.convert({**told, "wrapped": bytes.fromhex(str(told["wrapped"]))}, SealedKey)
