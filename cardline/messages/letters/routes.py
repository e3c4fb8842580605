"""HTTP for letters: the post room's queue, and letters that wait for a second person."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from cardline.cards.corebank import CoreBank
from cardline.core.clock import Clock
from cardline.core.errors import Invalid
from cardline.core.ids import HolderId
from cardline.core.transaction import Database, Transaction
from cardline.desk.staff.model import Role, Staff
from cardline.evidence.looks.actions import record_list, record_stay
from cardline.evidence.looks.model import ListenPolicy, Row
from cardline.messages.letters import drafts, posting, reading
from cardline.messages.letters.actions import addressee_of, send_again
from cardline.messages.letters.config import LetterConfig
from cardline.messages.letters.model import Addressee, Letter, LetterDraft, ReturnReason
from cardline.messages.letters.printing import preview
from cardline.messages.model import MessageState
from cardline.ports.paper import Typesetter

State = Literal[
    "queued", "sending", "printed", "posted", "returned", "refused", "failed", "withdrawn"
]
_PDF = {"Content-Type": "application/pdf", "Cache-Control": "private, no-store"}


class Services(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def bank(self) -> CoreBank: ...
    @property
    def letters(self) -> LetterConfig: ...
    @property
    def typesetter(self) -> Typesetter: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def looks(self) -> ListenPolicy: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


class AddresseeBody(BaseModel):
    """Who a letter is for, as it shows in the window of the envelope."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    lines: Annotated[list[Annotated[str, Field(min_length=1, max_length=60)]], Field(max_length=5)]


class LetterView(BaseModel):
    """A letter of the queue. ``missing``: characters to be written by hand."""

    id: str
    number: str
    state: State
    template: str
    holder: str | None
    addressee: AddresseeBody
    registered: bool
    at: datetime
    printed_at: datetime | None
    missing: list[str]
    carrier: str | None
    posting: str | None
    posted_at: datetime | None
    returned_at: datetime | None
    return_reason: ReturnReason | None
    again: str | None
    fault: str | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_why: str | None


class PostBody(BaseModel):
    """Who took a letter, and under which number; registered letters need one."""

    carrier: Annotated[str, Field(min_length=1, max_length=40)]
    posting: Annotated[str, Field(max_length=40)] = ""
    posted_at: datetime


class ReturnBody(BaseModel):
    """Why a letter came back."""

    reason: ReturnReason


class WithdrawBody(BaseModel):
    """Why a letter is stopped."""

    why: Annotated[str, Field(min_length=1, max_length=200)]


class AgainBody(BaseModel):
    """Where a letter goes that came back."""

    addressee: AddresseeBody
    registered: bool = False


class DraftBody(BaseModel):
    """A letter in one's own words; without ``addressee`` to the address that the bank has."""

    holder: Annotated[str, Field(min_length=1, max_length=40)]
    subject: Annotated[str, Field(min_length=1, max_length=120)]
    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    addressee: AddresseeBody | None = None
    registered: bool = False
    instead_of: Annotated[str, Field(max_length=60)] | None = None
    """One's own draft that was sent back and is written anew."""


class DraftView(BaseModel):
    """A letter that waits for a second person, or what came of it."""

    id: str
    holder: str | None
    addressee: AddresseeBody
    subject: str
    text: str
    registered: bool
    author: str
    written_at: datetime
    state: Literal["waiting", "approved", "rejected"]
    decided_by: str | None
    why: str
    letter: str | None


class RejectBody(BaseModel):
    """What is wrong with a letter."""

    why: Annotated[str, Field(min_length=1, max_length=500)]


class Sent(BaseModel):
    """What became of it: queued with its number, or refused with the gate's reasons."""

    id: str
    number: str
    state: State
    reasons: list[str]


