"""The holder's own evidence pack: asked for, made by a job, fetched (rows A7, F2)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse

from cardline.core.errors import NotFound
from cardline.evidence.packs import ordering
from cardline.evidence.packs.actions import all_of
from cardline.portal.guarding import form_of, patient_transaction, reader
from cardline.portal.model import HolderSession
from cardline.portal.rules import HOME
from cardline.portal.sessions import actor_of
from cardline.portal.web import HEADERS, Pages, PortalServices, page_routes, see_other, view_of


def router(services: PortalServices, pages: Pages) -> APIRouter:
    """Make the pages of the holder's own pack."""
    routes = page_routes()
    reading = Depends(reader(services))
    texts = services.portal.texts

    @routes.get("/evidence")
    async def show(request: Request, session: Annotated[HolderSession, reading]) -> Response:
        """What was asked for, and how far it is."""
        return await _page(request, session)

    @routes.post("/evidence")
    async def ask(request: Request, session: Annotated[HolderSession, reading]) -> Response:
        """Ask for a pack of everything."""
        await form_of(request, services)
        language, _ = view_of(request)
        subject = all_of(
            session.holder, audience="holder", policy=services.evidence, language=language
        )
        async with services.database.transaction() as tx:
            verdict = await ordering.ask_own(
                tx,
                subject,
                by=actor_of(session.holder.id),
                reason=texts.say("evidence.reason", language),
                policy=services.evidence,
                at=services.clock(),
            )
        if not verdict.allowed:
            return await _page(request, session, fault=verdict.codes[0])
        return see_other(f"{HOME}/evidence")

    @routes.get("/evidence/{pack}.zip")
    async def fetch(session: Annotated[HolderSession, reading], pack: str) -> FileResponse:
        """Take a pack of one's own home."""
        async with services.database.transaction() as tx:
            found = await ordering.fetch(
                tx, pack, by=actor_of(session.holder.id), role="holder", at=services.clock()
            )
            path = services.pack_path(found.id)
            if not path.is_file():
                raise NotFound("this pack is being kept elsewhere")
        return FileResponse(
            path,
            media_type="application/zip",
            filename=f"evidence-{found.asked_at:%Y%m%d}.zip",
            headers=HEADERS,
        )

    async def _page(request: Request, session: HolderSession, *, fault: str = "") -> Response:
        async with patient_transaction(services) as tx:
            packs = await ordering.own_packs(
                tx, holder=session.holder.id, by=actor_of(session.holder.id)
            )
        now = services.clock()
        values = {
            "packs": packs,
            "making": any(one.state == "asked" for one in packs),
            "over": {one.id for one in packs if one.ends_at is not None and one.ends_at <= now},
            "fault": fault,
            "days": services.evidence.pack_kept.days,
        }
        return pages.page(
            request, "evidence", session=session, status=422 if fault else 200, values=values
        )

    return routes
