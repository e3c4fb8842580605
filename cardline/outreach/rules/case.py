"""What all checks of one verdict look at."""

from dataclasses import dataclass
from datetime import date, datetime

from cardline.outreach.model import NO_WISHES, Contact, ContactPolicy, Hours, Recipient
from cardline.outreach.rules.openings import narrowed, opening


@dataclass(slots=True)
class Case:
    """One contact that is judged; ``hours`` are those of pack and holder together.

    ``hours`` ``None``: any hour, or, with ``never``, no hour at all is left.
    """

    contact: Contact
    recipient: Recipient
    policy: ContactPolicy
    now: datetime
    local: datetime
    today: date
    hours: Hours | None
    never: bool

    def opening(self, at: datetime) -> datetime | None:
        """Return when the hours allow the contact, from ``at`` on; ``None``: nobody knows."""
        if self.never:
            return None
        if self.hours is None:
            return at
        return opening(self.hours, self.recipient.zone, self.policy, at)


def case_of(
    contact: Contact, recipient: Recipient, policy: ContactPolicy, *, now: datetime
) -> Case:
    """Put together what the checks need."""
    local = now.astimezone(recipient.zone)
    hours = None if contact.channel in policy.any_hour else policy.hours.get(contact.purpose)
    never = False
    wishes = recipient.wishes
    if hours is not None and wishes is not NO_WISHES:
        hours = narrowed(hours, wishes)
        never = hours is None
    return Case(contact, recipient, policy, now, local, local.date(), hours, never)
