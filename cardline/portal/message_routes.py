"""Pages of messages to the bank: written, read, written again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from cardline.portal import sessions, writing
from cardline.portal.guarding import files_in, form_of, patient_transaction, reader, text_in
from cardline.portal.model import HolderSession
from cardline.portal.rules import HOME
from cardline.portal.uploading import take_files
from cardline.portal.web import Pages, PortalServices, page_routes, see_other


def router(services: PortalServices, pages: Pages) -> APIRouter:
    """Make the pages of messages."""
    routes = page_routes()
    reading = Depends(reader(services))
    policy = services.portal.policy

    @routes.get("/messages")
    async def list_messages(
        request: Request, session: Annotated[HolderSession, reading]
    ) -> Response:
        """All messages, and a form for a new one."""
        return await _list_page(request, session)

    @routes.post("/messages")
    async def write(request: Request, session: Annotated[HolderSession, reading]) -> Response:
        """Send a message to the bank."""
        form = await form_of(request, services)
        typed = {"subject": text_in(form, "subject"), "text": text_in(form, "text")}
        taken = await take_files(files_in(form), services.portal.files)
        if taken.fault:
            return await _list_page(request, session, typed, (taken.fault, taken.name))
        async with services.database.transaction() as tx:
            verdict, message = await writing.write(
                tx,
                session,
                subject=typed["subject"],
                text=typed["text"],
                given=taken.files,
                files=services.portal.files,
                policy=policy,
                at=services.clock(),
            )
        if not verdict.allowed:
            return await _list_page(request, session, typed, (verdict.codes[0], ""))
        return see_other(f"{HOME}/messages/{message}?sent=1")

    @routes.get("/messages/{message}")
    async def message_page(
        request: Request,
        session: Annotated[HolderSession, reading],
        message: str,
        sent: bool = False,
    ) -> Response:
        """One message with what followed."""
        return await _message_page(request, session, message, sent=sent)

    @routes.post("/messages/{message}")
    async def write_again(
        request: Request, session: Annotated[HolderSession, reading], message: str
    ) -> Response:
        """Add to a message."""
        form = await form_of(request, services)
        text = text_in(form, "text")
        taken = await take_files(files_in(form), services.portal.files)
        if taken.fault:
            fault = (taken.fault, taken.name)
            return await _message_page(request, session, message, typed=text, fault=fault)
        async with services.database.transaction() as tx:
            verdict = await writing.write_again(
                tx,
                session,
                message=message,
                text=text,
                given=taken.files,
                files=services.portal.files,
                policy=policy,
                at=services.clock(),
            )
        if not verdict.allowed:
            fault = (verdict.codes[0], "")
            return await _message_page(request, session, message, typed=text, fault=fault)
        return see_other(f"{HOME}/messages/{message}?sent=1")

    async def _list_page(
        request: Request,
        session: HolderSession,
        typed: dict[str, str] | None = None,
        fault: tuple[str, str] = ("", ""),
    ) -> Response:
        async with patient_transaction(services) as tx:
            found = await writing.messages_of(tx, holder=session.holder.id)
            kept = await sessions.take_kept(tx, session.session, path=request.url.path)
        shown = typed or {
            "subject": str(kept.get("subject", "")),
            "text": str(kept.get("text", "")),
        }
        values = {"messages": found[:50], "typed": shown, "policy": policy}
        values |= {"fault": fault[0], "fault_name": fault[1]}
        status = 422 if fault[0] else 200
        return pages.page(request, "messages", session=session, status=status, values=values)

    async def _message_page(
        request: Request,
        session: HolderSession,
        message: str,
        *,
        sent: bool = False,
        typed: str = "",
        fault: tuple[str, str] = ("", ""),
    ) -> Response:
        async with patient_transaction(services) as tx:
            one = await writing.open_message(
                tx, message, holder=session.holder.id, at=services.clock()
            )
            kept = await sessions.take_kept(tx, session.session, path=request.url.path)
        values = {
            "message": one,
            "sent": sent,
            "typed": typed or str(kept.get("text", "")),
            "fault": fault[0],
            "fault_name": fault[1],
            "policy": policy,
        }
        status = 422 if fault[0] else 200
        return pages.page(request, "message", session=session, status=status, values=values)

    return routes
