"""Processes that are killed by the system where a test says: before any word to the database.

Run as a program it keeps everything imported and forks a child for each job, so that a test can
kill hundreds: a child counts what it is about to say to PostgreSQL, or to write into a file, and
sends itself SIGKILL before one of these. The program knows nothing of it; nothing is cleaned up.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from psycopg import AsyncConnection

from tests.journeys.shell import ROOT

PATIENCE_SECONDS = 60.0
_AT_WORK = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""
# A package of somebody else's that is called ``tests`` would be found before this folder.
_MAIN = """
import sys, types
sys.modules["tests"] = tests = types.ModuleType("tests")
tests.__path__ = ["tests"]
from tests.store.mortal import main
main(sys.argv[1])
"""


@dataclass(frozen=True)
class Ended:
    """How a child ended: by the signal, or by itself with this status."""

    signal: int
    status: int

    @property
    def killed(self) -> bool:
        """True where it was killed, as the test wanted it."""
        assert self.signal in (0, signal.SIGKILL), f"it died of {self.signal}"
        return self.signal == signal.SIGKILL


class Mortals:
    """Makes children that do one job each; ``jobs`` names the module that holds them."""

    def __init__(self, jobs: str) -> None:
        self.pids: list[int] = []
        """Of those who work just now."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", _MAIN, jobs],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __enter__(self) -> "Mortals":
        return self

    def __exit__(self, *exc: object) -> None:
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(PATIENCE_SECONDS)

    async def do(self, job: str, *, die_at: int | None = None, **given: Any) -> Ended:
        """Let a child do a job; ``die_at``: before which of its words it is killed."""
        (ended,) = await self.do_at_once(job, die_at=[die_at], **given)
        return ended

    async def do_at_once(
        self, job: str, *, die_at: Sequence[int | None], **given: Any
    ) -> list[Ended]:
        """Let several children do the same job at the same time, on the database at ``url``.

        Returns once PostgreSQL has let go of whoever was killed: until it sees that the socket is
        closed, rows are locked by somebody who is dead, and the next one passes over them.
        """
        asked = json.dumps({"job": job, "die_at": list(die_at), "given": given})
        self._write(asked)
        async with asyncio.timeout(PATIENCE_SECONDS):
            self.pids = await asyncio.to_thread(self._read)
            told = await asyncio.to_thread(self._read)
            self.pids = []
            while any(one[0] for one in told) and await _at_work(given["url"]):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        ended = [Ended(*one) for one in told]
        assert all(one.killed or one.status == 0 for one in ended), ended
        return ended

    def _write(self, asked: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(asked.encode() + b"\n")
        self._process.stdin.flush()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


async def _at_work(url: str) -> bool:
    """Is anybody in a transaction on that database?"""
    async with await AsyncConnection.connect(url) as connection:
        found = await (await connection.execute(_AT_WORK)).fetchone()
    return found is not None and found[0] > 0


# ---------------------------------------------------------------- the program


def main(jobs: str) -> None:
    """Fork children for what is asked on standard input, until that ends."""
    module = import_module(jobs)
    for line in sys.stdin:
        asked = json.loads(line)
        job = getattr(module, asked["job"])
        pids = [_child(job, die_at, asked["given"]) for die_at in asked["die_at"]]
        _say(pids)
        ended = [os.waitpid(pid, 0)[1] for pid in pids]
        _say([(status & 0x7F, status >> 8) for status in ended])


def _say(told: Any) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _child(job: Callable[..., Awaitable[None]], die_at: int | None, given: Any) -> int:
    pid = os.fork()
    if pid:
        return pid
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    _die_before(die_at)
    status = 1
    try:
        asyncio.run(_run(job, given))
        status = 0
    finally:
        os._exit(status)


async def _run(job: Callable[..., Awaitable[None]], given: Any) -> None:
    await job(**given)


def _die_before(word: int | None) -> None:
    said = 0

    def say() -> None:
        nonlocal said
        said += 1
        if said == word:
            os.kill(os.getpid(), signal.SIGKILL)

    wait = AsyncConnection.wait

    async def counted(self: Any, *args: Any, **more: Any) -> Any:
        say()
        return await wait(self, *args, **more)

    AsyncConnection.wait = counted  # type: ignore[method-assign]
    for name in ("fdopen", "fsync"):
        setattr(os, name, _after(say, getattr(os, name)))


def _after(say: Callable[[], None], act: Callable[..., Any]) -> Callable[..., Any]:
    def counted(*args: Any, **more: Any) -> Any:
        say()
        return act(*args, **more)

    return counted
