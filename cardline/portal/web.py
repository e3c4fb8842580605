"""Serving pages: templates, cookies, form tokens, and who is logged in."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from cardline.cards.corebank import CoreBank
from cardline.cards.model import Language
from cardline.core.clock import Clock
from cardline.core.home import home
from cardline.core.masking import Secret, mask_phone
from cardline.core.money import yuan
from cardline.core.transaction import Database
from cardline.desk.login.sessions import csrf_token
from cardline.evidence.policy import EvidencePolicy
from cardline.evidence.retention.config import RetentionConfig
from cardline.evidence.sealing.recordings import Recordings
from cardline.portal.config import PortalConfig
from cardline.portal.model import HolderSession, Word
from cardline.portal.rules import HOME
from cardline.portal.sessions import new_secret
from cardline.trust.words import tips

SESSION: Final = "cardline_my"
VISIT: Final = "cardline_my_visit"
KNOWN: Final = "cardline_my_known"
VIEW: Final = "cardline_my_view"
_YEAR = 365 * 24 * 3600
_FOLDER = Path(__file__).parent

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cache-Control": "no-store",
}
"""Of every page: nothing runs, nothing is framed, nothing stays on a shared computer."""


async def _let_go(request: Request) -> AsyncIterator[None]:
    yield
    await request.close()


def page_routes(prefix: str = HOME) -> APIRouter:
    """Return where an area gathers its pages; files of a form are let go once it is answered."""
    return APIRouter(prefix=prefix, include_in_schema=False, dependencies=[Depends(_let_go)])


class PortalServices(Protocol):
    """What these pages need."""

    @property
    def database(self) -> Database: ...
    @property
    def bank(self) -> CoreBank: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def recordings(self) -> Recordings: ...
    @property
    def retention(self) -> RetentionConfig: ...
    @property
    def portal(self) -> PortalConfig: ...
    @property
    def evidence(self) -> EvidencePolicy: ...

    def pack_path(self, pack: str) -> Path:
        """Return where an evidence pack waits to be fetched."""
        ...

    def admit(self, request: Request) -> None:
        """Count a try of the address that asks; raises where it has made too many."""
        ...

    def network_of(self, request: Request) -> str:
        """Return what counts as one source of tries: an address, or the network around it."""
        ...

    def holder(self) -> Callable[..., Any]:
        """Return the dependency that gives the :class:`HolderSession` of the cookie."""
        ...


class Pages:
    """Makes pages from templates, in the language and the size of type that were chosen."""

    def __init__(self, config: PortalConfig, *, more: Sequence[Path] = ()) -> None:
        """``more``: folders of templates of areas that have pages in this house."""
        self._config = config
        self.styles = (_FOLDER / "static" / "my.css").read_bytes()
        self._version = hashlib.sha256(self.styles).hexdigest()[:12]
        self._templates = Environment(
            loader=FileSystemLoader([_FOLDER / "templates", *more]),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {
            "home": HOME,
            "styles": f"{HOME}/static/my.css?v={self._version}",
            "money": money,
            "masked": mask_phone,
        }

    def page(
        self,
        request: Request,
        name: str,
        *,
        session: HolderSession | None = None,
        status: int = 200,
        values: Mapping[str, object] | None = None,
    ) -> HTMLResponse:
        """Return a page. Without a session its forms carry the token of the visit."""
        language, large = view_of(request)
        said = Said(self._config, language, zone_of(session))
        visit = cookie(request, VISIT)
        fresh = session is None and not visit
        token = session.csrf if session else csrf_token(visit if visit else (visit := new_secret()))
        text = self._templates.get_template(f"{name}.html").render(
            {
                "t": said.text,
                "has": said.has,
                "word": said.word,
                "day": said.day,
                "when": said.when,
                "clock": said.clock,
                "language": language,
                "large": large,
                "csrf": token,
                "session": session,
                "hotline": self._config.hotline,
                "tip": lambda case: tips()[case].within(language).format_map(self._config.lines),
                "bank": self._config.identity.sms.sender[language],
                "here": here(request),
                "path": request.url.path,
                **(values or {}),
            }
        )
        response = HTMLResponse(text, status_code=status, headers=HEADERS)
        if fresh:
            put_cookie(request, response, VISIT, visit.reveal())
        return response


class Said:
    """Texts, days and times as a page writes them, in one language and one zone."""

    def __init__(self, config: PortalConfig, language: Language, zone: ZoneInfo) -> None:
        self._texts = config.texts
        self._language = language
        self._zone = zone

    def text(self, key: str, /, **values: object) -> str:
        """Return a text of the catalogue."""
        return self._texts.say(key, self._language, **values)

    def has(self, key: str) -> bool:
        """True where the catalogue has this text."""
        return self._texts.has(key)

    def word(self, word: Word) -> str:
        """Return a line of a contact's story."""
        return self._texts.word(word, self._language)

    def day(self, on: date) -> str:
        """Return a day as people write it; of a time, the day in the holder's zone."""
        local = on.astimezone(self._zone) if isinstance(on, datetime) else on
        month = self.text(f"month.{local.month}")
        return self.text("format.day", year=local.year, name=month, day=local.day)

    def when(self, at: datetime) -> str:
        """Return day and time in the holder's zone."""
        return f"{self.day(at)} {self.clock(at)}"

    def clock(self, at: datetime) -> str:
        """Return the time of day in the holder's zone."""
        return at.astimezone(self._zone).strftime("%H:%M")


