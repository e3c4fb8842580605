"""The page of what is kept about a holder: how long, why, and asking for erasure (PIPL 47)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from cardline.core.errors import NotFound
from cardline.evidence.retention import actions as retention
from cardline.portal.guarding import form_of, patient_transaction, reader, text_in
from cardline.portal.model import HolderSession
from cardline.portal.rules import HOME
from cardline.portal.sessions import actor_of
from cardline.portal.web import Pages, PortalServices, page_routes, see_other

SHOWN = (
    "service_recording",
    "contact_history",
    "complaint",
    "collection_recording",
    "sms_record",
    "written_message",
    "consent_proof",
    "trust_proof",
    "scam_report",
    "login_session",
    "look",
    "kyc_transactions",
)
"""Classes in the order in which a holder asks about them; the others are told in the handbook."""


def router(services: PortalServices, pages: Pages) -> APIRouter:
    """Make the page of the holder's data."""
    routes = page_routes(f"{HOME}/data")
    reading = Depends(reader(services))

    @routes.get("")
    async def data_page(
        request: Request, session: Annotated[HolderSession, reading], saved: str = ""
    ) -> Response:
        """What is kept, how long and by which rule; what came of asking for erasure."""
        policy = services.retention.policy
        async with patient_transaction(services) as tx:
            asked = await retention.requests_of(tx, session.holder.id)
        values = {
            "classes": [policy.classes[name] for name in SHOWN if name in policy.classes],
            "waiting": next((one for one in asked if one.state == "waiting"), None),
            "done": [one for one in asked if one.state == "done"],
            "days": policy.request_waits.days,
            "saved": saved if saved in ("asked", "withdrawn") else "",
        }
        return pages.page(request, "data", session=session, values=values)

    @routes.post("")
    async def ask(request: Request, session: Annotated[HolderSession, reading]) -> Response:
        """Ask for erasure of what may be erased, or think again."""
        wish = text_in(await form_of(request, services), "wish")
        if wish not in ("erase", "keep"):
            raise NotFound("there is no such wish")
        holder, at = session.holder.id, services.clock()
        async with services.database.transaction() as tx:
            if wish == "erase":
                await retention.ask_erasure(
                    tx, holder, policy=services.retention.policy, by=actor_of(holder), at=at
                )
            else:
                await retention.withdraw_erasure(tx, holder, by=actor_of(holder), at=at)
        return see_other(f"{HOME}/data?saved={'asked' if wish == 'erase' else 'withdrawn'}")

    return routes
