"""Calls: answered and unanswered, rest after a talk, after an abandoned call; outcomes to come."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cardline.core.policy import load_area
from cardline.outreach.model import Channel, Contact, Outcome, Past, Purpose, Recipient
from cardline.outreach.policy import contact_policy
from cardline.outreach.rules import may_contact
from tests.rules.outreach_people import HOLDER, PHONE

CN = contact_policy(load_area("outreach"))
US = contact_policy(load_area("outreach", pack="us"))
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)
"""A Monday."""
DEBT = Contact(Purpose.COLLECTION, Channel.CALL, PHONE, HOLDER)
KNOWN = Recipient(known=True, zone=SHANGHAI)


def called(outcome: Outcome | None, times: int, *, here: bool = True, ago: int = 1) -> Recipient:
    past = [
        Past(
            Purpose.COLLECTION, NOON - timedelta(hours=ago, minutes=n), Channel.CALL, outcome, here
        )
        for n in range(times)
    ]
    return replace(KNOWN, past=tuple(past))


def codes(recipient: Recipient, contact: Contact = DEBT) -> tuple[str, ...]:
    return may_contact(contact, recipient, CN, now=NOON).codes


def test_after_three_answered_calls_a_debtor_is_left_alone_for_the_day() -> None:
    assert codes(called(Outcome.ANSWERED, 2)) == ()
    verdict = may_contact(DEBT, called(Outcome.ANSWERED, 3), CN, now=NOON)
    assert verdict.codes == ("answered-today",)
    assert verdict.not_before == datetime(2026, 11, 24, 8, 0, tzinfo=SHANGHAI)
    assert codes(called(Outcome.ANSWERED, 3, here=False)) == ("answered-today",), "any number"
    assert codes(called(Outcome.ANSWERED, 3, ago=13)) == (), "yesterday's do not count"


def test_after_six_unanswered_tries_a_number_is_left_alone_for_the_day() -> None:
    assert codes(called(Outcome.UNANSWERED, 5)) == ()
    assert codes(called(Outcome.UNANSWERED, 6)) == ("unanswered-today",)
    assert codes(called(Outcome.UNANSWERED, 6, here=False)) == (), "another number of the debtor"


def test_a_call_on_its_way_counts_as_answered_and_as_unanswered() -> None:
    assert codes(called(None, 3)) == ("answered-today",)
    assert codes(called(None, 6)) == ("answered-today", "unanswered-today")


def test_texts_about_a_debt_have_a_cap_and_calls_do_not_use_it_up() -> None:
    text = replace(DEBT, channel=Channel.SMS)
    assert codes(called(Outcome.UNANSWERED, 5), text) == ()
    texted = replace(
        KNOWN, past=tuple(Past(Purpose.COLLECTION, NOON - timedelta(hours=n)) for n in (1, 2, 3))
    )
    assert codes(texted, text) == ("cap-day",)
    assert codes(texted) == ()


@pytest.mark.parametrize("purpose", [Purpose.SERVICE, Purpose.COLLECTION])
def test_whoever_was_left_without_a_person_is_not_called_for_72_hours(purpose: Purpose) -> None:
    left = replace(
        KNOWN,
        past=(
            Past(Purpose.MARKETING, NOON - timedelta(hours=50), Channel.CALL, Outcome.ABANDONED),
        ),
    )
    contact = replace(DEBT, purpose=purpose)
    verdict = may_contact(contact, left, CN, now=NOON)
    assert verdict.codes == ("rest-after-abandoned",)
    assert verdict.not_before == NOON + timedelta(hours=22 + 0), "ten in the morning, 72 h later"
    assert codes(left, replace(contact, agent_held=True)) == ()
    assert codes(left, replace(contact, channel=Channel.SMS)) == ()


def test_us_collectors_rest_seven_days_after_a_talk_and_seven_tries() -> None:
    us = replace(KNOWN, zone=ZoneInfo("America/New_York"))
    now = datetime(2026, 11, 23, 12, 0, tzinfo=us.zone)
    talk = Past(Purpose.COLLECTION, now - timedelta(days=3), Channel.CALL, Outcome.ANSWERED)
    verdict = may_contact(DEBT, replace(us, past=(talk,)), US, now=now)
    assert verdict.codes == ("rest-after-talk",)
    assert verdict.not_before == datetime(2026, 11, 27, 8, 0, tzinfo=us.zone)
    tries = tuple(
        Past(Purpose.COLLECTION, now - timedelta(days=n), Channel.CALL, Outcome.UNANSWERED)
        for n in range(7)
    )
    verdict = may_contact(DEBT, replace(us, past=tries), US, now=now)
    assert verdict.codes == ("tries-spent",)
    assert verdict.not_before == datetime(2026, 11, 24, 8, 0, tzinfo=us.zone)
    assert may_contact(DEBT, replace(us, past=tries[:6]), US, now=now).allowed
