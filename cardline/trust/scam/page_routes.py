"""Pages: anybody checks a message without logging in; a holder reports a scam, and reads the
warnings that we gave (rows E2 to E4)."""

import secrets
from pathlib import Path
from typing import Annotated, Final, Protocol

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import FormData

from cardline.cards.model import CardState
from cardline.cards.rules.state import state_at
from cardline.core.errors import CardlineError
from cardline.core.ids import CardId
from cardline.portal import account, protecting
from cardline.portal.guarding import BankSilent, form_of, patient_transaction, reader, text_in
from cardline.portal.model import HolderSession
from cardline.portal.proving import subject_for
from cardline.portal.rules import HOME
from cardline.portal.sessions import actor_of
from cardline.portal.web import Pages, PortalServices, page_routes, view_of
from cardline.trust.scam import actions, with_agent
from cardline.trust.scam.catalogue import reason_words
from cardline.trust.scam.config import ScamConfig
from cardline.trust.scam.model import MOST_CHECKED, Judgement, Kind, Message, Report, Told
from cardline.trust.scam.persuasion import load_script
from cardline.trust.scam.report_views import show_reason

TEMPLATES: Final = Path(__file__).parent / "templates"
CHECK: Final = "/verify/message"
REPORT: Final = f"{HOME}/report-scam"
WARNINGS: Final = f"{HOME}/warnings"


class PageServices(PortalServices, Protocol):
    """What these pages need."""

    @property
    def scam(self) -> ScamConfig: ...

    def admit_visitor(self, request: Request) -> None:
        """Count what an address asks; raises where it asks too much."""
        ...


def router(services: PageServices) -> APIRouter:
    """Make the pages."""
    routes = page_routes("")
    pages = Pages(services.portal, more=(TEMPLATES,))
    _check_pages(routes, services, pages)
    _report_pages(routes, services, pages)
    _warning_page(routes, services, pages)
    return routes


def _check_pages(routes: APIRouter, services: PageServices, pages: Pages) -> None:
    def page(
        request: Request,
        message: Message,
        *,
        judged: Judgement | None = None,
        fault: str = "",
        status: int = 200,
    ) -> Response:
        values = _told(request, services.scam, judged)
        values |= {"typed": message, "fault": fault, "most": MOST_CHECKED}
        return pages.page(
            request,
            "check_message",
            status=422 if fault and status == 200 else status,
            values=values,
        )

    @routes.get(CHECK)
    async def form(request: Request) -> Response:
        """The form, empty."""
        return page(request, Message(""))

    @routes.post(CHECK)
    async def check(request: Request) -> Response:
        """Judge what was pasted. Nothing changes and nothing is kept, so no token is asked for."""
        try:
            services.admit_visitor(request)
            message = _message(await form_of(request, services))
        except CardlineError as error:
            too_many = error.code == "too-many-tries"
            return page(
                request,
                Message(""),
                fault="too-many" if too_many else "too-long",
                status=429 if too_many else 413,
            )
        if not message.text.strip():
            return page(request, message, fault="empty")
        if len(message.text) > MOST_CHECKED:
            return page(request, message, fault="too-long", status=413)
        at = services.clock()
        async with services.database.transaction() as tx:
            registry = await actions.registry_at(tx, config=services.scam, at=at)
        judged = services.scam.judge(message, at=at, registry=registry)
        return page(request, message, judged=judged)


