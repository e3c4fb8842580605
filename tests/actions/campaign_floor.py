"""A bank that runs campaigns: holders, agents, the gate, and a time that tests set."""

from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cardline.adapters.corebank.bank import EmbeddedCoreBank
from cardline.adapters.postgres.database import Database
from cardline.cards.corebank import NewCard
from cardline.core.actor import Actor
from cardline.core.ids import AgentId, CardId, HolderId, InteractionId
from cardline.core.phone import PhoneNumber
from cardline.core.policy import load_area
from cardline.core.transaction import JsonObject
from cardline.evidence.actions import read_links
from cardline.identity.config import IdentityConfig
from cardline.outreach import actions as outreach
from cardline.outreach.campaigns import (
    actions,
    attempt_store,
    dialling,
    messaging,
    reporting,
    store,
)
from cardline.outreach.campaigns.model import (
    Campaign,
    CampaignId,
    Dialled,
    Draft,
    Entry,
    Errand,
    Event,
    Kind,
    Listed,
    Mode,
    Outcome,
    Refused,
)
from cardline.outreach.campaigns.policy import campaign_policy
from cardline.outreach.campaigns.reporting import Report
from cardline.outreach.model import Channel, Purpose
from cardline.routing import actions as routing
from tests.actions.identity_desk import config
from tests.actions.routing_floor import POLICY as FLOOR
from tests.actions.routing_floor import Floor
from tests.rules.card_book import account, card
from tests.store.ledger_fixture import HOLDER, ledger

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Tuesday
POLICY = campaign_policy(load_area("campaigns"))
LEAD = Actor("staff", "6001")
FIELDS: dict[Kind, dict[str, str]] = {
    Kind.REMINDER: {"amount": "120.00", "due": "2026-12-01"},
    Kind.COLLECTION: {"amount": "120.00"},
    Kind.ALERT: {"tail": "4821", "amount": "5999.00", "merchant": "某电器商城"},
    Kind.OFFER: {"offer": "加油返现百分之五"},
}


