"""Pages for logging in and out, sessions, language and size of type."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from cardline.core.masking import Secret, mask_phone
from cardline.core.phone import parse_phone
from cardline.core.transaction import JsonObject, Transaction
from cardline.portal import login, preferences, sessions
from cardline.portal.guarding import (
    check_token,
    check_visit,
    form_of,
    patient_transaction,
    text_in,
)
from cardline.portal.model import HolderSession, Preferences
from cardline.portal.rules import HOME, safe_back
from cardline.portal.web import (
    KNOWN,
    SESSION,
    VISIT,
    Pages,
    PortalServices,
    cookie,
    drop_cookie,
    even_pace,
    page_routes,
    put_cookie,
    put_view,
    see_other,
    view_of,
)

_LONGEST_KEPT = 40_000


def router(services: PortalServices, pages: Pages) -> APIRouter:
    """Make the pages of logging in."""
    routes = page_routes()
    holder = Depends(services.holder())
    policy = services.portal.policy

    @routes.get("/login")
    async def log_in_page(request: Request, back: str = "") -> Response:
        """Ask for the registered number."""
        values = {"back": safe_back(back), "over": False, "kept": "", "typed": "", "fault": ""}
        return pages.page(request, "login", values=values)

    @routes.post("/login")
    async def ask_for_code(request: Request) -> Response:
        """Send a code where the number is registered; the same answer where it is not."""
        visit = await check_visit(request, services)
        form = await form_of(request, services)
        typed, back = text_in(form, "phone"), safe_back(text_in(form, "back"))
        kept = text_in(form, "kept")
        phone = parse_phone(typed[:40])
        if phone is None:
            values = {"back": back, "over": False, "kept": kept, "typed": typed[:40]}
            values["fault"] = "phone"
            return pages.page(request, "login", status=422, values=values)
        services.admit(request)
        async with even_pace(policy.even_pace), patient_transaction(services) as tx:
            await login.ask_code(
                tx,
                visit=visit,
                phone=phone,
                back_to=back,
                kept=_kept(kept, back),
                network=services.network_of(request),
                mark=cookie(request, KNOWN).reveal(),
                bank=services.bank,
                config=services.portal,
                at=services.clock(),
            )
        return see_other(f"{HOME}/login/code")

    @routes.get("/login/code")
    async def code_page(request: Request, again: bool = False) -> Response:
        """Ask for the code."""
        return await _code_page(request, "sent-again" if again else "")

    @routes.post("/login/again")
    async def another_code(request: Request) -> Response:
        """Send another code to the same number; not more often than its limits allow."""
        visit = await check_visit(request, services)
        services.admit(request)
        async with even_pace(policy.even_pace), patient_transaction(services) as tx:
            open_one = await login.open_sign_in(tx, visit=visit, at=services.clock())
            if open_one is not None:
                await login.ask_code(
                    tx,
                    visit=visit,
                    phone=open_one.phone,
                    back_to=open_one.back_to,
                    kept=open_one.kept,
                    network=services.network_of(request),
                    mark=cookie(request, KNOWN).reveal(),
                    bank=services.bank,
                    config=services.portal,
                    at=services.clock(),
                )
        return see_other(f"{HOME}/login/code?again=1" if open_one else f"{HOME}/login")

    @routes.post("/login/code")
    async def enter_code(request: Request) -> Response:
        """Open a session where the code is right; its secret is always a new one."""
        visit = await check_visit(request, services)
        code = "".join(text_in(await form_of(request, services), "code").split())[:20]
        services.admit(request)
        async with even_pace(policy.even_pace), patient_transaction(services) as tx:
            opened = await login.enter_code(
                tx,
                visit=visit,
                code=Secret(code),
                network=services.network_of(request),
                user_agent=request.headers.get("user-agent", ""),
                bank=services.bank,
                config=services.portal,
                at=services.clock(),
            )
            chosen = None
            if opened.session is not None:
                chosen = await preferences.preferences_of(tx, holder=opened.session.holder)
                await _end_former(request, tx, opened.session.id)
        if opened.session is None or opened.secret is None:
            if "sign-in-over" in opened.verdict.codes:
                return see_other(f"{HOME}/login")
            locked = "locked" in opened.verdict.codes
            return await _code_page(request, "locked" if locked else "wrong")
        response = see_other(opened.back_to)
        put_cookie(request, response, SESSION, opened.secret.reveal())
        drop_cookie(request, response, VISIT)
        mark = login.browser_mark(
            opened.session.holder, config=services.portal, at=services.clock()
        )
        seconds = int(policy.known_browser.total_seconds())
        put_cookie(request, response, KNOWN, mark, seconds=seconds)
        if chosen is not None and chosen.language is not None:
            put_view(request, response, chosen.language, large=chosen.large)
        return response

    async def _code_page(request: Request, fault: str) -> Response:
        visit = cookie(request, VISIT)
        async with patient_transaction(services) as tx:
            open_one = await login.open_sign_in(tx, visit=visit, at=services.clock())
        if open_one is None:
            return see_other(f"{HOME}/login")
        codes = services.portal.identity.policy
        values = {
            "phone": mask_phone(open_one.phone),
            "fault": fault,
            "digits": codes.code_digits,
            "minutes": int(codes.code_lasts.total_seconds() // 60),
        }
        status = 422 if fault in ("wrong", "locked") else 200
        return pages.page(request, "code", status=status, values=values)

    async def _end_former(request: Request, tx: Transaction, now: str) -> None:
        """End the session that this browser had before: it gets a new one."""
        former = cookie(request, SESSION)
        if not former:
            return
        _, old = await sessions.see_session(tx, former, policy=policy, at=services.clock())
        if old is not None and old.id != now:
            await sessions.end_sessions(
                tx, holder=old.holder, stream=old.id, only=old.id, at=services.clock()
            )

    @routes.post("/logout")
    async def log_out(request: Request, session: Annotated[HolderSession, holder]) -> Response:
        """End this session."""
        async with services.database.transaction() as tx:
            await sessions.end_sessions(
                tx,
                holder=session.holder.id,
                stream=session.id,
                only=session.id,
                at=services.clock(),
            )
        response = see_other(f"{HOME}/goodbye")
        drop_cookie(request, response, SESSION)
        return response

    @routes.get("/goodbye")
    async def goodbye(request: Request) -> Response:
        """Say that one is logged out."""
        return pages.page(request, "goodbye")

    @routes.get("/sessions")
    async def list_sessions(
        request: Request, session: Annotated[HolderSession, holder], ended: bool = False
    ) -> Response:
        """List where the holder is logged in."""
        async with services.database.transaction() as tx:
            found = await sessions.open_sessions(tx, holder=session.holder.id, at=services.clock())
        values = {"sessions": found, "ended": ended}
        return pages.page(request, "sessions", session=session, values=values)

    @routes.post("/sessions")
    async def end_sessions(request: Request, session: Annotated[HolderSession, holder]) -> Response:
        """End one session of one's own, or all of them."""
        which = text_in(await form_of(request, services), "session")
        async with services.database.transaction() as tx:
            await sessions.end_sessions(
                tx,
                holder=session.holder.id,
                stream=session.id,
                only=which or None,
                at=services.clock(),
            )
        if not which or which == session.id:
            response = see_other(f"{HOME}/goodbye")
            drop_cookie(request, response, SESSION)
            return response
        return see_other(f"{HOME}/sessions?ended=1")

    @routes.post("/view")
    async def change_view(request: Request) -> Response:
        """Change language or size of type; remembered in this browser, and for who is logged in."""
        session = await _session_or_none(request)
        if session is None:
            await check_visit(request, services)
        form = await form_of(request, services)
        language, large = view_of(request)
        wanted = text_in(form, "language")
        language = "en" if wanted == "en" else "zh" if wanted == "zh" else language
        large = {"large": True, "usual": False}.get(text_in(form, "size"), large)
        if session is not None:
            async with services.database.transaction() as tx:
                old = await preferences.preferences_of(tx, holder=session.holder.id)
                chosen = Preferences(language, large, old.delivery)
                await preferences.choose(tx, session, chosen, at=services.clock())
        back = text_in(form, "back")
        open_pages = (f"{HOME}/login", f"{HOME}/login/code", f"{HOME}/goodbye", "/verify")
        response = see_other(back if back in open_pages else safe_back(back))
        put_view(request, response, language, large=large)
        return response

    async def _session_or_none(request: Request) -> HolderSession | None:
        secret = cookie(request, SESSION)
        if not secret:
            return None
        async with patient_transaction(services) as tx:
            verdict, session = await sessions.see_session(
                tx, secret, policy=policy, at=services.clock()
            )
            if session is None or not verdict.allowed:
                return None
            known = await services.bank.holder(tx, holder_id=session.holder)
        if known is None:
            return None
        await check_token(request, secret, services)
        return HolderSession(session.id, known, session.proofs, "", session)

    return routes


def _kept(written: str, back: str) -> JsonObject | None:
    """Read back what a page carried along; anything that is not ours is dropped."""
    if not written or len(written) > _LONGEST_KEPT:
        return None
    try:
        read = json.loads(written)
    except ValueError:
        return None
    if not isinstance(read, dict) or read.get("path") != back:
        return None
    fields = read.get("fields")
    if not isinstance(fields, dict):
        return None
    typed = {str(name)[:40]: value for name, value in fields.items() if isinstance(value, str)}
    return {"path": back, "fields": typed}
