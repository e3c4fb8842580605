"""``cardline serve``: everything that runs, started in order and stopped in the other."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import structlog
import uvicorn

from cardline.adapters.sip.absent import AbsentLine
from cardline.adapters.sip.client import LineClient, LineOptions, LineUnavailable
from cardline.app.calls.dispatch import Dispatcher
from cardline.app.calls.recorder import Recorder
from cardline.app.calls.registry import Calls
from cardline.app.evidence.nightly import Nightly
from cardline.app.evidence.packs.job import run_packs
from cardline.app.evidence.roots import run_sealing
from cardline.app.http.application import make_application
from cardline.app.operation.alarms import Alarms
from cardline.app.operation.doctor import calls_possible
from cardline.app.operation.metrics import PrometheusObserver
from cardline.app.outward.dialler import Dialler
from cardline.app.outward.ways import send_for_ever, take_mail_in
from cardline.app.running import Running
from cardline.app.settings import Settings
from cardline.app.wiring import Parts, checked_flow, open_parts
from cardline.cards import actions as cards
from cardline.cards import sweeping
from cardline.complaints.sweeping import sweep as sweep_complaints
from cardline.core.clock import utc_now
from cardline.core.errors import CardlineError
from cardline.core.home import home
from cardline.core.transaction import Transaction
from cardline.desk.hard_conversations import actions as hard
from cardline.desk.login.sessions import sweep_sessions
from cardline.desk.work import sweeping as desk_sweeping
from cardline.hotline.flows.model import LANGUAGES, Speak, Utterance
from cardline.hotline.services import Services
from cardline.hotline.speech import utterances
from cardline.hotline.speech.prompts import Catalogue
from cardline.messages.chat.queueing import sweep as sweep_chats

log = structlog.get_logger()

CONNECTIONS = 8
"""To the database, all open from the start: the first rush waits for none to be made."""
SWEEP_SECONDS = 10.0
MOST_HEARD = 65536
"""Bytes of one message that a browser may send over a WebSocket."""
CHAT_SWEEP_SECONDS = 5.0
PERIODS = 200
"""Statements closed in one go, so that a thousand at midnight do not hold up a call."""
GUARD_SECONDS = 0.25
WATCH_SECONDS = 2.0
_ALONE = Speak((Utterance("please_hold"),), LANGUAGES)
"""What the line says by itself to callers who are left alone while we are away."""


class StartError(CardlineError):
    """The server cannot start; the message says why and what to do."""

    code = "start"


Started = Callable[[Running], Coroutine[Any, Any, None]]


async def serve(settings: Settings, *, started: Started | None = None) -> None:
    """Run until a signal asks to end. Raises ``CardlineError`` where it cannot start."""
    os.umask(0o077)  # recordings, spool and logs are for nobody else on this machine
    flow, catalogue = checked_flow(settings.flow, settings.prompts, pack=settings.pack)
    bank_call, _ = checked_flow(settings.bank_call_flow, settings.prompts, pack=settings.pack)
    async with open_parts(settings, connections=CONNECTIONS, ready=CONNECTIONS) as parts:
        line = _line(settings, catalogue)
        services = Services(
            database=parts.database,
            clock=utc_now,
            line=line,
            bank=parts.bank,
            flow=flow,
            catalogue=catalogue,
            identity=parts.identity,
            routing=parts.routing,
            trunk=settings.trunk,
            shown_number=settings.shown_number,
            random=parts.random,
            observer=PrometheusObserver(),
            bank_call=bank_call,
            campaigns=parts.campaigns,
            doors=parts.doors,
            caller_identity=parts.caller_identity,
        )
        alarms = Alarms(parts.database)
        recorder = Recorder(
            settings, parts.database, utc_now, alarms, parts.recordings, parts.files
        )
        calls = Calls(services, settings, alarms, recorder)
        dialler = Dialler(services, calls, parts.database)
        running = Running(parts, services, calls, alarms, dialler)
        stop = _stop_signal()
        web_socket = _web_socket(settings)
        try:
            # The line is a process of its own: it starts while the routes are put together.
            _, web = await asyncio.gather(line.start(), asyncio.to_thread(_web, running))
        except LineUnavailable as error:
            web_socket.close()
            raise StartError(f"{error}{_last_words(settings)}") from error
        tasks: list[asyncio.Task[None]] = [
            asyncio.create_task(work)
            for work in (
                recorder.run(),
                recorder.seal_old(),
                Nightly(parts, utc_now, alarms).run(),
                calls.run(),
                Dispatcher(services, calls, parts.database).run(),
                dialler.run(),
                send_for_ever(parts),
                take_mail_in(parts),
                _sweep(parts),
                _sweep_chats(parts),
                _sweep_complaints(parts),
                run_sealing(parts, alarms),
                run_packs(parts),
                running.chat_hub.run(parts.database),
                _guard_database(running),
                running.live.run(),
                running.sessions.run(),
                web.serve([web_socket]),
                *([started(running)] if started else []),
            )
        ]
        # What was made so far stays: a full collection over it would hold up the calls.
        gc.collect()
        gc.freeze()
        gc.enable()
        try:
            await _until_stopped(stop, tasks)
        finally:
            running.live.close()
            running.chat_hub.close()
            web.should_exit = True
            await line.stop(drain=True)
            await asyncio.sleep(0)
            await _finish_calls(calls)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _line(settings: Settings, catalogue: Catalogue) -> LineClient | AbsentLine:
    missing = calls_possible()
    if missing is None:
        return LineClient(_line_options(settings, catalogue))
    log.error("no calls can be taken on this machine", why=missing)
    return AbsentLine(missing)


def _last_words(settings: Settings) -> str:
    """Return what the line said last, for whoever reads why it did not start."""
    try:
        said = (settings.run / "line.log").read_text(errors="replace").strip().splitlines()
    except OSError:
        return ""
    return f"\n{said[-1]}" if said else ""


def _web_socket(settings: Settings) -> socket.socket:
    address = settings.http
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    web_socket = socket.socket(family, socket.SOCK_STREAM)
    web_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        web_socket.bind((address.host, address.port))
    except OSError as error:
        web_socket.close()
        raise StartError(
            f"HTTP cannot answer on {address}: {error.strerror}. "
            "Is another server running there? Choose another with --http HOST:PORT."
        ) from error
    return web_socket


def _line_options(settings: Settings, catalogue: Catalogue) -> LineOptions:
    for folder in (settings.run, settings.spool):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    return LineOptions(
        socket=settings.run / "line.sock",
        sip=str(settings.sip),
        spool=settings.spool,
        prompts=settings.prompts,
        log=settings.run / "line.log",
        extra=(
            *("--rtp", settings.rtp),
            *("--realm", settings.realm),
            *("--max-calls", str(settings.max_calls)),
            *("--media-timeout", str(settings.media_timeout)),
            *("--notice", ",".join(utterances.pieces(catalogue, _ALONE))),
        ),
    )


async def _until_stopped(stop: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
    """Wait for the signal to stop. Raises what a part of the server died of."""
    stopping = asyncio.create_task(stop.wait())
    running: set[asyncio.Task[Any]] = {stopping, *tasks}
    while not stopping.done():
        done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


async def _finish_calls(calls: Calls) -> None:
    """The line has hung up: give the conversations a moment to write their ends."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(3):
            await calls.all_over()


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


