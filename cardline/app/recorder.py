"""Finished recordings: a worker builds the stereo files, we write down what it built (row F1)."""

import asyncio
import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec
import structlog

from cardline.app.alarms import Alarms
from cardline.app.metrics import RECORDINGS
from cardline.app.settings import Settings
from cardline.core.clock import Clock
from cardline.core.ids import CallId
from cardline.core.transaction import Database, Transaction
from cardline.desk import actions as desk
from cardline.ports import Alarm

log = structlog.get_logger()

RESTART_SECONDS = 1.0


class Recorder:
    """Runs the worker, restarts it when it dies, and attaches each file to its interaction."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, alarms: Alarms
    ) -> None:
        self._settings = settings
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
        while True:
            worker = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "cardline.adapters.sip.recording_worker",
                "--stdin",
                str(self._settings.spool),
                str(self._settings.recordings_folder),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                start_new_session=True,  # a Ctrl-C is for us; the worker ends with its input
            )
            self._worker = worker
            try:
                assert worker.stdout is not None
                async for raw in worker.stdout:
                    await self._line(raw)
            finally:
                if worker.returncode is None:
                    worker.terminate()
                await worker.wait()
            log.warning("the recording worker ended; starting it again", code=worker.returncode)
            await asyncio.sleep(RESTART_SECONDS)

    async def _line(self, raw: bytes) -> None:
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

        async def work(tx: Transaction) -> bool:
            stored = await desk.store_recording(
                tx,
                call=call,
                path=Path(str(built["file"])).name,
                seconds=float(built["seconds"]),
                size=int(built["bytes"]),
                sha256=str(built["sha256"]),
                gaps=gaps,
                at=at,
            )
            return stored is not None

        if not await self._database.run(work):
            log.warning("a recording belongs to no interaction", call=call)
        RECORDINGS.labels("no" if gaps else "yes").inc()
