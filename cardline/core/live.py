"""Telling open browsers that something changed: what, and to whom.

An event leaves after the commit of its transaction, through ``NOTIFY``, so that every node hears it
and one that is rolled back is never told. It carries ids and small views; never a secret, never a
number that is not masked. What browsers receive stands in ``docs/reference/api.md``.
"""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import msgspec

from cardline.core.ids import AgentId
from cardline.core.roles import ROLES, Role
from cardline.core.transaction import Database, JsonObject, Transaction

CHANNEL = "live"

Kind = Literal[
    "agent",
    "offer",
    "offer-gone",
    "queues",
    "call",
    "interaction",
    "chat",
    "task",
    "case",
    "softphone",
    "help",
]
"""What an event is about. ``agent``, ``offer``, ``offer-gone`` and ``queues`` come from routing's
own wake-ups; nobody needs to tell them."""
KINDS: tuple[Kind, ...] = get_args(Kind)

_MOST_BYTES = 7999
"""What PostgreSQL takes as the payload of a ``NOTIFY``."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who hears an event: these agents, and everybody with one of these roles."""

    agents: frozenset[AgentId] = frozenset()
    roles: frozenset[Role] = frozenset()

    def __or__(self, other: "Audience") -> "Audience":
        return Audience(self.agents | other.agents, self.roles | other.roles)

    def includes(self, agent: AgentId | None, role: Role) -> bool:
        """True where somebody with this role, and this id in routing, hears it."""
        return role in self.roles or (agent is not None and agent in self.agents)


STAFF = Audience(roles=frozenset(ROLES))
"""Everybody who serves."""
SUPERVISORS = Audience(roles=frozenset[Role]({"lead", "quality", "compliance", "administrator"}))
"""Everybody but the agents: those who watch the whole floor."""


def to_agents(*agents: AgentId) -> Audience:
    """Return the audience of these agents alone."""
    return Audience(agents=frozenset(agents))


def to_roles(*roles: Role) -> Audience:
    """Return the audience of everybody with one of these roles."""
    return Audience(roles=frozenset(roles))


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it was told. ``data`` is ``None`` where the browser has to read it itself."""

    kind: Kind
    id: str
    to: Audience
    data: Any = None


def tell(
    tx: Transaction | Database,
    *,
    kind: Kind,
    id: str,  # noqa: A002 - the word that browsers see
    to: Audience,
    data: JsonObject | None = None,
) -> None:
    """Tell ``to`` after the commit that something happened to ``id``; by a database: now.

    ``data`` that is too large to go along is left out. The same event told twice at once arrives
    once.
    """
    tx.tell(CHANNEL, payload_of(Told(kind, id, to, data)))


def payload_of(told: Told) -> str:
    """Write an event for the channel, without its data where it would be too long.

    Raises ``ValueError`` where even that does not suffice.
    """
    payload: bytes = b""
    for data in (told.data, None):
        payload = msgspec.json.encode(
            (told.kind, told.id, sorted(told.to.agents), sorted(told.to.roles), data)
        )
        if len(payload) <= _MOST_BYTES:
            return payload.decode()
    raise ValueError(f"an event of {len(payload)} bytes cannot be told")


def told_of(payload: str) -> Told:
    """Read what :func:`payload_of` wrote. Raises ``ValueError``."""
    kind, key, agents, roles, data = msgspec.json.decode(
        payload, type=tuple[Kind, str, frozenset[AgentId], frozenset[Role], Any]
    )
    return Told(kind, key, Audience(agents, roles), data)
