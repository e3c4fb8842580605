"""``cardline doctor``: what this machine and this installation can do, and what is missing."""

import asyncio
import importlib.util
import platform
import shutil
import socket
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
from psycopg_pool import PoolTimeout

from cardline.adapters.postgres.database import Database
from cardline.adapters.postgres.embedded import (
    EmbeddedPostgres,
    EmbeddedPostgresError,
    binaries,
)
from cardline.adapters.postgres.privileges import APPEND_ONLY, POWERS
from cardline.adapters.sealer.keyring import KeyRing
from cardline.app.operation.calendar_watch import calendar_fault
from cardline.app.outward.texting import smpp_options, smpp_password
from cardline.app.settings import Address, Settings, SettingsError
from cardline.app.wiring import checked_flow
from cardline.core.calendar import business_day, work_calendar
from cardline.core.clock import utc_now
from cardline.core.errors import CardlineError
from cardline.core.policy import load_area, taken_by
from cardline.evidence.sealing.checking import faults

_TWO_ROLES = "see docs/howto/external-database.md, two roles"
LEAST_FREE = 1_000_000_000
"""Bytes on the disk of recordings: about 17 hours of talk."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    ok: bool
    detail: str


def calls_possible() -> str | None:
    """Return why this machine cannot take calls, or ``None`` where it can."""
    for module in ("sippy", "rtp.io"):
        try:
            found = importlib.util.find_spec(module)
        except ModuleNotFoundError:
            found = None
        if found is None:
            return (
                f"no {module} for {platform.system()} on {platform.machine()}: everything but "
                "calls runs here; calls need Linux on x86-64"
            )
    return None


def examine(settings: Settings) -> list[Finding]:
    """Look at everything that a running system needs."""
    missing = calls_possible()
    return [
        Finding("python", sys.version_info >= (3, 11), platform.python_version()),
        Finding("telephony", missing is None, missing or "sippy and rtp.io are there"),
        _database(settings),
        _journal(settings),
        _port("SIP port", settings.sip, socket.SOCK_DGRAM),
        _port("HTTP port", settings.http, socket.SOCK_STREAM),
        *([_smpp(settings)] if settings.smpp else []),
        _disk(settings),
        _master_keys(settings),
        _pack(settings),
        _calendar(settings),
        _flow("call flow", settings.flow, settings),
        _flow("flow of our calls", settings.bank_call_flow, settings),
    ]


def _database(settings: Settings) -> Finding:
    if settings.database:
        try:
            with psycopg.connect(settings.database, connect_timeout=5) as connection:
                version = connection.info.server_version // 10000
        except psycopg.Error as error:
            return Finding("database", False, f"external: {str(error).splitlines()[0]}")
        return Finding("database", version >= 15, f"external PostgreSQL {version}")
    try:
        return Finding("database", (binaries() / "postgres").exists(), "embedded PostgreSQL")
    except EmbeddedPostgresError as error:
        return Finding("database", False, error.message)


def _journal(settings: Settings) -> Finding:
    """Whether the application could alter the journal, were somebody else to steer it."""
    if not settings.database:
        return Finding("journal", True, "the application's role can only add to it")
    try:
        with psycopg.connect(settings.database, connect_timeout=5) as connection:
            found = connection.execute(POWERS, {"tables": list(APPEND_ONLY)}).fetchall()
    except psycopg.Error as error:
        return Finding("journal", False, str(error).splitlines()[0])
    powers = [str(row[0]) for row in found]
    if not powers:
        return Finding("journal", True, "the application's role can only add to it")
    why = ", ".join(powers[:3])
    return Finding("journal", False, f"the application's role could alter it ({why}): {_TWO_ROLES}")


def _port(what: str, address: Address, kind: socket.SocketKind) -> Finding:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address.host, address.port))
        except OSError as error:
            reason = f"{address}: {error.strerror}; a server of this home may hold it"
            return Finding(what, True, reason)
    return Finding(what, True, f"{address} is free")


def _smpp(settings: Settings) -> Finding:
    """Whether the message centre can be reached; nobody binds, which could end a live session."""
    what = "SMPP"
    try:
        smpp_password(settings)
        options = smpp_options(settings)
        with socket.create_connection((options.host, options.port), timeout=5) as connection:
            if options.tls is not None:
                options.tls.wrap_socket(connection, server_hostname=options.host).close()
    except SettingsError as error:
        return Finding(what, False, error.message)
    except OSError as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        return Finding(what, False, f"{settings.smpp}: {why}")
    over = "by TLS" if options.tls is not None else "unprotected: only over a private way"
    return Finding(what, True, f"{settings.smpp} answers ({over}); nothing was sent")


def _disk(settings: Settings) -> Finding:
    folder = settings.home
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    return Finding("disk", free >= LEAST_FREE, f"{free // 1_000_000:,} MB free at {folder}")


def _master_keys(settings: Settings) -> Finding:
    """Are the keys there, are they what they say, are they fresh, and do they open what is kept?"""
    what, ring = "master keys", KeyRing(settings.master_keys_folder)
    try:
        keys = list(ring.keys().values())
        wrong = asyncio.run(_unreadable(settings, ring))
    except (CardlineError, OSError) as error:
        return Finding(what, False, str(error))
    if wrong:
        return Finding(what, False, "; ".join(wrong))
    if not keys:
        return Finding(what, True, f"none yet in {ring.folder}: made at the first start")
    lasts = load_area("retention", pack=settings.pack).days("master_key_days")
    ends = keys[-1].made_at + lasts
    if ends <= utc_now():
        return Finding(what, False, f"the newest ended {ends:%Y-%m-%d}: cardline sealing new-key")
    return Finding(what, True, f"{len(keys)}, the newest until {ends:%Y-%m-%d}")


def _pack(settings: Settings) -> Finding:
    """What the pack does not have of its own: another country's rules, to be checked."""
    taken = taken_by(settings.pack)
    if not taken.areas:
        return Finding("policy pack", True, f"{settings.pack}, all areas of its own")
    areas = ", ".join(taken.areas)
    told = f"{settings.pack}, with these areas of {taken.base}: {areas}"
    return Finding("policy pack", True, f"{told} (docs/howto/other-countries.md)")


def _calendar(settings: Settings) -> Finding:
    """Whether the days off of today's year are known; of the next one it reminds in time."""
    now = utc_now()
    calendar = work_calendar(load_area("outreach", pack=settings.pack))
    known = not calendar.lacks(business_day(now), timedelta(0))
    reminder = calendar_fault(settings.pack, at=now)
    return Finding(
        "calendar", known, reminder or f"days off are known until {calendar.last_known()}"
    )


async def _unreadable(settings: Settings, ring: KeyRing) -> list[str]:
    url = settings.database
    if not url:
        embedded = EmbeddedPostgres(settings.home)
        if embedded.pid is None:
            return []  # no server of this home runs: only the files themselves were looked at
        url = embedded.url
    try:
        async with Database(url, connections=1) as database, database.transaction() as tx:
            return await faults(tx, ring)
    except (psycopg.Error, PoolTimeout):
        return []  # a database that is away, or not set up yet, is another finding


def _flow(what: str, path: Path, settings: Settings) -> Finding:
    try:
        flow, _ = checked_flow(path, settings.prompts, pack=settings.pack)
    except CardlineError as error:
        return Finding(what, False, error.message)
    return Finding(what, True, f"{len(flow.nodes)} nodes, version {flow.version}")