def router(services: Services) -> APIRouter:
    """Make the routes of letters."""
    routes = APIRouter(prefix="/api/v1", tags=["letters"])
    servers = Depends(services.require("agent", "lead"))
    leads = Depends(services.require("lead"))

    @routes.get("/letters")
    async def queue(
        staff: Annotated[Staff, servers],
        state: State = "printed",
        after: str | None = None,
    ) -> list[LetterView]:
        """List the letters of a state, the oldest first; ``after``: the last of the page before.

        Addresses stand in it: whose were seen is journaled (row F4).
        """
        async with services.database.transaction() as tx:
            found = await reading.listed(tx, MessageState(state), after=after)
            rows = [Row(one.holder, None if one.holder else one.stream) for one in found]
            await record_list(tx, rows, by=staff, policy=services.looks, at=services.clock())
        return [_view(one) for one in found]

    @routes.get("/letters/{letter}/pdf")
    async def pdf(letter: str, staff: Annotated[Staff, leads]) -> Response:
        """Give a letter as it was printed; who opened it is journaled (row F4)."""
        async with services.database.transaction() as tx:
            content = await reading.pdf_of(
                tx, letter, config=services.letters, by=staff, at=services.clock()
            )
        return Response(content, headers=_PDF)

    @routes.post("/letters/{letter}/posted")
    async def posted(letter: str, body: PostBody, staff: Annotated[Staff, servers]) -> LetterView:
        """Write that the carrier has it: the proof of notice."""
        if body.posted_at.tzinfo is None:
            raise Invalid("say in which zone the time of the posting is")
        async with services.database.transaction() as tx:
            done = await posting.post(
                tx,
                letter,
                carrier=body.carrier,
                posting=body.posting,
                posted_at=body.posted_at,
                config=services.letters,
                by=staff,
                at=services.clock(),
            )
        return _view(done)

    @routes.post("/letters/{letter}/returned")
    async def returned(
        letter: str, body: ReturnBody, staff: Annotated[Staff, servers]
    ) -> LetterView:
        """Write that it came back, and why; the desk gets a task."""
        async with services.database.transaction() as tx:
            done = await posting.come_back(
                tx,
                letter,
                reason=body.reason,
                config=services.letters,
                by=staff,
                at=services.clock(),
            )
        return _view(done)

    @routes.post("/letters/{letter}/withdrawn")
    async def withdrawn(
        letter: str, body: WithdrawBody, staff: Annotated[Staff, leads]
    ) -> LetterView:
        """Stop a letter before it is printed."""
        async with services.database.transaction() as tx:
            done = await posting.withdraw(
                tx, letter, why=body.why, config=services.letters, by=staff, at=services.clock()
            )
        return _view(done)

    @routes.post("/letters/{letter}/again")
    async def again(letter: str, body: AgainBody, staff: Annotated[Staff, servers]) -> Sent:
        """Send a letter that came back once more, to another address."""
        async with services.database.transaction() as tx:
            sent = await send_again(
                tx,
                letter,
                config=services.letters,
                to=_addressee(body.addressee),
                registered=body.registered,
                at=services.clock(),
            )
        return Sent(
            id=sent.id, number=sent.number, state=_state(sent.state), reasons=[*sent.verdict.codes]
        )

    @routes.post("/letter-drafts")
    async def write(body: DraftBody, staff: Annotated[Staff, servers]) -> DraftView:
        """Write a letter that waits for a second person. 404 for a holder whom you never served."""
        async with services.database.transaction() as tx:
            to, language = await _whom(tx, body, staff)
            draft = await drafts.write(
                tx,
                subject=body.subject,
                text=body.text,
                holder=HolderId(body.holder),
                to=to,
                language=language,
                registered=body.registered,
                stream=None,
                by=staff,
                at=services.clock(),
                instead_of=body.instead_of,
            )
        return _draft(draft)

    async def _whom(tx: Transaction, body: DraftBody, staff: Staff) -> tuple[Addressee, Any]:
        holder = await reading.holder_for(tx, body.holder, bank=services.bank, by=staff)
        given = _addressee(body.addressee) if body.addressee else addressee_of(holder)
        if given is None:
            raise Invalid("the bank has no address of this holder: give one")
        return given, holder.language

    @routes.get("/letter-drafts")
    async def waiting(staff: Annotated[Staff, servers]) -> list[DraftView]:
        """List what waits, oldest first: one's own, or everybody's for who may decide.

        With them comes what was sent back to oneself (``rejected``). Whose letters somebody else
        reads is journaled (row F4).
        """
        async with services.database.transaction() as tx:
            found = await drafts.waiting(tx, reader=staff)
            rows = [
                Row(one.holder, None if one.holder else one.stream)
                for one in found
                if one.author != staff.number
            ]
            await record_list(
                tx, rows, by=staff, what="letter", policy=services.looks, at=services.clock()
            )
        return [_draft(one) for one in found]

    @routes.get("/letter-drafts/{draft}/pdf")
    async def see(draft: str, staff: Annotated[Staff, servers]) -> Response:
        """Give a draft as it would be printed; a look by another than its author is journaled."""
        async with services.database.transaction() as tx:
            found = await drafts.one(tx, draft, reader=staff)
            if found.author != staff.number:
                await record_stay(
                    tx,
                    who=staff.actor,
                    role=staff.role,
                    what="letter",
                    holder=found.holder,
                    at=services.clock(),
                    policy=services.looks,
                    within=None if found.holder else found.stream,
                    subject=found.id,
                )
        content = await preview(
            drafts.filled(found, config=services.letters),
            services.typesetter,
            config=services.letters,
            to=found.addressee,
            language=found.language,
            registered=found.registered,
            at=services.clock(),
        )
        return Response(content, headers=_PDF)

    @routes.post("/letter-drafts/{draft}/approve")
    async def approve(draft: str, staff: Annotated[Staff, leads]) -> Sent:
        """Let a letter go that somebody else has written."""
        async with services.database.transaction() as tx:
            sent = await drafts.approve(
                tx, draft, config=services.letters, by=staff, at=services.clock()
            )
        return Sent(
            id=sent.id, number=sent.number, state=_state(sent.state), reasons=[*sent.verdict.codes]
        )

    @routes.post("/letter-drafts/{draft}/reject")
    async def reject(draft: str, body: RejectBody, staff: Annotated[Staff, leads]) -> DraftView:
        """Send a letter back to its author with the reason."""
        async with services.database.transaction() as tx:
            done = await drafts.reject(
                tx, draft, why=body.why, config=services.letters, by=staff, at=services.clock()
            )
        return _draft(done)

    @routes.post("/letter-drafts/{draft}/drop", status_code=204)
    async def drop(draft: str, staff: Annotated[Staff, servers]) -> None:
        """Let a letter of one's own drop that was sent back."""
        async with services.database.transaction() as tx:
            await drafts.drop(tx, draft, by=staff, at=services.clock())

    return routes


