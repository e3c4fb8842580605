"""A small hotline floor for the tests of routing: agents at work, callers who wait."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cardline.adapters.postgres.database import Database
from cardline.core.ids import AgentId, CallId, InteractionId
from cardline.core.policy import load_area
from cardline.core.transaction import JsonObject
from cardline.evidence.actions import read_links
from cardline.evidence.rules import check_chain
from cardline.routing import actions, rules
from cardline.routing.model import (
    AgentEvent,
    AgentState,
    Language,
    LeaveOutcome,
    Offer,
    Waiter,
)

T0 = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
POLICY = rules.read_policy(load_area("routing"))


def after(seconds: float) -> datetime:
    """The time so many seconds after the beginning."""
    return T0 + timedelta(seconds=seconds)


@dataclass
class Floor:
    """Does things at a number of seconds after the beginning, each in its own transaction."""

    database: Database

    async def agent(
        self,
        name: str,
        *skills: str,
        languages: tuple[Language, ...] = ("zh",),
        ready: bool = True,
        phone: str = "",
        at: float = 0,
    ) -> AgentId:
        """Register an agent who passed ``skills``, logged in and ready unless told otherwise."""
        agent = AgentId(name)
        async with self.database.transaction() as tx:
            await actions.register_agent(
                tx, agent=agent, number=name, name=name, languages=languages, at=after(at)
            )
            for skill in skills:
                await actions.grant_skill(tx, agent=agent, matter=skill, passed_at=T0, at=after(at))
            if ready:
                for event in (AgentEvent.LOG_IN, AgentEvent.SET_READY):
                    step = await actions.set_agent_state(
                        tx,
                        agent=agent,
                        event=event,
                        phone=phone or f"sip:{name}@192.0.2.1",
                        policy=POLICY,
                        at=after(at),
                    )
                    assert step.verdict.allowed
        return agent

    async def ask(
        self, agent: AgentId, event: AgentEvent, *, reason: str = "", phone: str = "", at: float
    ) -> tuple[str, ...]:
        """Ask for a state; returns the codes of the refusal."""
        async with self.database.transaction() as tx:
            step = await actions.set_agent_state(
                tx,
                agent=agent,
                event=event,  # type: ignore[arg-type]
                reason=reason,
                phone=phone,
                policy=POLICY,
                at=after(at),
            )
        return step.verdict.codes

    async def enter(
        self,
        name: str,
        matter: str = "account",
        *,
        language: Language = "zh",
        urgent: bool = False,
        since: datetime | None = None,
        line: str = "",
        at: float = 0,
    ) -> Waiter:
        """Let a caller wait."""
        async with self.database.transaction() as tx:
            return await actions.enter_queue(
                tx,
                interaction=InteractionId(name),
                call=CallId(f"call-{name}"),
                matter=matter,
                language=language,
                urgent=urgent,
                caller_number="+8613800138000",
                since=since,
                line=line,
                policy=POLICY,
                at=after(at),
            )

    async def leave(self, name: str, outcome: LeaveOutcome, *, at: float) -> Offer | None:
        """End a stay."""
        async with self.database.transaction() as tx:
            return await actions.leave_queue(
                tx, interaction=InteractionId(name), outcome=outcome, at=after(at)
            )

    async def offers(self, *, at: float) -> list[Offer]:
        """Make all offers that are due."""
        async with self.database.transaction() as tx:
            return await actions.make_offers(tx, policy=POLICY, at=after(at))

    async def accept(self, offer: Offer, *, at: float) -> tuple[str, ...]:
        """Accept with the right token; returns the codes of the refusal."""
        async with self.database.transaction() as tx:
            accepted = await actions.accept_offer(
                tx, offer=offer.id, token=offer.token, policy=POLICY, at=after(at)
            )
        return accepted.verdict.codes

    async def talk(self, name: str, agent: AgentId, *, at: float) -> tuple[str, ...]:
        """Begin a talk without an offer; returns the codes of the refusal."""
        async with self.database.transaction() as tx:
            verdict = await actions.start_talk(
                tx,
                agent=agent,
                interaction=InteractionId(name),
                kind="transfer",
                call=CallId(f"call-{name}"),
                policy=POLICY,
                at=after(at),
            )
        return verdict.codes

    async def end(self, name: str, agent: AgentId, *, at: float) -> tuple[str, ...]:
        """End a talk; returns the codes of the refusal."""
        async with self.database.transaction() as tx:
            verdict = await actions.end_talk(
                tx, interaction=InteractionId(name), agent=agent, policy=POLICY, at=after(at)
            )
        return verdict.codes

    async def expire(self, *, at: float) -> list[Offer]:
        """Sweep the offers."""
        async with self.database.transaction() as tx:
            return await actions.expire_offers(tx, policy=POLICY, at=after(at))

    async def state(self, agent: AgentId, *, at: float) -> AgentState:
        """Derive the state of an agent."""
        async with self.database.transaction() as tx:
            states = await actions.agent_states(tx, at=after(at))
        return next(state for one, state in states if one.id == agent)

    async def why(self, agent: AgentId, *, at: float) -> list[str]:
        """The reasons why an agent is not available."""
        return [reason.code for reason in (await self.state(agent, at=at)).reasons]

    async def waiting(self, *, at: float) -> list[str]:
        """Who waits, in the order of service."""
        async with self.database.transaction() as tx:
            return [one.interaction for one in await actions.waiting(tx, at=after(at))]

    async def journal(self, stream: str) -> list[tuple[str, JsonObject]]:
        """The acts of a stream, its chain checked."""
        async with self.database.transaction() as tx:
            links = await read_links(tx, stream)
        assert check_chain(stream, links) is None
        return [(link.entry.kind, link.entry.body) for link in links]

    async def kinds(self, stream: str) -> list[str]:
        """The kinds of the acts of a stream."""
        return [kind for kind, _ in await self.journal(stream)]
