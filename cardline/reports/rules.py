"""Every metric, defined once (row G8). Worked examples: the README.

Service level, connect rate, abandonment and mean wait are defined in ``routing.rules.figures``;
here are the others. All are functions of facts: nothing is counted while it happens, so nothing
drifts.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from cardline.core.ids import QueueName
from cardline.core.policy import AreaPolicy
from cardline.reports.model import (
    CallBacks,
    Danger,
    Duty,
    DutyChange,
    FirstContact,
    Handling,
    Period,
    RepeatCallers,
    ReportPolicy,
    TalkFact,
    Visit,
)
from cardline.routing.model import (
    Agent,
    AgentState,
    Queue,
    Waiter,
    WaitGroup,
    Wanted,
)


def read_report_policy(area: AreaPolicy) -> ReportPolicy:
    """Read the pack's ``reports`` area. Raises ``PolicyError`` where an entry is missing."""
    return ReportPolicy(
        version=area.version,
        first_contact=area.days("first_contact_days"),
        repeat_calls=area.integer("repeat_calls"),
        long_talk=timedelta(minutes=area.integer("long_talk_minutes")),
        longest=area.days("longest_days"),
    )


def days_of(period: Period, zone: ZoneInfo) -> Iterable[Period]:
    """Cut a period at the midnights of a zone."""
    start = period.start
    while start < period.end:
        tomorrow = start.astimezone(zone).date() + timedelta(days=1)
        end = min(datetime.combine(tomorrow, time(), zone), period.end)
        yield Period(start, end)
        start = end


def hours_of(period: Period) -> Iterable[Period]:
    """Cut a period at full hours, which are the same in every zone that matters here."""
    start = period.start
    while start < period.end:
        full = start.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        end = min(full, period.end)
        yield Period(start, end)
        start = end


def wait_percentile(groups: Iterable[WaitGroup], percent: int) -> int | None:
    """Return the seconds, rounded up, within which ``percent`` of the answered were answered.

    The nearest rank: of ``n`` waits in their order the one at ``ceil(n × percent / 100)``.
    """
    answered = sorted(
        (group.seconds, group.count) for group in groups if group.outcome == "answered"
    )
    rank = math.ceil(sum(count for _, count in answered) * percent / 100)
    seen = 0
    for seconds, count in answered:
        seen += count
        if seen >= rank:
            return seconds
    return None


def handling(talks: Iterable[TalkFact], period: Period, *, now: datetime) -> Handling:
    """Count the conversations that ended in the period, with wrap-up as far as it has passed.

    One that failed (nobody heard the other) is none. Transfers and consultations are
    conversations of the agent who had them. ``transferred``: handed on to somebody else.
    """
    ended = [
        (talk, talk.ended_at, max(min(talk.wrapped_at or now, now), talk.ended_at))
        for talk in talks
        if talk.ended_at is not None
        and talk.cause != "failed"
        and period.start <= talk.ended_at < period.end
    ]
    return Handling(
        talks=len(ended),
        talking=sum((end - talk.started_at for talk, end, _ in ended), timedelta(0)),
        wrap_up=sum((wrapped - end for _, end, wrapped in ended), timedelta(0)),
        transferred=sum(talk.cause == "transferred" for talk, _, _ in ended),
    )


def duty(
    changes: Sequence[DutyChange], talks: Iterable[TalkFact], period: Period, *, now: datetime
) -> Duty:
    """Say how an agent's time was used, as far as it has passed.

    ``changes`` are in order, with the last one before the period. Busy are talks and wrap-ups of
    any kind but failed ones, counted once where they overlap. Ready is the time for which the
    agent asked to be ready, without what was busy in it.
    """
    until = Period(period.start, min(period.end, now))
    busy = _merged(
        (talk.started_at, talk.wrapped_at or talk.ended_at or now)
        for talk in talks
        if talk.cause != "failed"
    )
    logged_in, ready = timedelta(0), timedelta(0)
    wanted = Wanted.LOGGED_OUT
    ends = [*(change.at for change in changes[1:]), until.end]
    for change, end in zip(changes, ends, strict=False):
        wanted = change.after(wanted)
        if wanted is not Wanted.LOGGED_OUT:
            logged_in += until.within(change.at, end)
        if wanted is Wanted.READY:
            span = Period(max(change.at, until.start), max(min(end, until.end), change.at))
            taken = sum((span.within(*one) for one in busy), timedelta(0))
            ready += until.within(change.at, end) - taken
    return Duty(
        logged_in=logged_in,
        ready=ready,
        busy=sum((until.within(*one) for one in busy), timedelta(0)),
    )


