"""The whole program in a home of its own: started as people start it, watched, and taken down."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from tests.journeys.shell import ROOT, Ended, Shell

START_SECONDS = 60.0
STOP_SECONDS = 20.0
_MAIN = "from cardline.app.cli import main; main()"


class Program:
    """One installation: its home, its ports, and the server that runs on it."""

    def __init__(
        self,
        home: Path,
        shell: Shell,
        *,
        prompts: Path,
        flow: Path | None = None,
        trunk: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home
        self.shell = shell
        self.http = f"127.0.0.1:{free_port(socket.SOCK_STREAM)}"
        self.sip = f"127.0.0.1:{free_port(socket.SOCK_DGRAM)}"
        self.trunk = trunk
        self.log_path = home.with_suffix(".log")
        self.environment = {
            "CARDLINE_PROMPTS": str(prompts),
            "CARDLINE_RTP": rtp_range(),
            **({"CARDLINE_FLOW": str(flow)} if flow else {}),
            **(environment or {}),
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def hotline(self) -> str:
        """The address to call."""
        return f"sip:hotline@{self.sip}"

    @property
    def log(self) -> str:
        """What the server has written to its standard output and error, all starts together."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    # ------------------------------------------------------------ starting and stopping

    def launch(self, command: str = "serve", *more: str) -> None:
        """Start the server and do not wait for it."""
        arguments = [command, "--home", str(self.home), "--http", self.http, "--sip", self.sip]
        arguments += ["--trunk", self.trunk] if self.trunk else []
        arguments += ["--calls-per-minute", "0"] if command == "demo" else []
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _MAIN, *arguments, *more],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def start(self, command: str = "serve") -> None:
        """Start the server and wait until it can take a call."""
        self.launch(command)
        await self.ready()

    async def ready(self, *, within: float = START_SECONDS) -> None:
        """Wait until ``/readyz`` says that a call can be taken."""

        async def is_ready() -> bool:
            assert self.process is not None
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended: {self.log[-2000:]}")
            with contextlib.suppress(OSError):
                return bool((await self.readiness())["ready"])
            return False

        await until(is_ready, within=within, what="the server to be ready")

    async def readiness(self) -> dict[str, Any]:
        """Return what ``/readyz`` says. Raises ``OSError`` where nobody answers."""
        return await asyncio.to_thread(_read_json, f"http://{self.http}/readyz")

    async def stop(self) -> None:
        """Ask the server to end (SIGTERM) and wait for it. Raises where it does not."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        ended = self.process
        await until(lambda: ended.poll() is not None, within=STOP_SECONDS, what="the server's end")
        self.process = None

    def tear_down(self) -> None:
        """Kill everything of this home that is left, whatever state it is in."""
        for process in [self.process] if self.process else []:
            process.kill()
            process.wait()
        self.process = None
        for left in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                left.kill()
        psutil.wait_procs(self.processes(), timeout=5)

    # ------------------------------------------------------------ its processes

    def processes(self) -> list[psutil.Process]:
        """Return every process that has this home in its command line, and their children."""
        mark = f"{self.home}{os.sep}"
        found: dict[int, psutil.Process] = {}
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                words = process.cmdline()
                if any(f"{word}{os.sep}".startswith(mark) for word in words):
                    for one in [process, *process.children(recursive=True)]:
                        found[one.pid] = one
        found.pop(os.getpid(), None)
        return [one for one in found.values() if one.status() != psutil.STATUS_ZOMBIE]

    def process_of(self, *words: str) -> psutil.Process:
        """Return the one process of this home that has a word ending in each of these."""
        found = [
            process
            for process in self.processes()
            if all(any(part.endswith(word) for part in process.cmdline()) for word in words)
        ]
        assert len(found) == 1, f"{words}: {found}"
        return found[0]

    @property
    def line(self) -> psutil.Process:
        """The process that owns SIP and media."""
        return self.process_of("cardline.adapters.sip", "--socket")

    @property
    def postgres(self) -> psutil.Process:
        """The embedded PostgreSQL."""
        return self.process_of("bin/postgres", "-D")

    # ------------------------------------------------------------ the command line

    def cli(self, *arguments: str) -> Any:
        """Run a command on this home with ``--json`` and return what it says."""
        ended = self.run(*arguments, "--json")
        assert ended.status == 0, ended.err
        return ended.json

    def run(self, *arguments: str) -> Ended:
        """Run a command on this home."""
        return self.shell.run(*arguments, "--home", str(self.home), environment=self.environment)

    async def ask(self, *arguments: str) -> Any:
        """As ``cli``, while calls go on."""
        return await asyncio.to_thread(self.cli, *arguments)

    async def tell(self, *arguments: str) -> Ended:
        """As ``run``, while calls go on."""
        return await asyncio.to_thread(self.run, *arguments)


def _read_json(url: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            told: dict[str, Any] = json.load(response)
    except urllib.error.HTTPError as error:
        told = json.load(error)
        error.close()
    return told


def copy_home(home: Path, to: Path) -> Path:
    """Copy a home on which nothing runs, owners and modes included."""
    shutil.copytree(home, to, symlinks=True, copy_function=_copy_with_owner, dirs_exist_ok=True)
    for path in [home, *home.rglob("*")]:
        if path.is_dir():
            stat = path.stat()
            os.chown(to / path.relative_to(home), stat.st_uid, stat.st_gid)
    return to


def _copy_with_owner(source: str, to: str) -> None:
    if Path(source).is_socket():
        return
    shutil.copy2(source, to)
    stat = Path(source).stat()
    os.chown(to, stat.st_uid, stat.st_gid)


async def until(is_so: Callable[[], Any], *, within: float, what: str, every: float = 0.05) -> Any:
    """Wait until ``is_so`` (or what it awaits) is true, and return that. Raises AssertionError."""
    ends = time.monotonic() + within
    while True:
        found = is_so()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        assert time.monotonic() < ends, f"waited {within} s for {what}"
        await asyncio.sleep(every)


def free_port(kind: socket.SocketKind) -> int:
    """Return a port that nobody uses now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def rtp_range() -> str:
    """Return 600 UDP ports that nobody uses now, below those that the system gives out."""
    for low in range(20000 + os.getpid() % 20 * 600, 32400, 600):
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            for port in range(low, low + 600, 20):
                probe = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                probe.bind(("127.0.0.1", port))
            return f"{low}-{low + 598}"
    raise RuntimeError("no free ports for media")
