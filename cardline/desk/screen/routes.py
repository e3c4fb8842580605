"""HTTP of the agent's screen: who calls, claims, looks, searches, notes (rows A2, E5, F4)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from pydantic import Field as Limits

from cardline.core.ids import HolderId
from cardline.desk.catalogue import load_desk_catalogue
from cardline.desk.interactions import claims
from cardline.desk.interactions.views import LookView, show_look
from cardline.desk.model import Field
from cardline.desk.screen import reading as screen
from cardline.desk.screen.views import ScreenView, show_screen
from cardline.desk.services import WorkServices
from cardline.desk.staff.model import Staff
from cardline.desk.views import HolderView, VerdictView, show_holder, show_verdict
from cardline.desk.work import notes
from cardline.desk.work.views import NoteView, show_note
from cardline.evidence.looks.actions import record_stay


class UnmaskBody(BaseModel):
    """One field, and why it is needed."""

    field: Field
    reason: str = Limits(max_length=300)


class UnmaskView(BaseModel):
    """The value where the look is allowed; null with the reasons where not."""

    allowed: bool
    field: Field
    value: str | None
    verdict: VerdictView


class ClaimBody(BaseModel):
    """Whom the conversation is about; null: nobody who is known."""

    holder: str | None = Limits(max_length=64)


class ClaimView(BaseModel):
    """Whom the conversation is about now."""

    holder: str | None


class FoundView(BaseModel):
    """Holders who fit; ``more``: there are others whom this does not show."""

    holders: list[HolderView]
    more: bool


class NoteBody(BaseModel):
    """A note; secrets in it are masked before they are stored."""

    text: str = Limits(min_length=1, max_length=4000)


class HolderNoteBody(NoteBody):
    """A note on a holder, and from which conversation or case it comes; leads may do without."""

    interaction: str | None = Limits(default=None, max_length=64)
    case: str | None = Limits(default=None, max_length=64)


def router(services: WorkServices) -> APIRouter:
    """Make the routes of the screen."""
    routes = APIRouter(prefix="/api/v1", tags=["desk"])
    _screen_routes(routes, services)
    _holder_routes(routes, services)
    _note_routes(routes, services)
    return routes


def _screen_routes(routes: APIRouter, services: WorkServices) -> None:
    words = load_desk_catalogue()
    readers = Depends(services.require("agent", "lead", "quality", "compliance"))
    takers = Depends(services.require("agent", "lead"))
    lookers = Depends(services.require("agent", "lead", "compliance"))

    @routes.get("/interactions/{interaction}/screen")
    async def show(interaction: str, staff: Annotated[Staff, readers]) -> ScreenView:
        """Give all that is needed at the answer, masked by role."""
        at = services.clock()
        async with services.database.transaction() as tx:
            shown = await screen.show(
                tx,
                interaction,
                bank=services.bank,
                identity_config=services.identity,
                policy=services.desk,
                routing_policy=services.routing,
                looks=services.looks,
                by=staff,
                at=at,
            )
        return show_screen(shown, words, role=staff.role, policy=services.desk, at=at)

    @routes.post("/interactions/{interaction}/claim")
    async def claim(
        interaction: str, body: ClaimBody, staff: Annotated[Staff, takers]
    ) -> ClaimView:
        """Say whom a conversation is about; proves nothing."""
        holder = HolderId(body.holder) if body.holder else None
        async with services.database.transaction() as tx:
            proofs = await claims.claim(
                tx, interaction, holder, bank=services.bank, by=staff, at=services.clock()
            )
        await services.tell_claim(interaction, holder)
        return ClaimView(holder=proofs.claimed)

    @routes.post("/interactions/{interaction}/unmask")
    async def unmask(
        interaction: str, body: UnmaskBody, staff: Annotated[Staff, lookers]
    ) -> UnmaskView:
        """Show one masked field of the holder; who, what and why are journaled."""
        async with services.database.transaction() as tx:
            looked = await claims.unmask(
                tx,
                interaction,
                field=body.field,
                reason=body.reason,
                bank=services.bank,
                policy=services.desk,
                by=staff,
                at=services.clock(),
            )
        return UnmaskView(
            allowed=looked.verdict.allowed,
            field=body.field,
            value=looked.value,
            verdict=show_verdict(looked.verdict, words),
        )


def _holder_routes(routes: APIRouter, services: WorkServices) -> None:
    searchers = Depends(services.require("agent", "lead", "compliance"))
    overseers = Depends(services.require("lead", "compliance"))

    @routes.get("/holders")
    async def search(
        staff: Annotated[Staff, searchers],
        phone: Annotated[str, Query(max_length=40)] = "",
        card_tail: Annotated[str, Query(pattern=r"^$|^\d{4}$")] = "",
        id_tail: Annotated[str, Query(pattern=r"^$|^\d{3}[\dXx]$")] = "",
    ) -> FoundView:
        """Find a holder by the registered number, or by both tails; masked, and journaled."""
        async with services.database.transaction() as tx:
            found = await claims.search(
                tx,
                phone=phone,
                card_tail=card_tail,
                id_tail=id_tail,
                bank=services.bank,
                by=staff,
                at=services.clock(),
            )
        shown = [show_holder(one, role=staff.role, policy=services.desk) for one in found.holders]
        return FoundView(holders=shown, more=found.more)

    @routes.get("/holders/{holder}/looks")
    async def looks(holder: str, staff: Annotated[Staff, overseers]) -> list[LookView]:
        """List who looked at this holder's masked fields, when and why; this too is a look."""
        async with services.database.transaction() as tx:
            found = await claims.looks(tx, HolderId(holder))
            if found:  # else nothing was seen, and there may be nobody of that name
                await record_stay(
                    tx,
                    who=staff.actor,
                    role=staff.role,
                    what="looks",
                    holder=HolderId(holder),
                    at=services.clock(),
                    policy=services.looks,
                )
        return [show_look(one) for one in found]


def _note_routes(routes: APIRouter, services: WorkServices) -> None:
    writers = Depends(services.require("agent", "lead", "quality", "compliance"))

    @routes.post("/interactions/{interaction}/notes")
    async def note(interaction: str, body: NoteBody, staff: Annotated[Staff, writers]) -> NoteView:
        """Write a note on a conversation; one that asks for a secret is flagged."""
        async with services.database.transaction() as tx:
            return show_note(
                await notes.note_on_interaction(
                    tx, interaction, body.text, by=staff, at=services.clock()
                )
            )

    @routes.get("/interactions/{interaction}/notes")
    async def notes_here(interaction: str, staff: Annotated[Staff, writers]) -> list[NoteView]:
        """List the notes on a conversation, newest first."""
        async with services.database.transaction() as tx:
            found = await claims.party_only(tx, interaction, staff, ringing=True)
            await claims.looked(tx, found, by=staff, policy=services.looks, at=services.clock())
            listed = await notes.notes_about(tx, holder=None, interaction=found.id)
        return [show_note(one) for one in listed]

    @routes.post("/holders/{holder}/notes")
    async def note_on_holder(
        holder: str, body: HolderNoteBody, staff: Annotated[Staff, writers]
    ) -> NoteView:
        """Write a note on a holder."""
        async with services.database.transaction() as tx:
            return show_note(
                await notes.note_on_holder(
                    tx,
                    HolderId(holder),
                    body.text,
                    interaction=body.interaction,
                    case=body.case,
                    bank=services.bank,
                    policy=services.desk,
                    by=staff,
                    at=services.clock(),
                )
            )
