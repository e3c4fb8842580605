"""What a verdict rested on can be written down, hashed, and judged again under other rules."""

import random
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cardline.core.policy import load_area
from cardline.outreach.model import Channel, Consent, Contact, Past, Purpose, Recipient
from cardline.outreach.policy import contact_policy
from cardline.outreach.rules import may_contact
from cardline.outreach.rules.facts import facts_of, fingerprint, judged_from
from cardline.outreach.rules.replay import Decided, compare
from tests.rules.outreach_people import HOLDER, PHONE, contacts, recipients, times

POLICY = contact_policy(load_area("outreach"))
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@given(data=st.data(), contact=contacts, now=times)
def test_what_was_written_down_is_judged_the_same_again(
    data: st.DataObject, contact: Contact, now: datetime
) -> None:
    somebody = data.draw(recipients(now))
    verdict = may_contact(contact, somebody, POLICY, now=now)
    written = msgspec.json.decode(msgspec.json.encode(facts_of(contact, somebody, now=now)))
    again, same, at = judged_from(written)
    judged = may_contact(again, same, POLICY, now=at)
    assert sorted(judged.codes) == sorted(verdict.codes)
    assert judged.not_before == verdict.not_before
    assert fingerprint(facts_of(again, same, now=at)) == fingerprint(written)


@given(data=st.data(), contact=contacts, now=times)
def test_the_hash_does_not_depend_on_the_order_or_the_zone_in_which_facts_were_read(
    data: st.DataObject, contact: Contact, now: datetime
) -> None:
    somebody = data.draw(recipients(now))
    mixed = list(somebody.past)
    random.Random(1).shuffle(mixed)
    elsewhere = [replace(one, at=one.at.astimezone(ZoneInfo("Asia/Tokyo"))) for one in mixed]
    other = replace(somebody, past=tuple(elsewhere), consents=somebody.consents[::-1])
    assert fingerprint(facts_of(contact, other, now=now)) == fingerprint(
        facts_of(contact, somebody, now=now)
    )


def test_the_hash_changes_with_any_fact_and_holds_no_number() -> None:
    contact = Contact(Purpose.SERVICE, Channel.SMS, PHONE, HOLDER)
    known = Recipient(known=True)
    facts = facts_of(contact, known, now=NOON)
    assert PHONE[3:] not in str(facts)
    assert HOLDER not in facts.values()
    prints = {
        fingerprint(facts),
        fingerprint(facts_of(contact, known, now=NOON + timedelta(microseconds=1))),
        fingerprint(facts_of(contact, replace(known, number_rejected=True), now=NOON)),
        fingerprint(
            facts_of(contact, replace(known, past=(Past(Purpose.SERVICE, NOON),)), now=NOON)
        ),
        fingerprint(facts_of(replace(contact, agent_held=True), known, now=NOON)),
    }
    assert len(prints) == 5


def decided(key: str, contact: Contact, recipient: Recipient, now: datetime) -> Decided:
    verdict = may_contact(contact, recipient, POLICY, now=now)
    return Decided(key, facts_of(contact, recipient, now=now), verdict.rule, verdict.codes)


def test_new_rules_are_held_against_the_past() -> None:
    consent = Consent(Purpose.MARKETING, Channel.SMS, NOON - timedelta(days=90), None, "app")
    known = Recipient(known=True, consents=(consent,))
    offer = Contact(Purpose.MARKETING, Channel.SMS, PHONE, HOLDER)
    evening = NOON.replace(hour=19, minute=30)
    past = [
        decided("noon", offer, known, NOON),
        decided("evening", offer, known, evening),
        decided("stranger", offer, Recipient(known=False), NOON),
        Decided("damaged", {"at": "then"}, POLICY.version, ()),
    ]
    earlier = replace(POLICY.hours[Purpose.MARKETING], closes=time(19))
    new = replace(POLICY, hours=POLICY.hours | {Purpose.MARKETING: earlier})
    found = compare(past, POLICY, new, shown=10)
    assert (found.judged, found.changed, found.unreadable) == (3, 1, 1)
    assert found.moved == {("yes", "yes"): 1, ("yes", "later"): 1, ("no", "no"): 1}
    (change,) = found.changes
    assert (change.key, change.before, change.after) == ("evening", "yes", "later")
    assert change.gained == ("quiet-hours",)
    assert found.otherwise_then == 0
    back = compare(past, new, POLICY, shown=0)
    assert back.lost == {"quiet-hours": 1}
    assert back.changes == []


def test_a_pack_that_was_changed_without_a_new_date_is_found_out() -> None:
    late = Contact(Purpose.SERVICE, Channel.SMS, PHONE, HOLDER)
    now = NOON.replace(hour=20, minute=30)
    changed = replace(
        POLICY,
        hours=POLICY.hours
        | {Purpose.SERVICE: replace(POLICY.hours[Purpose.SERVICE], closes=time(20))},
    )
    found = compare([decided("late", late, Recipient(known=True), now)], changed, changed, shown=0)
    assert found.otherwise_then == 1
    assert found.changed == 0
