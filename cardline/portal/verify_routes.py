"""Pages that tell whether a call or message was ours: for anybody, and for its holder (row E1)."""

from datetime import datetime
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import FormData

from cardline.core.phone import parse_phone
from cardline.portal import live_calls
from cardline.portal.guarding import form_of, patient_transaction, reader, text_in
from cardline.portal.model import HolderSession
from cardline.portal.rules import HOME
from cardline.portal.web import (
    SESSION,
    Pages,
    PortalServices,
    cookie,
    even_pace,
    page_routes,
    zone_of,
)
from cardline.trust import actions as trust
from cardline.trust import rules
from cardline.trust.model import (
    ByHolder,
    Claim,
    Finding,
    OfficialKind,
    Proof,
    Stranger,
)
from cardline.trust.words import code_words, reason, step

VERIFY: Final = "/verify"
_SHOWN: Final = 20
_EXAMPLE: Final = (0, 19, 82)
"""Words of an example, as in every text that gives one."""
_FIELDS: Final = {"number": 60, "code": 120, "tail": 4, "text": 2000, "value": 300}
_OWN_FIELDS: Final = {"number": 60, "code": 120, "staff": 40, "text": 2000, "when": 16}


def router(services: PortalServices, pages: Pages) -> APIRouter:
    """Make the pages."""
    routes = page_routes("")
    _open_pages(routes, services, pages)
    _own_pages(routes, services, pages)
    return routes


def _open_pages(routes: APIRouter, services: PortalServices, pages: Pages) -> None:
    @routes.get(VERIFY)
    async def ask_page(request: Request) -> Response:
        """Ask what somebody met, and list what is ours. Nobody logs in."""
        return await _page(request, typed={}, found=None, asked="")

    @routes.post(VERIFY)
    async def answer_page(request: Request) -> Response:
        """Answer. It changes nothing, so its form needs no token and works without cookies."""
        services.admit(request)
        form = await form_of(request, services)
        typed = _typed(form, _FIELDS)
        asked = "official" if text_in(form, "what") == "official" else "contact"
        needed = ("value",) if asked == "official" else ("number", "code", "text")
        if not any(typed[name] for name in needed):
            return await _page(request, typed=typed, found=None, asked=asked, fault="nothing")
        at, config = services.clock(), services.portal.identity.sms.trust
        # At an even pace: time tells nobody whether a code or a number is known.
        async with even_pace(services.portal.policy.even_pace), patient_transaction(services) as tx:
            if asked == "official":
                kind = kind_of(typed["value"])
                found = await trust.check_official(tx, kind, typed["value"], config=config, at=at)
            else:
                claim = Claim(
                    number=typed["number"],
                    code=typed["code"],
                    tail=typed["tail"],
                    text=typed["text"],
                )
                checked = await trust.check_contact(tx, claim, Stranger(), config=config, at=at)
                found = checked.finding
        return await _page(request, typed=typed, found=found, asked=asked)

    async def _page(
        request: Request,
        *,
        typed: dict[str, str],
        found: Finding | None,
        asked: str,
        fault: str = "",
    ) -> Response:
        at, config = services.clock(), services.portal.identity.sms.trust
        async with patient_transaction(services) as tx:
            ours = await trust.running(tx, config=config, at=at)
        values = {
            **_words(services),
            "typed": dict.fromkeys(_FIELDS, "") | typed,
            "found": found,
            "asked": asked,
            "fault": fault,
            "kinds": list(OfficialKind),
            "ours": ours,
            "logged_in": bool(cookie(request, SESSION)),
            "example": _EXAMPLE,
        }
        status = 422 if fault else 200
        return pages.page(request, "verify", status=status, values=values)


