"""The embedded PostgreSQL: binaries from a wheel, data below the home folder, a local socket only.

The server outlives a crash of the application and is found again. Every process that uses it
holds a shared lock on a file; whoever can turn that lock into an exclusive one is the last and
stops the server.
"""

import asyncio
import fcntl
import hashlib
import importlib.util
import os
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

import structlog
from psycopg import AsyncConnection, OperationalError

from cardline.adapters.postgres.privileges import APPLICATION
from cardline.core.errors import CardlineError

log = structlog.get_logger()

_USER = "cardline"
_GONE_SECONDS = 10.0
_SOCKET_PATH_LIMIT = 90  # bytes; the kernel allows 107 for the whole path
_NOBODY = 65534

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "log_min_messages": "warning",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "jit": "off",
    "autovacuum_naptime": "30s",
    "logging_collector": "off",
}


class EmbeddedPostgresError(CardlineError):
    """The embedded server is not there, or does not start."""

    code = "embedded-postgres"


def binaries() -> Path:
    """Return the folder of PostgreSQL's programs inside the wheel.

    Raises :class:`EmbeddedPostgresError` where the platform has no such wheel.
    """
    wheel = importlib.util.find_spec("pgserver")
    if wheel is None or wheel.origin is None:
        raise EmbeddedPostgresError(
            "this platform has no embedded PostgreSQL: name a server with --database"
        )
    return Path(wheel.origin).parent / "pginstall" / "bin"


def _as_server_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: give it another user who may still reach the folder."""
    if os.geteuid() != 0:
        return command
    return [
        "setpriv",
        f"--reuid={_NOBODY}",
        f"--regid={_NOBODY}",
        "--clear-groups",
        "--inh-caps=+dac_override,+dac_read_search",
        "--ambient-caps=+dac_override,+dac_read_search",
        *command,
    ]


class EmbeddedPostgres:
    """One server for one home folder. Use it as an async context manager; it gives ``url``."""

    def __init__(self, home: Path) -> None:
        self._folder = home.resolve() / "postgres"
        self._data = self._folder / "data"
        socket_folder = self._folder / "socket"
        if len(str(socket_folder)) > _SOCKET_PATH_LIMIT:
            mark = hashlib.sha256(str(socket_folder).encode()).hexdigest()[:12]
            socket_folder = Path(tempfile.gettempdir()) / f"cardline-{os.getuid()}-{mark}"
        self._socket = socket_folder
        self._users: IO[str] | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Connection string of the owner, for migrations."""
        return f"postgresql://{_USER}@/{_USER}?host={self._socket}"

    @property
    def application_url(self) -> str:
        """Connection string of the application, which owns nothing."""
        return f"postgresql://{APPLICATION}@/{_USER}?host={self._socket}"

    @property
    def pid(self) -> int | None:
        """Process id of the running server, if it runs."""
        if self._child is not None:
            self._child.poll()  # a dead child that nobody waits for would count as alive
        try:
            pid = int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
        except (OSError, ValueError):
            return None
        try:  # after a crash of the machine the number may belong to somebody else
            if "postgres" not in Path(f"/proc/{pid}/cmdline").read_text():
                return None
        except OSError:
            pass
        return pid

    async def __aenter__(self) -> "EmbeddedPostgres":
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._users = (self._folder / "users.lock").open("a")
        fcntl.flock(self._users, fcntl.LOCK_SH)
        try:
            await self.ensure_running()
        except BaseException:
            self._users.close()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._users is not None
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._users.close()
            return
        await self._stop()
        self._users.close()

    async def ensure_running(self) -> None:
        """Start the server unless it runs; wait until it accepts connections."""
        with (self._folder / "start.lock").open("a") as starting:
            await asyncio.to_thread(fcntl.flock, starting, fcntl.LOCK_EX)
            if not (self._data / "PG_VERSION").exists():
                await asyncio.to_thread(self._create)
            if self.pid is None:
                self._start()
            await self._wait()

    def _create(self) -> None:
        if self._data.exists() and any(self._data.iterdir()):
            raise EmbeddedPostgresError(f"{self._data} holds something that is no database")
        self._data.mkdir(parents=True, exist_ok=True)
        os.chmod(self._data, 0o700)
        if os.geteuid() == 0:
            os.chown(self._data, _NOBODY, _NOBODY)
        done = subprocess.run(
            _as_server_user(
                [
                    str(binaries() / "initdb"),
                    f"--pgdata={self._data}",
                    f"--username={_USER}",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--auth=trust",
                    "--no-instructions",
                    "--no-sync",
                ]
            ),
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
        )
        if done.returncode:
            raise EmbeddedPostgresError(f"initdb failed: {done.stderr.strip()}")

    def _start(self) -> None:
        self._socket.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(self._socket, _NOBODY, _NOBODY)
        os.chmod(self._socket, 0o700)
        log_path = self._folder / "server.log"
        if log_path.exists() and log_path.stat().st_size > 10_000_000:
            log_path.replace(self._folder / "server.log.1")
        command = [str(binaries() / "postgres"), "-D", str(self._data), "-k", str(self._socket)]
        for name, value in _SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        with log_path.open("ab") as server_log:
            # A session of its own: the server survives the terminal and a crash of ours.
            self._child = subprocess.Popen(
                _as_server_user(command),
                stdin=subprocess.DEVNULL,
                stdout=server_log,
                stderr=server_log,
                cwd="/",
                start_new_session=True,
            )

    async def _wait(self, seconds: float = 30.0) -> None:
        deadline = time.monotonic() + seconds
        admin = f"postgresql://{_USER}@/postgres?host={self._socket}"
        while True:
            try:
                async with await AsyncConnection.connect(admin, autocommit=True) as connection:
                    cursor = await connection.execute(
                        "SELECT 1 FROM pg_database WHERE datname = %s", (_USER,)
                    )
                    if await cursor.fetchone() is None:
                        await connection.execute(f"CREATE DATABASE {_USER}")
                    cursor = await connection.execute(
                        "SELECT 1 FROM pg_roles WHERE rolname = %s", (APPLICATION,)
                    )
                    if await cursor.fetchone() is None:  # a new home, or one of before this role
                        await connection.execute(f"CREATE ROLE {APPLICATION} LOGIN")
                    return
            except OperationalError as error:
                if time.monotonic() > deadline:
                    tail = (self._folder / "server.log").read_text(errors="replace")[-800:]
                    raise EmbeddedPostgresError(
                        f"the embedded PostgreSQL did not start: {error}\n{tail}"
                    ) from error
                if self._child is not None and self._child.poll() is not None and self.pid is None:
                    # A dead server that nobody has waited for still holds its lock file.
                    await asyncio.sleep(0.2)
                    self._start()
            await asyncio.sleep(0.03)

    async def _stop(self) -> None:
        pid = self.pid
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)  # fast shutdown: roll back what is open, checkpoint, end
        for _ in range(600):
            if self.pid is None:
                if self._child is not None:  # its lock file goes a moment before itself
                    await asyncio.to_thread(self._child.wait, _GONE_SECONDS)
                if self._socket.parent != self._folder:
                    with suppress(OSError):
                        self._socket.rmdir()
                return
            await asyncio.sleep(0.05)
        log.error("the embedded PostgreSQL did not stop", pid=pid)
