"""The rule over columns says of each what the scalar rule says."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.core.policy import load_area
from cardline.outreach.model import Channel, Contact, Purpose, Recipient
from cardline.outreach.policy import contact_policy
from cardline.outreach.rules import may_contact
from cardline.outreach.rules.columns import NEVER, may_contact_many, micros
from tests.rules.outreach_people import HOLDER, PHONE, contacts, people_of, recipients, times

PACKS = {pack: contact_policy(load_area("outreach", pack=pack)) for pack in ("cn", "uk", "us")}


@pytest.mark.parametrize("pack", PACKS)
@given(data=st.data(), contact=contacts, now=times)
def test_columns_say_what_the_rule_says_of_each(
    pack: str, data: st.DataObject, contact: Contact, now: datetime
) -> None:
    policy = PACKS[pack]
    everybody: list[Recipient] = data.draw(st.lists(recipients(now), min_size=1, max_size=5))
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


def test_reasons_are_counted_over_everybody() -> None:
    night = datetime(2026, 11, 23, 20, tzinfo=UTC)
    contact = Contact(Purpose.MARKETING, Channel.SMS, PHONE, HOLDER)
    known, unknown = Recipient(known=True), Recipient(known=False)
    judged = may_contact_many(contact, people_of([known, unknown, known]), PACKS["cn"], now=night)
    assert judged.counts() == {"consent-missing": 3, "quiet-hours": 3, "recipient-unknown": 1}
