"""A Cardline of one's own: a temporary home with a made-up bank and agents, served and stopped."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self

import cardline
from bench.processes import family
from cardline.app.people import NewColleague, add_colleague
from cardline.app.settings import load_settings
from cardline.app.wiring import Parts, open_parts
from cardline.cards.rules.terms import card_terms
from cardline.core.clock import SHANGHAI, utc_now
from cardline.core.ids import AgentId
from cardline.core.policy import load_area
from cardline.core.transaction import Transaction
from cardline.routing import actions as routing
from cardline.routing.model import AgentEvent
from cardline.sim.bank import make_demo_bank
from cardline.sim.demo_people import demo_holder

SEED = 20261101
_MAIN = "from cardline.app.cli import main; main()"
_READY_SECONDS = 30.0
_STOP_SECONDS = 20.0


def free_port(kind: socket.SocketKind) -> int:
    """Return a port of 127.0.0.1 that nobody uses now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """One home. As a context manager it is made, and removed with all that runs on it."""

    def __init__(self, *, rtp: str = "20000-29998", spool: Path | None = None) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="cardline-bench-"))
        self._spool = Path(tempfile.mkdtemp(prefix="cardline-bench-", dir=spool)) if spool else None
        if self._spool:
            (self.home / "spool").symlink_to(self._spool)
        self.home.chmod(0o755)
        self.http = f"127.0.0.1:{free_port(socket.SOCK_STREAM)}"
        self.sip = f"127.0.0.1:{free_port(socket.SOCK_DGRAM)}"
        (self.home / "cardline.toml").write_text(f'rtp = "{rtp}"\nmax_calls = 1000\n')
        self.settings = load_settings(
            {"home": self.home, "http": self.http, "sip": self.sip}, environment={}
        )
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            for folder in filter(None, (self.home, self._spool)):
                shutil.rmtree(folder, ignore_errors=True)

    # ------------------------------------------------------------ people

    @asynccontextmanager
    async def parts(self) -> AsyncIterator[Parts]:
        """Open the database of this home; its server is started where none runs."""
        async with open_parts(self.settings) as parts:
            yield parts

    async def fill(self, *, holders: int, phones: Sequence[str]) -> list[str]:
        """Make a bank, and an agent ready at each of these SIP addresses.

        Returns the telephone numbers of the holders.
        """
        terms = card_terms(load_area("cards"))
        now = utc_now()
        async with self.parts() as parts, parts.database.transaction() as tx:
            await make_demo_bank(
                tx, bank=parts.bank, terms=terms, seed=SEED, now=now, holders=holders
            )
            for number, phone in enumerate(phones, 1):
                await _add_agent(parts, tx, f"{number:04}", phone)
        today = now.astimezone(SHANGHAI).date()
        return [
            str(demo_holder(SEED, index, today=today, terms=terms).holder.phone)
            for index in range(1, holders + 1)
        ]

    # ------------------------------------------------------------ running

    def launch(self) -> None:
        """Start ``cardline serve`` and do not wait for it."""
        with (self.home / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-c", _MAIN, "serve", "--home", str(self.home)),
                    *("--http", self.http, "--sip", self.sip),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | {"PYTHONPATH": str(Path(cardline.__file__).parents[1])},
                start_new_session=True,
            )

    async def ready(self) -> None:
        """Wait until a call can be taken. Raises ``RuntimeError`` with the log where none can."""
        assert self.process is not None
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(OSError, urllib.error.URLError):
                await asyncio.to_thread(urllib.request.urlopen, f"http://{self.http}/readyz")
                return
            await asyncio.sleep(0.05)
        raise RuntimeError(f"the server is not ready:\n{self.log[-3000:]}")

    @property
    def log(self) -> str:
        """What the server and its line have said."""
        paths = (self.home / "serve.log", self.settings.run / "line.log")
        return "".join(path.read_text(errors="replace") for path in paths if path.exists())

    def stop(self) -> None:
        """Ask the server to end; end by force what is left of it."""
        if self.process is None:
            return
        everybody = family(self.process.pid)
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            print("the server did not end by itself", file=sys.stderr)
        for pid in everybody:
            with suppress(OSError):
                if str(self.home) in Path(f"/proc/{pid}/cmdline").read_text():
                    os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


async def _add_agent(parts: Parts, tx: Transaction, number: str, phone: str) -> None:
    at = utc_now()
    await add_colleague(
        tx,
        NewColleague(
            number=number,
            name=f"Agent {number}",
            role="agent",
            skills=("general", "account", "urgent"),
            languages=("zh", "en"),
            token=f"bench-{number}",
            phone_password=number,
        ),
        realm=parts.settings.realm,
        at=at,
    )
    for event in (AgentEvent.LOG_IN, AgentEvent.SET_READY):
        await routing.set_agent_state(
            tx,
            agent=AgentId(f"a{number}"),
            event=event,
            policy=parts.routing,
            phone=phone if event is AgentEvent.LOG_IN else "",
            at=at,
        )
