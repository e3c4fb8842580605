"""HTTP for logging in with a browser: session, password, second factor."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Request, Response
from fastapi.requests import HTTPConnection
from pydantic import AfterValidator, BaseModel, Field, SecretStr

from cardline.core.clock import Clock
from cardline.core.errors import CardlineError, Conflict
from cardline.core.masking import Secret
from cardline.core.transaction import Database, JsonObject
from cardline.core.verdict import Verdict
from cardline.desk.login import actions as login
from cardline.desk.login import credentials, sessions
from cardline.desk.login.model import Session
from cardline.desk.login.vault import LoginConfig

COOKIE = "cardline_session"
"""Over TLS with ``__Host-`` before it: set by this very host alone, never by a sister of it."""


class LoginServices(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def login(self) -> LoginConfig: ...

    def session(self, *, unproven: bool) -> Callable[..., Any]:
        """Return the dependency that gives the session of the cookie, ready for work or not.

        ``unproven`` lets one in whose second factor was not proven.
        """
        ...

    def admit(self, request: Request) -> None:
        """Count a try of the address that asks; raises where it has made too many."""
        ...


class LoginRefused(CardlineError):
    """A log-in was refused; ``code`` tells no more than whoever tries may know."""

    def __init__(self, verdict: Verdict) -> None:
        until = verdict.not_before
        super().__init__(_refused(verdict) + (f" until {until.isoformat()}" if until else ""))
        self.code = verdict.codes[0]


class PasswordRefused(CardlineError):
    """A new password is refused; ``code`` is the first reason, the message names all."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(_refused(verdict))
        self.code = verdict.codes[0]


class EnrolmentRefused(Conflict):
    """A second factor cannot be enrolled; ``code`` is the first reason."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(_refused(verdict))
        self.code = verdict.codes[0]


def _text(typed: str) -> str:
    # JSON can spell halves of characters; the fault must not show what was typed.
    if any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in typed):
        raise ValueError("this is no text")
    return typed


def _secret_text(typed: SecretStr) -> SecretStr:
    _text(typed.get_secret_value())
    return typed


Typed = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_text)]
TypedSecret = Annotated[SecretStr, Field(max_length=200), AfterValidator(_secret_text)]


class LoginBody(BaseModel):
    """``code`` is empty at the first log-in, before a second factor is enrolled."""

    number: Typed
    password: TypedSecret
    code: TypedSecret = SecretStr("")


class PasswordBody(BaseModel):
    """One's own password, and what it is to be."""

    old: TypedSecret
    new: TypedSecret


class CodeBody(BaseModel):
    """A code of the authenticator."""

    code: TypedSecret


class SessionView(BaseModel):
    """Who is logged in, until when, and what a page must send with everything that changes.

    Nothing works before a second factor is ``enrolled``, then nothing but changing the password
    where ``must_change_password``: somebody else set it.
    """

    number: str
    name: str
    role: str
    agent: str | None
    enrolled: bool
    must_change_password: bool
    csrf: str
    idle_until: datetime
    ends_at: datetime


class EnrolmentView(BaseModel):
    """What an authenticator application reads, as a QR code or by hand."""

    uri: str


def router(services: LoginServices) -> APIRouter:
    """Make the routes of logging in."""
    routes = APIRouter(prefix="/api/v1/session", tags=["session"])
    proven = Depends(services.session(unproven=False))
    any_session = Depends(services.session(unproven=True))

    @routes.post("", dependencies=[Depends(services.admit)])
    async def log_in(body: LoginBody, request: Request, response: Response) -> SessionView:
        """Log in: sets the cookie of a session."""
        outcome = await login.log_in(
            services.database,
            number=body.number,
            password=_secret(body.password),
            code=_secret(body.code),
            user_agent=request.headers.get("user-agent", ""),
            config=services.login,
            at=services.clock(),
        )
        if outcome.session is None or outcome.secret is None:
            raise LoginRefused(outcome.verdict)
        set_session_cookie(request, response, outcome.secret)
        return _view(outcome.session, outcome.secret)

    @routes.get("")
    async def who(request: Request, session: Annotated[Session, any_session]) -> SessionView:
        """Who is logged in."""
        return _view(session, shown_secret(request))

    @routes.delete("", status_code=204)
    async def log_out(request: Request, session: Annotated[Session, any_session]) -> Response:
        """Log out."""
        async with services.database.transaction() as tx:
            await sessions.log_out(tx, session, at=services.clock())
        response = Response(status_code=204)
        response.delete_cookie(
            cookie_name(request.url.scheme), **_flags(request), httponly=True, samesite="strict"
        )
        return response

    @routes.post("/password", status_code=204)
    async def change_password(body: PasswordBody, session: Annotated[Session, proven]) -> Response:
        """Change one's own password; all other sessions end, and nothing holds this one back."""
        verdict = await credentials.change_password(
            services.database,
            session=session,
            old=_secret(body.old),
            new=_secret(body.new),
            config=services.login,
            at=services.clock(),
        )
        if not verdict.allowed:
            raise PasswordRefused(verdict)
        return Response(status_code=204)

    @routes.post("/enrolment")
    async def begin_enrolment(session: Annotated[Session, any_session]) -> EnrolmentView:
        """Make a second factor; shown once."""
        async with services.database.transaction() as tx:
            verdict, uri = await credentials.begin_enrolment(
                tx, session, config=services.login, at=services.clock()
            )
        if uri is None:
            raise EnrolmentRefused(verdict)
        return EnrolmentView(uri=uri)

    @routes.post("/enrolment/confirm", status_code=204)
    async def confirm_enrolment(
        body: CodeBody, session: Annotated[Session, any_session]
    ) -> Response:
        """Confirm it by a code; from now on the session serves for everything."""
        async with services.database.transaction() as tx:
            verdict = await credentials.confirm_enrolment(
                tx, session, code=_secret(body.code), config=services.login, at=services.clock()
            )
        if not verdict.allowed:
            raise EnrolmentRefused(verdict)
        return Response(status_code=204)

    return routes


def set_session_cookie(request: Request, response: Response, secret: Secret) -> None:
    """Give a browser its session: for this site alone, and for no script."""
    response.set_cookie(
        cookie_name(request.url.scheme),
        secret.reveal(),
        **_flags(request),
        httponly=True,
        samesite="strict",
    )


def shown_secret(connection: HTTPConnection) -> Secret:
    """Return the secret in the cookie; empty without one."""
    return Secret(connection.cookies.get(cookie_name(connection.url.scheme), ""))


def cookie_name(scheme: str) -> str:
    """Return the name of the cookie of a session for this scheme."""
    return f"__Host-{COOKIE}" if scheme in ("https", "wss") else COOKIE


def _secret(typed: SecretStr) -> Secret:
    return Secret(typed.get_secret_value())


def _flags(request: Request) -> JsonObject:
    return {"path": "/", "secure": request.url.scheme == "https"}


def _refused(verdict: Verdict) -> str:
    return f"refused: {', '.join(verdict.codes)}"


def _view(session: Session, secret: Secret) -> SessionView:
    staff = session.staff
    return SessionView(
        number=staff.number,
        name=staff.name,
        role=staff.role,
        agent=staff.agent_id,
        enrolled=session.second_factor,
        must_change_password=session.must_change,
        csrf=sessions.csrf_token(secret),
        idle_until=session.idle_until,
        ends_at=session.ends_at,
    )