def _web(running: Running) -> uvicorn.Server:
    config = uvicorn.Config(
        make_application(running),
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
        ws_max_size=MOST_HEARD,
        ws_per_message_deflate=False,  # it costs a thousand desks more than it saves
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # ours are set
    return server


async def _sweep(parts: Parts) -> None:
    """Write the end of what is over by itself, close the embedded bank's periods, make tasks."""

    async def expire(tx: Transaction) -> None:
        await cards.expire_holds(tx, bank=parts.bank, at=utc_now())

    async def close(tx: Transaction) -> None:
        now = utc_now()
        yesterday = now.astimezone(home().zone).date() - timedelta(days=1)
        await cards.close_periods(tx, bank=parts.bank, through=yesterday, at=now, limit=PERIODS)

    async def desk(tx: Transaction) -> None:
        await desk_sweeping.sweep(tx, policy=parts.desk, at=utc_now())
        await hard.end_pauses(tx, routing_policy=parts.routing, at=utc_now())
        await sweep_sessions(tx, policy=parts.login.policy, at=utc_now())

    async def end(tx: Transaction) -> None:
        await sweeping.sweep(
            tx,
            bank=parts.bank,
            identity=parts.identity,
            policy=parts.servicing,
            at=utc_now(),
        )

    while True:
        try:
            await parts.database.run(expire)
            await parts.database.run(end)
            await parts.database.run(close)
            await parts.database.run(desk)
        except Exception:
            log.exception("a sweep failed; trying again")
        await asyncio.sleep(SWEEP_SECONDS)


async def _sweep_chats(parts: Parts) -> None:
    """Give back chats whose agent is gone, and end those in which nobody writes any more."""

    async def sweep(tx: Transaction) -> None:
        await sweep_chats(tx, config=parts.chat, at=utc_now())

    while True:
        try:
            await parts.database.run(sweep)
        except Exception:
            log.exception("a sweep of the chats failed; trying again")
        await asyncio.sleep(CHAT_SWEEP_SECONDS)


async def _sweep_complaints(parts: Parts) -> None:
    """Warn of what is due on complaints, escalate what is overdue, pay what was decided."""
    while True:
        try:
            await sweep_complaints(parts.database, config=parts.complaints, clock=utc_now)
        except Exception:
            log.exception("a sweep of the complaints failed; trying again")
        await asyncio.sleep(SWEEP_SECONDS)


async def _watch_database(running: Running) -> None:
    """Know whether an external server answers, for ``/readyz``."""
    while True:
        try:
            async with asyncio.timeout(WATCH_SECONDS), running.parts.database.transaction():
                running.database_up = True
        except Exception:
            if running.database_up:
                log.exception("the external database does not answer")
            running.database_up = False
        await asyncio.sleep(WATCH_SECONDS)


async def _guard_database(running: Running) -> None:
    """Start the embedded server again when it died."""
    postgres = running.parts.postgres
    if postgres is None:
        await _watch_database(running)
        return
    while True:
        await asyncio.sleep(GUARD_SECONDS)
        if postgres.pid is not None:
            continue
        running.database_up = False
        log.error("the embedded PostgreSQL died; starting it again")
        try:
            await postgres.ensure_running()
            running.database_up = True
        except Exception:
            log.exception("the embedded PostgreSQL does not start")
