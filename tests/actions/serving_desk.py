"""An agent who talks with a holder, on a real ledger, with the verbs that the tests need."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import httpx
from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse

from cardline.adapters.corebank.bank import EmbeddedCoreBank
from cardline.adapters.postgres.database import Database
from cardline.app.http.application import include
from cardline.cards.acts import routes as act_routes
from cardline.cards.cases import routes as case_routes
from cardline.cards.cases.work import Working
from cardline.cards.corebank import NewCard
from cardline.cards.model import (
    Account,
    Card,
    CardState,
    Delivery,
    Holder,
    Posting,
    PostingKind,
)
from cardline.cards.service_policy import service_policy
from cardline.cards.serving import Serving
from cardline.cards.sweeping import sweep
from cardline.core.errors import CardlineError, Conflict, NotFound
from cardline.core.ids import AccountId, AgentId, CallId, CardId, HolderId, InteractionId, LegId
from cardline.core.money import Fen
from cardline.core.phone import PhoneNumber
from cardline.core.policy import load_area
from cardline.core.transaction import Transaction
from cardline.desk.holding import routes as holding_routes
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction
from cardline.desk.staff.model import Role, Staff
from cardline.evidence.looks.model import ListenPolicy
from cardline.identity.model import Factor, Proof, Proofs
from cardline.outreach import routes as outreach_routes
from tests.actions.identity_desk import config
from tests.partial import LOOKS
from tests.rules.card_book import account as book_account
from tests.rules.card_book import card as book_card
from tests.store.ledger_fixture import ledger, line

POLICY = service_policy(load_area("servicing"), load_area("outreach"))
NOW = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
"""10 in the morning in Shanghai, in a year whose calendar is known."""
TODAY = date(2026, 9, 10)
HOLDER = Holder(
    HolderId("h1"),
    "林晓",
    PhoneNumber("+8615400000001"),
    "123X",
    address="上海市浦东新区世纪大道1号",
    other_loans=Fen(0),
)
OTHER = Holder(HolderId("h2"), "赵敏", PhoneNumber("+8615400000002"), "4321")
ACCOUNT = replace(book_account(5, 18, limit="20000"), opened_on=date(2024, 1, 15))
OTHER_ACCOUNT = replace(ACCOUNT, id=AccountId("a2"), holder_id=OTHER.id)
CARD = book_card()
OTHER_CARD = replace(
    CARD, id=CardId("c2"), account_id=OTHER_ACCOUNT.id, holder_id=OTHER.id, tail="9876"
)
AGENT = Staff("6001", "李娜", "agent", AgentId("a6001"), None)
COLLEAGUE = Staff("6002", "王强", "agent", AgentId("a6002"), None)
LEAD = Staff("6010", "陈静", "lead", AgentId("a6010"), None)
ALL = (
    Factor.REGISTERED_NUMBER,
    Factor.QUERY_PASSWORD,
    Factor.ONE_TIME_CODE,
    Factor.CARD_AND_ID_TAILS,
)


@dataclass
class Desk:
    """One agent, one caller, one ledger; time stands until it is moved."""

    database: Database
    now: datetime = NOW
    bank: EmbeddedCoreBank = field(default_factory=ledger)
    identity: Any = field(default_factory=config)
    servicing: Any = POLICY
    looks: ListenPolicy = LOOKS
    calls: int = 0
    told: list[tuple[str, str | None]] = field(default_factory=list)
    """Calls that were told to read anew whom they are about."""

    async def open(
        self,
        *,
        holder: Holder = HOLDER,
        account: Account = ACCOUNT,
        card: Card = CARD,
        proven: tuple[Factor, ...] = ALL,
    ) -> str:
        """Fill the bank and let the holder call."""
        async with self.database.transaction() as tx:
            await self.bank.add_holders(tx, holders=[holder, OTHER])
            await self.bank.add_accounts(tx, accounts=[account, OTHER_ACCOUNT])
            await self.bank.add_cards(
                tx, cards=[NewCard(card, "tk-1"), NewCard(OTHER_CARD, "tk-2")]
            )
        return await self.call(holder.id, proven=proven)

    async def call(
        self,
        holder: HolderId | None = HOLDER.id,
        *,
        proven: tuple[Factor, ...] = ALL,
        agent: Staff = AGENT,
        proven_at: datetime | None = None,
    ) -> str:
        """Somebody calls, claims to be a holder, and talks with an agent."""
        self.calls += 1
        name = InteractionId(f"i{self.calls}")
        at = proven_at or self.now - timedelta(minutes=1)
        given = tuple(Proof(one, holder, at) for one in proven) if holder else ()
        async with self.database.transaction() as tx:
            await desk.open_interaction(
                tx,
                Interaction(
                    id=name,
                    door="phone",
                    call=CallId(f"call{self.calls}"),
                    line="l1",
                    from_number=HOLDER.phone,
                    to_number="95500",
                    holder_id=holder,
                    language="zh",
                    opened_at=at,
                    answered_at=at,
                    closed_at=None,
                    outcome=None,
                    flow_version="",
                    state={},
                    proofs=Proofs(claimed=holder, caller=HOLDER.phone, given=given),
                    continues=None,
                ),
                source="test",
            )
            await desk.leg_dialled(
                tx,
                name,
                LegId(f"leg{self.calls}"),
                agent=agent.agent_id,
                target="phone:1",
                purpose="offer",
                at=at,
            )
            await desk.leg_answered(tx, name, LegId(f"leg{self.calls}"), at=at)
        return name

    async def prove(self, interaction: str, factor: Factor) -> None:
        """The caller keys in something more, now."""
        async with self.database.transaction() as tx:
            found = await desk.find(tx, interaction)
            assert found is not None
            assert found.proofs.claimed is not None
            proof = Proof(factor, found.proofs.claimed, self.now)
            await desk.save_proofs(tx, found.id, found.proofs.with_proof(proof))

    async def hang_up(self, interaction: str) -> None:
        async with self.database.transaction() as tx:
            await desk.close_interaction(
                tx, InteractionId(interaction), outcome="hung-up", at=self.now
            )

    @asynccontextmanager
    async def serving(
        self, interaction: str = "i1", staff: Staff = AGENT
    ) -> AsyncIterator[tuple[Transaction, Serving]]:
        async with self.database.transaction() as tx:
            found = await desk.find(tx, interaction)
            assert found is not None
            yield (
                tx,
                Serving(staff, found, self.bank, self.identity, self.servicing, self.now),
            )

    @asynccontextmanager
    async def working(self, staff: Staff) -> AsyncIterator[tuple[Transaction, Working]]:
        async with self.database.transaction() as tx:
            yield tx, Working(staff, self.bank, self.identity, self.servicing, self.now)

    async def spend(
        self,
        amount: int,
        on: date = date(2026, 9, 1),
        kind: PostingKind = PostingKind.PURCHASE,
        **more: object,
    ) -> Posting:
        posting = replace(line(kind, on, amount), **more)  # type: ignore[arg-type]
        async with self.database.transaction() as tx:
            await self.bank.post_many(tx, postings=[posting])
        return posting

    async def close_months(self, through: date = date(2026, 9, 5)) -> None:
        """Close all periods up to a day."""
        closed = True
        while closed:
            async with self.database.transaction() as tx:
                closed = bool(await self.bank.close_periods(tx, through=through, at=self.now))

    async def set_state(self, state: CardState, until: datetime | None = None) -> None:
        async with self.database.transaction() as tx:
            await self.bank.set_card_state(
                tx, card_id=CARD.id, state=state, until=until, key=f"test/{state}", at=self.now
            )

    async def holder(self) -> Holder:
        async with self.database.transaction() as tx:
            found = await self.bank.holder(tx, holder_id=HOLDER.id)
        assert found is not None
        return found

    async def limit(self) -> int:
        async with self.database.transaction() as tx:
            found = await self.bank.account(tx, account_id=ACCOUNT.id)
        assert found is not None
        return found.credit_limit

    async def owed(self) -> int:
        async with self.database.transaction() as tx:
            return (await self.bank.balance(tx, account_id=ACCOUNT.id, at=self.now)).owed

    async def sweep(self) -> int:
        async with self.database.transaction() as tx:
            return await sweep(
                tx, bank=self.bank, identity=self.identity, policy=self.servicing, at=self.now
            )

    async def ask(self, question: str, *values: object) -> list[Any]:
        async with self.database.transaction() as tx:
            cursor = await tx.connection.execute(question.encode(), values)
            return [row if len(row) > 1 else row[0] for row in await cursor.fetchall()]

    async def kinds(self, stream: str = "i1") -> list[str]:
        """Kinds of entries, those of every call left out."""
        found = await self.ask("SELECT kind FROM journal WHERE stream = %s ORDER BY seq", stream)
        return [one for one in found if not one.startswith(("interaction.", "identity.", "sms."))]

    async def texts(self) -> list[tuple[str, str]]:
        """Whom each message went to, and which it was."""
        return await self.ask("SELECT phone, template FROM sms_outbox ORDER BY at, key")

    # ------------------------------------------------------------ HTTP

    def clock(self) -> datetime:
        return self.now

    def require(self, *roles: Role) -> Callable[..., Awaitable[Staff]]:
        async def dependency(who: Annotated[str, Header()]) -> Staff:
            role, _, number = who.partition(":")
            found = next((one for one in roles if one == role), None)
            if found is None:
                raise HTTPException(403)
            return Staff(number, "员工", found, AgentId(f"a{number}"), None)

        return dependency

    async def tell_claim(self, interaction: str, holder: HolderId | None) -> None:
        self.told.append((interaction, holder))

    async def delivery_of(self, tx: Transaction, holder: HolderId) -> Delivery:
        return "paper"

    @asynccontextmanager
    async def web(self) -> AsyncIterator["Web"]:
        application = FastAPI()
        for routes in (act_routes, case_routes, holding_routes, outreach_routes):
            include(application, routes.router(self))

        @application.exception_handler(CardlineError)
        async def refused(request: Request, error: CardlineError) -> JSONResponse:
            status = 404 if isinstance(error, NotFound) else 422
            status = 409 if isinstance(error, Conflict) else status
            return JSONResponse({"code": error.code}, status)

        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield Web(client)


@dataclass
class Web:
    """A browser that says who it is by a header: ``role:number``."""

    client: httpx.AsyncClient

    async def ask(
        self, method: str, path: str, body: object = None, *, who: str = "agent:6001"
    ) -> tuple[int, Any]:
        answer = await self.client.request(
            method, f"/api/v1{path}", headers={"who": who}, json=body
        )
        return answer.status_code, answer.json()
