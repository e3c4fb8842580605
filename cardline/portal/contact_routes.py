"""Pages of contacts: found, read, listened to, taken home; notes beside them; who looked."""

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request, Response

from cardline.core.verdict import Verdict
from cardline.evidence.sealing.serving import range_begins, recording_response
from cardline.messages import files as file_actions
from cardline.portal import contacts, keeping, sessions
from cardline.portal.guarding import files_in, form_of, patient_transaction, reader, text_in
from cardline.portal.model import HolderSession, Wanted
from cardline.portal.rules import HOME
from cardline.portal.uploading import take_files
from cardline.portal.web import (
    HEADERS,
    Pages,
    PortalServices,
    page_routes,
    see_other,
    view_of,
    zone_of,
)

_DOORS = ("calls", "chat", "message", "texts", "emails", "letters")
LINES = 80
"""Lines of a story on one page, which stays below 50 kB."""


def router(services: PortalServices, pages: Pages) -> APIRouter:
    """Make the pages of contacts."""
    routes = page_routes()
    reading = Depends(reader(services))
    policy, texts = services.portal.policy, services.portal.texts
    most = policy.contacts_searched

    @routes.get("/contacts")
    async def list_contacts(
        request: Request,
        session: Annotated[HolderSession, reading],
        q: str = "",
        door: str = "",
        year: str = "",
        page: int = 1,
    ) -> Response:
        """Every contact, searched and filtered."""
        wanted = Wanted(
            text=q.strip()[:100],
            door=door if door in _DOORS else "",
            year=int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None,
            page=page,
        )
        language, _ = view_of(request)
        async with patient_transaction(services) as tx:
            found = await contacts.find_contacts(
                tx,
                holder=session.holder.id,
                wanted=wanted,
                zone=zone_of(session),
                texts=texts,
                language=language,
                each=policy.contacts_shown,
                most=most,
            )
        query = urlencode({"q": wanted.text, "door": wanted.door, "year": wanted.year or ""})
        values = {"found": found, "wanted": wanted, "doors": _DOORS, "query": query}
        return pages.page(request, "contacts", session=session, values=values)

    @routes.get("/contacts/{contact}")
    async def contact_page(
        request: Request, session: Annotated[HolderSession, reading], contact: str, page: int = 1
    ) -> Response:
        """One contact: its story, its recording, notes beside it, who looked."""
        return await _contact_page(request, session, contact, page=page)

    @routes.post("/contacts/{contact}")
    async def add_note(
        request: Request, session: Annotated[HolderSession, reading], contact: str
    ) -> Response:
        """Keep a note, with receipts and screenshots, beside a contact."""
        form = await form_of(request, services)
        taken = await take_files(files_in(form), services.portal.files)
        text = text_in(form, "note")
        if taken.fault:
            fault = (taken.fault, taken.name)
            return await _contact_page(request, session, contact, typed=text, fault=fault)
        async with services.database.transaction() as tx:
            one = await contacts.one_contact(tx, contact, holder=session.holder.id, most=most)
            verdict: Verdict = await keeping.add_note(
                tx,
                session,
                contact=one.id,
                text=text,
                given=taken.files,
                files=services.portal.files,
                policy=policy,
                at=services.clock(),
            )
        if not verdict.allowed:
            fault = (verdict.codes[0], "")
            return await _contact_page(request, session, contact, typed=text, fault=fault)
        return see_other(f"{HOME}/contacts/{quote(contact, safe='')}#notes")

    @routes.post("/contacts/{contact}/remove")
    async def remove_note(
        request: Request, session: Annotated[HolderSession, reading], contact: str
    ) -> Response:
        """Take a note away."""
        note = text_in(await form_of(request, services), "note")
        async with services.database.transaction() as tx:
            await keeping.remove_note(
                tx,
                session,
                contact=contact,
                note=note,
                files=services.portal.files,
                at=services.clock(),
            )
        return see_other(f"{HOME}/contacts/{quote(contact, safe='')}#notes")

    async def _contact_page(
        request: Request,
        session: HolderSession,
        contact: str,
        *,
        page: int = 1,
        typed: str = "",
        fault: tuple[str, str] = ("", ""),
    ) -> Response:
        async with patient_transaction(services) as tx:
            one = await contacts.one_contact(tx, contact, holder=session.holder.id, most=most)
            notes = await keeping.notes_of(tx, holder=session.holder.id, contact=one.id)
            kept = await sessions.take_kept(tx, session.session, path=request.url.path)
        count = max(1, -(-len(one.story) // LINES))
        page = min(max(1, page), count)
        values = {
            "contact": one,
            "story": one.story[(page - 1) * LINES : page * LINES],
            "page": page,
            "pages": count,
            "notes": notes,
            "typed": typed or str(kept.get("note", "")),
            "fault": fault[0],
            "fault_name": fault[1],
            "policy": policy,
        }
        status = 422 if fault[0] else 200
        return pages.page(request, "contact", session=session, status=status, values=values)

    @routes.get("/contacts/{contact}/recording.wav")
    async def recording(
        request: Request,
        session: Annotated[HolderSession, reading],
        contact: str,
        download: bool = False,
    ) -> Response:
        """Listen, or take a copy; both are journaled once, however a browser fetches it."""
        wanted = request.headers.get("range", "")
        async with services.database.transaction() as tx:
            found = await contacts.recording_of(tx, contact, holder=session.holder.id)
            opened = await services.recordings.open(tx, found.path)
            if range_begins(wanted):
                await contacts.journal_listening(
                    tx, contact, session, download=download, at=services.clock()
                )
        how = "attachment" if download else "inline"
        name = {"Content-Disposition": f'{how}; filename="{contact}.wav"'}
        return recording_response(opened, wanted=wanted, headers=HEADERS | name)

    @routes.get("/files/{owner}/{file}")
    async def file(session: Annotated[HolderSession, reading], owner: str, file: str) -> Response:
        """A file beside a note or with a message of one's own."""
        async with services.database.transaction() as tx:
            kept = await keeping.own_file(tx, owner, file, holder=session.holder.id)
        content = await file_actions.read(services.portal.files, kept)
        return Response(content, headers=HEADERS | file_actions.headers_of(kept))

    @routes.get("/looks")
    async def who_looked(request: Request, session: Annotated[HolderSession, reading]) -> Response:
        """Who looked at the holder's data, and why (row F4)."""
        async with patient_transaction(services) as tx:
            looks = await contacts.looks_at(tx, holder=session.holder.id, most=most)
        return pages.page(request, "looks", session=session, values={"looks": looks})

    return routes
