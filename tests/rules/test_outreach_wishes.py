"""The holder's wishes, marks and complaints, days, and how old a number is."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.core.policy import load_area
from cardline.outreach.model import (
    Block,
    BlockKind,
    Channel,
    Consent,
    Contact,
    Hours,
    NumberFacts,
    Past,
    Purpose,
    Recipient,
    Wishes,
    Withdrawal,
)
from cardline.outreach.policy import contact_policy
from cardline.outreach.rules import may_contact, next_opening
from cardline.outreach.rules.openings import day_off
from cardline.outreach.rules.wishing import may_wish
from tests.rules.outreach_people import HOLDER, PHONE, ZONES, contacts, recipients, times

CN = contact_policy(load_area("outreach"))
UK = contact_policy(load_area("outreach", pack="uk"))
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)
"""A Monday."""
LONG_AGO = NOON - timedelta(days=300)
YES = Consent(Purpose.MARKETING, Channel.SMS, LONG_AGO, None, "app")
KNOWN = Recipient(known=True, zone=SHANGHAI, consents=(YES,))
DAY = timedelta(days=1)


def contact(purpose: Purpose, channel: Channel = Channel.SMS, **more: str) -> Contact:
    return Contact(purpose, channel, PHONE, HOLDER, **more)  # type: ignore[arg-type]


def codes(
    purpose: Purpose,
    recipient: Recipient,
    channel: Channel = Channel.SMS,
    now: datetime = NOON,
    **more: str,
) -> tuple[str, ...]:
    return may_contact(contact(purpose, channel, **more), recipient, CN, now=now).codes


def wishing(**wishes: object) -> Recipient:
    return replace(KNOWN, wishes=Wishes(**wishes))  # type: ignore[arg-type]


def test_kinds_channels_and_campaigns_that_are_not_wanted_do_not_come() -> None:
    declined = wishing(kinds_off=frozenset({Purpose.REMINDER}))
    assert codes(Purpose.REMINDER, declined) == ("kind-declined",)
    assert codes(Purpose.SERVICE, declined) == ()
    silent = wishing(channels_off=frozenset({Channel.SMS}))
    assert codes(Purpose.SERVICE, silent) == ("channel-declined",)
    assert codes(Purpose.SERVICE, silent, Channel.EMAIL) == ()
    spring = wishing(campaigns_off=frozenset({"spring"}))
    assert codes(Purpose.MARKETING, spring, campaign="spring") == ("campaign-rejected",)
    assert codes(Purpose.MARKETING, spring, campaign="autumn") == ()
    assert codes(Purpose.SERVICE, replace(KNOWN, number_rejected=True)) == ("number-rejected",)


def test_own_hours_narrow_those_of_the_pack_and_say_when_they_open() -> None:
    evenings = wishing(opens=time(18))
    verdict = may_contact(contact(Purpose.REMINDER), evenings, CN, now=NOON)
    assert verdict.codes == ("hours-declined",)
    assert verdict.not_before == datetime(2026, 11, 23, 18, 0, tzinfo=SHANGHAI)
    night = datetime(2026, 11, 23, 22, 30, tzinfo=SHANGHAI)
    verdict = may_contact(contact(Purpose.REMINDER), evenings, CN, now=night)
    assert verdict.codes == ("quiet-hours",)
    assert verdict.not_before == datetime(2026, 11, 24, 18, 0, tzinfo=SHANGHAI)
    no_tuesday = wishing(days_off=frozenset({2}))
    verdict = may_contact(contact(Purpose.REMINDER), no_tuesday, CN, now=NOON + DAY)
    assert verdict.codes == ("hours-declined",)
    assert verdict.not_before == datetime(2026, 11, 25, 8, 0, tzinfo=SHANGHAI)


def test_hours_that_pack_and_holder_do_not_share_never_come() -> None:
    late = wishing(opens=time(20, 30), closes=time(22, 30))
    verdict = may_contact(contact(Purpose.MARKETING), late, CN, now=NOON)
    assert verdict.codes == ("hours-declined",)
    assert verdict.not_before is None


def test_a_pause_ends_by_itself_and_the_own_frequency_counts_everything_unasked() -> None:
    paused = wishing(paused_until=NOON + 7 * DAY)
    verdict = may_contact(contact(Purpose.SERVICE), paused, CN, now=NOON)
    assert verdict.codes == ("paused",)
    assert verdict.not_before == NOON + 7 * DAY
    assert codes(Purpose.SERVICE, paused, now=NOON + 7 * DAY) == ()
    once = replace(
        wishing(most_week=1), past=(Past(Purpose.REMINDER, NOON - 2 * DAY, Channel.CALL),)
    )
    verdict = may_contact(contact(Purpose.SERVICE), once, CN, now=NOON)
    assert verdict.codes == ("wish-week",)
    assert verdict.not_before == datetime(2026, 11, 28, 8, 0, tzinfo=SHANGHAI)


def test_no_wish_stops_protection_and_what_is_owed_stays_sayable() -> None:
    everything = Wishes(
        kinds_off=frozenset(Purpose) - {Purpose.SECURITY},
        channels_off=frozenset(Channel),
        opens=time(12),
        closes=time(13),
        days_off=frozenset({1, 2, 3, 4, 5, 6}),
        most_week=1,
        paused_until=NOON + 90 * DAY,
    )
    stern = replace(KNOWN, wishes=everything, number_rejected=True)
    night = NOON - timedelta(hours=9)
    assert codes(Purpose.SECURITY, stern, now=night) == ()
    owed = codes(Purpose.COLLECTION, replace(stern, number_rejected=False), Channel.CALL)
    assert owed == ("channel-declined", "hours-declined")
    assert codes(Purpose.COLLECTION, replace(stern, number_rejected=False), Channel.LETTER) == ()


def test_what_may_be_wished() -> None:
    assert may_wish(Wishes(opens=time(10), closes=time(12)), CN).allowed
    assert may_wish(Wishes(opens=time(10), closes=time(11)), CN).codes == ("hours-too-short",)
    assert may_wish(Wishes(opens=time(21)), CN).codes == ("hours-too-short",), "the pack ends at 22"
    bad = Wishes(
        kinds_off=frozenset({Purpose.SECURITY}),
        opens=time(12),
        closes=time(9),
        days_off=frozenset(range(1, 8)),
    )
    assert may_wish(bad, CN).codes == ("protection-stays", "hours-too-short", "no-day-left")


@pytest.mark.parametrize(
    ("kind", "stopped", "passing"),
    [
        (BlockKind.DO_NOT_CALL, Purpose.MARKETING, Purpose.SERVICE),
        (BlockKind.VULNERABLE, Purpose.COLLECTION, Purpose.REMINDER),
        (BlockKind.COMPLAINT, Purpose.MARKETING, Purpose.COLLECTION),
        (BlockKind.CALLS_COMPLAINT, Purpose.REMINDER, Purpose.SECURITY),
    ],
)
def test_marks_and_complaints_stop_what_the_pack_says(
    kind: BlockKind, stopped: Purpose, passing: Purpose
) -> None:
    called = replace(YES, channel=Channel.CALL)
    marked = replace(KNOWN, consents=(called,), blocks=(Block(kind, LONG_AGO, None),))
    (code,) = codes(stopped, marked, Channel.CALL)
    expected = {
        BlockKind.DO_NOT_CALL: "do-not-call",
        BlockKind.VULNERABLE: "vulnerable",
        BlockKind.COMPLAINT: "complaint-open",
        BlockKind.CALLS_COMPLAINT: "complaint-about-calls",
    }
    assert code == expected[kind]
    assert codes(passing, marked, Channel.CALL) == ()
    over = replace(marked, blocks=(Block(kind, LONG_AGO, NOON),))
    assert codes(stopped, over, Channel.CALL) == ()


def test_a_withdrawal_for_one_channel_leaves_the_others() -> None:
    both = (YES, replace(YES, channel=Channel.CALL))
    stopped = replace(
        KNOWN,
        consents=both,
        withdrawals=(Withdrawal(Purpose.MARKETING, NOON - DAY, "portal", Channel.CALL),),
    )
    assert codes(Purpose.MARKETING, stopped, Channel.CALL) == ("consent-withdrawn",)
    assert codes(Purpose.MARKETING, stopped, Channel.SMS) == ()


def test_a_withdrawal_stops_what_needs_no_consent_but_nothing_that_is_owed() -> None:
    def without(purpose: Purpose) -> Recipient:
        return replace(KNOWN, withdrawals=(Withdrawal(purpose, NOON - DAY, "agent"),))

    assert codes(Purpose.REMINDER, without(Purpose.REMINDER)) == ("consent-withdrawn",)
    assert codes(Purpose.COLLECTION, without(Purpose.COLLECTION)) == ()
    assert codes(Purpose.SECURITY, without(Purpose.SECURITY)) == ()


def test_a_number_that_is_new_or_long_unconfirmed_gets_no_marketing() -> None:
    new = replace(KNOWN, number=NumberFacts(known_since=NOON - 3 * DAY))
    verdict = may_contact(contact(Purpose.MARKETING), new, CN, now=NOON)
    assert verdict.codes == ("number-too-new",)
    assert verdict.not_before == NOON + 4 * DAY
    assert codes(Purpose.SERVICE, new) == ()
    old = replace(KNOWN, consents=(replace(YES, since=NOON - 900 * DAY),))
    assert codes(Purpose.MARKETING, old) == ("number-unconfirmed",)
    confirmed = replace(old, number=NumberFacts(confirmed_at=NOON - 100 * DAY))
    assert codes(Purpose.MARKETING, confirmed) == ()


def test_where_lists_must_be_asked_an_unasked_number_is_not_called() -> None:
    consent = replace(YES, channel=Channel.CALL)
    now = NOON.replace(tzinfo=ZoneInfo("Europe/London"))
    uk = Recipient(known=True, zone=ZoneInfo("Europe/London"), consents=(consent,))
    call = contact(Purpose.MARKETING, Channel.CALL)
    assert may_contact(call, uk, UK, now=now).codes == ("list-not-asked",)
    asked = replace(uk, number=NumberFacts(scrubbed_at=now - 20 * DAY))
    assert may_contact(call, asked, UK, now=now).allowed
    stale = replace(uk, number=NumberFacts(scrubbed_at=now - 28 * DAY))
    assert may_contact(call, stale, UK, now=now).codes == ("list-not-asked",)


def test_a_make_up_saturday_is_a_working_day_and_other_weekends_are_kept() -> None:
    hours = Hours(time(9), time(20), on_holidays=False, on_weekends=False)
    made_up, weekend = date(2026, 10, 10), date(2026, 10, 17)
    assert day_off(made_up, hours, CN.calendar) == ""
    assert day_off(weekend, hours, CN.calendar) == "weekend"
    assert day_off(date(2026, 10, 5), hours, CN.calendar) == "public-holiday"
    survey = replace(KNOWN, consents=(replace(YES, purpose=Purpose.SURVEY),))
    saturday = datetime(2026, 10, 10, 12, 0, tzinfo=SHANGHAI)
    assert codes(Purpose.SURVEY, survey, now=saturday) == ()
    verdict = may_contact(contact(Purpose.SURVEY), survey, CN, now=saturday + 7 * DAY)
    assert verdict.codes == ("weekend",)
    assert verdict.not_before == datetime(2026, 10, 19, 9, 0, tzinfo=SHANGHAI)


def test_letters_keep_no_hours() -> None:
    night = NOON - timedelta(hours=9)
    assert codes(Purpose.REMINDER, KNOWN, Channel.LETTER, now=night) == ()
    assert codes(Purpose.REMINDER, KNOWN, Channel.EMAIL, now=night) == ("quiet-hours",)


def test_all_kinds_together_have_a_cap_of_their_own() -> None:
    busy = replace(
        KNOWN,
        past=(
            Past(Purpose.SERVICE, NOON - timedelta(hours=1)),
            Past(Purpose.REMINDER, NOON - timedelta(hours=2)),
            Past(Purpose.SURVEY, NOON - timedelta(hours=3)),
        ),
    )
    assert codes(Purpose.MARKETING, busy) == ("cap-day", "cap-total-day")
    assert codes(Purpose.COLLECTION, busy) == ()


# ---------------------------------------------------------------- properties


@given(data=st.data(), contact=contacts, now=times)
def test_unknown_means_no(data: st.DataObject, contact: Contact, now: datetime) -> None:
    nobody = replace(data.draw(recipients(now)), known=False)
    verdict = may_contact(contact, nobody, CN, now=now)
    answer = contact.solicited and contact.purpose in (Purpose.SERVICE, Purpose.SECURITY)
    assert answer or "recipient-unknown" in verdict.codes
    assert answer or verdict.not_before is None


@given(data=st.data(), contact=contacts, now=times)
def test_more_facts_against_never_open_what_was_closed(
    data: st.DataObject, contact: Contact, now: datetime
) -> None:
    somebody = data.draw(recipients(now))
    before = may_contact(contact, somebody, CN, now=now)
    kind = data.draw(st.sampled_from(BlockKind))
    worse = replace(
        somebody,
        withdrawals=(*somebody.withdrawals, Withdrawal(contact.purpose, now, "sms")),
        blocks=(*somebody.blocks, Block(kind, now, None)),
        past=(*somebody.past, Past(contact.purpose, now, contact.channel)),
    )
    assert before.allowed or not may_contact(contact, worse, CN, now=now).allowed


@given(data=st.data(), purpose=st.sampled_from(Purpose), now=times)
def test_what_is_let_pass_is_within_the_hours_of_pack_and_holder(
    data: st.DataObject, purpose: Purpose, now: datetime
) -> None:
    somebody = data.draw(recipients(now))
    hours, wishes = CN.hours.get(purpose), somebody.wishes
    if hours is None or not may_contact(contact(purpose), somebody, CN, now=now).allowed:
        return
    local = now.astimezone(somebody.zone)
    assert hours.opens <= local.time() < hours.closes
    assert (wishes.opens or time(0)) <= local.time()
    assert local.time() < (wishes.closes or time.max)
    assert local.isoweekday() not in wishes.days_off


@given(data=st.data(), zone=st.sampled_from(ZONES), minutes=st.integers(-26 * 60, 26 * 60))
def test_nothing_is_let_pass_in_quiet_hours_around_a_change_of_the_clocks(
    data: st.DataObject, zone: ZoneInfo, minutes: int
) -> None:
    changes = changes_of(zone) or [datetime(2026, 6, 1, tzinfo=UTC)]
    now = data.draw(st.sampled_from(changes)) + timedelta(minutes=minutes)
    purpose = data.draw(st.sampled_from([one for one in Purpose if one in CN.hours]))
    consented = Consent(purpose, Channel.SMS, now - timedelta(days=9), None, "app")
    somebody = Recipient(known=True, zone=zone, consents=(consented,))
    verdict = may_contact(contact(purpose), somebody, CN, now=now)
    hours = CN.hours[purpose]
    wall = now.astimezone(zone).time()
    assert ("quiet-hours" not in verdict.codes) == (hours.opens <= wall < hours.closes) or (
        {"public-holiday", "weekend", "holidays-unknown"} & set(verdict.codes)
    )
    if verdict.not_before is not None:
        opening = verdict.not_before.astimezone(zone)
        assert hours.opens <= opening.time() < hours.closes
        assert may_contact(contact(purpose), somebody, CN, now=verdict.not_before).allowed


@cache
def changes_of(zone: ZoneInfo) -> list[datetime]:
    """Return the hours of 2026 within which the clocks of a zone are changed."""

    def moved(at: datetime, step: timedelta) -> bool:
        return at.astimezone(zone).utcoffset() != (at + step).astimezone(zone).utcoffset()

    day, hour = timedelta(days=1), timedelta(hours=1)
    days = [datetime(2026, 1, 1, tzinfo=UTC) + day * number for number in range(365)]
    changed = [one + hour * number for one in days if moved(one, day) for number in range(24)]
    return [at for at in changed if moved(at, hour)]


@given(times, st.sampled_from(ZONES), st.integers(0, 47), st.integers(1, 20), st.integers(0, 60))
def test_an_opening_is_the_first_open_instant_whatever_the_clocks_do(
    at: datetime, zone: ZoneInfo, opens: int, length: int, shift: int
) -> None:
    end = min(opens + length, 47)
    if end <= opens:
        return
    hours = Hours(time(opens // 2, opens % 2 * 30), time(end // 2, end % 2 * 30), on_holidays=True)
    opening = next_opening(hours, zone, CN, at=at)

    def open_at(moment: datetime) -> bool:
        return hours.opens <= moment.astimezone(zone).time() < hours.closes

    assert open_at(opening)
    assert opening == at or not open_at(opening - timedelta(microseconds=1))
    moment = at + timedelta(minutes=shift % 11)
    while moment < opening:
        assert not open_at(moment)
        moment += timedelta(minutes=11)


@pytest.mark.parametrize(
    ("zone", "day", "opens", "expected"),
    [
        # 02:30 does not exist: open from the instant after the gap.
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (
            "Europe/Berlin",
            date(2026, 10, 25),
            time(2, 30),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        ),
        ("Africa/Cairo", date(2026, 4, 24), time(0, 30), datetime(2026, 4, 23, 22, 0, tzinfo=UTC)),
    ],
)
def test_openings_where_clocks_are_changed(
    zone: str, day: date, opens: time, expected: datetime
) -> None:
    hours = Hours(opens, time(5), on_holidays=True)
    midnight = datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC) - timedelta(minutes=1)
    assert next_opening(hours, ZoneInfo(zone), CN, at=midnight) == expected


def test_hours_that_open_twice_when_clocks_go_back_open_twice() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    hours = Hours(time(2, 30), time(5), on_holidays=True)
    second_two = datetime(2026, 10, 25, 1, 5, tzinfo=UTC)
    assert second_two.astimezone(berlin).time() == time(2, 5)
    opening = next_opening(hours, berlin, CN, at=second_two)
    assert opening == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
