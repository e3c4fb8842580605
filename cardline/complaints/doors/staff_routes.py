"""HTTP for the staff: take a complaint down, record a transfer, have a classification suggested."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, Field

from cardline.cards.corebank import CoreBank
from cardline.cards.model import Language
from cardline.cards.service_policy import ServicePolicy
from cardline.cards.serving import Serving
from cardline.complaints.classifying.model import Field as ClassField
from cardline.complaints.classifying.model import Suggestion
from cardline.complaints.classifying.reading import load_vocabulary, names_of
from cardline.complaints.classifying.rules import MOST_READ, suggest
from cardline.complaints.doors import from_staff
from cardline.complaints.doors.config import DoorConfig
from cardline.complaints.doors.from_staff import TakenDown
from cardline.complaints.model import (
    Complainant,
    Door,
    Joint,
    Proxy,
    Reach,
    State,
)
from cardline.core.clock import Clock
from cardline.core.ids import HolderId
from cardline.core.transaction import Database
from cardline.desk.interactions.claims import party_only
from cardline.desk.staff.model import Role, Staff
from cardline.identity.config import IdentityConfig

_NUMBER = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,20}$")]


class StaffServices(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def bank(self) -> CoreBank: ...
    @property
    def identity(self) -> IdentityConfig: ...
    @property
    def servicing(self) -> ServicePolicy: ...
    @property
    def doors(self) -> DoorConfig: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


class DoorReachBody(BaseModel):
    """How somebody is reached whom the bank does not know."""

    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=120)
    address: str = Field(default="", max_length=200)

    def reach(self) -> Reach:
        """Return it as complaints know it."""
        return Reach(self.phone.strip(), self.email.strip(), self.address.strip())


class DoorProxyBody(BaseModel):
    """Who speaks for the complainant; the authority follows by letter, mail or form."""

    name: str = Field(min_length=1, max_length=60)
    reach: DoorReachBody = DoorReachBody()
    heir: bool = False


class DoorJointBody(BaseModel):
    """A complaint of several; ``in_person``: they came together."""

    people: int = Field(ge=2, le=100_000)
    representatives: list[str] = Field(default=[], max_length=20)
    in_person: bool = False


class ComplaintTakenBody(BaseModel):
    """A complaint as it was told. ``key``: the same for a repeat of the same request.

    ``name``, ``identity_tail`` and ``reach`` only of whom the bank does not know: of a holder they
    are left aside. ``subjects``: words of the pack; ``persons``: staff numbers complained of.
    """

    key: str = Field(min_length=8, max_length=80)
    statement: str = Field(min_length=1, max_length=20_000)
    demand: str = Field(default="", max_length=4000)
    subjects: list[str] = Field(default=[], max_length=20)
    persons: list[_NUMBER] = Field(default=[], max_length=20)
    name: str = Field(default="", max_length=60)
    identity_tail: str = Field(default="", max_length=4)
    reach: DoorReachBody = DoorReachBody()
    proxy: DoorProxyBody | None = None
    joint: DoorJointBody | None = None
    language: Language = "zh"

    def taken(self) -> TakenDown:
        """Return it as the door takes it."""
        proxy = self.proxy
        joint = self.joint
        return TakenDown(
            key=self.key,
            statement=self.statement,
            demand=self.demand,
            subjects=tuple(self.subjects),
            persons=tuple(self.persons),
            who=Complainant(None, self.name.strip(), self.identity_tail, self.reach.reach()),
            proxy=Proxy(proxy.name, proxy.reach.reach(), heir=proxy.heir) if proxy else None,
            joint=Joint(joint.people, tuple(joint.representatives), joint.in_person)
            if joint
            else None,
            language=self.language,
        )


class ComplaintTransferBody(ComplaintTakenBody):
    """A transfer notice: who handed it on, its own number, and when it reached the bank."""

    key: str = ""
    door: Literal["regulator", "pbc", "association"]
    number: str = Field(min_length=1, max_length=80)
    received_at: AwareDatetime
    holder: str | None = Field(default=None, max_length=64)


class ComplaintTakenView(BaseModel):
    """What the complainant is told: the reference, and by when something follows.

    ``still_needed``: what they are asked for; the time runs all the same.
    """

    complaint: str
    state: State
    joined_to: str | None
    next_task: str | None
    next_by: date | None
    explained: list[str]
    still_needed: list[str]

    @classmethod
    def of(cls, taken: from_staff.Taken) -> "ComplaintTakenView":
        """Return the view of a complaint that was just taken."""
        complaint, view = taken.complaint, taken.view
        return cls(
            complaint=complaint.id,
            state=complaint.state,
            joined_to=complaint.joined_to,
            next_task=view.next_task,
            next_by=view.next_by,
            explained=list(view.next_explained),
            still_needed=list(taken.still_needed),
        )


class ComplaintTextBody(BaseModel):
    """What somebody complains of."""

    text: str = Field(max_length=MOST_READ)


class ClassCandidate(BaseModel):
    """A label, its names, and the words of the text that speak for it."""

    code: str
    zh: str
    en: str
    weight: int
    words: list[str]


class ClassSuggestion(BaseModel):
    """What one field probably is; ``code`` is empty where the text does not tell enough."""

    code: str
    words: list[str]
    candidates: list[ClassCandidate]

    @classmethod
    def of(cls, field: ClassField, one: Suggestion) -> "ClassSuggestion":
        """Return the view of a suggestion."""
        names = names_of(field)
        shown = [
            ClassCandidate(
                code=each.code, **names[each.code], weight=each.weight, words=list(each.words)
            )
            for each in one.candidates[:5]
        ]
        return cls(code=one.code, words=list(one.words), candidates=shown)


class ComplaintSuggestions(BaseModel):
    """Suggestions, never more: a person confirms or chooses otherwise."""

    version: str
    product: ClassSuggestion
    issue: ClassSuggestion
    severity: ClassSuggestion


def router(services: StaffServices) -> APIRouter:
    """Make the routes."""
    routes = APIRouter(prefix="/api/v1", tags=["complaints"])
    takers = Depends(services.require("agent", "lead"))
    recorders = Depends(services.require("lead", "compliance"))
    readers = Depends(services.require("agent", "lead", "compliance"))

    @routes.post("/interactions/{interaction}/complaint")
    async def take(
        interaction: str, body: ComplaintTakenBody, staff: Annotated[Staff, takers]
    ) -> ComplaintTakenView:
        """Take a complaint down in a conversation. Nobody proves who they are for it."""
        async with services.database.transaction() as tx:
            found = await party_only(tx, interaction, staff)
            at = services.clock()
            taken = await from_staff.in_conversation(
                tx,
                Serving(staff, found, services.bank, services.identity, services.servicing, at),
                body.taken(),
                config=services.doors,
            )
        return ComplaintTakenView.of(taken)

    @routes.post("/complaint-transfers")
    async def transfer(
        body: ComplaintTransferBody, staff: Annotated[Staff, recorders]
    ) -> ComplaintTakenView:
        """Record what a regulator, the central bank or an association handed on."""
        async with services.database.transaction() as tx:
            taken = await from_staff.handed_on(
                tx,
                body.taken(),
                door=Door(body.door),
                number=body.number,
                received_at=body.received_at,
                holder=HolderId(body.holder) if body.holder else None,
                by=staff,
                config=services.doors,
                at=services.clock(),
            )
        return ComplaintTakenView.of(taken)

    @routes.post("/complaint-suggestions")
    async def suggestions(
        body: ComplaintTextBody, staff: Annotated[Staff, readers]
    ) -> ComplaintSuggestions:
        """Suggest product, issue and severity with the words that say so. Nothing is kept."""
        found = suggest(body.text, load_vocabulary())
        return ComplaintSuggestions(
            version=found.version,
            product=ClassSuggestion.of("product", found.product),
            issue=ClassSuggestion.of("issue", found.issue),
            severity=ClassSuggestion.of("severity", found.severity),
        )

    return routes
