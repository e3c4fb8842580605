"""HTTP for what an agent does on a card within an interaction (rows B1 to B9)."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends

from cardline.cards import leaving_alone
from cardline.cards.accounts.answers import AccountsView
from cardline.cards.accounts.view import see_accounts
from cardline.cards.acts import bodies
from cardline.cards.acts.listing import acts_for
from cardline.cards.acts.views import (
    ActView,
    ChangedView,
    ClosingView,
    LimitedView,
    MarkedView,
    ReversedView,
    StoppedView,
)
from cardline.cards.cases import actions as cases
from cardline.cards.cases.model import CaseKind
from cardline.cards.cases.views import OpenedView
from cardline.cards.closures import actions as closures
from cardline.cards.closures.model import CardClosureId
from cardline.cards.contacts import actions as contact_changes
from cardline.cards.contacts.model import ContactChangeId
from cardline.cards.corebank import CoreBank
from cardline.cards.fees import actions as fee_reversals
from cardline.cards.limits import actions as limits
from cardline.cards.limits.model import LimitRequestId
from cardline.cards.model import ContactField, Delivery, PostingId
from cardline.cards.service_policy import ServicePolicy
from cardline.cards.serving import Serving
from cardline.core.clock import Clock
from cardline.core.ids import AccountId, CardId, HolderId
from cardline.core.money import Fen
from cardline.core.transaction import Database, Transaction
from cardline.desk.interactions import claims
from cardline.desk.staff.model import Role, Staff
from cardline.evidence.looks.model import ListenPolicy
from cardline.identity.config import IdentityConfig


class ActServices(Protocol):
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
    def looks(self) -> ListenPolicy: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...

    async def delivery_of(self, tx: Transaction, holder: HolderId) -> Delivery:
        """Return how a holder wants to get statements."""
        ...


def router(services: ActServices) -> APIRouter:
    """Make the routes of acts on a card."""
    routes = APIRouter(prefix="/api/v1/interactions/{interaction}", tags=["cards"])
    agent = Depends(services.require("agent", "lead"))

    @asynccontextmanager
    async def serving(interaction: str, staff: Staff) -> AsyncIterator[tuple[Transaction, Serving]]:
        async with services.database.transaction() as tx:
            found = await claims.party_only(tx, interaction, staff)
            yield (
                tx,
                Serving(
                    staff,
                    found,
                    services.bank,
                    services.identity,
                    services.servicing,
                    services.clock(),
                ),
            )

    @routes.get("/acts")
    async def acts(interaction: str, staff: Annotated[Staff, agent]) -> list[ActView]:
        """List every act that may be tried for the claimed holder, with what it still needs."""
        async with serving(interaction, staff) as (tx, here):
            await claims.looked(tx, here.interaction, by=staff, policy=services.looks, at=here.at)
            return [ActView.of(one, here.at) for one in await acts_for(tx, here)]

    @routes.get("/account")
    async def account(interaction: str, staff: Annotated[Staff, agent]) -> AccountsView:
        """Show accounts and cards; `tell` says what the caller may hear. Journaled."""
        async with serving(interaction, staff) as (tx, here):
            seen = await see_accounts(tx, here)
            return AccountsView.of(seen, delivery=await services.delivery_of(tx, seen.holder.id))

    @routes.post("/disputes")
    async def dispute(
        interaction: str, body: bodies.DisputeBody, staff: Annotated[Staff, agent]
    ) -> OpenedView:
        """Take in that a transaction is disputed."""
        ask = cases.Ask(
            CaseKind.DISPUTE,
            body.reason,
            body.told,
            posting=PostingId(body.posting),
            amount=_fen(body.amount),
            key=body.key,
        )
        async with serving(interaction, staff) as (tx, here):
            return OpenedView.of(await cases.open_case(tx, here, ask))

    @routes.post("/failed-transactions")
    async def failed(
        interaction: str, body: bodies.FailedTransactionBody, staff: Annotated[Staff, agent]
    ) -> OpenedView:
        """Take in a failed or abnormal transaction; says why it probably failed."""
        ask = cases.Ask(
            CaseKind.FAILED_TRANSACTION,
            body.reason,
            body.told,
            account=AccountId(body.account) if body.account else None,
            card=CardId(body.card) if body.card else None,
            posting=PostingId(body.posting) if body.posting else None,
            amount=_fen(body.amount),
            key=body.key,
        )
        async with serving(interaction, staff) as (tx, here):
            return OpenedView.of(await cases.open_case(tx, here, ask))

    @routes.post("/credit-objection")
    async def objection(
        interaction: str, body: bodies.CreditObjectionBody, staff: Annotated[Staff, agent]
    ) -> OpenedView:
        """Take in an objection to a credit record; the month is marked as disputed."""
        ask = cases.Ask(
            CaseKind.CREDIT_OBJECTION,
            body.reason,
            body.told,
            account=AccountId(body.account),
            month=date.fromisoformat(f"{body.month}-01"),
            key=body.key,
        )
        async with serving(interaction, staff) as (tx, here):
            return OpenedView.of(await cases.open_case(tx, here, ask))

    async def change(
        interaction: str, staff: Staff, field: ContactField, value: str, key: str
    ) -> ChangedView:
        async with serving(interaction, staff) as (tx, here):
            return ChangedView.of(
                await contact_changes.request_change(tx, here, field=field, value=value, key=key)
            )

    @routes.post("/address-change")
    async def address(
        interaction: str, body: bodies.AddressBody, staff: Annotated[Staff, agent]
    ) -> ChangedView:
        """Ask for another address; a second side must confirm it."""
        return await change(interaction, staff, ContactField.ADDRESS, body.address, body.key)

    @routes.post("/phone-change")
    async def phone(
        interaction: str, body: bodies.PhoneBody, staff: Annotated[Staff, agent]
    ) -> ChangedView:
        """Ask for another registered number; a second side must confirm it."""
        return await change(interaction, staff, ContactField.PHONE, body.phone, body.key)

    @routes.post("/email-change")
    async def email(
        interaction: str, body: bodies.EmailBody, staff: Annotated[Staff, agent]
    ) -> ChangedView:
        """Ask for another e-mail address; a second side must confirm it."""
        return await change(interaction, staff, ContactField.EMAIL, body.email, body.key)

    @routes.post("/contact-changes/{change}/confirm")
    async def confirm(
        interaction: str, change: str, body: bodies.ConfirmBody, staff: Annotated[Staff, agent]
    ) -> ChangedView:
        """Confirm a change: by a code that the caller has keyed in, or by a branch."""
        async with serving(interaction, staff) as (tx, here):
            return ChangedView.of(
                await contact_changes.confirm_change(
                    tx, here, ContactChangeId(change), side=body.side, branch=body.branch
                )
            )

    @routes.post("/contact-changes/{change}/cancel")
    async def cancel(interaction: str, change: str, staff: Annotated[Staff, agent]) -> ChangedView:
        """Undo a change, before its confirmation or while it cools."""
        async with serving(interaction, staff) as (tx, here):
            return ChangedView.of(
                await contact_changes.cancel_change(tx, here, ContactChangeId(change))
            )

    @routes.post("/limit-request")
    async def limit(
        interaction: str, body: bodies.LimitBody, staff: Annotated[Staff, agent]
    ) -> LimitedView:
        """Decide a request for another credit limit, with all reasons."""
        async with serving(interaction, staff) as (tx, here):
            return LimitedView.of(
                await limits.request_limit(
                    tx,
                    here,
                    account_id=AccountId(body.account),
                    wanted=Fen(body.wanted),
                    term=body.term,
                    until=body.until,
                    key=body.key,
                )
            )

    @routes.post("/limit-requests/{request}/offer")
    async def offer(
        interaction: str, request: str, body: bodies.OfferBody, staff: Annotated[Staff, agent]
    ) -> LimitedView:
        """Write down what the holder says to a lower offer."""
        async with serving(interaction, staff) as (tx, here):
            return LimitedView.of(
                await limits.settle_offer(tx, here, LimitRequestId(request), accepts=body.accepts)
            )

    @routes.post("/fee-reversal")
    async def fee(
        interaction: str, body: bodies.FeeReversalBody, staff: Annotated[Staff, agent]
    ) -> ReversedView:
        """Give an annual fee back, or lay it before a lead."""
        async with serving(interaction, staff) as (tx, here):
            return ReversedView.of(
                await fee_reversals.request_reversal(tx, here, posting_id=PostingId(body.posting))
            )

    @routes.post("/card-closure")
    async def close(
        interaction: str, body: bodies.ClosureBody, staff: Annotated[Staff, agent]
    ) -> ClosingView:
        """Begin to close a card, or say everything that is to be settled first."""
        async with serving(interaction, staff) as (tx, here):
            return ClosingView.of(
                await closures.request_closure(
                    tx, here, card_id=CardId(body.card), points_given_up=body.points_given_up
                )
            )

    @routes.post("/card-closures/{closure}/withdraw")
    async def withdraw(
        interaction: str, closure: str, staff: Annotated[Staff, agent]
    ) -> ClosingView:
        """Keep the card after all."""
        async with serving(interaction, staff) as (tx, here):
            return ClosingView.of(await closures.withdraw_closure(tx, here, CardClosureId(closure)))

    @routes.post("/stop-marketing")
    async def stop(interaction: str, staff: Annotated[Staff, agent]) -> StoppedView:
        """Stop all marketing to whoever calls or chats; at once, nothing to prove."""
        async with serving(interaction, staff) as (tx, here):
            return StoppedView.of(await leaving_alone.stop_marketing(tx, here))

    @routes.post("/vulnerable")
    async def vulnerable(
        interaction: str, body: bodies.VulnerableBody, staff: Annotated[Staff, agent]
    ) -> MarkedView:
        """Mark that the holder needs care, or no more: nobody sells to them or presses them."""
        async with serving(interaction, staff) as (tx, here):
            changed = await leaving_alone.mark_vulnerable(tx, here, wanted=body.vulnerable)
            return MarkedView(vulnerable=body.vulnerable, changed=changed)

    return routes


def _fen(amount: int | None) -> Fen | None:
    return Fen(amount) if amount is not None else None
