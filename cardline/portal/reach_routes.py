"""Pages of being contacted: the holder's wishes, everything that was tried, the published rules."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from cardline.core.errors import NotFound
from cardline.core.phone import parse_phone
from cardline.core.verdict import Verdict
from cardline.outreach.model import Channel, ContactPolicy
from cardline.portal import reaching
from cardline.portal.guarding import form_of, patient_transaction, reader, text_in
from cardline.portal.model import HolderSession
from cardline.portal.rules import HOME
from cardline.portal.web import Pages, PortalServices, page_routes, see_other

WISHES = f"{HOME}/preferences/contact"
ASKED = f"{HOME}/preferences/asked"
_LONGEST = 80


def router(services: PortalServices, pages: Pages) -> APIRouter:
    """Make the pages of being contacted."""
    routes = page_routes()
    holder = Depends(services.holder())
    reading = Depends(reader(services))
    limits = services.portal.policy

    def rules() -> ContactPolicy:
        return services.portal.identity.sms.policy

    @routes.get("/preferences/contact")
    async def wishes_page(
        request: Request, session: Annotated[HolderSession, holder], saved: str = ""
    ) -> Response:
        """What is set now."""
        return await _wishes(request, session, saved=saved == "yes")

    @routes.post("/preferences/contact")
    async def choose(request: Request, session: Annotated[HolderSession, holder]) -> Response:
        """Keep kinds, channels, hours, how often, and a pause; at once."""
        form = await form_of(request, services)
        said = {
            name: [one for one in form.getlist(name) if isinstance(one, str)] for name in set(form)
        }
        async with services.database.transaction() as tx:
            verdict = await reaching.choose(tx, session, said, policy=rules(), at=services.clock())
        if not verdict.allowed:
            return await _wishes(request, session, refused=verdict)
        return see_other(f"{WISHES}?saved=yes")

    @routes.post("/preferences/reject")
    async def reject(request: Request, session: Annotated[HolderSession, holder]) -> Response:
        """Put a campaign or a number on the reject list, or take it off."""
        form = await form_of(request, services)
        wish = text_in(form, "wish")
        campaign = text_in(form, "campaign").strip()[:_LONGEST] or None
        typed = text_in(form, "phone").strip()
        phone = parse_phone(typed) if typed else None
        if wish not in ("reject", "allow"):
            raise NotFound("there is no such wish")
        if (campaign is None) == (phone is None):
            return await _wishes(request, session, typed=typed)
        async with services.database.transaction() as tx:
            await reaching.reject(
                tx,
                session,
                campaign=campaign,
                phone=phone,
                wanted=wish == "reject",
                at=services.clock(),
            )
        return see_other(f"{WISHES}?saved=yes#rejected")

    @routes.get("/preferences/asked")
    async def asked_page(
        request: Request, session: Annotated[HolderSession, reading], page: int = 1
    ) -> Response:
        """Every contact that the bank wanted to make: let pass, put off or refused, and why."""
        async with patient_transaction(services) as tx:
            found, page, count = await reaching.asked_about(
                tx, session, page=page, each=limits.contacts_shown, most=limits.contacts_searched
            )
        values = {"found": found, "page": page, "pages": count, "result": reaching.result_of}
        return pages.page(request, "asked", session=session, values=values)

    @routes.get("/contact-policy")
    async def published_page(request: Request) -> Response:
        """The rules of contact as the bank's own gate executes them; anybody may read them."""
        policy = rules()
        purposes, stops = reaching.published(policy)
        values = {"policy": policy, "purposes": purposes, "stops": stops}
        return pages.page(request, "contact_policy", values=values)

    async def _wishes(
        request: Request,
        session: HolderSession,
        *,
        saved: bool = False,
        refused: Verdict | None = None,
        typed: str = "",
    ) -> Response:
        async with patient_transaction(services) as tx:
            chosen = await reaching.chosen_by(tx, session)
        wishes = chosen.wishes
        paused = wishes.paused_until
        values = {
            "wishes": wishes,
            "rejected": chosen.rejected,
            "paused": paused if paused and paused > services.clock() else None,
            "kinds": reaching.KINDS,
            "channels": list(Channel),
            "from_hours": reaching.FROM_HOURS,
            "to_hours": reaching.TO_HOURS,
            "weekly": reaching.WEEKLY,
            "monthly": reaching.MONTHLY,
            "pauses": reaching.PAUSES,
            "saved": saved,
            "faults": refused.codes if refused else ("phone-unreadable",) if typed else (),
            "typed": typed,
        }
        status = 422 if values["faults"] else 200
        return pages.page(request, "reach", session=session, values=values, status=status)

    return routes