def _own_pages(routes: APIRouter, services: PortalServices, pages: Pages) -> None:
    reading = Depends(reader(services))

    @routes.get(f"{HOME}/verify")
    async def own_page(request: Request, session: Annotated[HolderSession, reading]) -> Response:
        """What we sent and called, whether we talk with the holder now, and a form to check."""
        return await _page(request, session, typed={}, found=None, proof=None)

    @routes.post(f"{HOME}/verify")
    async def own_answer(request: Request, session: Annotated[HolderSession, reading]) -> Response:
        """Hold what the holder describes against their own contacts."""
        form = await form_of(request, services)
        typed = _typed(form, _OWN_FIELDS)
        chosen = text_in(form, "kind")
        kind: Literal["call", "message", ""] = (
            "call" if chosen == "call" else "message" if chosen == "message" else ""
        )
        when, fault = _when(typed["when"], zone_of(session))
        if fault or not (kind or any(typed.values())):
            fault = fault or "nothing"
            return await _page(
                request, session, typed={**typed, "kind": kind}, found=None, proof=None, fault=fault
            )
        number = typed["staff"].isascii() and typed["staff"].isalnum()
        claim = Claim(
            kind=kind,
            number=typed["number"],
            at=when,
            staff_number=typed["staff"] if number else "",
            staff_name="" if number else typed["staff"],
            code=typed["code"],
            text=typed["text"],
        )
        async with patient_transaction(services) as tx:
            checked = await trust.check_contact(
                tx,
                claim,
                asker_of(session),
                config=services.portal.identity.sms.trust,
                at=services.clock(),
                stream=session.id,
                by=live_calls.actor(session),
            )
        return await _page(
            request,
            session,
            typed={**typed, "kind": kind},
            found=checked.finding,
            proof=checked.proof,
        )

    async def _page(
        request: Request,
        session: HolderSession,
        *,
        typed: dict[str, str],
        found: Finding | None,
        proof: Proof | None,
        fault: str = "",
    ) -> Response:
        config, at = services.portal.identity.sms.trust, services.clock()
        async with patient_transaction(services) as tx:
            since = at - config.policy.told_back
            contacts = await trust.contacts_of(tx, asker_of(session), since=since)
            live = await live_calls.talking_now(tx, session, config=config, at=at)
        blank = dict.fromkeys((*_OWN_FIELDS, "kind"), "")
        values = {
            **_words(services),
            "typed": blank | typed,
            "found": found,
            "proof": proof,
            "fault": fault,
            "contacts": contacts[:_SHOWN],
            "live": live,
            "hours": int(config.policy.code_lasts.total_seconds() // 3600),
        }
        return pages.page(
            request, "own-verify", session=session, status=422 if fault else 200, values=values
        )


def asker_of(session: HolderSession) -> ByHolder:
    """Return the holder as trust knows them."""
    return ByHolder(session.holder.id, session.holder.phone)


def kind_of(value: str) -> OfficialKind:
    """Return as what something is looked up: a number, a domain, an offer, else a sender's name."""
    if parse_phone(value) or rules.canonical(OfficialKind.NUMBER, value):
        return OfficialKind.NUMBER
    if rules.canonical(OfficialKind.DOMAIN, value):
        return OfficialKind.DOMAIN
    signature = value.strip().startswith("\N{LEFT BLACK LENTICULAR BRACKET}")
    return OfficialKind.SENDER if signature else OfficialKind.CAMPAIGN


def _typed(form: FormData, fields: dict[str, int]) -> dict[str, str]:
    return {name: text_in(form, name).strip()[:most] for name, most in fields.items()}


def _when(written: str, zone: ZoneInfo) -> tuple[datetime | None, str]:
    """Read a time as a browser's field gives it, in the holder's zone."""
    if not written:
        return None, ""
    try:
        return datetime.fromisoformat(written).replace(tzinfo=zone), ""
    except ValueError:
        return None, "when"


def _words(services: PortalServices) -> dict[str, object]:
    lines = services.portal.lines
    return {
        "reason": lambda code, language: reason(code).within(language),
        "said": lambda code, language: ("、" if language == "zh" else " ").join(
            rules.spoken(code, code_words(), language)
        ),
        "step": lambda code, language: step(code).within(language).format_map(lines),
    }
