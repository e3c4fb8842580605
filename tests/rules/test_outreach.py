"""May we contact this person, now, this way, for this?"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber
from cardline.core.policy import PolicyError, load_area
from cardline.outreach.model import (
    Block,
    BlockKind,
    Channel,
    Consent,
    Contact,
    Hours,
    Past,
    Purpose,
    Recipient,
    Withdrawal,
)
from cardline.outreach.policy import contact_policy
from cardline.outreach.rules import may_contact, next_opening

POLICY = contact_policy(load_area("outreach"))
PHONE = PhoneNumber("+8615400000001")
SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = [
    ZoneInfo(name)
    for name in (
        "Asia/Shanghai",
        "Asia/Urumqi",
        "Europe/London",
        "America/New_York",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "America/Sao_Paulo",
        "Asia/Kathmandu",
        "Africa/Cairo",
    )
]
MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 11, 23, 3, 0, tzinfo=SHANGHAI)
LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
YES = Consent(Purpose.MARKETING, Channel.SMS, LONG_AGO, None, "app")

times = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 20), timezones=st.just(UTC))
recipients = st.builds(
    Recipient,
    known=st.booleans(),
    zone=st.sampled_from(ZONES),
    consents=st.lists(
        st.builds(
            Consent,
            purpose=st.sampled_from(Purpose),
            channel=st.just(Channel.SMS),
            since=times,
            until=st.none() | times,
            source=st.just("app"),
        ),
        max_size=3,
    ).map(tuple),
    withdrawals=st.lists(
        st.builds(Withdrawal, purpose=st.sampled_from(Purpose), at=times, source=st.just("sms")),
        max_size=2,
    ).map(tuple),
    past=st.lists(st.builds(Past, purpose=st.sampled_from(Purpose), at=times), max_size=8).map(
        tuple
    ),
)
purposes = st.sampled_from(Purpose)


def contact(purpose: Purpose, *, solicited: bool = False) -> Contact:
    return Contact(purpose, Channel.SMS, PHONE, HolderId("h1"), solicited)


def codes(
    purpose: Purpose, recipient: Recipient, now: datetime, *, solicited: bool = False
) -> tuple[str, ...]:
    return may_contact(contact(purpose, solicited=solicited), recipient, POLICY, now=now).codes


KNOWN = Recipient(known=True)


def test_marketing_needs_consent_and_security_never_does() -> None:
    assert codes(Purpose.MARKETING, KNOWN, MONDAY_NOON) == ("consent-missing",)
    assert codes(Purpose.MARKETING, replace(KNOWN, consents=(YES,)), MONDAY_NOON) == ()
    assert codes(Purpose.SECURITY, KNOWN, NIGHT) == ()
    assert codes(Purpose.SURVEY, KNOWN, MONDAY_NOON) == ("consent-missing",)


def test_a_withdrawal_beats_the_consent_before_it_and_not_the_one_after() -> None:
    withdrawn = replace(
        KNOWN, consents=(YES,), withdrawals=(Withdrawal(Purpose.MARKETING, MONDAY_NOON, "sms"),)
    )
    later = MONDAY_NOON + DAY
    assert codes(Purpose.MARKETING, withdrawn, later) == ("consent-withdrawn",)
    anew = replace(YES, since=MONDAY_NOON + timedelta(hours=1))
    again = replace(withdrawn, consents=(YES, anew))
    assert codes(Purpose.MARKETING, again, later) == ()


def test_an_unknown_number_gets_answers_only() -> None:
    unknown = Recipient(known=False)
    assert "recipient-unknown" in codes(Purpose.SECURITY, unknown, MONDAY_NOON)
    assert codes(Purpose.SERVICE, unknown, NIGHT, solicited=True) == ()
    assert "recipient-unknown" in codes(Purpose.MARKETING, unknown, MONDAY_NOON, solicited=True)


def test_the_night_puts_a_reminder_off_until_the_morning_of_the_holder() -> None:
    verdict = may_contact(contact(Purpose.REMINDER), KNOWN, POLICY, now=NIGHT)
    assert verdict.codes == ("quiet-hours",)
    assert verdict.not_before == datetime(2026, 11, 23, 8, 0, tzinfo=SHANGHAI)


def test_all_reasons_are_named_at_once() -> None:
    full = replace(KNOWN, past=(Past(Purpose.MARKETING, NIGHT - timedelta(hours=1)),) * 4)
    found = codes(Purpose.MARKETING, full, NIGHT)
    assert found[:5] == ("consent-missing", "quiet-hours", "cap-day", "cap-week", "cap-month")
    assert found[5:] == ("cap-total-day",)


def test_marketing_keeps_holidays_and_says_when_they_end() -> None:
    national_day = datetime(2026, 10, 2, 12, 0, tzinfo=SHANGHAI)
    verdict = may_contact(
        contact(Purpose.MARKETING), replace(KNOWN, consents=(YES,)), POLICY, now=national_day
    )
    assert verdict.codes == ("public-holiday",)
    assert verdict.not_before == datetime(2026, 10, 8, 9, 0, tzinfo=SHANGHAI)
    assert codes(Purpose.REMINDER, KNOWN, national_day) == ()


def test_a_year_without_a_calendar_is_silence_not_a_guess() -> None:
    next_year = datetime(2027, 3, 1, 12, 0, tzinfo=SHANGHAI)
    found = codes(Purpose.MARKETING, replace(KNOWN, consents=(YES,)), next_year)
    assert found == ("holidays-unknown",)


@pytest.mark.parametrize("purpose", Purpose)
def test_nothing_goes_to_a_wrong_number_and_only_protection_to_whoever_wants_peace(
    purpose: Purpose,
) -> None:
    wrong = Block(BlockKind.WRONG_NUMBER, LONG_AGO, None)
    peace = Block(BlockKind.NO_CONTACT, LONG_AGO, None)
    known = replace(KNOWN, consents=(YES, replace(YES, purpose=Purpose.SURVEY)))
    assert codes(purpose, replace(known, blocks=(wrong,)), MONDAY_NOON) == ("wrong-number",)
    quiet = codes(purpose, replace(known, blocks=(peace,)), MONDAY_NOON)
    assert quiet == (() if purpose is Purpose.SECURITY else ("no-contact",))
    over = replace(peace, until=MONDAY_NOON)
    assert codes(purpose, replace(known, blocks=(over,)), MONDAY_NOON) == ()


def test_the_cap_counts_days_of_the_holder_and_frees_with_the_next() -> None:
    yesterday_evening = datetime(2026, 11, 22, 19, 30, tzinfo=SHANGHAI)
    twice = replace(KNOWN, past=(Past(Purpose.SERVICE, MONDAY_NOON - timedelta(hours=2)),) * 2)
    verdict = may_contact(contact(Purpose.REMINDER), twice, POLICY, now=MONDAY_NOON)
    assert verdict.codes == ("cap-day",)
    assert verdict.not_before == datetime(2026, 11, 24, 8, 0, tzinfo=SHANGHAI)
    before = replace(KNOWN, past=(Past(Purpose.SERVICE, yesterday_evening),) * 2)
    assert codes(Purpose.REMINDER, before, MONDAY_NOON) == ()


@given(purposes, recipients, times)
def test_a_known_end_of_hours_is_an_instant_at_which_they_are_open(
    purpose: Purpose, recipient: Recipient, now: datetime
) -> None:
    for reason in may_contact(contact(purpose), recipient, POLICY, now=now).refusals:
        if reason.until is not None:
            assert reason.until > now
            then = may_contact(contact(purpose), recipient, POLICY, now=reason.until).codes
            assert not {"quiet-hours", "public-holiday", "holidays-unknown"} & set(then)


@given(purposes, recipients, times)
def test_nothing_unasked_leaves_in_quiet_hours_of_any_zone(
    purpose: Purpose, recipient: Recipient, now: datetime
) -> None:
    if purpose is Purpose.SECURITY:
        return
    if may_contact(contact(purpose), recipient, POLICY, now=now).allowed:
        wall = now.astimezone(recipient.zone).time()
        closes = time(22) if purpose is Purpose.COLLECTION else time(21)
        assert time(8) <= wall < closes
        assert recipient.known


@given(recipients, times, times)
def test_no_marketing_passes_after_a_withdrawal_without_a_younger_consent(
    recipient: Recipient, withdrawn: datetime, now: datetime
) -> None:
    stopped = replace(
        recipient,
        withdrawals=(*recipient.withdrawals, Withdrawal(Purpose.MARKETING, withdrawn, "key 8")),
        consents=tuple(one for one in recipient.consents if one.since <= withdrawn),
    )
    if now >= withdrawn:
        assert not may_contact(contact(Purpose.MARKETING), stopped, POLICY, now=now).allowed


@given(st.lists(times, min_size=30, max_size=60))
def test_caps_hold_however_contacts_are_tried(tries: list[datetime]) -> None:
    recipient = replace(KNOWN, consents=(replace(YES, since=datetime(2025, 1, 1, tzinfo=UTC)),))
    for at in sorted(tries):
        if may_contact(contact(Purpose.MARKETING), recipient, POLICY, now=at).allowed:
            recipient = replace(recipient, past=(*recipient.past, Past(Purpose.MARKETING, at)))
    days = sorted(past.at.astimezone(SHANGHAI).date() for past in recipient.past)
    for window, most in ((1, 1), (7, 2), (30, 4)):
        for start in days:
            inside = [day for day in days if start <= day < start + timedelta(days=window)]
            assert len(inside) <= most


@given(times, st.sampled_from(ZONES), st.integers(0, 22), st.integers(1, 23))
def test_the_next_opening_is_open_and_the_first(
    at: datetime, zone: ZoneInfo, opens: int, length: int
) -> None:
    hours = Hours(time(opens), time(min(23, opens + length), 59), on_holidays=True)
    opening = next_opening(hours, zone, POLICY, at=at)
    assert at <= opening <= at + timedelta(days=2)
    assert hours.opens <= opening.astimezone(zone).time() < hours.closes
    moment = at
    while moment < opening:
        assert not hours.opens <= moment.astimezone(zone).time() < hours.closes
        moment += timedelta(minutes=17)


def test_a_pack_with_upside_down_hours_is_refused() -> None:
    area = load_area("outreach")
    late = replace(area.numbers["service_opens"], value=time(22))
    with pytest.raises(PolicyError, match="closes before"):
        contact_policy(replace(area, numbers=area.numbers | {"service_opens": late}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("collection_tries", [7, 31]),
        ("collection_rest_after_talk_days", 31),
        ("abandoned_rest_hours", 721),
    ],
)
def test_a_pack_that_looks_back_further_than_contacts_are_read_is_refused(
    key: str, value: object
) -> None:
    area = load_area("outreach", pack="us")
    changed = area.numbers | {key: replace(area.numbers[key], value=value)}  # type: ignore[dict-item]
    with pytest.raises(PolicyError, match="looked back"):
        contact_policy(replace(area, numbers=changed))


def test_the_pack_knows_the_holidays_of_its_year() -> None:
    assert date(2026, 10, 1) in POLICY.holidays
    assert len(POLICY.holidays) == 33
