"""HTTP of trust: the registry, the public check, and what an agent sees of a call (E1, E2, E6)."""

from collections.abc import Callable
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Query, Request

from cardline.core.clock import Clock
from cardline.core.errors import Invalid
from cardline.core.ids import HolderId
from cardline.core.phone import parse_phone
from cardline.core.transaction import Database
from cardline.desk.interactions.claims import looked, party_only
from cardline.desk.staff.model import Role, Staff
from cardline.evidence.looks.model import ListenPolicy
from cardline.identity.config import IdentityConfig
from cardline.trust import actions, caller_identity, registering
from cardline.trust.model import ByHolder, ByNumber, Official, OfficialKind, Stranger, TrustConfig
from cardline.trust.views import (
    ContactClaimBody,
    FindingView,
    InteractionTrustView,
    NewOfficialBody,
    OfficialEndBody,
    OfficialView,
    WordView,
    claim_of,
    keep_official,
    show_caller,
    show_code,
    show_finding,
    show_official,
    show_proof,
)
from cardline.trust.words import tips

_SHOWN = 20
"""Contacts of late on an agent's screen."""


class TrustServices(Protocol):
    """What these routes need."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def identity(self) -> IdentityConfig: ...
    @property
    def looks(self) -> ListenPolicy: ...

    def admit(self, request: Request) -> None:
        """Count a question of the address that asks; raises where it has asked too often."""
        ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


class _Kept:
    """The configuration, looked up when it is needed: a route may stand without it."""

    def __init__(self, services: TrustServices) -> None:
        self._services = services

    @property
    def config(self) -> TrustConfig:
        return self._services.identity.sms.trust


def router(services: TrustServices) -> APIRouter:
    """Make the routes of trust."""
    routes = APIRouter(prefix="/api/v1", tags=["trust"])
    _public(routes, services)
    _registry(routes, services)
    _tips(routes, services)
    _calls(routes, services)
    return routes


def _public(routes: APIRouter, services: TrustServices) -> None:
    kept = _Kept(services)

    @routes.post("/trust/check")
    async def check(request: Request, body: ContactClaimBody) -> FindingView:
        """Was that really the bank? Nobody logs in, so nothing is told of who was contacted."""
        services.admit(request)
        if body.at is not None and body.at.tzinfo is None:
            raise Invalid("at needs a zone, as in 2026-11-27T10:03:00+08:00")
        async with services.database.transaction() as tx:
            checked = await actions.check_contact(
                tx, claim_of(body), Stranger(), config=kept.config, at=services.clock()
            )
        return show_finding(checked.finding, lines=kept.config.lines)

    @routes.get("/trust/official")
    async def is_official(
        request: Request, kind: OfficialKind, value: Annotated[str, Query(max_length=300)]
    ) -> FindingView:
        """Is this number, sender name, domain or offer the bank's? Open to everybody."""
        services.admit(request)
        async with services.database.transaction() as tx:
            found = await actions.check_official(
                tx, kind, value, config=kept.config, at=services.clock()
            )
        return show_finding(found, lines=kept.config.lines)


def _registry(routes: APIRouter, services: TrustServices) -> None:
    kept = _Kept(services)
    reader = Depends(services.require("agent", "lead", "quality", "compliance", "administrator"))
    keeper = Depends(services.require("compliance", "administrator"))

    @routes.get("/trust/registry")
    async def registry(staff: Annotated[Staff, reader]) -> list[OfficialView]:
        """Everything that is or was ours."""
        async with services.database.transaction() as tx:
            return [keep_official(one) for one in await actions.registry(tx, config=kept.config)]

    @routes.post("/trust/registry")
    async def add(body: NewOfficialBody, staff: Annotated[Staff, keeper]) -> OfficialView:
        """Add an entry. 422 with the first reason: a mobile number is never a hotline."""
        if body.since.tzinfo is None or (body.until is not None and body.until.tzinfo is None):
            raise Invalid("times need a zone")
        if body.until is not None and body.until <= body.since:
            raise Invalid("it ends before it begins")
        entry = Official("", body.kind, body.value, body.zh, body.en, body.since, body.until)
        async with services.database.transaction() as tx:
            added, verdict = await registering.add_official(
                tx, entry, config=kept.config, by=staff.actor, at=services.clock()
            )
        if not verdict.allowed:
            raise registering.NotRegistered(verdict)
        return show_official(added)

    @routes.post("/trust/registry/{entry}/end")
    async def end(
        entry: str, body: OfficialEndBody, staff: Annotated[Staff, keeper]
    ) -> OfficialView:
        """Let an entry end; it stays in the registry as something that was ours."""
        at = services.clock()
        if body.until is not None and body.until.tzinfo is None:
            raise Invalid("times need a zone")
        async with services.database.transaction() as tx:
            ended = await registering.end_official(
                tx, entry, until=body.until or at, why=body.why.strip(), by=staff.actor, at=at
            )
        return keep_official(ended)


def _tips(routes: APIRouter, services: TrustServices) -> None:
    kept = _Kept(services)
    reader = Depends(services.require("agent", "lead", "quality", "compliance", "administrator"))

    @routes.get("/trust/tips")
    async def all_tips(staff: Annotated[Staff, reader]) -> list[WordView]:
        """Safety tips by case, to be said where they matter (row E7)."""
        return [
            WordView(
                code=case,
                zh=words.zh.format_map(kept.config.lines),
                en=words.en.format_map(kept.config.lines),
            )
            for case, words in tips().items()
        ]


def _calls(routes: APIRouter, services: TrustServices) -> None:
    kept = _Kept(services)
    agent = Depends(services.require("agent", "lead", "quality", "compliance"))

    @routes.get("/interactions/{interaction}/trust")
    async def of_interaction(
        interaction: str, staff: Annotated[Staff, agent]
    ) -> InteractionTrustView:
        """The code to say, what we sent and called of late, what a signature was worth."""
        at, config = services.clock(), kept.config
        async with services.database.transaction() as tx:
            found = await party_only(tx, interaction, staff, ringing=True)
            await looked(tx, found, by=staff, policy=services.looks, at=at)
            proof = await actions.proof_of(tx, key=actions.call_key(found.call))
            contacts = []
            number = parse_phone(found.from_number) or found.from_number
            holder = HolderId(found.holder_id) if found.holder_id else None
            asker = ByHolder(holder, number) if holder else ByNumber(number)
            if number or holder:
                since = at - config.policy.told_back
                contacts = await actions.contacts_of(tx, asker, since=since)
            verdict = await caller_identity.verdict_of(tx, found.id)
        return InteractionTrustView(
            code=show_code(proof, config.policy) if proof else None,
            contacts=[show_proof(one, config.policy, now=at) for one in contacts[:_SHOWN]],
            caller_identity=show_caller(verdict) if verdict else None,
        )