def _merged(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def first_contact(
    visits: Iterable[Visit], period: Period, policy: ReportPolicy, *, now: datetime
) -> FirstContact:
    """Count whose matter was settled at the first contact.

    A contact is an interaction in which an agent answered a queue of that matter, and which was
    over in the period. It was repeated where the same holder entered a queue of the same matter in
    another interaction within ``first_contact`` after its end. ``visits`` must reach that far.
    """
    by_matter: dict[tuple[str, str], list[Visit]] = {}
    for visit in visits:
        by_matter.setdefault((visit.holder, visit.matter), []).append(visit)
    resolved, repeated, undecided = 0, 0, 0
    for several in by_matter.values():
        over = {
            visit.interaction: visit.closed_at
            for visit in several
            if visit.outcome == "answered"
            and visit.closed_at is not None
            and period.start <= visit.closed_at < period.end
        }
        for interaction, closed_at in over.items():
            limit = closed_at + policy.first_contact
            if any(
                other.interaction != interaction and closed_at <= other.entered_at < limit
                for other in several
            ):
                repeated += 1
            elif limit > now:
                undecided += 1
            else:
                resolved += 1
    return FirstContact(resolved, repeated, undecided)


def repeat_callers(callers_by_calls: Mapping[int, int], policy: ReportPolicy) -> RepeatCallers:
    """Count callers by how often they called: how many did so too often, with how many calls."""
    often = {
        calls: callers
        for calls, callers in callers_by_calls.items()
        if calls >= policy.repeat_calls
    }
    return RepeatCallers(
        callers=sum(often.values()),
        calls=sum(calls * callers for calls, callers in often.items()),
    )


def call_backs(outcomes: Mapping[str | None, int]) -> CallBacks:
    """Count call-backs by how the stay of each ended; ``None``: it still waits."""
    return CallBacks(
        asked=sum(outcomes.values()),
        reached=outcomes.get("answered", 0),
        given_up=sum(
            count for outcome, count in outcomes.items() if outcome not in ("answered", None)
        ),
        waiting=outcomes.get(None, 0),
    )


def dangers(
    waiting: Iterable[Waiter],
    agents: Iterable[tuple[Agent, AgentState]],
    queues: Mapping[QueueName, Queue],
    policy: ReportPolicy,
    *,
    told: Iterable[Danger] = (),
    now: datetime,
) -> list[Danger]:
    """Name the calls at which a lead should look, the oldest first.

    ``waits-too-long``: on the line beyond the wait target of the queue. ``talks-too-long``: in one
    talk for ``long_talk``. ``agent-away``: the agent's phone or line gives no sign of life.
    ``told`` are those that were written down when they began: ``help-asked``, ``agent-silent``.
    """
    found = list(told)
    for waiter in waiting:
        queue = queues.get(waiter.queue)
        target = queue.wait_target if queue is not None else timedelta(0)
        if not waiter.callback and now - waiter.entered_at > target:
            late = waiter.entered_at + target
            found.append(Danger("waits-too-long", waiter.interaction, late, waiter.queue))
    for agent, state in agents:
        if agent.talk is None or agent.talk_since is None:
            continue
        codes = {reason.code for reason in state.reasons}
        if codes & {"line-silent", "phone-unregistered"}:
            gone = agent.phone_until if "phone-unregistered" in codes else None
            since = min(gone or now, now)
            found.append(Danger("agent-away", agent.talk, since, agent=agent.id))
        if now - agent.talk_since > policy.long_talk:
            since = agent.talk_since + policy.long_talk
            found.append(Danger("talks-too-long", agent.talk, since, agent=agent.id))
    return sorted(found, key=lambda one: (one.since, one.interaction))
