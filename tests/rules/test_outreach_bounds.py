"""The exact instants and the exact things at which the gate turns."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from cardline.core.policy import load_area
from cardline.outreach.model import (
    Block,
    BlockKind,
    Channel,
    Consent,
    Contact,
    NumberFacts,
    Outcome,
    Past,
    Purpose,
    Recipient,
    Wishes,
    Withdrawal,
)
from cardline.outreach.policy import contact_policy
from cardline.outreach.rules import may_contact, next_opening
from cardline.outreach.rules.openings import narrowed
from tests.rules.outreach_people import HOLDER, PHONE

CN = contact_policy(load_area("outreach"))
UK = contact_policy(load_area("outreach", pack="uk"))
US = contact_policy(load_area("outreach", pack="us"))
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)
"""A Monday."""
LONG_AGO = NOON - timedelta(days=300)
TICK = timedelta(microseconds=1)
CONSENT = Consent(Purpose.MARKETING, Channel.SMS, LONG_AGO, None, "app")
KNOWN = Recipient(known=True, zone=SHANGHAI, consents=(CONSENT,))


def codes(
    purpose: Purpose = Purpose.MARKETING,
    recipient: Recipient = KNOWN,
    channel: Channel = Channel.SMS,
    now: datetime = NOON,
) -> tuple[str, ...]:
    return may_contact(Contact(purpose, channel, PHONE, HOLDER), recipient, CN, now=now).codes


@pytest.mark.parametrize(
    ("consent", "counts"),
    [
        (CONSENT, True),
        (replace(CONSENT, purpose=Purpose.SURVEY), False),
        (replace(CONSENT, channel=Channel.CALL), False),
        (replace(CONSENT, since=NOON), True),
        (replace(CONSENT, since=NOON + TICK), False),
        (replace(CONSENT, until=NOON + TICK), True),
        (replace(CONSENT, until=NOON), False),
    ],
    ids=["yes", "another purpose", "another channel", "from now", "later", "still", "over"],
)
def test_a_consent_counts_for_its_purpose_its_channel_and_its_time(
    consent: Consent, counts: bool
) -> None:
    known_number = NumberFacts(confirmed_at=LONG_AGO)
    recipient = replace(KNOWN, consents=(consent,), number=known_number)
    assert codes(recipient=recipient) == (() if counts else ("consent-missing",))


@pytest.mark.parametrize(
    ("withdrawn", "counts"), [(LONG_AGO - TICK, True), (LONG_AGO, False), (LONG_AGO + TICK, False)]
)
def test_a_withdrawal_of_the_same_instant_is_the_younger_one(
    withdrawn: datetime, counts: bool
) -> None:
    recipient = replace(KNOWN, withdrawals=(Withdrawal(Purpose.MARKETING, withdrawn, "sms"),))
    assert codes(recipient=recipient) == (() if counts else ("consent-withdrawn",))


@pytest.mark.parametrize(
    ("withdrawal", "counts"),
    [
        (Withdrawal(Purpose.MARKETING, NOON, "sms", Channel.SMS), False),
        (Withdrawal(Purpose.MARKETING, NOON, "sms", Channel.CALL), True),
        (Withdrawal(Purpose.SURVEY, NOON, "sms"), True),
    ],
)
def test_a_withdrawal_is_for_its_purpose_and_its_channel(
    withdrawal: Withdrawal, counts: bool
) -> None:
    recipient = replace(KNOWN, withdrawals=(withdrawal,))
    assert codes(recipient=recipient) == (() if counts else ("consent-withdrawn",))


def at(hour: int, minute: int = 0, *, less: timedelta = timedelta(0)) -> datetime:
    return NOON.replace(hour=hour, minute=minute) - less


def a_minute_before(wall: time) -> time:
    return (datetime.combine(NOON, wall) - timedelta(minutes=1)).time()


def test_the_hours_of_the_pack_begin_and_end_to_the_instant() -> None:
    hours = CN.hours[Purpose.REMINDER]
    opens, closes = at(hours.opens.hour), at(hours.closes.hour)
    assert codes(Purpose.REMINDER, now=opens - TICK) == ("quiet-hours",)
    assert codes(Purpose.REMINDER, now=opens) == ()
    assert codes(Purpose.REMINDER, now=closes - TICK) == ()
    assert codes(Purpose.REMINDER, now=closes) == ("quiet-hours",)


def test_own_hours_begin_and_end_to_the_instant() -> None:
    evening = replace(KNOWN, wishes=Wishes(opens=time(18), closes=time(20)))
    assert codes(Purpose.REMINDER, evening, now=at(18, less=TICK)) == ("hours-declined",)
    assert codes(Purpose.REMINDER, evening, now=at(18)) == ()
    assert codes(Purpose.REMINDER, evening, now=at(20, less=TICK)) == ()
    assert codes(Purpose.REMINDER, evening, now=at(20)) == ("hours-declined",)
    from_six = replace(KNOWN, wishes=Wishes(opens=time(18)))
    assert codes(Purpose.REMINDER, from_six, now=at(20)) == ()


def test_the_next_opening_is_reckoned_to_the_instant() -> None:
    hours = CN.hours[Purpose.REMINDER]
    opens, closes = at(hours.opens.hour), at(hours.closes.hour)

    def following(moment: datetime) -> datetime:
        return next_opening(hours, SHANGHAI, CN, at=moment)

    assert following(opens - TICK) == opens
    assert following(opens - timedelta(seconds=30)) == opens
    assert following(opens) == opens
    assert following(closes - TICK) == closes - TICK
    assert following(closes - timedelta(seconds=30)) == closes - timedelta(seconds=30)
    assert following(closes) == opens + timedelta(days=1)


def test_what_is_left_of_hours_is_what_pack_and_holder_share() -> None:
    hours = CN.hours[Purpose.REMINDER]
    shared = narrowed(hours, Wishes(opens=time(18), closes=time(23), days_off=frozenset({2})))
    assert shared is not None
    assert (shared.opens, shared.closes, shared.days_off) == (time(18), hours.closes, {2})
    assert narrowed(hours, Wishes(opens=hours.closes)) is None
    assert narrowed(hours, Wishes(closes=hours.opens)) is None
    assert narrowed(hours, Wishes(opens=a_minute_before(hours.closes))) is not None
    assert narrowed(hours, Wishes(days_off=frozenset(range(1, 8)))) is None
    assert narrowed(hours, Wishes(days_off=frozenset(range(1, 7)))) is not None


def test_hours_that_are_never_shared_are_named_beside_the_quiet_ones() -> None:
    night = replace(KNOWN, wishes=Wishes(opens=time(22), closes=time(23, 30)))
    assert codes(Purpose.REMINDER, night, now=at(23)) == ("quiet-hours", "hours-declined")


@pytest.mark.parametrize(
    ("since", "until", "stops"),
    [
        (NOON, None, True),
        (NOON + TICK, None, False),
        (LONG_AGO, NOON + TICK, True),
        (LONG_AGO, NOON, False),
    ],
)
def test_a_block_stands_from_its_first_instant_to_before_its_end(
    since: datetime, until: datetime | None, stops: bool
) -> None:
    blocked = replace(KNOWN, blocks=(Block(BlockKind.NO_CONTACT, since, until),))
    assert codes(recipient=blocked) == (("no-contact",) if stops else ())


def test_a_pause_ends_at_its_instant() -> None:
    paused = replace(KNOWN, wishes=Wishes(paused_until=NOON))
    assert codes(recipient=paused) == ()
    assert codes(recipient=paused, now=NOON - TICK) == ("paused",)


def test_a_number_is_new_and_confirmed_for_so_long_to_the_instant() -> None:
    def known(**facts: datetime) -> Recipient:
        return replace(KNOWN, number=NumberFacts(**facts))

    young = NOON - CN.number_known
    assert codes(recipient=known(known_since=young)) == ()
    assert codes(recipient=known(known_since=young + TICK)) == ("number-too-new",)
    old = NOON - CN.number_confirmed
    long_consent = replace(CONSENT, since=old - timedelta(days=1))
    stale = replace(known(confirmed_at=old), consents=(long_consent,))
    assert codes(recipient=stale) == ("number-unconfirmed",)
    fresh = replace(known(confirmed_at=old + TICK), consents=(long_consent,))
    assert codes(recipient=fresh) == ()


def test_a_public_list_is_asked_again_to_the_instant() -> None:
    assert UK.scrub is not None
    call = Contact(Purpose.MARKETING, Channel.CALL, PHONE, HOLDER)
    consent = replace(CONSENT, channel=Channel.CALL)
    for scrubbed, asked in ((NOON - UK.scrub + TICK, True), (NOON - UK.scrub, False)):
        whom = replace(
            KNOWN, consents=(consent,), number=NumberFacts(confirmed_at=NOON, scrubbed_at=scrubbed)
        )
        assert ("list-not-asked" not in may_contact(call, whom, UK, now=NOON).codes) == asked


def test_whoever_consents_confirms_the_number_from_that_instant() -> None:
    old = NOON - CN.number_confirmed - timedelta(days=1)
    long_consent = replace(CONSENT, since=old)
    for since, confirms in ((NOON, True), (NOON + TICK, False), (NOON + timedelta(days=1), False)):
        elsewhere = replace(CONSENT, channel=Channel.CALL, since=since)
        whom = replace(KNOWN, consents=(long_consent, elsewhere))
        assert codes(recipient=whom) == (() if confirms else ("number-unconfirmed",))


def test_a_number_that_nobody_ever_confirmed_stops_what_asks_for_its_age_without_consent() -> None:
    strict = replace(CN, number_age_for=CN.number_age_for | {Purpose.REMINDER})
    reminder = Contact(Purpose.REMINDER, Channel.SMS, PHONE, HOLDER)
    stranger = replace(KNOWN, consents=())
    assert may_contact(reminder, stranger, strict, now=NOON).codes == ("number-unconfirmed",)
    confirmed = replace(stranger, number=NumberFacts(confirmed_at=NOON - timedelta(days=1)))
    assert may_contact(reminder, confirmed, strict, now=NOON).allowed


@pytest.mark.parametrize("apart", [timedelta(seconds=30), timedelta(seconds=-30)])
def test_the_later_of_proof_and_consent_confirms_the_number(apart: timedelta) -> None:
    edge = NOON - CN.number_confirmed
    elsewhere = replace(CONSENT, channel=Channel.CALL, since=edge + TICK - max(apart, -apart))
    proof = NumberFacts(confirmed_at=edge + TICK)
    if apart < timedelta(0):  # the proof is the older one
        elsewhere = replace(elsewhere, since=edge + TICK)
        proof = NumberFacts(confirmed_at=edge + TICK + apart)
    long_consent = replace(CONSENT, since=edge - timedelta(days=1))
    assert codes(recipient=replace(KNOWN, consents=(long_consent, elsewhere), number=proof)) == ()


def test_how_old_a_number_is_does_not_matter_to_a_letter() -> None:
    consent = replace(CONSENT, channel=Channel.LETTER)
    whom = replace(KNOWN, consents=(consent,), number=NumberFacts(known_since=NOON - TICK))
    letter = Contact(Purpose.MARKETING, Channel.LETTER, None, HOLDER)
    assert may_contact(letter, whom, CN, now=NOON).allowed


def called(at: datetime, outcome: Outcome = Outcome.ANSWERED) -> Past:
    return Past(Purpose.COLLECTION, at, Channel.CALL, outcome)


DEBT = Contact(Purpose.COLLECTION, Channel.CALL, PHONE, HOLDER)


def test_a_day_of_calls_begins_at_midnight_of_the_holder() -> None:
    midnight = NOON.replace(hour=0)
    today = replace(KNOWN, past=(called(midnight),) * 3)
    assert may_contact(DEBT, today, CN, now=NOON).codes == ("answered-today",)
    yesterday = replace(KNOWN, past=(called(midnight), called(midnight), called(midnight - TICK)))
    assert may_contact(DEBT, yesterday, CN, now=NOON).codes == ()


def test_the_rest_after_a_talk_ends_with_its_last_day() -> None:
    talk = called(NOON - timedelta(days=9))
    limits = US.attempts[Purpose.COLLECTION]
    assert limits.rest_days is not None
    ends = (talk.at + timedelta(days=limits.rest_days)).replace(hour=0)
    whom = replace(KNOWN, past=(talk,))
    assert "rest-after-talk" in may_contact(DEBT, whom, US, now=ends - TICK).codes
    assert "rest-after-talk" in may_contact(DEBT, whom, US, now=ends - timedelta(seconds=30)).codes
    assert "rest-after-talk" not in may_contact(DEBT, whom, US, now=ends).codes


def test_whoever_was_left_without_a_person_rests_to_the_instant() -> None:
    left = replace(KNOWN, past=(called(NOON - CN.abandoned_rest, Outcome.ABANDONED),))
    assert may_contact(DEBT, left, CN, now=NOON).codes == ()
    assert may_contact(DEBT, left, CN, now=NOON - TICK).codes == ("rest-after-abandoned",)
    two = replace(KNOWN, past=(called(NOON - TICK, Outcome.ABANDONED), *left.past))
    assert may_contact(DEBT, two, CN, now=NOON).codes == ("rest-after-abandoned",)


def test_tries_and_caps_look_back_to_the_first_midnight_of_their_days() -> None:
    limits = US.attempts[Purpose.COLLECTION]
    assert limits.tries is not None
    first = NOON.replace(hour=0) - timedelta(days=limits.tries_days - 1)
    spent = replace(KNOWN, past=(called(first, Outcome.UNANSWERED),) * limits.tries)
    assert may_contact(DEBT, spent, US, now=NOON).codes == ("tries-spent",)
    before = replace(KNOWN, past=(*spent.past[1:], called(first - TICK, Outcome.UNANSWERED)))
    assert may_contact(DEBT, before, US, now=NOON).codes == ()


@pytest.mark.parametrize(("name", "days"), [("day", 1), ("week", 7), ("month", 30)])
def test_caps_count_from_the_first_midnight_of_their_days(name: str, days: int) -> None:
    most = getattr(CN.caps[Purpose.MARKETING], name)
    first = NOON.replace(hour=0) - timedelta(days=days - 1)
    reached = (Past(Purpose.MARKETING, first),) * most
    assert f"cap-{name}" in codes(recipient=replace(KNOWN, past=reached))
    outside = (*reached[1:], Past(Purpose.MARKETING, first - TICK))
    assert f"cap-{name}" not in codes(recipient=replace(KNOWN, past=outside))