def _report_pages(routes: APIRouter, services: PageServices, pages: Pages) -> None:
    holder = Depends(services.holder())

    async def page(
        request: Request, session: HolderSession, typed: Told, *, fault: str = ""
    ) -> Response:
        at = services.clock()
        async with patient_transaction(services) as tx:
            _, owned = await subject_for(tx, session, bank=services.bank)
        shown = [account.shown_card(card, at) for card in owned]
        values = _told(request, services.scam, None) | {
            "typed": typed,
            "fault": fault,
            "most": services.scam.policy.report_characters,
            "cards": [one for one in shown if one.state in (CardState.ACTIVE, CardState.HELD)],
        }
        status = 422 if fault else 200
        return pages.page(request, "report_scam", session=session, status=status, values=values)

    @routes.get(REPORT)
    async def form(request: Request, session: Annotated[HolderSession, holder]) -> Response:
        """The form; each has a key of its own, so that sending it twice is one report."""
        return await page(request, session, Told(Message(""), secrets.token_urlsafe(12)))

    @routes.post(REPORT)
    async def send(request: Request, session: Annotated[HolderSession, holder]) -> Response:
        """Freeze first, where asked, then take the report in."""
        form = await form_of(request, services)
        card = CardId(text_in(form, "card"))
        told = Told(
            _message(form),
            text_in(form, "key")[:80] or secrets.token_urlsafe(12),
            text_in(form, "told") == "yes",
            text_in(form, "paid") == "yes",
        )
        tail, frozen = await _freeze(session, card) if card else ("", False)
        async with services.database.transaction() as tx:
            verdict, report = await actions.report_scam(
                tx,
                Told(told.message, f"{session.holder.id}/{told.key}", told.secrets_told, told.paid),
                holder=session.holder.id,
                interaction=None,
                frozen=[card] if frozen else [],
                by=actor_of(session.holder.id),
                config=services.scam,
                at=services.clock(),
            )
        if report is None and not card:
            return await page(request, session, told, fault=verdict.codes[0])
        fault = "" if report else verdict.codes[0]
        return _done(request, session, report, (bool(card), tail, frozen), fault)

    async def _freeze(session: HolderSession, card: CardId) -> tuple[str, bool]:
        """Freeze a card of the holder's; what the bank's system did not take is written down."""
        at = services.clock()
        tail = ""
        try:
            async with patient_transaction(services, wish="freeze") as tx:
                subject, owned = await subject_for(tx, session, bank=services.bank)
                own = protecting.own_card(owned, card)
                tail = own.tail
                outcome = await protecting.freeze(
                    tx,
                    session,
                    subject=subject,
                    card=own,
                    bank=services.bank,
                    config=services.portal.identity,
                    at=at,
                )
        except BankSilent:
            async with services.database.transaction() as tx:
                await protecting.note_unanswered(tx, session, card=card, wish="freeze", at=at)
            return tail, False
        return tail, outcome.allowed

    def _done(
        request: Request,
        session: HolderSession,
        report: Report | None,
        freezing: tuple[bool, str, bool],
        fault: str,
    ) -> Response:
        asked, tail, frozen = freezing
        judged = report.judgement if report else None
        values = _told(request, services.scam, judged) | {
            "report": report,
            "asked": asked,
            "tail": tail,
            "frozen": frozen,
            "fault": fault,
        }
        return pages.page(request, "scam_reported", session=session, values=values)


def _warning_page(routes: APIRouter, services: PageServices, pages: Pages) -> None:
    reading = Depends(reader(services))

    @routes.get(WARNINGS)
    async def warnings(request: Request, session: Annotated[HolderSession, reading]) -> Response:
        """What we said to the holder when we feared a scam, and what the holder decided."""
        at = services.clock()
        async with patient_transaction(services) as tx:
            _, owned = await subject_for(tx, session, bank=services.bank)
            found = await with_agent.warnings_of(tx, session.holder.id)
        language, _ = view_of(request)
        held = {card.id for card in owned if state_at(card, at) is CardState.HELD}
        titles = {
            step.code: services.scam.fill(step.title.in_language(language))
            for step in load_script().steps
        }
        values = _told(request, services.scam, None) | {
            "warnings": found,
            "reasons": {
                one.id: [show_reason(code).model_dump()[language] for code in one.reasons]
                for one in found
            },
            "told": {one.id: [titles.get(code, code) for code in one.told] for one in found},
            "cooling": {
                one.id
                for one in found
                if one.cools_until and at < one.cools_until and one.card in held
            },
        }
        return pages.page(request, "scam_warnings", session=session, values=values)


def _message(form: FormData) -> Message:
    kind: Kind = "call" if text_in(form, "kind") == "call" else "message"
    return Message(text_in(form, "text"), text_in(form, "sender")[:80], kind)


def _told(request: Request, config: ScamConfig, judged: Judgement | None) -> dict[str, object]:
    language, _ = view_of(request)

    def say(key: str, **values: object) -> str:
        return config.say(key, language, **values)

    reasons = [
        (reason_words(one.code).in_language(language), one.evidence)
        for one in (judged.reasons if judged else ())
    ]
    tips = [say(key) for key in config.tips(judged)] if judged else []
    values: dict[str, object] = {"say": say, "judged": judged, "reasons": reasons, "tips": tips}
    return values | {"report_at": REPORT, "check_at": CHECK}
