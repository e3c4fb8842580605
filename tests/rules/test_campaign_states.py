"""What may happen to a campaign, when the next try is, and what a difference is worth."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.policy import load_area
from cardline.core.verdict import Reason, RuleVersion, Verdict
from cardline.outreach.campaigns.model import (
    FORMS,
    Campaign,
    CampaignId,
    Entry,
    EntryId,
    Event,
    Kind,
    Mode,
    Outcome,
    State,
)
from cardline.outreach.campaigns.policy import campaign_policy
from cardline.outreach.campaigns.rules.intervals import difference, share
from cardline.outreach.campaigns.rules.states import (
    after,
    may_happen,
    next_try,
    not_before,
    outcome_of,
    retry_after_refusal,
)
from cardline.outreach.model import Channel, Purpose

POLICY = campaign_policy(load_area("campaigns"))
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # noon in Shanghai
Z = 1.959964
CAMPAIGN = Campaign(
    id=CampaignId("cp1"),
    name="reminder",
    kind=Kind.REMINDER,
    channel=Channel.CALL,
    mode=Mode.PROGRESSIVE,
    matter="general",
    opening="played",
    script={},
    minutes=3,
    opens=time(9),
    closes=time(20),
    retries=2,
    abandonment_limit=0.03,
    hold_out=0.1,
    state=State.RUNNING,
    created_by="staff:1",
    created_at=NOW,
)
ENTRY = Entry(
    id=EntryId("en1"),
    campaign=CAMPAIGN.id,
    place=1,
    holder=HolderId("h1"),
    phone=PhoneNumber("+8613800138000"),
    language="zh",
    zone="Asia/Shanghai",
    fields={},
    arm="contacted",
    state="dialling",
    attempts=1,
    due_at=NOW,
)


@given(events=st.lists(st.sampled_from(Event), max_size=12))
def test_what_has_ended_never_runs_again(events: list[Event]) -> None:
    state, ended = State.DRAFT, False
    for event in events:
        following = after(state, event)
        if ended:
            assert following is None
        state = following or state
        ended = ended or state in (State.STOPPED, State.DONE)


def test_everything_that_has_not_ended_can_be_stopped() -> None:
    for state in (State.DRAFT, State.RUNNING, State.PAUSED):
        assert after(state, Event.STOP) is State.STOPPED


def test_an_empty_campaign_is_not_started() -> None:
    draft = replace(CAMPAIGN, state=State.DRAFT)
    assert may_happen(draft, Event.START, POLICY, entries=0).codes == ("list-empty",)
    assert may_happen(draft, Event.START, POLICY, entries=1).allowed


def test_a_change_that_is_out_of_place_says_where_the_campaign_stands() -> None:
    stopped = replace(CAMPAIGN, state=State.STOPPED)
    assert may_happen(stopped, Event.START, POLICY, entries=5).codes == ("campaign-stopped",)


@pytest.mark.parametrize(
    ("hour", "zone", "opens"),
    [
        (4, "Asia/Shanghai", None),
        (0, "Asia/Shanghai", datetime(2026, 11, 24, 1, 0, tzinfo=UTC)),
        (12, "Asia/Shanghai", datetime(2026, 11, 25, 1, 0, tzinfo=UTC)),
        (4, "Europe/London", datetime(2026, 11, 24, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_campaign_calls_in_its_hours_of_the_holders_zone(
    hour: int, zone: str, opens: datetime | None
) -> None:
    assert not_before(CAMPAIGN, zone, now=NOW.replace(hour=hour)) == opens


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (486, Outcome.BUSY),
        (603, Outcome.BUSY),
        (408, Outcome.NO_ANSWER),
        (480, Outcome.NO_ANSWER),
        (404, Outcome.BAD_NUMBER),
        (503, Outcome.FAILED),
        (0, Outcome.NO_ANSWER),
    ],
)
def test_what_the_network_says_is_an_outcome(status: int, outcome: Outcome) -> None:
    assert outcome_of(status) is outcome


def test_who_was_not_reached_is_tried_again_until_the_tries_are_spent() -> None:
    assert next_try(CAMPAIGN, ENTRY, Outcome.BUSY, POLICY, now=NOW) == NOW + timedelta(minutes=30)
    spent = replace(ENTRY, attempts=3)
    assert next_try(CAMPAIGN, spent, Outcome.NO_ANSWER, POLICY, now=NOW) is None


@pytest.mark.parametrize(
    "outcome",
    [Outcome.TALKED, Outcome.WITHDRAWN, Outcome.WILL_RING, Outcome.BAD_NUMBER, Outcome.HUNG_UP],
)
def test_who_was_reached_or_does_not_want_it_is_never_tried_again(outcome: Outcome) -> None:
    assert next_try(CAMPAIGN, ENTRY, outcome, POLICY, now=NOW) is None


def test_a_call_that_we_took_back_is_no_try_of_theirs() -> None:
    spent = replace(ENTRY, attempts=3)
    assert next_try(CAMPAIGN, spent, Outcome.CANCELLED, POLICY, now=NOW) is not None


def test_a_refusal_without_an_end_is_for_good_and_one_with_an_end_is_looked_at_then() -> None:
    rule = RuleVersion("x")
    for_good = Verdict(rule, (Reason("no-contact", "x"),))
    later = Verdict(rule, (Reason("quiet-hours", "x", NOW + timedelta(hours=3)),))
    assert retry_after_refusal(for_good, now=NOW) is None
    assert retry_after_refusal(later, now=NOW) == NOW + timedelta(hours=3)


def test_a_kind_has_one_purpose_and_offers_are_marketing() -> None:
    assert FORMS[Kind.OFFER].purpose is Purpose.MARKETING
    assert FORMS[Kind.SURVEY].purpose is Purpose.SURVEY
    assert FORMS[Kind.ALERT].purpose is Purpose.SECURITY


def test_a_share_has_wilsons_interval() -> None:
    found = share(15, 148, z=Z)  # Newcombe 1998, table I: 0.0624 to 0.1605
    assert (round(found.low, 4), round(found.high, 4)) == (0.0624, 0.1605)
    assert share(0, 20, z=Z).low == 0.0
    assert share(20, 20, z=Z).high == 1.0
    assert (share(0, 0, z=Z).low, share(0, 0, z=Z).high) == (0.0, 1.0)


def test_a_difference_has_newcombes_interval() -> None:
    found = difference(share(56, 70, z=Z), share(48, 80, z=Z))  # Newcombe 1998, example (a)
    assert round(found.value, 4) == 0.2
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)
    assert found.tells


@given(a=st.integers(0, 200), m=st.integers(1, 200), b=st.integers(0, 200), n=st.integers(1, 200))
def test_an_interval_holds_its_difference(a: int, m: int, b: int, n: int) -> None:
    found = difference(share(min(a, m), m, z=Z), share(min(b, n), n, z=Z))
    assert -1 <= found.low <= found.value <= found.high <= 1
