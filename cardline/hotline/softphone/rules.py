"""May this tab be the agent's phone? One tab for each agent (row A4)."""

from datetime import datetime

from cardline.core.verdict import Reason, Verdict
from cardline.hotline.softphone.model import Softphone, Taken
from cardline.routing.model import RoutingPolicy


def may_take(
    present: Softphone | None, tab: str, *, take_over: bool, policy: RoutingPolicy, now: datetime
) -> Taken:
    """A tab that is alive keeps the phone unless another takes it over on purpose.

    A tab without a sign of life for the lease has lost it: nobody has to ask a page that is gone.
    """
    alive = (
        present is not None
        and present.tab != tab
        and now < present.seen_at + policy.web_phone_lease
    )
    if alive and not take_over and present is not None:
        until = present.seen_at + policy.web_phone_lease
        return Taken(
            Verdict(
                policy.version, (Reason("other-tab", "routing.web_phone_lease_seconds", until),)
            )
        )
    return Taken(Verdict(policy.version), taken_over=alive)
