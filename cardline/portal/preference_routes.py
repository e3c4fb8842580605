"""Pages of preferences: pages, statements, marketing, being left alone."""

from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Request, Response

from cardline.cards.model import Delivery
from cardline.core.errors import NotFound
from cardline.outreach.model import Channel
from cardline.portal import preferences
from cardline.portal.guarding import form_of, patient_transaction, text_in
from cardline.portal.model import HolderSession, Preferences
from cardline.portal.rules import HOME
from cardline.portal.web import Pages, PortalServices, page_routes, put_view, see_other, view_of


def router(services: PortalServices, pages: Pages) -> APIRouter:
    """Make the pages of preferences."""
    routes = page_routes(f"{HOME}/preferences")
    holder = Depends(services.holder())
    deliveries: tuple[Delivery, ...] = get_args(Delivery)

    @routes.get("")
    async def preferences_page(
        request: Request, session: Annotated[HolderSession, holder], saved: str = ""
    ) -> Response:
        """What is set now."""
        at = services.clock()
        async with patient_transaction(services) as tx:
            consents = await preferences.marketing_consents(tx, holder=session.holder, at=at)
            values = {
                "chosen": await preferences.preferences_of(tx, holder=session.holder.id),
                "consents": {one.channel: one for one in consents},
                "channels": list(Channel),
                "left_alone": await preferences.is_left_alone(tx, holder=session.holder.id, at=at),
                "deliveries": deliveries,
                "saved": saved if saved in ("view", "marketing", "quiet") else "",
            }
        return pages.page(request, "preferences", session=session, values=values)

    @routes.post("")
    async def choose(request: Request, session: Annotated[HolderSession, holder]) -> Response:
        """Keep language, size of type, and how statements come."""
        form = await form_of(request, services)
        now, _ = view_of(request)
        wanted = text_in(form, "language")
        delivery = text_in(form, "delivery")
        chosen = Preferences(
            language="en" if wanted == "en" else "zh" if wanted == "zh" else now,
            large=text_in(form, "size") == "large",
            delivery=next((one for one in deliveries if one == delivery), "pages"),
        )
        async with services.database.transaction() as tx:
            await preferences.choose(tx, session, chosen, at=services.clock())
        response = see_other(f"{HOME}/preferences?saved=view")
        put_view(request, response, chosen.language or now, large=chosen.large)
        return response

    @routes.post("/marketing")
    async def marketing(request: Request, session: Annotated[HolderSession, holder]) -> Response:
        """Give consent for one channel, in the words that were read; withdraw from all or one."""
        form = await form_of(request, services)
        channel = next((one for one in Channel if one == text_in(form, "channel")), None)
        wish = text_in(form, "wish")
        if channel is None or wish not in ("give", "withdraw", "withdraw-one"):
            raise NotFound("there is no such channel")
        language, _ = view_of(request)
        async with services.database.transaction() as tx:
            await preferences.set_marketing(
                tx,
                session,
                channel=channel,
                wanted=wish == "give",
                everywhere=wish == "withdraw",
                wording=services.portal.texts.say(f"marketing.wording-{channel.value}", language),
                at=services.clock(),
            )
        return see_other(f"{HOME}/preferences?saved=marketing#marketing")

    @routes.post("/quiet")
    async def quiet(request: Request, session: Annotated[HolderSession, holder]) -> Response:
        """Be left alone, save for what protects the holder; or not any more."""
        wish = text_in(await form_of(request, services), "wish")
        async with services.database.transaction() as tx:
            await preferences.set_left_alone(
                tx, session, wanted=wish == "quiet", at=services.clock()
            )
        return see_other(f"{HOME}/preferences?saved=quiet#quiet")

    return routes
