"""``/my/complaints``: a holder complains, and sees how far it is (rows A7, C1, C4)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from cardline.complaints.doors import following, taking
from cardline.complaints.doors.acting import act_in
from cardline.complaints.doors.model import Written
from cardline.complaints.doors.showing import DoorServices, Shown, files_of, written_in
from cardline.core.actor import Actor
from cardline.evidence.packs import ordering
from cardline.portal import sessions
from cardline.portal.guarding import form_of, patient_transaction, reader
from cardline.portal.model import HolderSession
from cardline.portal.rules import HOME
from cardline.portal.web import see_other, view_of

OWN = f"{HOME}/complaints"
_BLANK = Written("", "")


def add(routes: APIRouter, services: DoorServices, shown: Shown) -> None:
    """Add the pages. Writing needs the log-in alone, reading what reading always needs."""
    _writing(routes, services, shown)
    _reading(routes, services, shown)


def _writing(routes: APIRouter, services: DoorServices, shown: Shown) -> None:
    holder = Depends(services.holder())

    @routes.get(f"{OWN}/new")
    async def blank(request: Request, session: Annotated[HolderSession, holder]) -> Response:
        """The form; each has a key of its own, so that sending it twice is one complaint."""
        async with patient_transaction(services) as tx:
            kept = await sessions.take_kept(tx, session.session, path=f"{OWN}/new")
        typed = Written("", str(kept.get("statement", "")), str(kept.get("demand", "")))
        return form_page(request, session, typed)

    @routes.post(f"{OWN}/new")
    async def send(request: Request, session: Annotated[HolderSession, holder]) -> Response:
        """Take the complaint in."""
        form = await form_of(request, services)
        written = written_in(request, form)
        fault, files = await files_of(form, services.doors, "files")
        if fault:
            return form_page(request, session, written, fault)
        async with services.database.transaction() as tx:
            done = await taking.hand_in(
                tx,
                written,
                holder=session.holder,
                proofs=session.proofs,
                files=files[0],
                config=services.doors,
                at=services.clock(),
            )
        if done.complaint is None:
            return form_page(request, session, written, done.verdict.codes[0])
        return see_other(f"{OWN}/{done.complaint.id}/sent")

    @routes.get(f"{OWN}/{{reference}}/sent")
    async def sent(
        request: Request, session: Annotated[HolderSession, holder], reference: str
    ) -> Response:
        """The reference and what comes next: nothing that reading would need a proof for."""
        async with patient_transaction(services) as tx:
            view = await following.view_of(
                tx, reference, holder=session.holder.id, config=services.doors, at=services.clock()
            )
        return shown.page(request, "complaint_sent", session=session, values={"view": view})

    def form_page(
        request: Request, session: HolderSession, typed: Written, fault: str = ""
    ) -> Response:
        values: dict[str, object] = {"typed": typed, "days": following.days(services.doors)}
        if typed.key:
            values["key"] = typed.key
        return shown.page(request, "complaint_write", session=session, fault=fault, values=values)


def _reading(routes: APIRouter, services: DoorServices, shown: Shown) -> None:
    reading = Depends(reader(services))

    @routes.get(OWN)
    async def list_page(request: Request, session: Annotated[HolderSession, reading]) -> Response:
        """All complaints of the holder's, by whatever door."""
        async with patient_transaction(services) as tx:
            found = await following.of_holder(
                tx, session.holder.id, config=services.doors, at=services.clock()
            )
        return shown.page(request, "complaints", session=session, values={"found": found})

    @routes.get(f"{OWN}/{{reference}}")
    async def one_page(
        request: Request,
        session: Annotated[HolderSession, reading],
        reference: str,
        done: str = "",
    ) -> Response:
        """One complaint: state, next date, person, and what may still be done."""
        return await page(request, session, reference, done=done)

    @routes.post(f"{OWN}/{{reference}}")
    async def act(
        request: Request, session: Annotated[HolderSession, reading], reference: str
    ) -> Response:
        """Add facts, say whether it was good, ask for a re-examination, take it back."""
        form = await form_of(request, services)
        fault, done = await act_in(
            services,
            reference,
            form,
            holder=session.holder.id,
            by=Actor("holder", session.holder.id),
        )
        if fault:
            return await page(request, session, reference, fault=fault, typed=dict(form))
        return see_other(f"{OWN}/{reference}?done={done}")

    @routes.post(f"{OWN}/{{reference}}/evidence")
    async def pack(
        request: Request, session: Annotated[HolderSession, reading], reference: str
    ) -> Response:
        """Ask for an evidence pack about this complaint; a job makes it (row C6)."""
        await form_of(request, services)
        language, _ = view_of(request)
        async with services.database.transaction() as tx:
            subject = await following.pack_of(
                tx,
                reference,
                holder=session.holder,
                language=language,
                most=services.evidence.pack_interactions,
                config=services.doors,
                at=services.clock(),
            )
            verdict = await ordering.ask_own(
                tx,
                subject,
                by=Actor("holder", session.holder.id),
                reason=services.doors.texts.say(
                    "one.pack-reason", language, reference=subject.complaint
                ),
                policy=services.evidence,
                at=services.clock(),
            )
        if not verdict.allowed:
            return await page(request, session, reference, fault=verdict.codes[0])
        return see_other(f"{HOME}/evidence")

    async def page(
        request: Request,
        session: HolderSession,
        reference: str,
        *,
        done: str = "",
        fault: str = "",
        typed: dict[str, object] | None = None,
    ) -> Response:
        async with patient_transaction(services) as tx:
            one = await following.seen(
                tx, reference, holder=session.holder.id, config=services.doors, at=services.clock()
            )
            kept = await sessions.take_kept(tx, session.session, path=request.url.path)
        text = str((typed or kept).get("text", ""))
        values = {
            "one": one,
            "at": f"{OWN}/{one.view.id}",
            "done": done if done in following.DONE else "",
            "pack": f"{OWN}/{one.view.id}/evidence",
            "typed": {"why": text, "facts": text},
        }
        return shown.page(request, "complaint", session=session, fault=fault, values=values)
