"""``/complain``: anybody complains without logging in, and finds it again (rows C1, C4, C6)."""

from dataclasses import replace

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from starlette.datastructures import FormData

from cardline.complaints import actions
from cardline.complaints.doors import codes, following, taking
from cardline.complaints.doors.acting import act_in
from cardline.complaints.doors.model import Written
from cardline.complaints.doors.rules import reference_meant
from cardline.complaints.doors.showing import (
    COMPLAIN,
    DoorServices,
    Shown,
    files_of,
    too_many,
    who_of,
    written_in,
)
from cardline.complaints.doors.stranger_pack import Handed, pack_for
from cardline.complaints.model import ComplaintId
from cardline.core.errors import CardlineError
from cardline.core.masking import Secret
from cardline.identity.model import Proofs
from cardline.portal.guarding import form_of, patient_transaction, text_in
from cardline.portal.web import HEADERS, even_pace, see_other, view_of

_REFERENCE = 40
_GIVEN = 120


def add(routes: APIRouter, services: DoorServices, shown: Shown) -> None:
    """Add the pages. They change nothing that is somebody's, so their forms need no token; each
    address may send so many.
    """
    _writing(routes, services, shown)
    _finding(routes, services, shown)


def _writing(routes: APIRouter, services: DoorServices, shown: Shown) -> None:
    @routes.get(COMPLAIN)
    async def start(request: Request) -> Response:
        """The ways to complain, and to see a complaint again."""
        return shown.page(request, "complain")

    @routes.get(f"{COMPLAIN}/outside")
    async def outside(request: Request) -> Response:
        """Who helps outside the bank (row C6); for anybody, whether they complained or not."""
        policy = services.doors.policy
        values = {"ways": policy.ways, "facts": policy.facts}
        return shown.page(request, "complaint_outside", values=values)

    @routes.get(f"{COMPLAIN}/new")
    async def blank(request: Request) -> Response:
        """The form for oneself, somebody else, several together, or without a name."""
        who = who_of(request.query_params.get("as", ""))
        return form_page(request, replace(Written("", ""), who=who))

    @routes.post(COMPLAIN)
    async def send(request: Request) -> Response:
        """Take the complaint in. What was typed is shown again where it is not taken."""
        form = await form_of(request, services)
        written = written_in(request, form)
        try:
            services.admit(request)
        except CardlineError as error:
            if not too_many(error):
                raise
            return form_page(request, written, error.code, status=429)
        fault, files = await files_of(form, services.doors, "files", "authority", "identity")
        if fault:
            return form_page(request, written, fault)
        async with services.database.transaction() as tx:
            done = await taking.hand_in(
                tx,
                written,
                holder=None,
                proofs=Proofs(),
                files=files[0],
                authority=files[1],
                identity=files[2],
                config=services.doors,
                at=services.clock(),
            )
            if done.complaint is not None:
                view = await following.view_of(
                    tx, done.complaint.id, holder=None, config=services.doors, at=services.clock()
                )
        if done.complaint is None:
            return form_page(request, written, done.verdict.codes[0])
        values = {
            "view": view,
            "word": done.word.reveal() if done.word else "",
            "anonymous": done.complaint.anonymous,
        }
        return shown.page(request, "complain_done", values=values)

    def form_page(
        request: Request, typed: Written, fault: str = "", *, status: int = 0
    ) -> Response:
        values: dict[str, object] = {"typed": typed, "days": following.days(services.doors)}
        if typed.key:
            values["key"] = typed.key
        return shown.page(request, "complain_write", fault=fault, status=status, values=values)


