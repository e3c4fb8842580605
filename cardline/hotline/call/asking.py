"""How a route asks something of a call that is up, and waits for the answer."""

import asyncio
from collections.abc import Callable
from typing import Any, Literal, Protocol

from pydantic import BaseModel

from cardline.core.clock import Clock
from cardline.core.errors import Conflict, Invalid, NotFound
from cardline.core.ids import AgentId
from cardline.core.transaction import Database
from cardline.desk.staff.model import Role, Staff
from cardline.hotline.call.conversation import Conversation
from cardline.hotline.call.requests import Request
from cardline.routing.model import RoutingPolicy

ANSWER_SECONDS = 5.0

Answer = asyncio.Future[None]


class CallServices(Protocol):
    """What the routes of calls need."""

    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def routing(self) -> RoutingPolicy: ...
    @property
    def trunk(self) -> str: ...

    def conversation(self, interaction: str) -> Conversation | None:
        """Return a call that is up on this node."""
        ...

    def call_with_agent(self, agent: AgentId) -> Conversation | None:
        """Return the call in which an agent rings or is up."""
        ...

    def call_with_leg(self, leg: str) -> Conversation | None:
        """Return the call of a leg."""
        ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


class Accepted(BaseModel):
    """The request was carried out."""

    status: Literal["done"] = "done"


def agent_of(staff: Staff) -> AgentId:
    """Return the agent that somebody is. Raises ``Invalid`` for who takes no calls."""
    if staff.agent_id is None:
        raise Invalid("only somebody who takes calls can do this")
    return staff.agent_id


def call_of(services: CallServices, interaction: str) -> Conversation:
    """Return a call that is up. Raises ``NotFound``."""
    conversation = services.conversation(interaction)
    if conversation is None:
        raise NotFound("this call is not up")
    return conversation


async def ask(
    conversation: Conversation, staff: Staff, make: Callable[[AgentId, Answer], Request]
) -> Accepted:
    """Hand a request to the call and wait until it is carried out."""
    answer: Answer = asyncio.get_running_loop().create_future()
    conversation.post(make(agent_of(staff), answer))
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await answer
    except TimeoutError:
        raise Conflict("the call does not answer; try again") from None
    return Accepted()
