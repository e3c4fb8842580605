"""What outreach does: the one gate, and what people decide about being contacted.

``passing``: the gate. ``permissions``: consents and withdrawals. ``standing``: blocks, marks, open
complaints. ``choosing``: the holder's wishes and reject list. ``numbers``: how well one is known.
``looking``: all of it at once, for whoever talks with the holder.
"""

from cardline.outreach.actions.choosing import (
    reject,
    rejected_by,
    set_wishes,
    unreject,
    wishes_of,
)
from cardline.outreach.actions.looking import Permissions, Way, permissions_of
from cardline.outreach.actions.numbers import confirm_number, know_number, scrub_number
from cardline.outreach.actions.passing import (
    DECIDED,
    cancel_contact,
    contacts_of,
    decided_in,
    pass_gate,
    recipient_of,
    tell_outcome,
)
from cardline.outreach.actions.permissions import (
    consents_in_force,
    give_consent,
    stop_marketing,
    withdraw,
)
from cardline.outreach.actions.standing import block, is_blocked, loosen, tighten, unblock

__all__ = [
    "DECIDED",
    "Permissions",
    "Way",
    "block",
    "cancel_contact",
    "confirm_number",
    "consents_in_force",
    "contacts_of",
    "decided_in",
    "give_consent",
    "is_blocked",
    "know_number",
    "loosen",
    "pass_gate",
    "permissions_of",
    "recipient_of",
    "reject",
    "rejected_by",
    "scrub_number",
    "set_wishes",
    "stop_marketing",
    "tell_outcome",
    "tighten",
    "unblock",
    "unreject",
    "wishes_of",
    "withdraw",
]
