"""The rule over columns says of each what the scalar rule says."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.core.policy import load_area
from cardline.outreach.model import Channel, Contact, ContactPolicy, Purpose, Recipient
from cardline.outreach.policy import contact_policy
from cardline.outreach.rules import may_contact
from cardline.outreach.rules.columns import NEVER, may_contact_many, micros
from tests.rules.outreach_people import (
    HOLDER,
    PHONE,
    contacts,
    much_called,
    much_written,
    people_of,
    recipients,
    times,
)

PACKS = {pack: contact_policy(load_area("outreach", pack=pack)) for pack in ("cn", "uk", "us")}


def equal(
    contact: Contact, everybody: list[Recipient], policy: ContactPolicy, now: datetime
) -> None:
    judged = may_contact_many(contact, people_of(everybody), policy, now=now)
    for row, recipient in enumerate(everybody):
        verdict = may_contact(contact, recipient, policy, now=now)
        assert sorted(judged.names(int(judged.reasons[row]))) == sorted(set(verdict.codes))
        assert bool(judged.allowed[row]) is verdict.allowed
        until = int(judged.until[row])
        assert bool(judged.later[row]) is (verdict.not_before is not None)
        if verdict.not_before is not None:
            assert until == micros(verdict.not_before)
        elif not verdict.allowed:
            assert until == NEVER


@pytest.mark.parametrize("pack", PACKS)
@given(data=st.data(), contact=contacts, now=times)
def test_columns_say_what_the_rule_says_of_each(
    pack: str, data: st.DataObject, contact: Contact, now: datetime
) -> None:
    everybody = data.draw(st.lists(recipients(now), min_size=1, max_size=5))
    equal(contact, everybody, PACKS[pack], now)


@pytest.mark.parametrize("pack", PACKS)
@given(data=st.data(), held=st.booleans(), now=times)
def test_columns_count_calls_as_the_rule_does(
    pack: str, data: st.DataObject, held: bool, now: datetime
) -> None:
    contact = Contact(Purpose.COLLECTION, Channel.CALL, PHONE, HOLDER, agent_held=held)
    everybody = data.draw(st.lists(much_called(now), min_size=1, max_size=6))
    equal(contact, everybody, PACKS[pack], now)


@pytest.mark.parametrize("pack", PACKS)
@given(data=st.data(), purpose=st.sampled_from([Purpose.MARKETING, Purpose.SERVICE]), now=times)
def test_columns_count_texts_and_weigh_consents_as_the_rule_does(
    pack: str, data: st.DataObject, purpose: Purpose, now: datetime
) -> None:
    contact = Contact(purpose, Channel.SMS, PHONE, HOLDER)
    everybody = data.draw(st.lists(much_written(now), min_size=1, max_size=8))
    equal(contact, everybody, PACKS[pack], now)


def test_reasons_are_counted_over_everybody() -> None:
    night = datetime(2026, 11, 23, 20, tzinfo=UTC)
    contact = Contact(Purpose.MARKETING, Channel.SMS, PHONE, HOLDER)
    known, unknown = Recipient(known=True), Recipient(known=False)
    judged = may_contact_many(contact, people_of([known, unknown, known]), PACKS["cn"], now=night)
    assert judged.counts() == {"consent-missing": 3, "quiet-hours": 3, "recipient-unknown": 1}
