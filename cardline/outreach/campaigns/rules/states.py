"""What may happen to a campaign and to an entry, and when the next try is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cardline.core.verdict import Reason, Verdict
from cardline.outreach.campaigns.model import (
    Campaign,
    CampaignPolicy,
    Entry,
    Event,
    Outcome,
    State,
)

_NEXT: dict[Event, dict[State, State]] = {
    Event.START: {State.DRAFT: State.RUNNING, State.PAUSED: State.RUNNING},
    Event.PAUSE: {State.RUNNING: State.PAUSED},
    Event.STOP: {
        State.DRAFT: State.STOPPED,
        State.RUNNING: State.STOPPED,
        State.PAUSED: State.STOPPED,
    },
    Event.RUN_OUT: {State.RUNNING: State.DONE},
}

UNANSWERED = frozenset({Outcome.NO_ANSWER, Outcome.BUSY, Outcome.BAD_NUMBER, Outcome.CANCELLED})
"""Tries in which nobody heard anything."""
_BUSY = frozenset({486, 600, 603})
_NOBODY = frozenset({0, 408, 480, 487})
_NO_NUMBER = frozenset({404, 410, 484, 604})


def after(state: State, event: Event) -> State | None:
    """Return the state after an event; ``None`` where the event may not happen then."""
    return _NEXT[event].get(state)


def may_happen(
    campaign: Campaign, event: Event, policy: CampaignPolicy, *, entries: int
) -> Verdict:
    """Decide whether a campaign may be started, paused, stopped; an empty list is not started."""
    refusals: list[Reason] = []
    if after(campaign.state, event) is None:
        refusals.append(Reason(f"campaign-{campaign.state}", "campaigns: states of the README"))
    if event is Event.START and entries == 0:
        refusals.append(Reason("list-empty", "campaigns: nobody to contact"))
    return Verdict(policy.version, tuple(refusals))


def not_before(campaign: Campaign, zone: str, *, now: datetime) -> datetime | None:
    """Return when the campaign's own hours begin next; ``None`` where they are now."""
    local = now.astimezone(ZoneInfo(zone))
    if campaign.opens <= local.time() < campaign.closes:
        return None
    day = local.date() + timedelta(days=1 if local.time() >= campaign.closes else 0)
    return datetime.combine(day, campaign.opens, ZoneInfo(zone)).astimezone(UTC)


def outcome_of(status: int) -> Outcome:
    """Return how a call ended that nobody answered, from its SIP status; 0 is unknown."""
    if status in _BUSY:
        return Outcome.BUSY
    if status in _NO_NUMBER:
        return Outcome.BAD_NUMBER
    return Outcome.NO_ANSWER if status in _NOBODY else Outcome.FAILED


def next_try(
    campaign: Campaign, entry: Entry, outcome: Outcome, policy: CampaignPolicy, *, now: datetime
) -> datetime | None:
    """Return when to try again; ``None`` where it was the last try.

    A call that we took back ourselves is no try of the person's.
    """
    pause = policy.retry_after.get(outcome)
    if pause is None:
        return None
    if outcome is not Outcome.CANCELLED and entry.attempts > campaign.retries:
        return None
    return now + pause


def retry_after_refusal(verdict: Verdict, *, now: datetime) -> datetime | None:
    """Return when an entry that the gate refused is looked at again; ``None``: not any more."""
    later = verdict.not_before
    return None if later is None else max(later, now + timedelta(minutes=1))
