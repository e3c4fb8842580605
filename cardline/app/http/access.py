"""Who is asking: a token (scripts, softphones) or the session of a browser; and not too often."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.requests import HTTPConnection
from fastapi.security import APIKeyCookie, HTTPBearer
from fastapi.security.base import SecurityBase
from fastapi.security.utils import get_authorization_scheme_param

from cardline.app.http.buckets import Buckets, source_of
from cardline.app.http.seen import SeenSessions
from cardline.core.clock import Clock
from cardline.core.errors import CardlineError
from cardline.core.masking import Secret
from cardline.core.transaction import Database
from cardline.desk.login.model import Session
from cardline.desk.login.routes import COOKIE, shown_secret
from cardline.desk.login.sessions import is_csrf_token
from cardline.desk.staff.actions import staff_by_token
from cardline.desk.staff.model import Role, Staff

CSRF_HEADER = "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_AT_ONCE, _SECONDS_EACH = 10, 6.0
_WORDS_AT_ONCE, _SECONDS_EACH_WORD = 60, 0.5

bearer = HTTPBearer(auto_error=False, description="The token that `cardline staff add` showed")
cookie = APIKeyCookie(
    name=COOKIE,
    auto_error=False,
    description=f"Set by `POST /api/v1/session`; what changes something needs `{CSRF_HEADER}` too",
)


Who = TypeVar("Who")


class Asking(SecurityBase, Generic[Who]):
    """A dependency that finds out who asks, and is described as a way to log in.

    It looks at the request by itself: a dependency more, for the description alone, would be
    solved with every request.
    """

    def __init__(
        self,
        scheme: SecurityBase,
        find: Callable[[Request], Awaitable[Who]],
        roles: tuple[Role, ...] = (),
    ) -> None:
        self.model = scheme.model
        self.scheme_name = scheme.scheme_name
        self.roles = roles
        """Who is let in; nobody is named where it does not depend on the role."""
        self._find = find

    async def __call__(self, request: Request) -> Who:
        """Return who asks."""
        return await self._find(request)


class Unauthorised(CardlineError):
    """Nobody knows who is asking."""

    code = "unauthorised"


class Forbidden(CardlineError):
    """Who is asking may not do this."""

    code = "forbidden"


class WithoutCsrfToken(Forbidden):
    """The cookie came without what only our own page can know."""

    code = "csrf"


class EnrolmentNeeded(Forbidden):
    """No second factor was proven in this session."""

    code = "enrolment-needed"


class PasswordChangeNeeded(Forbidden):
    """The password was set by somebody else and not changed yet."""

    code = "password-change-needed"


class TooMany(CardlineError):
    """An address tries something too often; ``seconds`` until the next try."""

    code = "too-many-tries"

    def __init__(self, seconds: int, *, what: str = "tries to log in") -> None:
        super().__init__(f"too many {what} from here; wait {seconds} s")
        self.seconds = seconds


class Access:
    """Makes the dependencies by which routes learn who is asking."""

    def __init__(self, database: Database, sessions: SeenSessions, clock: Clock) -> None:
        self._database = database
        self._sessions = sessions
        self._clock = clock
        self._tries = Buckets(at_once=_AT_ONCE, seconds_each=_SECONDS_EACH)
        # A company's people share one address: generous, and still no flood.
        self._visitors = Buckets(at_once=_WORDS_AT_ONCE, seconds_each=_SECONDS_EACH_WORD)

    def require(self, *roles: Role) -> Callable[..., Awaitable[Staff]]:
        """Return the dependency that lets only these roles in and tells who it is."""

        async def find(request: Request) -> Staff:
            token = _token(request)
            if token is not None:
                staff = await self._by_token(token)
                self._changing(request, staff)
            else:
                staff = _serving(await self._by_cookie(request)).staff
            if staff.role not in roles:
                raise Forbidden(f"this is for: {', '.join(roles)}")
            return staff

        return Asking(bearer, find, roles)

    def session(self, *, unproven: bool) -> Callable[..., Awaitable[Session]]:
        """Return the dependency that gives the session of the cookie, whatever the role.

        It is not yet one for work: the password may have to be changed. ``unproven`` lets one in
        whose second factor was not proven.
        """

        async def find(request: Request) -> Session:
            session = await self._by_cookie(request)
            return session if unproven else _proven(session)

        return Asking(cookie, find)

    def admit(self, request: Request) -> None:
        """Count a try of the address that asks; raises :class:`TooMany`."""
        host = request.client.host if request.client else ""
        wait = self._tries.take(source_of(host), self._clock().timestamp())
        if wait:
            raise TooMany(wait)

    def admit_visitor(self, request: Request) -> None:
        """Count a message of the address that asks; raises :class:`TooMany`."""
        host = request.client.host if request.client else ""
        wait = self._visitors.take(source_of(host), self._clock().timestamp())
        if wait:
            raise TooMany(wait, what="messages")

    async def _by_token(self, token: str) -> Staff:
        async with self._database.statement() as tx:
            staff = await staff_by_token(tx, token)
        if staff is None:
            raise Unauthorised("this token is not known, or its owner has left")
        return staff

    async def listener(self, connection: HTTPConnection) -> Session:
        """Return the session of a browser that opens a WebSocket.

        Raises :class:`Forbidden` where another site's page opens it: browsers send the cookie
        with that, and no CSRF token is asked for.
        """
        if not is_own_origin(connection):
            raise Forbidden("only our own pages may listen")
        return _serving(await self._seen(shown_secret(connection), anew=True))

    async def _by_cookie(self, request: Request) -> Session:
        secret = shown_secret(request)
        safe = request.method in _SAFE
        session = await self._seen(secret, anew=not safe)
        token = request.headers.get(CSRF_HEADER, "")
        if not safe and not is_csrf_token(secret, token):
            raise WithoutCsrfToken(f"send {CSRF_HEADER} as GET /api/v1/session tells it")
        self._changing(request, session.staff)
        return session

    def _changing(self, request: Request, staff: Staff) -> None:
        if request.method not in _SAFE:
            self._sessions.forget(staff)

    async def _seen(self, secret: Secret, *, anew: bool = False) -> Session:
        if not secret:
            raise Unauthorised("log in, or send your token: Authorization: Bearer …")
        seen = await self._sessions.see(secret, anew=anew)
        if seen.session is None or not seen.verdict.allowed:
            raise Unauthorised(f"log in again: {', '.join(seen.verdict.codes)}")
        return seen.session


def _token(request: Request) -> str | None:
    """Return the token of ``Authorization: Bearer …``; ``None`` without one."""
    scheme, token = get_authorization_scheme_param(request.headers.get("authorization"))
    return token if scheme.casefold() == "bearer" and token else None


def _proven(session: Session) -> Session:
    if not session.second_factor:
        raise EnrolmentNeeded("enrol a second factor first")
    return session


def _serving(session: Session) -> Session:
    if not _proven(session).serves:
        raise PasswordChangeNeeded("change the password first: somebody else set it")
    return session


def is_own_origin(connection: HTTPConnection) -> bool:
    """True where the page that asks came from the host that it asks, and not less protected.

    Behind a proxy that does TLS we may see plain HTTP although the page came by https.
    """
    origin = urlsplit(connection.headers.get("origin", ""))
    if origin.scheme not in ("http", "https") or not origin.netloc:
        return False
    if origin.scheme == "http" and connection.url.scheme in ("https", "wss"):
        return False
    return origin.netloc.casefold() == connection.headers.get("host", "").casefold()
