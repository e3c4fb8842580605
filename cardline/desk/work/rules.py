"""What a wrap-up still lacks. Pure."""

from collections.abc import Iterator
from datetime import datetime

from cardline.core.verdict import Reason, Verdict, judge
from cardline.desk.catalogue import DeskCatalogue
from cardline.desk.model import DeskPolicy
from cardline.desk.work.model import WrapUp

_UNHEARD = frozenset({"caller-left", "not-reached", "transferred", "ended-politely"})
"""Outcomes after which nobody could be asked for anything else or hear anything read back."""


def may_complete(
    wrap_up: WrapUp,
    *,
    talking: bool,
    catalogue: DeskCatalogue,
    policy: DeskPolicy,
    now: datetime,
) -> Verdict:
    """Say what a wrap-up still lacks (row A4); with nothing missing it may be completed."""
    return judge(
        policy.version,
        _missing(wrap_up, talking=talking, catalogue=catalogue, policy=policy, now=now),
    )


def _missing(
    wrap_up: WrapUp, *, talking: bool, catalogue: DeskCatalogue, policy: DeskPolicy, now: datetime
) -> Iterator[Reason]:
    row = "row A4"
    if talking:
        yield Reason("still-talking", row)
    if not wrap_up.matter:
        yield Reason("matter-missing", row)
    elif wrap_up.matter not in catalogue.codes("matters"):
        yield Reason("matter-unknown", row)
    if not wrap_up.outcome:
        yield Reason("outcome-missing", row)
    elif wrap_up.outcome not in catalogue.codes("outcomes"):
        yield Reason("outcome-unknown", row)
    if len(wrap_up.summary.strip()) < policy.summary_characters:
        yield Reason("summary-short", policy.sources["summary_characters"])
    if wrap_up.outcome not in _UNHEARD:
        if not wrap_up.anything_else_asked:
            yield Reason("anything-else-not-asked", row)
        if not wrap_up.read_back_confirmed:
            yield Reason("read-back-not-confirmed", row)
    if wrap_up.outcome == "promised" and not wrap_up.promises:
        yield Reason("promise-missing", row)
    if any(not promise.what.strip() for promise in wrap_up.promises):
        yield Reason("promise-empty", row)
    if any(promise.due_at <= now for promise in wrap_up.promises):
        yield Reason("promise-late", row)
    if any(promise.due_at > now + policy.promise_ahead for promise in wrap_up.promises):
        yield Reason("promise-far", policy.sources["promise_days"])
    if wrap_up.asks:
        yield Reason("asks-for-secret", "row E5")
