"""The holder's pages together, and what becomes of errors on them."""

import json
from collections.abc import Iterator
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from cardline.core.errors import CardlineError, NotFound
from cardline.evidence.sealing.model import Erased, Unreadable
from cardline.portal import (
    alert_routes,
    card_routes,
    contact_routes,
    data_routes,
    evidence_routes,
    login_routes,
    message_routes,
    preference_routes,
    reach_routes,
    verify_routes,
)
from cardline.portal.guarding import (
    BankSilent,
    FormExpired,
    LogInFirst,
    ProveFirst,
    TooLarge,
)
from cardline.portal.rules import HOME, is_page, safe_back
from cardline.portal.web import (
    HEADERS,
    SESSION,
    Pages,
    PortalServices,
    cookie,
    drop_cookie,
    see_other,
)


def is_ours(request: Request) -> bool:
    """True for an address of the holder's pages that a person opened, not a script."""
    asked_by_script = "application/json" in request.headers.get("accept", "")
    return is_page(request.url.path) and not asked_by_script


class Portal:
    """The holder's pages: their routes, and a readable page for whatever goes wrong on them."""

    def __init__(self, services: PortalServices) -> None:
        self._services = services
        self.pages = Pages(services.portal)
        self._statuses: dict[type[CardlineError], int] = {
            NotFound: 404,
            FormExpired: 403,
            TooLarge: 413,
            BankSilent: 503,
            Erased: 410,
            Unreadable: 503,
        }

    def routers(self) -> Iterator[APIRouter]:
        """Yield all routes."""
        yield self._styles()
        for each in (
            login_routes,
            card_routes,
            alert_routes,
            contact_routes,
            data_routes,
            evidence_routes,
            message_routes,
            preference_routes,
            reach_routes,
            verify_routes,
        ):
            yield each.router(self._services, self.pages)

    def _styles(self) -> APIRouter:
        routes = APIRouter(prefix=HOME, include_in_schema=False)

        @routes.get("/static/my.css")
        async def styles() -> Response:
            """The one style sheet; its address changes with it."""
            headers = {**HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
            return Response(self.pages.styles, media_type="text/css", headers=headers)

        return routes

    def error(self, request: Request, error: Exception) -> Response:
        """Return the page for an error: what happened, what was kept, what to do."""
        if isinstance(error, LogInFirst):
            return self._log_in(request, error)
        if isinstance(error, CardlineError) and error.code == "log-in-first":
            return see_other(f"{HOME}/login?back={quote(safe_back(request.url.path), safe='/')}")
        if isinstance(error, ProveFirst):
            return see_other(f"{HOME}/prove?back={quote(error.back_to, safe='/')}")
        code, status = "unknown", 500
        if isinstance(error, CardlineError):
            code = error.code
            status = next(
                (number for kind, number in self._statuses.items() if isinstance(error, kind)),
                429 if code == "too-many-tries" else 422,
            )
        return self.fault(request, code, status, wish=getattr(error, "wish", ""))

    def fault(self, request: Request, code: str, status: int, *, wish: str = "") -> Response:
        """Return the page that says a fault in plain words."""
        texts = self._services.portal.texts
        shown = code if texts.has(f"error.{code}.title") else "unknown"
        values = {"code": shown, "wish": wish, "back": request.url.path}
        return self.pages.page(request, "error", status=status, values=values)

    def _log_in(self, request: Request, error: LogInFirst) -> Response:
        if error.kept is None and not error.over:
            return see_other(f"{HOME}/login?back={quote(error.back_to, safe='/')}")
        kept = json.dumps(error.kept, ensure_ascii=False) if error.kept else ""
        values = {"back": error.back_to, "over": True, "kept": kept, "typed": "", "fault": ""}
        response = self.pages.page(request, "login", status=401, values=values)
        if cookie(request, SESSION):
            drop_cookie(request, response, SESSION)
        return response
