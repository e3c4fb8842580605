"""The HTTP application: routes of the areas, who may use them, errors for people and programs."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.requests import HTTPConnection
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from psycopg import DataError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import cardline
from cardline.app.evidence.packs import routes as pack_routes
from cardline.app.evidence.packs.job import pack_file
from cardline.app.http import pages, staff_routes
from cardline.app.http.access import Access, Forbidden, TooMany, Unauthorised
from cardline.app.http.bounds import Bounds
from cardline.app.http.buckets import source_of
from cardline.app.http.description import describe
from cardline.app.http.shelves import Shelves
from cardline.app.live import socket as live_socket
from cardline.app.operation.metrics import CALLS_UP
from cardline.app.outward.dialler import Dialler
from cardline.app.running import Running
from cardline.app.settings import read_sites
from cardline.cards.acts import routes as act_routes
from cardline.cards.cases import routes as case_routes
from cardline.cards.model import Delivery
from cardline.complaints import beside_routes as complaint_beside_routes
from cardline.complaints import report_routes as complaint_report_routes
from cardline.complaints import routes as complaint_routes
from cardline.complaints import work_routes as complaint_work_routes
from cardline.complaints.doors import page_routes as complaint_pages
from cardline.complaints.doors import staff_routes as complaint_door_routes
from cardline.core.clock import Clock
from cardline.core.errors import CardlineError, Conflict, Held, NotFound
from cardline.core.ids import AgentId, HolderId
from cardline.core.transaction import Transaction
from cardline.desk.hard_conversations import routes as hard_routes
from cardline.desk.holding import routes as holding_routes
from cardline.desk.interactions import actions as desk_actions
from cardline.desk.interactions import routes as desk_routes
from cardline.desk.knowledge import routes as knowledge_routes
from cardline.desk.knowledge.reading import Knowledge
from cardline.desk.login import routes as login_routes
from cardline.desk.login.model import Session
from cardline.desk.login.oidc import routes as oidc_routes
from cardline.desk.login.routes import LoginRefused
from cardline.desk.screen import routes as screen_routes
from cardline.desk.staff.model import Role, Staff
from cardline.desk.work import routes as wrapup_routes
from cardline.evidence import routes as evidence_routes
from cardline.evidence.retention import routes as retention_routes
from cardline.evidence.sealing.model import Erased, Unreadable
from cardline.hotline.call import from_desk
from cardline.hotline.call import routes as call_routes
from cardline.hotline.call.asking import ask, call_of
from cardline.hotline.call.conversation import Conversation
from cardline.hotline.call.requests import Leave
from cardline.messages import routes as message_routes
from cardline.messages.chat import agent_actions
from cardline.messages.chat import holder_routes as chat_page
from cardline.messages.chat import routes as chat_routes
from cardline.messages.chat.guests import HolderSession as ChatSession
from cardline.messages.chat.guests import LoggedIn, NotLoggedIn
from cardline.messages.chat.pages import Pages
from cardline.messages.hooks import routes as app_message_routes
from cardline.messages.letters import routes as letter_routes
from cardline.messages.letters import scan_routes
from cardline.messages.mail import routes as mail_routes
from cardline.outreach import routes as outreach_routes
from cardline.outreach.campaigns import routes as campaign_routes
from cardline.portal import desk_routes as holder_message_routes
from cardline.portal.guarding import Guard, LogInFirst
from cardline.portal.model import HolderSession
from cardline.portal.preferences import preferences_of
from cardline.portal.routes import Portal, is_ours
from cardline.reports import routes as report_routes
from cardline.routing import routes as routing_routes
from cardline.trust import routes as trust_routes
from cardline.trust.scam import page_routes as scam_pages
from cardline.trust.scam import routes as scam_routes

log = structlog.get_logger()

_ENUM = re.compile(r"<\w+\.\w+: ('[^']*')>")
"""A value of ours as a fault of the checker names it; whoever asks knows the value alone."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "object-src 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


_STATUS: dict[type[CardlineError], int] = {
    NotFound: 404,
    Conflict: 409,
    Unauthorised: 401,
    LoginRefused: 401,
    NotLoggedIn: 401,
    Forbidden: 403,
    TooMany: 429,
    Erased: 410,
    Unreadable: 503,
}


