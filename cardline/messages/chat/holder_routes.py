"""The holder's side of chats: a page that works without a script, and what its script asks."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.datastructures import UploadFile

from cardline.cards.model import Language
from cardline.core.clock import Clock
from cardline.core.errors import NotFound
from cardline.core.transaction import Database
from cardline.core.verdict import Verdict
from cardline.messages import files as file_actions
from cardline.messages.chat import actions, agent_writing
from cardline.messages.chat.config import ChatConfig
from cardline.messages.chat.guests import Guest, HolderSession, RefusedForm, anonymous, logged_in
from cardline.messages.chat.hub import ChatHub
from cardline.messages.chat.model import Chat
from cardline.messages.chat.pages import Pages, Shown
from cardline.messages.chat.views import HolderEvents, show_to_holder
from cardline.messages.file_model import Cleaned
from cardline.messages.files import Files

_STATIC = Path(__file__).parent / "static"
_STATIC_TYPES = {
    "chat.css": "text/css; charset=utf-8",
    "chat.js": "text/javascript; charset=utf-8",
    "chat.svg": "image/svg+xml",
}
_FORM_BYTES = 64 * 1024
_ON_PAGE = 40
"""Messages that a page shows at once: it stays small."""
_LONGEST_WAIT = 25
_LOOK_AGAIN = 5.0
"""Seconds after which the database is looked at although nobody woke us."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A form: what was typed, and a file with its name."""

    fields: dict[str, str]
    file: tuple[str, bytes] | None = None

    def get(self, name: str, default: str = "") -> str:
        return self.fields.get(name, default)


