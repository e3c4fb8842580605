"""The dialler: places the calls of campaigns, sends their messages, takes back what was stopped.

It runs on every node. What may be dialled is granted in the database, one call a transaction, so
that nodes need not know of each other; here it is only carried out.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Protocol

import structlog

from cardline.app.calls.opening import new_interaction
from cardline.app.calls.registry import Calls
from cardline.core.phone import national
from cardline.core.transaction import Transaction
from cardline.desk.interactions import actions as desk
from cardline.hotline.acts.caller import Caller
from cardline.hotline.call import outside
from cardline.hotline.call.conversation import Conversation
from cardline.hotline.call.inputs import TakenBack
from cardline.hotline.flows.model import State
from cardline.hotline.services import Services
from cardline.identity.model import Proofs
from cardline.outreach.campaigns import dialling, messaging, previews
from cardline.outreach.campaigns.machine_model import Machines
from cardline.outreach.campaigns.model import (
    CHANNEL,
    Attempt,
    Campaign,
    CampaignId,
    Dialled,
    Errand,
    Mode,
    Outcome,
    Refused,
)
from cardline.outreach.model import Channel
from cardline.ports.line.commands import CALLER, Place
from cardline.ports.line.events import Failed
from cardline.routing import actions as routing
from cardline.trust import actions as trust

log = structlog.get_logger()

TICK_SECONDS = 1.0
DIALS_A_TURN = 50
"""Refused entries included: a list that may not be called does not hold up the others."""
LOST_AFTER_SECONDS = 120.0
"""A call that no node has after so long was lost between its grant and the line."""


class Listening(Protocol):
    """Where wake-ups come from."""

    def listen(self, *channels: str) -> AsyncIterator[tuple[str, str]]:
        """Yield channel and payload."""
        ...


class Dialler:
    """Runs on every node; the database sees to it that nobody is dialled twice."""

    def __init__(self, services: Services, calls: Calls, listening: Listening) -> None:
        self._services = services
        self._bank = replace(services, flow=services.bank_call)
        """With the flow of the calls that the bank makes."""
        self._calls = calls
        self._listening = listening
        self._wake = asyncio.Event()
        self._unable: set[CampaignId] = set()
        """Campaigns of which was said already that they cannot be dialled here."""

    async def run(self) -> None:
        """Serve for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hear())
            group.create_task(self._work())

    async def _hear(self) -> None:
        async for _ in self._listening.listen(CHANNEL):
            try:
                await self.take_back()
            except Exception:
                log.exception("calls of a stopped campaign could not be taken back")
            self._wake.set()

    async def _work(self) -> None:
        await self._calls.ready.wait()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self.turn()
            except Exception:
                log.exception("a turn of the dialler failed")
                await asyncio.sleep(TICK_SECONDS)

    async def turn(self) -> None:
        """Do what is due for every campaign that runs."""
        database, at = self._services.database, self._services.clock()
        for campaign in await database.run(dialling.running):
            try:
                if campaign.channel is Channel.SMS:
                    await self._send(campaign.id)
                elif campaign.mode is not Mode.PREVIEW:
                    await self._dial(campaign)
            except Exception:
                log.exception("a campaign could not be served", campaign=campaign.id)

        async def tidy(tx: Transaction) -> list[Attempt]:
            await previews.give_back(tx, at=at)
            return await dialling.open_calls(tx)

        for attempt in await database.run(tidy):
            await self._close_lost(attempt)

    async def take_back(self) -> None:
        """Hang up what rings for campaigns that were stopped; who has answered is served."""
        for attempt in await self._services.database.run(dialling.ringing_of_stopped):
            conversation = self._calls.by_interaction(attempt.interaction or "")
            if conversation is not None:
                conversation.post(TakenBack())

    async def call_out(self, dialled: Dialled) -> None:
        """Place a call that was granted: the interaction was opened with the grant."""
        errand = Errand(
            dialled.campaign,
            dialled.entry,
            dialled.attempt.id,
            dialled.interaction,
            agent=dialled.attempt.agent,
            phone=dialled.phone,
        )
        entry = dialled.entry
        caller = _callee(dialled, shown=self._services.shown_number)
        caller.errand = errand

        async def whom(tx: Transaction) -> None:
            caller.holder = await self._services.bank.holder(tx, holder_id=entry.holder)

        await self._services.database.run(whom)
        state = State(node=self._bank.flow.start, language=entry.language)
        conversation = Conversation(self._bank, caller=caller, call=dialled.call, state=state)
        conversation.proof_key = trust.call_key(dialled.call)
        self._calls.start(conversation)
        place = Place(
            call=dialled.call,
            target=self._services.trunk.replace("{number}", national(dialled.number)),
            from_user=self._services.shown_number,
            ring_seconds=self._services.campaigns.ring.total_seconds(),
            listen_seconds=self._listens(dialled.campaign),
            headers=outside.signature(
                self._services,
                to=dialled.number,
                purpose=dialled.campaign.purpose,
                call=conversation,
            ),
        )
        try:
            await self._services.line.send(place)
        except ConnectionError:  # the line is being started again: nobody was rung
            at = self._services.clock().timestamp()
            conversation.post(Failed(call=dialled.call, at=at, party=CALLER, status=503))

    async def open(self, tx: Transaction, dialled: Dialled) -> None:
        """Open the interaction of a call and leave its proof, with the grant."""
        caller = _callee(dialled, shown=self._services.shown_number)
        caller.holder = await self._services.bank.holder(tx, holder_id=dialled.entry.holder)
        interaction = new_interaction(
            caller,
            dialled.call,
            door="campaign",
            to_number=self._services.shown_number,
            line=self._calls.line,
            flow=self._bank.flow,
            at=dialled.attempt.dialled_at,
        )
        await desk.open_interaction(tx, interaction, source="campaign")
        await trust.leave_proof(
            tx,
            key=trust.call_key(dialled.call),
            channel="call",
            to=dialled.number,
            holder=dialled.entry.holder,
            purpose=dialled.campaign.purpose,
            shown_number=self._services.shown_number,
            staff=await outside.shown_staff(tx, dialled.attempt.agent),
            at=dialled.attempt.dialled_at,
            stream=dialled.interaction,
        )

    def _listens(self, campaign: Campaign) -> float:
        """How long the line is to listen to who answers: nothing is lost before we ask for more."""
        if campaign.machines is Machines.IGNORE:
            return 0.0
        return self._services.campaigns.machines.rule.limit + 1.0

    @property
    def can_call(self) -> bool:
        """Whether numbers outside can be reached at all."""
        return bool(self._services.trunk)

    async def _dial(self, campaign: Campaign) -> None:
        if not self.can_call:
            if campaign.id not in self._unable:
                self._unable.add(campaign.id)
                log.error("a campaign of calls runs, but no trunk is set", campaign=campaign.id)
            return
        for _ in range(DIALS_A_TURN):
            granted = await self._grant(campaign.id)
            if granted is None:
                return
            if isinstance(granted, Dialled):
                await self.call_out(granted)

    async def _grant(self, campaign: CampaignId) -> Dialled | Refused | None:
        services, at = self._services, self._services.clock()

        async def work(tx: Transaction) -> Dialled | Refused | None:
            granted = await dialling.dial_next(
                tx,
                campaign,
                policy=services.campaigns,
                gate=services.identity.sms.policy,
                floor=services.routing,
                at=at,
            )
            if isinstance(granted, Dialled):
                await self.open(tx, granted)
            return granted

        return await services.database.run(work)

    async def _send(self, campaign: CampaignId) -> None:
        services, at = self._services, self._services.clock()

        async def work(tx: Transaction) -> int:
            return await messaging.send_some(
                tx,
                campaign,
                policy=services.campaigns,
                bank=services.bank,
                config=services.identity,
                at=at,
            )

        await services.database.run(work)

    async def _close_lost(self, attempt: Attempt) -> None:
        """A grant whose call never came to be, or ended unseen, is not open for ever."""
        services, at = self._services, self._services.clock()
        age = (at - attempt.dialled_at).total_seconds()
        if age < LOST_AFTER_SECONDS or attempt.interaction is None:
            return
        if self._calls.by_interaction(attempt.interaction) is not None:
            return
        interaction = attempt.interaction

        async def work(tx: Transaction) -> None:
            known = await desk.find(tx, interaction)
            if known is not None and known.closed_at is None:
                return  # another node has it, or will find it
            errand = await dialling.errand_of(tx, interaction, at=at)
            if errand is None:
                return
            await dialling.attempt_over(
                tx, errand, outcome=Outcome.FAILED, policy=services.campaigns, at=at
            )
            if errand.agent is not None:
                await routing.end_talk(
                    tx,
                    interaction=interaction,
                    agent=errand.agent,
                    policy=services.routing,
                    cause="lost",
                    at=at,
                )

        await services.database.run(work)


def _callee(dialled: Dialled, *, shown: str) -> Caller:
    """Return the one who is called; what follows from the number is proven once it is answered."""
    entry = dialled.entry
    return Caller(
        dialled.interaction,
        entry.phone,
        entry.phone,
        line_user=shown,
        language=entry.language,
        proofs=Proofs(claimed=entry.holder, caller=entry.phone),
    )
