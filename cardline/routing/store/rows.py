"""How rows become types; the column lists that belong to them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from cardline.routing.model import Agent, AgentProfile, Language, Offer, Talk, Waiter, Wanted

WAIT_COLUMNS = (
    "w.id, w.interaction, w.queue, w.language, w.urgent, w.since, w.entered_at, w.call, "
    "w.callback, w.number, w.not_before, w.attempt"
)
"""To be followed by whether the line that holds the call is alive."""

OFFER_COLUMNS = (
    "o.id, o.token, o.wait, o.interaction, w.call, o.agent, o.phone, w.queue, w.urgent, "
    "w.callback, w.number, w.since, o.made_at, o.ring_until, o.expires_at, o.state"
)

TALK_COLUMNS = (
    "t.id, t.interaction, t.agent, t.kind, t.started_at, t.queue, t.offer, t.call, t.leg, "
    "t.ended_at, t.cause"
)


def waiter(row: Sequence[Any]) -> Waiter:
    """Read ``WAIT_COLUMNS`` and the liveness after them."""
    return Waiter(*row[:13])


def offer(row: Sequence[Any]) -> Offer:
    """Read ``OFFER_COLUMNS``."""
    return Offer(*row[:16])


def talk(row: Sequence[Any]) -> Talk:
    """Read ``TALK_COLUMNS``."""
    return Talk(*row[:11])


def agent(row: Sequence[Any]) -> Agent:
    """Read the columns of ``agents.select``, which follow the order of the fields."""
    key, languages, skills, wanted, *rest = row
    return Agent(key, _languages(languages), _words(skills), _WANTED[wanted], *rest)


def profile(row: Sequence[Any]) -> AgentProfile:
    """Read languages, skills, number on duty, number ready."""
    languages, skills, staffed, ready = row
    return AgentProfile(_words(skills), _languages(languages), staffed, ready)


_WANTED = {wanted.value: wanted for wanted in Wanted}


@lru_cache(maxsize=1024)
def _words(text: str | None) -> frozenset[str]:
    """Agents of one kind share one set: hundreds of them are read for every decision."""
    return frozenset(text.split(",")) if text else frozenset()


@lru_cache(maxsize=16)
def _languages(text: str) -> frozenset[Language]:
    return frozenset(cast(list[Language], text.split(",")))
