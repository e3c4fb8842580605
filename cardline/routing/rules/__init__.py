"""The rules of routing: pure, time is an argument.

``offers``: who is next, and for whom. ``agents``: what an agent's state is and how it changes.
``places``: place and estimated wait. ``figures``: the figures of the queues. ``policy``: the pack.
"""

from cardline.routing.rules.agents import (
    changes_by_itself,
    idle_since,
    needs_lease,
    on_duty,
    state_of,
    step,
    web_phone,
)
from cardline.routing.rules.figures import in_all, service
from cardline.routing.rules.offers import (
    may_accept,
    may_call_back,
    may_serve,
    next_offer,
    service_order,
    serving_skills,
)
from cardline.routing.rules.places import (
    estimate_wait,
    profiles,
    profiles_of,
    queue_state,
    queue_states,
    skills_for,
)
from cardline.routing.rules.policy import queue_for, queue_named, read_policy

__all__ = [
    "changes_by_itself",
    "estimate_wait",
    "idle_since",
    "in_all",
    "may_accept",
    "may_call_back",
    "may_serve",
    "needs_lease",
    "next_offer",
    "on_duty",
    "profiles",
    "profiles_of",
    "queue_for",
    "queue_named",
    "queue_state",
    "queue_states",
    "read_policy",
    "service",
    "service_order",
    "serving_skills",
    "skills_for",
    "state_of",
    "step",
    "web_phone",
]