class WebServices:
    """What the areas' routes are given."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self.database = running.parts.database
        self.bank = running.parts.bank
        self.identity = running.parts.identity
        self.servicing = running.parts.servicing
        self.routing = running.parts.routing
        self.reports = running.parts.reports
        self.clock: Clock = running.services.clock
        self.phone_networks = running.parts.settings.networks_of_phones
        self.trunk = running.parts.settings.trunk
        self.recordings = running.parts.recordings
        self.looks = running.parts.looks
        self.retention = running.parts.retention
        self.evidence = running.parts.evidence
        self.sms_inbound_key = running.parts.sms_inbound_key
        self.login = running.parts.login
        self.provider = running.parts.provider
        self.base_url = running.parts.settings.base_url
        self.chat = running.parts.chat
        self.chat_hub = running.chat_hub
        self.chat_pages = Pages(running.parts.chat)
        self.chat_origins = read_sites(running.parts.settings.chat_sites)
        self.files = running.parts.files
        self.mail = running.parts.mail
        self.letters = running.parts.letters
        self.app_messages = running.parts.app_messages
        self.app_inbound_key = running.parts.app_inbound_key
        self.handovers = running.parts.handovers
        self.typesetter = running.parts.typesetter
        self.complaints = running.parts.complaints
        self.portal = running.parts.portal
        self.desk = running.parts.desk
        self.scam = running.parts.scam
        self.doors = running.parts.doors
        self.realm = running.parts.settings.realm
        self.campaigns = running.parts.campaigns
        self._access = Access(self.database, running.sessions, self.clock)

    @property
    def dialler(self) -> Dialler:
        """Who places the calls of campaigns."""
        return self._running.dialler

    @property
    def knowledge(self) -> Knowledge:
        """Articles and scripts."""
        return self.chat.knowledge

    async def holder_session(self, request: Request) -> ChatSession | None:
        """Return the session of a holder for the chat, which checks its own forms."""
        try:
            session = await Guard(self).session(request, form=False)
        except LogInFirst:
            return None
        return LoggedIn(session.holder.id, session.proofs, session.csrf)

    def pack_path(self, pack: str) -> Path:
        """Return where an evidence pack waits to be fetched."""
        return pack_file(self._running.parts.settings, pack)

    def admit_visitor(self, request: Request) -> None:
        """Count what a visitor of the chat page does; raises :class:`TooMany`."""
        self._access.admit_visitor(request)

    def conversation(self, interaction: str) -> Conversation | None:
        """Return a call that is up on this node."""
        return self._running.calls.by_interaction(interaction)

    def call_with_agent(self, agent: AgentId) -> Conversation | None:
        """Return the call in which an agent rings or is up."""
        return self._running.calls.with_agent(agent)

    def call_with_leg(self, leg: str) -> Conversation | None:
        """Return the call of a leg."""
        return self._running.calls.with_leg(leg)

    async def delivery_of(self, tx: Transaction, holder: HolderId) -> Delivery:
        """Return how a holder wants to get statements, as chosen on their own pages."""
        return (await preferences_of(tx, holder=holder)).delivery

    async def tell_claim(self, interaction: str, holder: HolderId | None) -> None:
        """Let a call that is up know whom it is about."""
        conversation = self.conversation(interaction)
        if conversation is not None:
            conversation.post(from_desk.ClaimedByAgent(holder))

    async def leave_call(self, interaction: str, staff: Staff) -> None:
        """End an agent's part of a call that is up, or the chat. Raises ``NotFound``."""
        async with self.database.transaction() as tx:
            found = await desk_actions.find(tx, interaction)
            if found is not None and found.door == "chat":
                await agent_actions.end_decided(
                    tx, staff, interaction, config=self.chat, at=self.clock()
                )
                return
        call = call_of(self, interaction)
        await ask(call, staff, lambda agent, told: Leave(agent=agent, answer=told))

    def require(self, *roles: Role) -> Callable[..., Awaitable[Staff]]:
        """Return the dependency that lets only these roles in and tells who it is."""
        return self._access.require(*roles)

    def session(self, *, unproven: bool) -> Callable[..., Awaitable[Session]]:
        """Return the dependency that gives the session of the cookie."""
        return self._access.session(unproven=unproven)

    def holder(self) -> Callable[[Request], Awaitable[HolderSession]]:
        """Return the dependency that gives the session of a holder on their own pages."""
        return Guard(self).holder()

    def admit(self, request: Request) -> None:
        """Count a try to log in; raises :class:`TooMany`."""
        self._access.admit(request)

    def network_of(self, request: Request) -> str:
        """Return what counts as one source of tries: an address, or the network around it."""
        return source_of(request.client.host if request.client else "")

    async def listener(self, connection: HTTPConnection) -> Session:
        """Return the session of a browser that wants to hear live events."""
        return await self._access.listener(connection)


