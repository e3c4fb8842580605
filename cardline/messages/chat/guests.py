"""Who writes on the chat page: somebody unknown with a cookie, or a holder who is logged in."""

import hashlib
import secrets
from dataclasses import dataclass
from hmac import compare_digest
from typing import Protocol

from fastapi import Request, Response

from cardline.core.errors import CardlineError
from cardline.core.ids import HolderId
from cardline.core.masking import Secret
from cardline.desk.login.sessions import csrf_token
from cardline.identity.model import Proofs
from cardline.messages.chat.model import Visitor

COOKIE = "cardline_chat"
"""Over TLS with ``__Host-`` before it: no sister site can plant a secret that it knows."""
_DAYS = 2


class HolderSession(Protocol):
    """A holder who is logged in on the card pages; made by the portal."""

    @property
    def holder(self) -> HolderId: ...
    @property
    def proofs(self) -> Proofs:
        """What logging in has proven."""
        ...

    @property
    def csrf(self) -> str:
        """What a page must send with everything that changes something."""
        ...


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A :class:`HolderSession`."""

    holder: HolderId
    proofs: Proofs
    csrf: str


class NotLoggedIn(CardlineError):
    """``/my/chat`` without a session."""

    code = "log-in-first"


class RefusedForm(CardlineError):
    """A form was not taken: too large, without its token, or without a cookie."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Guest:
    """Whoever asks, and what the page must send back."""

    visitor: Visitor
    csrf: str
    fresh: Secret | None = None
    """The secret of a new cookie, to be set with the page."""

    @property
    def known(self) -> bool:
        """True where the browser sent what it was given."""
        return self.fresh is None

    def is_csrf(self, token: str) -> bool:
        """Compare in constant time; a browser without its cookie has none."""
        return self.known and compare_digest(self.csrf.encode(), token.encode())

    def set_cookie(self, request: Request, response: Response, *, embedded: bool) -> None:
        """Set the cookie of a new guest.

        A page in a frame of the bank's site needs one that other sites' pages send too; browsers
        keep such a cookie apart for each site (``Partitioned``), and only over https.
        """
        if self.fresh is None:
            return
        https = request.url.scheme == "https"
        parts = [
            f"{_name(request)}={self.fresh.reveal()}",
            f"Path={'/' if https else '/chat'}",
            "HttpOnly",
            f"Max-Age={_DAYS * 86400}",
        ]
        if embedded and https:
            parts += ["Secure", "SameSite=None", "Partitioned"]
        else:
            parts += ["SameSite=Lax", *(["Secure"] if https else [])]
        response.headers.append("Set-Cookie", "; ".join(parts))


def anonymous(request: Request) -> Guest:
    """Return the guest of the cookie, or a new one; of the cookie the hash alone is ever kept."""
    shown = request.cookies.get(_name(request), "")
    fresh = not 40 <= len(shown) <= 64 or not shown.isascii()
    secret = Secret(secrets.token_urlsafe(32) if fresh else shown)
    digest = hashlib.sha256(secret.reveal().encode()).digest()
    visitor = Visitor(holder=None, cookie=digest)
    return Guest(visitor, csrf_token(secret), secret if fresh else None)


def logged_in(session: HolderSession | None) -> Guest:
    """Return the guest of a session. Raises :class:`NotLoggedIn`."""
    if session is None:
        raise NotLoggedIn("log in to your card pages first")
    return Guest(Visitor(session.holder, None, session.proofs), session.csrf)


def _name(request: Request) -> str:
    return f"__Host-{COOKIE}" if request.url.scheme == "https" else COOKIE
