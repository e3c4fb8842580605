"""When an agent may end a conversation. Pure."""

from collections.abc import Iterator
from datetime import datetime

from cardline.core.verdict import Reason, Verdict, judge
from cardline.desk.hard_conversations.model import HardFacts
from cardline.desk.model import DeskPolicy


def may_end_politely(facts: HardFacts, *, policy: DeskPolicy, now: datetime) -> Verdict:
    """Decide whether an agent may end a conversation after a warning (row A8).

    Reasons: ``not-warned``, ``warned-too-recently`` (until), ``freeze-asked``, ``freeze-open``,
    ``complaint-asked``, ``complaint-open``. Nothing is ever refused to the caller afterwards.
    """
    return judge(policy.version, _against_end(facts, policy, now))


def _against_end(facts: HardFacts, policy: DeskPolicy, now: datetime) -> Iterator[Reason]:
    row = "row A8"
    if facts.warned_at is None:
        yield Reason("not-warned", row)
    elif now < facts.warned_at + policy.warning_before:
        until = facts.warned_at + policy.warning_before
        yield Reason("warned-too-recently", policy.sources["warning_seconds"], until)
    if facts.freeze_asked:
        yield Reason("freeze-asked", row)
    settled = facts.card_settled_at
    if facts.freeze_came_at is not None and (settled is None or settled < facts.freeze_came_at):
        yield Reason("freeze-open", row)
    if facts.complaint_asked:
        yield Reason("complaint-asked", row)
    if facts.came_to_complain and not facts.complaint_taken:
        yield Reason("complaint-open", row)