def _finding(routes: APIRouter, services: DoorServices, shown: Shown) -> None:
    @routes.post(f"{COMPLAIN}/look")
    async def look(request: Request) -> Response:
        """Lead to the page of a reference, whether there is such a one or not."""
        form = await form_of(request, services)
        plain = reference_meant(text_in(form, "reference"))
        return see_other(f"{COMPLAIN}/{plain[:_REFERENCE]}" if plain else COMPLAIN)

    @routes.get(f"{COMPLAIN}/{{reference}}")
    async def ask(request: Request, reference: str) -> Response:
        """Ask for the code; the page is the same for a reference that nobody has."""
        return look_page(request, reference)

    @routes.post(f"{COMPLAIN}/{{reference}}")
    async def see(request: Request, reference: str) -> Response:
        """Show the complaint to whoever has its code, and do what its forms ask for."""
        form = await form_of(request, services)
        return await with_word(request, reference, form)

    @routes.post(f"{COMPLAIN}/{{reference}}/evidence")
    async def pack(request: Request, reference: str) -> Response:
        """Hand the evidence pack to whoever has the code and names what they gave (row C6)."""
        form = await form_of(request, services)
        return await with_word(request, reference, form, wants_pack=True)

    @routes.post(f"{COMPLAIN}/{{reference}}/code")
    async def code(request: Request, reference: str) -> Response:
        """Send another code to the way that was given; the page never says whether one left."""
        form = await form_of(request, services)
        given = text_in(form, "given")[:_GIVEN]
        try:
            services.admit(request)
            async with (
                even_pace(services.portal.policy.even_pace),
                services.database.transaction() as tx,
            ):
                await codes.send_again(
                    tx, reference, given, config=services.doors, at=services.clock()
                )
        except CardlineError as error:
            if not too_many(error):
                raise
            return look_page(request, reference, error.code, status=429)
        return look_page(request, reference, asked=True)

    async def with_word(
        request: Request, reference: str, form: FormData, *, wants_pack: bool = False
    ) -> Response:
        word = Secret(text_in(form, "word")[:_REFERENCE])
        fault, done = "", ""
        try:
            services.admit(request)
            # At an even pace: time tells nobody whether there is such a reference.
            async with even_pace(services.portal.policy.even_pace):
                found = await known(reference, word)
                handed = await handed_to(request, found, form) if found and wants_pack else Handed()
        except CardlineError as error:
            if not too_many(error):
                raise
            return look_page(request, reference, error.code, status=429)
        if found is None:
            return look_page(request, reference, "no-such")
        if handed.pack is not None and services.pack_path(handed.pack).is_file():
            return FileResponse(
                services.pack_path(handed.pack),
                media_type="application/zip",
                filename=f"evidence-{handed.asked_at:%Y%m%d}.zip",
                headers=HEADERS,
            )
        if handed.fault == "pack-being-made":
            done = handed.fault
        elif wants_pack:
            fault = handed.fault or "too-late"
        if text_in(form, "act"):
            fault, done = await act_in(services, found, form, holder=None, by=taking.STRANGER)
        async with patient_transaction(services) as tx:
            one = await following.seen(
                tx, found, holder=None, config=services.doors, at=services.clock()
            )
            named = not (await actions.find(tx, one.view.id)).anonymous
        text = text_in(form, "text") if fault else ""
        values = {
            "one": one,
            "at": f"{COMPLAIN}/{one.view.id}",
            "word": word.reveal(),
            "done": done,
            "pack": f"{COMPLAIN}/{one.view.id}/evidence" if named else "",
            "typed": {"why": text, "facts": text},
        }
        return shown.page(request, "complain_see", fault=fault, values=values)

    async def handed_to(request: Request, found: ComplaintId, form: FormData) -> Handed:
        language, _ = view_of(request)
        async with services.database.transaction() as tx:
            return await pack_for(
                tx,
                found,
                text_in(form, "given")[:_GIVEN],
                config=services.doors,
                policy=services.evidence,
                language=language,
                at=services.clock(),
            )

    async def known(reference: str, word: Secret) -> ComplaintId | None:
        async with services.database.transaction() as tx:
            return await following.by_word(
                tx, reference, word, config=services.doors, at=services.clock()
            )

    def look_page(
        request: Request, reference: str, fault: str = "", *, status: int = 0, asked: bool = False
    ) -> Response:
        values = {"reference": reference[:_REFERENCE], "asked": asked}
        return shown.page(request, "complain_look", fault=fault, status=status, values=values)