@dataclass
class Bank:
    """What the tests do, each step in a transaction of its own."""

    database: Database
    now: datetime = NOON
    bank: EmbeddedCoreBank = field(default_factory=ledger)
    config: IdentityConfig = field(default_factory=config)
    people: list[HolderId] = field(default_factory=list)

    @property
    def floor(self) -> Floor:
        return Floor(self.database)

    def later(self, **spans: float) -> None:
        self.now += timedelta(**spans)

    async def holders(self, count: int) -> list[HolderId]:
        """Add holders ``h1``, ``h2`` … each with a card ending 4821."""
        async with self.database.transaction() as tx:
            for number in range(len(self.people) + 1, len(self.people) + count + 1):
                holder = HolderId(f"h{number}")
                own = replace(account(5, 18), id=f"a{number}", holder_id=holder)  # type: ignore[arg-type]
                plastic = replace(
                    card(),
                    id=CardId(f"c{number}"),
                    account_id=own.id,
                    holder_id=holder,
                    tail="4821",
                )
                phone = PhoneNumber(f"+86154{number:08d}")
                await self.bank.add_holders(tx, holders=[replace(HOLDER, id=holder, phone=phone)])
                await self.bank.add_accounts(tx, accounts=[own])
                await self.bank.add_cards(tx, cards=[NewCard(plastic, f"tk-{number}")])
                self.people.append(holder)
        return self.people[-count:]

    async def agent(self, name: str = "a1", *, skill: str = "general") -> AgentId:
        """Bring in an agent who is ready."""
        async with self.database.transaction() as tx:
            await routing.register_agent(
                tx, agent=AgentId(name), number=name, name=name, languages=("zh",), at=self.now
            )
            await routing.grant_skill(
                tx, agent=AgentId(name), matter=skill, passed_at=self.now, at=self.now
            )
            for event in ("log-in", "set-ready"):
                step = await routing.set_agent_state(
                    tx,
                    agent=AgentId(name),
                    event=event,  # type: ignore[arg-type]
                    phone=f"sip:{name}@192.0.2.1",
                    policy=FLOOR,
                    at=self.now,
                )
                assert step.verdict.allowed
        return AgentId(name)

    async def agent_state(self, name: str = "a1") -> str:
        async with self.database.transaction() as tx:
            found = await routing.agent_state(tx, agent=AgentId(name), at=self.now)
        assert found is not None
        return str(found[1].name)

    # ------------------------------------------------------------ campaigns

    async def campaign(
        self,
        kind: Kind = Kind.REMINDER,
        *,
        mode: Mode = Mode.PROGRESSIVE,
        channel: Channel = Channel.CALL,
        people: int = 1,
        start: bool = True,
        hold_out: float = 0.0,
        **more: Any,
    ) -> Campaign:
        """Make a campaign for new holders and start it."""
        draft = Draft(name="test", kind=kind, channel=channel, mode=mode, hold_out=hold_out, **more)
        if kind is Kind.OFFER and channel is Channel.CALL:
            draft = replace(draft, script={"zh": "…", "en": "…"})
        async with self.database.transaction() as tx:
            made = await actions.create(tx, draft, policy=POLICY, by=LEAD, at=self.now)
        if people:
            await self.listed(made, await self.holders(people))
        if start:
            assert await self.change(made.id, Event.START) == ()
        return made

    async def listed(self, campaign: Campaign, holders: list[HolderId]) -> Listed:
        said = FIELDS.get(campaign.kind, {})
        lines = [",".join(["holder_id", *said])]
        lines += [",".join([holder, *said.values()]) for holder in holders]
        return await self.list_text(campaign.id, "\n".join(lines))

    async def list_text(self, campaign: CampaignId, text: str) -> Listed:
        async with self.database.transaction() as tx:
            return await actions.add_list(tx, campaign, text, bank=self.bank, by=LEAD, at=self.now)

    async def change(self, campaign: CampaignId, event: Event) -> tuple[str, ...]:
        async with self.database.transaction() as tx:
            verdict = await actions.change_state(
                tx, campaign, event, policy=POLICY, by=LEAD, at=self.now
            )
        return verdict.codes

    async def dial(self, campaign: Campaign) -> Dialled | Refused | None:
        async with self.database.transaction() as tx:
            return await dialling.dial_next(
                tx,
                campaign.id,
                policy=POLICY,
                gate=self.config.sms.policy,
                floor=FLOOR,
                at=self.now,
            )

    async def dialled(self, campaign: Campaign) -> Dialled:
        found = await self.dial(campaign)
        assert isinstance(found, Dialled), found
        return found

    async def answered(self, call: Dialled) -> Errand | None:
        """The person answers; returns the errand with its agent, or ``None``: abandoned."""
        async with self.database.transaction() as tx:
            errand = await dialling.errand_of(tx, call.interaction, at=self.now)
            assert errand is not None
            claimed = await dialling.claim_agent(tx, errand, floor=FLOOR, at=self.now)
            await dialling.note_answered(
                tx, claimed or errand, abandoned=claimed is None, at=self.now
            )
        return claimed

    async def talks(self, call: Dialled, *, opened: bool = True) -> None:
        """Person and agent hear each other."""
        errand = await self.answered(call)
        assert errand is not None
        async with self.database.transaction() as tx:
            if opened:
                await dialling.note_opened(tx, errand, by=None, at=self.now)
            await dialling.note_connected(tx, errand, at=self.now)

    async def over(self, call: Dialled, outcome: Outcome = Outcome.HUNG_UP) -> None:
        """The call is over, and the agent's part in it."""
        async with self.database.transaction() as tx:
            errand = await dialling.errand_of(tx, call.interaction, at=self.now)
            assert errand is not None
            await dialling.attempt_over(tx, errand, outcome=outcome, policy=POLICY, at=self.now)
            if errand.agent is not None:
                await routing.end_talk(
                    tx,
                    interaction=call.interaction,
                    agent=errand.agent,
                    policy=FLOOR,
                    cause="failed",
                    at=self.now,
                )

    async def send(self, campaign: Campaign) -> int:
        async with self.database.transaction() as tx:
            return await messaging.send_some(
                tx,
                campaign.id,
                policy=POLICY,
                bank=self.bank,
                config=self.config,
                at=self.now,
            )

    async def entry(self, campaign: Campaign, place: int = 1) -> Entry:
        async with self.database.transaction() as tx:
            cursor = await tx.connection.execute(
                "SELECT id FROM campaign_entry WHERE campaign = %s AND place = %s",
                (campaign.id, place),
            )
            row = await cursor.fetchone()
            assert row is not None
            found = await store.entry(tx, row[0])
        assert found is not None
        return found

    async def report(self, campaign: Campaign) -> Report:
        async with self.database.transaction() as tx:
            return await reporting.report(tx, campaign.id, policy=POLICY, at=self.now)

    async def ringing(self) -> list[InteractionId]:
        """The calls that are to be taken back."""
        async with self.database.transaction() as tx:
            found = await attempt_store.ringing_of_stopped(tx)
        return [one.interaction for one in found if one.interaction]

    async def consents(self, holder: HolderId, *channels: Channel) -> None:
        async with self.database.transaction() as tx:
            for channel in channels:
                for purpose in (Purpose.MARKETING, Purpose.SURVEY):
                    await outreach.give_consent(
                        tx,
                        holder=holder,
                        purpose=purpose,
                        channel=channel,
                        source="app",
                        wording="consent/1",
                        stream="consent",
                        by=Actor("holder", holder),
                        at=self.now - timedelta(days=30),
                    )

    async def journal(self, stream: str) -> list[tuple[str, JsonObject]]:
        async with self.database.transaction() as tx:
            links = await read_links(tx, stream)
        return [(link.entry.kind, link.entry.body) for link in links]

    async def kinds(self, stream: str) -> list[str]:
        return [kind for kind, _ in await self.journal(stream)]


ALL_DAY: dict[str, Any] = {"opens": time(0), "closes": time(23, 59, 59)}
