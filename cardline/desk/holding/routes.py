"""HTTP for an agent's acts on a card: hold, refuse, freeze, release (row B6)."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from cardline.cards.corebank import CoreBank
from cardline.cards.model import CardOutcome
from cardline.cards.service_policy import ServicePolicy
from cardline.cards.serving import Serving
from cardline.core.clock import Clock
from cardline.core.ids import CardId, HolderId
from cardline.core.transaction import Database, JsonObject, Transaction
from cardline.desk.holding import actions as holding
from cardline.desk.interactions import claims
from cardline.desk.staff.model import Role, Staff
from cardline.evidence.rules import encode_verdict
from cardline.identity.config import IdentityConfig
from cardline.identity.model import Factor


class HoldingServices(Protocol):
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

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...

    async def tell_claim(self, interaction: str, holder: HolderId | None) -> None:
        """Let a call that is up read anew whom it is about, and what is proven."""
        ...


class HoldBody(BaseModel):
    """``plausible``: what makes the caller believable."""

    plausible: str = Field(max_length=500)


class FreezeBody(BaseModel):
    """``plausible`` where the caller has proven nothing by keys."""

    plausible: str = Field(default="", max_length=500)


class JudgementBody(BaseModel):
    """``why``: what makes the agent take the caller for the holder."""

    why: str = Field(max_length=500)


class ProvenView(BaseModel):
    """What is proven in the conversation for the holder whom it is about, by factor."""

    factors: list[Factor]


class RefusalBody(BaseModel):
    """``reason`` is typed by the agent; ``warning_read`` that the warning was read."""

    reason: str = Field(default="", max_length=1000)
    warning_read: bool = False


def router(services: HoldingServices) -> APIRouter:
    """Make the routes of acts on a card."""
    routes = APIRouter(prefix="/api/v1/interactions/{interaction}", tags=["cards"])
    agent = Depends(services.require("agent", "lead"))

    async def acting(
        interaction: str,
        staff: Staff,
        work: Callable[[Transaction, Serving], Awaitable[JsonObject]],
    ) -> JsonObject:
        async with services.database.transaction() as tx:
            found = await claims.party_only(tx, interaction, staff)
            at = services.clock()
            act = Serving(staff, found, services.bank, services.identity, services.servicing, at)
            return await work(tx, act)

    @routes.post("/cards/{card}/hold")
    async def hold(
        interaction: str, card: str, body: HoldBody, staff: Annotated[Staff, agent]
    ) -> JsonObject:
        """Hold a card on plausible proof; it ends by itself after the time in the pack."""

        async def work(tx: Transaction, act: Serving) -> JsonObject:
            return _told(
                await holding.hold_card(tx, act, card_id=CardId(card), plausible=body.plausible)
            )

        return await acting(interaction, staff, work)

    @routes.post("/cards/{card}/freeze")
    async def freeze(
        interaction: str, card: str, body: FreezeBody, staff: Annotated[Staff, agent]
    ) -> JsonObject:
        """Freeze a card until it is released."""

        async def work(tx: Transaction, act: Serving) -> JsonObject:
            return _told(
                await holding.freeze_card(tx, act, card_id=CardId(card), plausible=body.plausible)
            )

        return await acting(interaction, staff, work)

    @routes.post("/cards/{card}/release")
    async def release(interaction: str, card: str, staff: Annotated[Staff, agent]) -> JsonObject:
        """Lift a hold or a freeze; needs two factors proven in this interaction."""

        async def work(tx: Transaction, act: Serving) -> JsonObject:
            return _told(await holding.release_card(tx, act, card_id=CardId(card)))

        return await acting(interaction, staff, work)

    @routes.post("/judgement")
    async def judge(
        interaction: str, body: JudgementBody, staff: Annotated[Staff, agent]
    ) -> ProvenView:
        """Take the caller for the holder; what no keys may open needs a person's judgement too."""
        async with services.database.transaction() as tx:
            found = await claims.party_only(tx, interaction, staff)
            at = services.clock()
            act = Serving(staff, found, services.bank, services.identity, services.servicing, at)
            proofs = await holding.take_for_holder(tx, act, why=body.why)
        await services.tell_claim(interaction, proofs.claimed)
        own = [one.factor for one in proofs.given if one.holder == proofs.claimed]
        return ProvenView(factors=list(dict.fromkeys(own)))

    @routes.get("/hold-refusal")
    async def warning(interaction: str, staff: Annotated[Staff, agent]) -> JsonObject:
        """Show what a refusal can cost."""
        return {"warning": holding.REFUSAL_WARNING}

    @routes.post("/hold-refusal")
    async def refuse(
        interaction: str, body: RefusalBody, staff: Annotated[Staff, agent]
    ) -> JsonObject:
        """Refuse a hold: the exception, with a typed reason."""

        async def work(tx: Transaction, act: Serving) -> JsonObject:
            return await holding.refuse_hold(
                tx, act, reason=body.reason, warning_read=body.warning_read
            )

        return await acting(interaction, staff, work)

    return routes


def _told(outcome: CardOutcome) -> JsonObject:
    card = outcome.card
    return {
        "allowed": outcome.allowed,
        "already": outcome.already,
        "card": card and {"id": card.id, "tail": card.tail, "state": card.state.value},
        "verdict": encode_verdict(outcome.verdict),
    }