def money(fen: int) -> str:
    """Write an amount with its currency; a true minus sign, which is read aloud."""
    sign = "\N{MINUS SIGN}" if fen < 0 else ""
    return f"{sign}\N{YEN SIGN}{yuan(abs(fen))}"


def zone_of(session: HolderSession | None) -> ZoneInfo:
    """Return the holder's zone; the bank's where nobody is logged in."""
    return ZoneInfo(session.holder.zone) if session else home().zone


def here(request: Request) -> str:
    """Return the address of the page, to come back to."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def view_of(request: Request) -> tuple[Language, bool]:
    """Return language and size of type as this browser chose them; the bank's, and usual size."""
    language, _, size = cookie(request, VIEW).reveal().partition(".")
    chosen: dict[str, Language] = {"zh": "zh", "en": "en"}
    return chosen.get(language, home().language), size == "large"


def put_view(request: Request, response: Response, language: Language, *, large: bool) -> None:
    """Let the browser remember language and size of type for a year."""
    value = f"{language}.{'large' if large else 'usual'}"
    put_cookie(request, response, VIEW, value, seconds=_YEAR)


def cookie(request: Request, name: str) -> Secret:
    """Return what stands in a cookie of ours; empty without one."""
    return Secret(request.cookies.get(_name(request, name), ""))


def put_cookie(
    request: Request, response: Response, name: str, value: str, *, seconds: int | None = None
) -> None:
    """Set a cookie that no script reads and no other site sends along with a form.

    ``Lax``, not ``Strict``: who comes by a link from the bank's site stays logged in, and whatever
    changes something needs the token of a form besides.
    """
    response.set_cookie(
        _name(request, name),
        value,
        max_age=seconds,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Let the browser forget a cookie."""
    response.delete_cookie(
        _name(request, name),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def see_other(path: str) -> RedirectResponse:
    """Send the browser on to a page after a form: going back and reloading send nothing twice."""
    return RedirectResponse(path, status_code=303, headers=HEADERS)


@asynccontextmanager
async def even_pace(least: timedelta) -> AsyncIterator[None]:
    """Take at least so long, whatever happens inside: time tells nobody who is a customer."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + least.total_seconds()
    try:
        yield
    finally:
        await asyncio.sleep(max(0.0, ends - loop.time()))


def _name(request: Request, name: str) -> str:
    # A cookie of that prefix is sent by this very host over TLS only, and set by nobody else.
    return f"__Host-{name}" if request.url.scheme == "https" else name
