"""What can be done in routing; every action is one step of a transaction, and journaled.

``waits``: entering and leaving queues, call-backs. ``offers``: made, accepted, declined, expired.
``talks``: begin, end, wrap-up. ``agents``: log-in, ready, not ready, phones. ``upkeep``: leases and
the reconciler. ``reading``: what is read. Locks are taken in the order of ``store.locks``.
"""

from cardline.routing.actions.agents import (
    Asked,
    agent_unreachable,
    end_skill,
    grant_skill,
    phone_state,
    register_agent,
    set_agent_state,
)
from cardline.routing.actions.offers import (
    accept_offer,
    anything_due,
    decline_offer,
    expire_offers,
    make_offers,
    withdraw_offer,
)
from cardline.routing.actions.reading import (
    agent_state,
    agent_states,
    all_queues,
    floor_now,
    is_closed,
    open_offer,
    queue_state,
    service_figures,
    talks_of,
    talks_wrapped,
    wait_groups,
    waiting,
)
from cardline.routing.actions.talks import attach_call, end_talk, end_wrap_up, start_talk
from cardline.routing.actions.upkeep import give_up_silent_lines, line_alive, reconcile
from cardline.routing.actions.waits import enter_queue, leave_queue, request_callback

__all__ = [
    "Asked",
    "accept_offer",
    "agent_state",
    "agent_states",
    "agent_unreachable",
    "all_queues",
    "anything_due",
    "attach_call",
    "decline_offer",
    "end_skill",
    "end_talk",
    "end_wrap_up",
    "enter_queue",
    "expire_offers",
    "floor_now",
    "give_up_silent_lines",
    "grant_skill",
    "is_closed",
    "leave_queue",
    "line_alive",
    "make_offers",
    "open_offer",
    "phone_state",
    "queue_state",
    "reconcile",
    "register_agent",
    "request_callback",
    "service_figures",
    "set_agent_state",
    "start_talk",
    "talks_of",
    "talks_wrapped",
    "wait_groups",
    "waiting",
    "withdraw_offer",
]
