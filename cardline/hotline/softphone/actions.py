"""The browser as a phone: taken by one tab, kept by signs of life, let go (row A4)."""

from datetime import datetime

from cardline.core.actor import Actor
from cardline.core.errors import Conflict
from cardline.core.ids import AgentId
from cardline.core.live import tell, to_agents
from cardline.core.transaction import Transaction
from cardline.evidence.actions import journal
from cardline.hotline.softphone import rules, store
from cardline.hotline.softphone.model import Taken
from cardline.routing import actions as routing
from cardline.routing.model import RoutingPolicy
from cardline.routing.rules import web_phone


class OtherTab(Conflict):
    """Another tab is this agent's phone."""

    code = "other-tab"


async def take(
    tx: Transaction,
    *,
    agent: AgentId,
    tab: str,
    take_over: bool,
    policy: RoutingPolicy,
    at: datetime,
    by: Actor,
) -> Taken:
    """Make a tab the agent's phone; it counts as registered until its lease ends."""
    present = await store.softphone_of(tx, agent)
    taken = rules.may_take(present, tab, take_over=take_over, policy=policy, now=at)
    if taken.verdict.allowed:
        await store.put_softphone(tx, agent, tab, at=at)
        await _renew(tx, agent, policy, at=at)
        if present is not None and present.tab != tab:  # the former tab stops by itself
            tell(tx, kind="softphone", id=agent, to=to_agents(agent), data={"tab": tab})
    if present is None or present.tab != tab:
        await journal(
            tx,
            stream=agent,
            kind="softphone.taken" if taken.verdict.allowed else "softphone.refused",
            by=by,
            body={"tab": tab, "taken_over": taken.taken_over},
            at=at,
            verdict=taken.verdict,
        )
    return taken


async def alive(
    tx: Transaction, *, agent: AgentId, tab: str, policy: RoutingPolicy, at: datetime
) -> None:
    """Take note of a sign of life. Raises :class:`OtherTab` where the phone is another's."""
    if not await store.see_softphone(tx, agent, tab, at=at):
        raise OtherTab("this tab is not your phone any more; another one took it over, or let go")
    await _renew(tx, agent, policy, alone=True, at=at)


async def is_phone(tx: Transaction, *, agent: AgentId, tab: str) -> bool:
    """Say whether this tab is the agent's phone."""
    present = await store.softphone_of(tx, agent)
    return present is not None and present.tab == tab


async def let_go(
    tx: Transaction,
    *,
    agent: AgentId,
    tab: str,
    policy: RoutingPolicy,
    at: datetime,
    by: Actor,
) -> bool:
    """The tab is closed: no more offers. False where it was not the phone. A talk is kept."""
    if not await store.drop_softphone(tx, agent, tab):
        return False
    await routing.phone_state(tx, phone=web_phone(agent), registered=False, policy=policy, at=at)
    await journal(tx, stream=agent, kind="softphone.let-go", by=by, body={"tab": tab}, at=at)
    return True


async def _renew(
    tx: Transaction, agent: AgentId, policy: RoutingPolicy, *, alone: bool = False, at: datetime
) -> None:
    await routing.phone_state(
        tx,
        phone=web_phone(agent),
        registered=True,
        policy=policy,
        until=at + policy.web_phone_lease,
        alone=alone,
        at=at,
    )
