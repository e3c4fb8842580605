"""HTTP for logging in by the bank's own log-in service."""

from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from cardline.core.errors import NotFound
from cardline.core.masking import Secret
from cardline.desk.login.oidc import actions as oidc
from cardline.desk.login.oidc.provider import IdentityProvider, ProviderAway, ProviderRefused
from cardline.desk.login.routes import LoginServices, set_session_cookie

BACK = "/api/v1/session/oidc/back"
_COOKIE = "cardline_oidc"
_DESK = "/desk"


class OidcServices(LoginServices, Protocol):
    """What these routes need."""

    @property
    def provider(self) -> IdentityProvider | None: ...
    @property
    def base_url(self) -> str: ...


class WaysView(BaseModel):
    """How staff can log in here."""

    password: bool
    oidc: bool


def router(services: OidcServices) -> APIRouter:
    """Make the routes of the bank's log-in service."""
    routes = APIRouter(prefix="/api/v1/session", tags=["session"])
    redirect = f"{services.base_url}{BACK}"

    @routes.get("/ways")
    async def ways() -> WaysView:
        """How staff can log in here."""
        return WaysView(password=True, oidc=services.provider is not None)

    @routes.get("/oidc", status_code=303, dependencies=[Depends(services.admit)])
    async def go(request: Request) -> Response:
        """Go to the bank's log-in service."""
        departure = await oidc.send_away(
            services.database,
            _provider(services),
            redirect=redirect,
            config=services.login,
            at=services.clock(),
        )
        response = RedirectResponse(departure.address, status_code=303)
        # Lax: the browser comes back from another site, and must bring it.
        response.set_cookie(
            _COOKIE,
            departure.browser.reveal(),
            max_age=round(services.login.policy.enrolment.total_seconds()),
            path=BACK,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
        return response

    @routes.get("/oidc/back", status_code=303)
    async def back(
        request: Request,
        state: Annotated[str, Query(max_length=200)] = "",
        code: Annotated[str, Query(max_length=4000)] = "",
        error: Annotated[str, Query(max_length=200)] = "",
    ) -> Response:
        """Come back from there: sets the cookie of a session and goes to the desk."""
        provider = _provider(services)
        if error or not code:
            return _refused("provider-refused")
        try:
            outcome = await oidc.come_back(
                services.database,
                provider,
                redirect=redirect,
                state=Secret(state),
                code=Secret(code),
                browser=Secret(request.cookies.get(_COOKIE, "")),
                user_agent=request.headers.get("user-agent", ""),
                config=services.login,
                at=services.clock(),
            )
        except (ProviderAway, ProviderRefused) as refused:
            return _refused(refused.code)
        if outcome.secret is None:
            return _refused(outcome.verdict.codes[0])
        response = RedirectResponse(_DESK, status_code=303)
        set_session_cookie(request, response, outcome.secret)
        response.delete_cookie(_COOKIE, path=BACK)
        return response

    return routes


def _provider(services: OidcServices) -> IdentityProvider:
    if services.provider is None:
        raise NotFound("no log-in service of the bank is set here")
    return services.provider


def _refused(code: str) -> Response:
    response = RedirectResponse(f"{_DESK}/login?refused={code}", status_code=303)
    response.delete_cookie(_COOKIE, path=BACK)
    return response
