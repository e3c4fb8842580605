"""Pages of cards and bills: first page, bills, freezing and undoing it, proving more."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from cardline.cards.model import CardState
from cardline.core.errors import NotFound
from cardline.core.ids import CardId
from cardline.core.masking import Secret
from cardline.core.transaction import Transaction
from cardline.core.verdict import Verdict
from cardline.identity.model import Act, Factor, Proofs, Subject
from cardline.outreach.campaigns import alerts
from cardline.portal import account, live_calls, protecting, sessions, writing
from cardline.portal.guarding import BankSilent, form_of, patient_transaction, reader, text_in
from cardline.portal.model import HolderSession
from cardline.portal.proving import (
    Standing,
    prove_password,
    prove_tails,
    standing,
    subject_for,
)
from cardline.portal.rules import HOME, READING, safe_back
from cardline.portal.web import Pages, PortalServices, page_routes, see_other

LINES = 60
"""Postings or lines of interest on one page, which stays below 50 kB."""


def router(services: PortalServices, pages: Pages) -> APIRouter:
    """Make the pages of cards and bills."""
    routes = page_routes()
    holder = Depends(services.holder())
    reading = Depends(reader(services))
    config = services.portal.identity

    @routes.get("")
    async def first_page(request: Request, session: Annotated[HolderSession, holder]) -> Response:
        """Cards with their state, what is due, what is new."""
        at = services.clock()
        async with patient_transaction(services) as tx:
            subject, cards = await subject_for(tx, session, bank=services.bank)
            may_read = await _reading(tx, session, subject)
            shown = [account.shown_card(card, at) for card in cards]
            accounts = []
            if may_read.verdict.allowed:
                accounts = await account.accounts(
                    tx, holder=session.holder.id, bank=services.bank, at=at
                )
            messages = await writing.messages_of(tx, holder=session.holder.id)
            values = {
                "cards": [one for one in shown if one.state is not CardState.CLOSED],
                "accounts": accounts,
                "may_read": may_read.verdict.allowed,
                "unread": [one for one in messages if one.unread],
                "alerts": await alerts.open_alerts(tx, session.holder.id, at=at),
                "last_visit": await sessions.last_visit(tx, session.session),
                "live": await live_calls.talking_now(
                    tx, session, config=services.portal.identity.sms.trust, at=at
                ),
                "today": at.date(),
            }
        return pages.page(request, "home", session=session, values=values)

    @routes.get("/prove")
    async def prove_page(
        request: Request, session: Annotated[HolderSession, holder], back: str = ""
    ) -> Response:
        """Ask for exactly what reading still lacks."""
        async with patient_transaction(services) as tx:
            subject, _ = await subject_for(tx, session, bank=services.bank)
            lacks = await _reading(tx, session, subject)
        if lacks.verdict.allowed:
            return see_other(safe_back(back))
        return _prove_page(request, session, lacks, safe_back(back), None)

    @routes.post("/prove")
    async def prove(request: Request, session: Annotated[HolderSession, holder]) -> Response:
        """Check what was typed; go on where it suffices."""
        form = await form_of(request, services)
        back = safe_back(text_in(form, "back"))
        async with patient_transaction(services) as tx:
            subject, _ = await subject_for(tx, session, bank=services.bank)
            lacks = await _reading(tx, session, subject)
            verdict: Verdict | None = None
            proofs = session.proofs
            if Factor.CARD_AND_ID_TAILS in lacks.missing:
                verdict, proofs = await prove_tails(
                    tx,
                    session,
                    subject=subject,
                    card_tail=text_in(form, "card_tail").strip()[:8],
                    id_tail=text_in(form, "id_tail").strip()[:8],
                    config=config,
                    at=services.clock(),
                )
            after = await _reading(tx, session, subject, proofs)
        if after.verdict.allowed:
            return see_other(back)
        return _prove_page(request, session, after, back, verdict)

    def _prove_page(
        request: Request,
        session: HolderSession,
        lacks: Standing,
        back: str,
        tried: Verdict | None,
    ) -> Response:
        fault = "" if tried is None or tried.allowed else tried.codes[0]
        values = {"lacks": lacks, "back": back, "fault": fault}
        status = 422 if fault else 200
        return pages.page(request, "prove", session=session, status=status, values=values)

    @routes.get("/bills")
    async def bills(request: Request, session: Annotated[HolderSession, reading]) -> Response:
        """Balance, what is due, statements, points, annual fee."""
        async with patient_transaction(services) as tx:
            shown = await account.accounts(
                tx, holder=session.holder.id, bank=services.bank, at=services.clock()
            )
        return pages.page(request, "bills", session=session, values={"accounts": shown})

    @routes.get("/bills/{account_id}/{closing_on}")
    async def statement_page(
        request: Request,
        session: Annotated[HolderSession, reading],
        account_id: str,
        closing_on: str,
        page: int = 1,
    ) -> Response:
        """One statement with its postings."""
        async with patient_transaction(services) as tx:
            shown = await account.statement(
                tx,
                holder=session.holder.id,
                account=account_id,
                closing_on=_day(closing_on),
                bank=services.bank,
            )
        values = {"shown": shown, **_slice(shown.postings, page)}
        return pages.page(request, "statement", session=session, values=values)

    @routes.get("/bills/{account_id}/{closing_on}/interest")
    async def interest_page(
        request: Request,
        session: Annotated[HolderSession, reading],
        account_id: str,
        closing_on: str,
        page: int = 1,
    ) -> Response:
        """The interest of a statement, explained line by line."""
        async with patient_transaction(services) as tx:
            shown = await account.statement(
                tx,
                holder=session.holder.id,
                account=account_id,
                closing_on=_day(closing_on),
                bank=services.bank,
            )
        values = {"shown": shown, **_slice(shown.interest, page)}
        return pages.page(request, "interest", session=session, values=values)

    @routes.get("/freeze")
    async def freeze_page(request: Request, session: Annotated[HolderSession, holder]) -> Response:
        """One button for each card."""
        at = services.clock()
        async with patient_transaction(services, wish="freeze") as tx:
            _, cards = await subject_for(tx, session, bank=services.bank)
        shown = [account.shown_card(card, at) for card in cards]
        values = {"cards": [one for one in shown if one.state is not CardState.CLOSED]}
        return pages.page(request, "freeze", session=session, values=values)

    @routes.post("/freeze")
    async def freeze(request: Request, session: Annotated[HolderSession, holder]) -> Response:
        """Freeze the card of the button."""
        card_id = CardId(text_in(await form_of(request, services), "card"))
        at = services.clock()
        try:
            async with patient_transaction(services, wish="freeze") as tx:
                subject, cards = await subject_for(tx, session, bank=services.bank)
                outcome = await protecting.freeze(
                    tx,
                    session,
                    subject=subject,
                    card=protecting.own_card(cards, card_id),
                    bank=services.bank,
                    config=config,
                    at=at,
                )
        except BankSilent:
            await _keep_wish(session, card_id, "freeze")
            raise
        if not outcome.allowed:
            values = {"code": outcome.verdict.codes[0]}
            return pages.page(request, "refused", session=session, status=422, values=values)
        return see_other(f"{HOME}/freeze/{card_id}")

    @routes.get("/freeze/{card_id}")
    async def frozen_page(
        request: Request, session: Annotated[HolderSession, holder], card_id: str
    ) -> Response:
        """Say that a card is frozen, since when, and how that is undone."""
        at = services.clock()
        async with patient_transaction(services) as tx:
            _, cards = await subject_for(tx, session, bank=services.bank)
            card = protecting.own_card(cards, card_id)
        shown = account.shown_card(card, at)
        if shown.state not in (CardState.FROZEN, CardState.HELD):
            return see_other(f"{HOME}/freeze")
        return pages.page(request, "frozen", session=session, values={"shown": shown, "at": at})

    @routes.get("/release/{card_id}")
    async def release_page(
        request: Request, session: Annotated[HolderSession, holder], card_id: str
    ) -> Response:
        """Ask for what undoing still lacks, or say who can do it."""
        return await _release_page(request, session, card_id, None)

    @routes.post("/release/{card_id}")
    async def release(
        request: Request, session: Annotated[HolderSession, holder], card_id: str
    ) -> Response:
        """Lift a hold where all that is needed was proven."""
        typed = text_in(await form_of(request, services), "password")
        at = services.clock()
        proofs = session.proofs
        async with patient_transaction(services) as tx:
            subject, cards = await subject_for(tx, session, bank=services.bank)
            card = protecting.own_card(cards, card_id)
            act = protecting.release_act(card, at)
            lacks = await _standing(tx, act, session, subject)
            if Factor.QUERY_PASSWORD in lacks.missing:
                verdict, proofs = await prove_password(
                    tx,
                    session,
                    subject=subject,
                    password=Secret(typed[:20]),
                    config=config,
                    at=at,
                )
                if not verdict.allowed:
                    lacks = await _standing(tx, act, session, subject)
        if Factor.QUERY_PASSWORD in lacks.missing and proofs == session.proofs:
            return await _release_page(request, session, card_id, verdict)
        async with patient_transaction(services) as tx:
            outcome = await protecting.release(
                tx,
                session,
                subject=subject,
                proofs=proofs,
                card=card,
                bank=services.bank,
                config=config,
                at=at,
            )
        if not outcome.allowed:
            return await _release_page(request, session, card_id, outcome.verdict)
        return pages.page(request, "released", session=session, values={"card": card, "at": at})

    async def _release_page(
        request: Request, session: HolderSession, card_id: str, tried: Verdict | None
    ) -> Response:
        at = services.clock()
        async with patient_transaction(services) as tx:
            subject, cards = await subject_for(tx, session, bank=services.bank)
            card = protecting.own_card(cards, card_id)
            shown = account.shown_card(card, at)
            if shown.state not in (CardState.FROZEN, CardState.HELD):
                return see_other(f"{HOME}/freeze")
            lacks = await _standing(tx, protecting.release_act(card, at), session, subject)
        fault = "" if tried is None or tried.allowed else tried.codes[0]
        values = {"shown": shown, "lacks": lacks, "fault": fault}
        status = 422 if fault else 200
        return pages.page(request, "release", session=session, status=status, values=values)

    async def _keep_wish(session: HolderSession, card: CardId, wish: str) -> None:
        """Write what the bank's system did not take, so that a person can see it."""
        async with services.database.transaction() as tx:
            await protecting.note_unanswered(tx, session, card=card, wish=wish, at=services.clock())

    async def _standing(
        tx: Transaction,
        act: Act,
        session: HolderSession,
        subject: Subject,
        proofs: Proofs | None = None,
    ) -> Standing:
        return await standing(
            tx,
            act,
            subject=subject,
            proofs=proofs or session.proofs,
            stream=session.id,
            config=config,
            at=services.clock(),
        )

    async def _reading(
        tx: Transaction,
        session: HolderSession,
        subject: Subject,
        proofs: Proofs | None = None,
    ) -> Standing:
        return await _standing(tx, READING, session, subject, proofs)

    return routes


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise NotFound("there is no such statement") from None


def _slice(lines: tuple[object, ...], page: int) -> dict[str, object]:
    """Cut one page out of many lines."""
    pages = max(1, -(-len(lines) // LINES))
    page = min(max(1, page), pages)
    return {"lines": lines[(page - 1) * LINES : page * LINES], "page": page, "pages": pages}