class HolderChatServices(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def chat(self) -> ChatConfig: ...
    @property
    def chat_hub(self) -> ChatHub: ...
    @property
    def chat_pages(self) -> Pages: ...
    @property
    def chat_origins(self) -> tuple[str, ...]:
        """Sites that may embed ``/chat``; none: nobody may."""
        ...

    @property
    def files(self) -> Files: ...

    async def holder_session(self, request: Request) -> HolderSession | None:
        """Return the session of a holder who is logged in on the card pages."""
        ...

    def admit_visitor(self, request: Request) -> None:
        """Count what an address begins; raises where it begins too many."""
        ...


def router(services: HolderChatServices) -> APIRouter:
    """Make the routes: ``/chat`` for anybody, ``/my/chat`` for who is logged in."""
    routes = APIRouter(tags=["chat page"])

    @routes.get("/chat/static/{name}", response_class=Response)
    async def static(name: str) -> Response:
        """Style and script of the page."""
        if name not in _STATIC_TYPES:
            raise NotFound("there is no such file")
        content = await asyncio.to_thread((_STATIC / name).read_bytes)
        headers = {"Content-Type": _STATIC_TYPES[name], "Cache-Control": "public, max-age=3600"}
        return Response(content, headers=headers)

    async def by_cookie(request: Request) -> Guest:
        return anonymous(request)

    async def by_session(request: Request) -> Guest:
        return logged_in(await services.holder_session(request))

    _add(routes, services, "/chat", by_cookie, embeddable=True)
    _add(routes, services, "/my/chat", by_session, embeddable=False)
    return routes


def _add(
    routes: APIRouter,
    services: HolderChatServices,
    base: str,
    who: Callable[[Request], Awaitable[Guest]],
    *,
    embeddable: bool,
) -> None:
    origins = services.chat_origins if embeddable else ()
    visitor = Depends(who)

    async def shown(guest: Guest, *, after: int, language: Language | None) -> Shown:
        async with services.database.transaction() as tx:
            chat, messages, receipts, place = await actions.see(
                tx, guest.visitor, after=after, config=services.chat, at=services.clock()
            )
        return Shown(base, guest, chat, messages, receipts, place, language)

    def page(given: Shown, request: Request, **more: Any) -> HTMLResponse:
        return services.chat_pages.page(given, request, origins=origins, **more)

    async def events(guest: Guest, after: int) -> HolderEvents:
        given = await shown(guest, after=after, language=None)
        return _events(services, given)

    async def answer(request: Request, guest: Guest, after: int, language: Language) -> Response:
        """After a post: news for the script, else back to the page."""
        if _wants_json(request):
            return JSONResponse((await events(guest, after)).model_dump(mode="json"))
        return RedirectResponse(f"{base}?language={language}#write", status_code=303)

    async def refuse(
        request: Request, guest: Guest, code: str, language: Language, draft: str = ""
    ) -> Response:
        """Say why not, and keep what was typed."""
        words = services.chat_pages.refusal(code, language, services.chat)
        if _wants_json(request):
            return JSONResponse({"code": code, "message": words}, status_code=422)
        whole = await shown(guest, after=0, language=language)
        return page(whole, request, notice=words, draft=draft, most=_ON_PAGE, status=422)

    async def form_of(request: Request, guest: Guest, *, most: int) -> _Sent:
        declared = request.headers.get("content-length", "")
        if not declared.isdecimal():
            raise RefusedForm("length", 411)
        if int(declared) > most:
            raise RefusedForm("file-too-large", 413)
        async with request.form(max_files=1, max_fields=8) as form:
            if not guest.is_csrf(str(form.get("csrf", ""))):
                raise RefusedForm("page-stale" if guest.known else "cookies", 403)
            file = form.get("file")
            return _Sent(
                {name: value for name, value in form.items() if isinstance(value, str)},
                (file.filename or "", await file.read()) if isinstance(file, UploadFile) else None,
            )

    async def stopped(request: Request, guest: Guest, error: RefusedForm) -> Response:
        language = services.chat_pages.language(request, None, None)
        words = services.chat_pages.refusal(error.code, language, services.chat)
        if _wants_json(request):
            return JSONResponse({"code": error.code, "message": words}, error.status)
        given = await shown(guest, after=0, language=language)
        return page(
            given,
            request,
            notice=words,
            own_window=error.code == "cookies",
            most=_ON_PAGE,
            status=error.status,
        )

    @routes.get(base, response_class=HTMLResponse)
    async def chat_page(
        request: Request,
        guest: Annotated[Guest, visitor],
        language: Language | None = None,
        whole: bool = False,
    ) -> Response:
        """The page: what was said, and a form to write."""
        given = await shown(guest, after=0, language=language)
        return page(given, request, most=None if whole else _ON_PAGE)

    @routes.get(f"{base}/events")
    async def news(
        guest: Annotated[Guest, visitor],
        after: Annotated[int, Query(ge=0)] = 0,
        version: Annotated[str, Query(max_length=80)] = "",
        wait: Annotated[int, Query(ge=0, le=_LONGEST_WAIT)] = 0,
    ) -> HolderEvents:
        """What is new; waits for it where ``version`` is what the page has already."""
        until = asyncio.get_running_loop().time() + wait
        while True:
            told = await events(guest, after)
            left = until - asyncio.get_running_loop().time()
            if told.version != version or told.messages or left <= 0 or told.state is None:
                return told
            async with services.database.transaction() as tx:
                chat = await actions.chat_of(tx, guest.visitor)
            if chat is None:
                return told
            if not await services.chat_hub.wait(chat.id, min(left, _LOOK_AGAIN)):
                return told

    @routes.post(f"{base}/messages", response_class=Response)
    async def write(
        request: Request,
        guest: Annotated[Guest, visitor],
        after: Annotated[int, Query(ge=0)] = 0,
    ) -> Response:
        """Write (``text``, ``key``), ask for a person, or look again: ``act``."""
        try:
            form = await form_of(request, guest, most=_FORM_BYTES)
        except RefusedForm as error:
            return await stopped(request, guest, error)
        language = services.chat_pages.language(request, form.get("language", ""), None)
        text, act = form.get("text", ""), form.get("act", "send")
        if act == "refresh":
            given = await shown(guest, after=0, language=language)
            return page(given, request, draft=text, most=_ON_PAGE)
        services.admit_visitor(request)
        at = services.clock()
        async with services.database.transaction() as tx:
            if act == "person":
                await actions.ask_for_person(
                    tx, guest.visitor, language=language, config=services.chat, at=at
                )
                verdict: Verdict | None = None
            else:
                said = await actions.say(
                    tx,
                    guest.visitor,
                    text.replace("\0", ""),
                    language=language,
                    key=form.get("key", "")[:64],
                    config=services.chat,
                    at=at,
                )
                verdict = said.verdict
        if verdict is not None and not verdict.allowed:
            return await refuse(request, guest, verdict.codes[0], language, draft=text)
        return await answer(request, guest, after, language)

    @routes.post(f"{base}/files", response_class=Response)
    async def send_file(
        request: Request,
        guest: Annotated[Guest, visitor],
        after: Annotated[int, Query(ge=0)] = 0,
    ) -> Response:
        """Send a file (``file``)."""
        most = services.files.policy.most_bytes
        try:
            form = await form_of(request, guest, most=most + _FORM_BYTES)
        except RefusedForm as error:
            return await stopped(request, guest, error)
        services.admit_visitor(request)
        language = services.chat_pages.language(request, form.get("language", ""), None)
        if form.file is None:
            return await refuse(request, guest, "file-empty", language)
        name, content = form.file
        kept: list[Verdict] = []

        async def keep(cleaned: Cleaned, scanned: bool) -> None:
            async with services.database.transaction() as tx:
                said = await actions.add_file(
                    tx,
                    guest.visitor,
                    cleaned,
                    scanned=scanned,
                    language=language,
                    files=services.files,
                    config=services.chat,
                    at=services.clock(),
                )
            kept.append(said.verdict)

        verdict = await file_actions.receive(services.files, name=name, content=content, then=keep)
        verdict = next((one for one in (verdict, *kept) if not one.allowed), verdict)
        if not verdict.allowed:
            async with services.database.transaction() as tx:
                await actions.refuse_file(
                    tx,
                    guest.visitor,
                    code=verdict.codes[0],
                    at=services.clock(),
                )
            return await refuse(request, guest, verdict.codes[0], language)
        return await answer(request, guest, after, language)

    @routes.get(f"{base}/files/{{file}}", response_class=Response)
    async def one_file(file: str, guest: Annotated[Guest, visitor]) -> Response:
        """Give a file of one's own chat."""
        async with services.database.transaction() as tx:
            chat = await actions.chat_of(tx, guest.visitor)
            if chat is None:
                raise NotFound("there is no such file")
            await agent_writing.carries(tx, chat.id, file)
            found = await file_actions.find(tx, file, owner=chat.id)
        content = await file_actions.read(services.files, found)
        return Response(content, headers=file_actions.headers_of(found))

    @routes.post(f"{base}/typing", status_code=204, response_class=Response)
    async def typing(request: Request, guest: Annotated[Guest, visitor]) -> Response:
        """The holder is typing."""
        try:
            await form_of(request, guest, most=_FORM_BYTES)
        except RefusedForm as error:
            return await stopped(request, guest, error)
        async with services.database.transaction() as tx:
            chat = await actions.chat_of(tx, guest.visitor)
        if chat is not None and chat.state == "talking":
            services.chat_hub.tell_typing(chat.id, "holder")
        return Response(status_code=204)

    @routes.post(f"{base}/read", status_code=204, response_class=Response)
    async def read(request: Request, guest: Annotated[Guest, visitor]) -> Response:
        """The holder has read everything ``through`` a number."""
        try:
            form = await form_of(request, guest, most=_FORM_BYTES)
        except RefusedForm as error:
            return await stopped(request, guest, error)
        through = form.get("through", "")
        if through.isascii() and through.isdecimal() and len(through) < 10:
            async with services.database.transaction() as tx:
                await actions.read_by_holder(
                    tx, guest.visitor, through=int(through), at=services.clock()
                )
        return Response(status_code=204)

    @routes.post(f"{base}/close", response_class=Response)
    async def close(request: Request, guest: Annotated[Guest, visitor]) -> Response:
        """End the chat."""
        try:
            form = await form_of(request, guest, most=_FORM_BYTES)
        except RefusedForm as error:
            return await stopped(request, guest, error)
        language = services.chat_pages.language(request, form.get("language", ""), None)
        async with services.database.transaction() as tx:
            await actions.leave(tx, guest.visitor, config=services.chat, at=services.clock())
        return await answer(request, guest, 0, language)


def _events(services: HolderChatServices, given: Shown) -> HolderEvents:
    chat, messages = given.chat, given.messages
    typing = bool(chat and services.chat_hub.is_typing(chat.id, "agent"))
    return HolderEvents(
        version=version_of(chat, given.receipts, given.place, typing=typing),
        state=chat.state if chat else None,
        messages=[show_to_holder(message, base=given.base) for message in messages],
        place=given.place,
        agent_typing=typing,
        delivered=given.receipts[0],
        read=given.receipts[1],
    )


def version_of(chat: Chat | None, receipts: tuple[int, int], place: int, *, typing: bool) -> str:
    """Return a word that differs wherever the page would."""
    if chat is None:
        return "none"
    return f"{chat.last_number}.{chat.state}.{receipts[0]}.{receipts[1]}.{place}.{int(typing)}"


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")