def _addressee(body: AddresseeBody) -> Addressee:
    return Addressee(body.name, tuple(body.lines))


def _state(state: MessageState) -> State:
    found: State = state.value  # type: ignore[assignment]  # the states of the table are these
    return found


def _view(letter: Letter) -> LetterView:
    return LetterView(
        id=letter.id,
        number=letter.number,
        state=_state(letter.state),
        template=letter.template,
        holder=letter.holder,
        addressee=AddresseeBody(name=letter.addressee.name, lines=[*letter.addressee.lines]),
        registered=letter.registered,
        at=letter.at,
        printed_at=letter.printed_at,
        missing=[*letter.missing],
        carrier=letter.carrier,
        posting=letter.posting,
        posted_at=letter.posted_at,
        returned_at=letter.returned_at,
        return_reason=letter.return_reason,
        again=letter.again,
        fault=letter.fault,
        withdrawn_at=letter.withdrawn_at,
        withdrawn_by=letter.withdrawn_by,
        withdrawn_why=letter.withdrawn_why,
    )


def _draft(draft: LetterDraft) -> DraftView:
    return DraftView(
        id=draft.id,
        holder=draft.holder,
        addressee=AddresseeBody(name=draft.addressee.name, lines=[*draft.addressee.lines]),
        subject=draft.subject,
        text=draft.text,
        registered=draft.registered,
        author=draft.author,
        written_at=draft.written_at,
        state=draft.state,
        decided_by=draft.decided_by,
        why=draft.why,
        letter=draft.letter,
    )