def make_application(running: Running) -> FastAPI:
    """Put the application together; the OpenAPI description is the contract."""
    application = FastAPI(
        title="Cardline",
        version=cardline.__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        # Ours are the figures at /metrics and the log; nothing of a request leaves by another way.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    services = WebServices(running)
    for routes in (
        *(routing_routes, desk_routes, screen_routes, chat_routes, call_routes),
        *(login_routes, oidc_routes, wrapup_routes, hard_routes, holding_routes, knowledge_routes),
        *(staff_routes, report_routes, act_routes, case_routes, holder_message_routes),
        outreach_routes,
        *(complaint_routes, complaint_work_routes, complaint_report_routes),
        complaint_beside_routes,
        campaign_routes,
        mail_routes,
        letter_routes,
        scan_routes,
        app_message_routes,
        trust_routes,
        scam_routes,
        retention_routes,
        pack_routes,
        complaint_door_routes,
    ):
        include(application, routes.router(services))
    include(application, message_routes.router(services))
    include(application, chat_page.router(services))
    portal = Portal(services)
    for router in portal.routers():
        include(application, router)
    include(application, scam_pages.router(services))
    include(application, evidence_routes.public_router(services))
    include(application, complaint_pages.router(services))
    include(application, pages.router())
    include(application, live_socket.router(lambda: running.live, services.listener))
    _operations(application, running)
    describe(application)
    _errors(application, portal)

    router = application.router
    router.middleware_stack = Shelves(router.routes, otherwise=router.app)
    application.add_middleware(Bounds)
    application.add_middleware(Headers)  # the outer one: refusals have headers too
    return application


def include(application: FastAPI, router: APIRouter) -> None:
    """Take over the routes of an area as they are.

    ``include_router`` keeps them behind the router and builds each a second time when the first
    request comes: a second in which no other is answered, and a longer way for all that follow.
    """
    application.router.routes.extend(router.routes)


class Headers:
    """Gives every answer the headers of safety, but for those that it has.

    Bare ASGI: what wraps every request in tasks of its own costs more than most reads.
    """

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._application(scope, receive, send_with_headers)


def _operations(application: FastAPI, running: Running) -> None:
    @application.get("/healthz", tags=["operations"])
    async def health() -> dict[str, str]:
        """The process runs."""
        return {"status": "alive", "version": cardline.__version__}

    @application.get("/readyz", tags=["operations"])
    async def ready() -> JSONResponse:
        """A call can be taken."""
        alarms = [
            {"code": alarm.code, "detail": alarm.detail, "call": alarm.call}
            for alarm in running.alarms.standing(running.services.clock())
        ]
        body: dict[str, Any] = {
            "ready": running.ready,
            "line": running.calls.line or None,
            "database": running.database_up,
            "calls": len(running.calls),
            "alarms": alarms,
        }
        return JSONResponse(body, status_code=200 if running.ready else 503)

    @application.get("/metrics", tags=["operations"])
    async def metrics() -> Response:
        """Figures in Prometheus' form."""
        CALLS_UP.set(len(running.calls))
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _errors(application: FastAPI, portal: Portal) -> None:
    @application.exception_handler(CardlineError)
    async def refused(request: Request, error: CardlineError) -> Response:
        if is_ours(request):
            return portal.error(request, error)
        status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 422)
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
        if isinstance(error, TooMany):
            headers["Retry-After"] = str(error.seconds)
        body: dict[str, object] = {"code": error.code, "message": error.message}
        if isinstance(error, Held):
            body["reasons"] = list(error.reasons)
        return JSONResponse(body, status_code=status, headers=headers)

    @application.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        if is_ours(request):
            return portal.fault(request, "not-found", 404)
        faults = [
            {
                "where": ".".join(str(part) for part in fault["loc"]),
                "what": _ENUM.sub(r"\1", fault["msg"]),
            }
            for fault in error.errors()
        ]
        body = {"code": "invalid", "message": "the request is not well formed", "faults": faults}
        return JSONResponse(body, status_code=422)

    @application.exception_handler(DataError)
    @application.exception_handler(UnicodeEncodeError)
    async def unkeepable(request: Request, error: Exception) -> Response:
        # A NUL, half a character, a number or a time beyond all bounds: nothing of it was kept.
        log.warning("a request held what no database keeps", kind=type(error).__name__)
        if is_ours(request):
            return portal.fault(request, "not-found", 422)
        body = {"code": "invalid", "message": "the request holds what cannot be kept as text"}
        return JSONResponse(body, status_code=422)

    @application.exception_handler(HTTPException)
    async def without_route(request: Request, error: HTTPException) -> Response:
        if is_ours(request):
            return portal.fault(request, "not-found", error.status_code)
        return await http_exception_handler(request, error)

    @application.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        # The error goes on to the log; here it only gets a page, or a body, for whoever asked.
        if is_ours(request):
            return portal.fault(request, "unknown", 500)
        body = {"code": "defect", "message": "this went wrong on our side; it has been logged"}
        # Starlette answers this one outside of our middleware.
        return JSONResponse(body, status_code=500, headers=_HEADERS)
