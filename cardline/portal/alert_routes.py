"""Was it you? The page on which a holder answers for a transaction (rows B6, D7)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from cardline.core.errors import NotFound
from cardline.outreach.campaigns import alerts
from cardline.portal.guarding import form_of, patient_transaction, text_in
from cardline.portal.model import HolderSession
from cardline.portal.proving import subject_for
from cardline.portal.sessions import actor_of
from cardline.portal.web import Pages, PortalServices, page_routes


def router(services: PortalServices, pages: Pages) -> APIRouter:
    """Make the page of alerts."""
    routes = page_routes()
    holder = Depends(services.holder())

    @routes.get("/alerts")
    async def questions(request: Request, session: Annotated[HolderSession, holder]) -> Response:
        """The transactions about which we ask."""
        async with patient_transaction(services) as tx:
            found = await alerts.open_alerts(tx, session.holder.id, at=services.clock())
        return pages.page(request, "alerts", session=session, values={"alerts": found})

    @routes.post("/alerts")
    async def answer(request: Request, session: Annotated[HolderSession, holder]) -> Response:
        """Take a yes or a no; a no freezes the card before the page is shown."""
        form = await form_of(request, services)
        name, said = text_in(form, "alert"), text_in(form, "answer")
        at = services.clock()
        async with patient_transaction(services) as tx:
            found = await alerts.open_alerts(tx, session.holder.id, at=at, lock=True)
            alert = next((one for one in found if one.id == name), None)
            if alert is None:
                raise NotFound("this question is answered already, or was never asked")
            subject, _ = await subject_for(tx, session, bank=services.bank)
            answered = await alerts.answer(
                tx,
                alert,
                "confirmed" if said == "yes" else "denied",
                door="portal",
                subject=subject,
                proofs=session.proofs,
                bank=services.bank,
                config=services.portal.identity,
                stream=session.id,
                by=actor_of(session.holder.id),
                at=at,
            )
        return pages.page(request, "alerted", session=session, values={"answered": answered})

    return routes
