"""After a fault, ours or the line's: calls that are up go on, the others are closed (row A1)."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from cardline.core.ids import CallId, HolderId, LegId
from cardline.core.phone import parse_phone
from cardline.core.transaction import Transaction
from cardline.desk.interactions import actions as desk
from cardline.desk.interactions.model import Interaction
from cardline.hotline.acts.caller import Caller
from cardline.hotline.call.conversation import Conversation
from cardline.hotline.call.inputs import BackAgain, EntryInterrupted
from cardline.hotline.call.keeping import restored_state
from cardline.hotline.call.parties import LegInCall
from cardline.hotline.services import Services
from cardline.outreach.campaigns import dialling
from cardline.ports.line.commands import Answer
from cardline.ports.line.events import Answered, CallUp, Gone, Hello, Silent
from cardline.routing import actions as routing
from cardline.routing.model import CallsUp
from cardline.trust import actions as trust

if TYPE_CHECKING:
    from cardline.app.calls.registry import Calls

log = structlog.get_logger()

UNTOLD_SECONDS = 5.0
_PLACED = ("callback", "campaign")
"""Doors of calls that we make: they leave a proof (row E1)."""


class Resuming:
    """What a node does with the calls of before."""

    def __init__(self, calls: "Calls") -> None:
        self._calls = calls

    @property
    def _services(self) -> Services:
        return self._calls.services

    async def hello(self, hello: Hello) -> None:
        """Take over what the line holds, and close what it no longer does."""
        up = {call.call: call for call in hello.calls}
        self._calls.line = hello.line
        for phone in hello.phones:
            await self._calls.phones.changed(phone)
        await self._calls.phones.forget_others(
            {phone.user for phone in hello.phones if phone.registered}
        )
        await self._calls.phones.tell()

        async def stored(tx: Transaction) -> list[Interaction]:
            return await desk.open_calls(tx)

        untold: list[Interaction] = []
        for interaction in await self._services.database.run(stored):
            known = self._calls.by_call(interaction.call)
            if interaction.call not in up and interaction.line == hello.line:
                untold.append(interaction)  # the line tells a ringing call, or its end, once more
            elif interaction.call not in up:
                await self._lost(interaction, known)
            elif known is None:
                await self._resume(interaction, up[interaction.call])
        self._calls.spawn(self._close_untold(untold))
        await self._reconcile(up)
        await self._calls.recorder.recover(up.keys())
        self._calls.ready.set()

    async def _lost(self, interaction: Interaction, known: Conversation | None) -> None:
        """The line no longer has this call: it died with an earlier line, or while we were away."""
        at = self._services.clock()
        if known:
            known.lost(at.timestamp())
            return

        async def work(tx: Transaction) -> None:
            await routing.leave_queue(tx, interaction=interaction.id, outcome="abandoned", at=at)
            await desk.close_interaction(tx, interaction.id, outcome="line-failed", at=at)
            if interaction.door in _PLACED:
                await trust.contact_ended(tx, key=trust.call_key(interaction.call), at=at)

        await self._services.database.run(work)

    async def _close_untold(self, interactions: list[Interaction]) -> None:
        """Close what the line says no more about: we had died between its word and our commit."""
        await asyncio.sleep(UNTOLD_SECONDS)
        for interaction in interactions:
            if not self._calls.is_known(interaction.call):
                await self._lost(interaction, None)

    async def ended_while_away(self, event: Gone) -> None:
        """Close a call that ended while nobody served it."""
        at = datetime.fromtimestamp(event.at, UTC)

        async def work(tx: Transaction) -> None:
            interaction = await desk.find_by_call(tx, event.call)
            if interaction and interaction.closed_at is None:
                await routing.leave_queue(
                    tx, interaction=interaction.id, outcome="abandoned", at=at
                )
                await desk.close_interaction(tx, interaction.id, outcome=event.cause, at=at)
                if interaction.door in _PLACED:
                    await trust.contact_ended(tx, key=trust.call_key(event.call), at=at)

        await self._services.database.run(work)

    async def _resume(self, interaction: Interaction, call: CallUp) -> None:
        number = parse_phone(interaction.from_number)
        services = self._services
        if interaction.door == "campaign":
            services = replace(services, flow=services.bank_call)
        caller = Caller(
            interaction.id,
            number,
            interaction.from_number,
            line_user=interaction.from_number,
            language=interaction.language,
            proofs=interaction.proofs,
        )

        up = {own.leg: own for own in call.legs if own.answered}

        async def work(tx: Transaction) -> list[LegInCall]:
            caller.errand = await dialling.errand_of(tx, interaction.id, at=services.clock())
            if interaction.holder_id:
                caller.holder = await self._services.bank.holder(
                    tx, holder_id=HolderId(interaction.holder_id)
                )
            known = await desk.legs_of(tx, interaction.id)
            return [
                LegInCall(
                    leg.leg,
                    leg.purpose,
                    leg.target,
                    agent=leg.agent_id,
                    presence="talking",
                    since=leg.answered_at,
                    monitoring=leg.monitoring,
                )
                for leg in known
                if leg.leg in up
            ]

        legs = await services.database.run(work)
        state = restored_state(services.flow.nodes, interaction.state, services.flow.start)
        if legs:
            state = replace(state, phase="talk")
        conversation = Conversation(services, caller=caller, call=CallId(call.call), state=state)
        conversation.continue_from(call.answered)
        if call.placed:
            conversation.proof_key = trust.call_key(call.call)
        for leg in legs:
            conversation.parties.add(leg)
        self._calls.start(conversation)
        if legs:
            conversation.parties.mode = interaction.state.get("mode", "talk")
        if interaction.state.get("at_keys"):
            conversation.post(EntryInterrupted())
        for leg in legs:
            if up[leg.leg].silent:
                conversation.post(Silent(call=call.call, at=call.began, party=leg.leg))
        if call.answered is None:
            if not call.placed:
                await self._services.line.send(Answer(call=call.call))
        elif legs:
            log.info("a talk went on while we were away", call=call.call)
        elif interaction.answered_at is None:
            conversation.post(Answered(call=call.call, party="caller", at=call.answered))
        else:
            conversation.post(BackAgain())

    async def _reconcile(self, up: dict[str, CallUp]) -> None:
        at = self._services.clock()
        facts = CallsUp(
            calls=frozenset(CallId(call) for call in up),
            legs=frozenset(LegId(leg.leg) for call in up.values() for leg in call.legs),
        )

        async def work(tx: Transaction) -> None:
            await routing.reconcile(tx, up=facts, policy=self._services.routing, at=at)

        await self._services.database.run(work)
