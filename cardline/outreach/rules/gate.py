"""May we contact this person, now, this way, for this? Fails towards silence (rows D1, D2)."""

from collections.abc import Iterator
from datetime import datetime

from cardline.core.verdict import Reason, Verdict
from cardline.outreach.model import (
    NO_WISHES,
    BlockKind,
    Channel,
    Contact,
    ContactPolicy,
    Purpose,
    Recipient,
)
from cardline.outreach.rules.calls import within_attempts
from cardline.outreach.rules.case import Case, case_of
from cardline.outreach.rules.counting import under_caps
from cardline.outreach.rules.openings import day_off

UNWISHED = frozenset({Purpose.SECURITY, Purpose.COLLECTION})
"""Neither a pause nor a declined kind ends these: protection, and what is owed."""

BLOCKED = {
    BlockKind.WRONG_NUMBER: ("wrong-number", "outreach: the number is somebody else's"),
    BlockKind.NO_CONTACT: ("no-contact", "MISSION.md D5: reject list"),
    BlockKind.DO_NOT_CALL: ("do-not-call", "outreach.do_not_call_stops"),
    BlockKind.VULNERABLE: ("vulnerable", "outreach.vulnerable_stops"),
    BlockKind.COMPLAINT: ("complaint-open", "outreach.complaint_stops"),
    BlockKind.CALLS_COMPLAINT: ("complaint-about-calls", "outreach.calls_complaint_stops"),
}
"""Code and source of what each kind of block says."""


def may_contact(
    contact: Contact, recipient: Recipient, policy: ContactPolicy, *, now: datetime
) -> Verdict:
    """Decide about one contact; all reasons, each with its end where it has one.

    An answer (``contact.solicited``) keeps no hours, no caps and no wishes and may go to an unknown
    number, but it never carries marketing or a survey. Protection keeps neither. The reasons and
    what they mean stand in the README of the area.
    """
    found: list[Reason] = []
    answer = is_answer(contact)
    if not (recipient.known or answer):
        found.append(Reason("recipient-unknown", "outreach: unknown means no"))
    if recipient.blocks:
        found.extend(_blocked(contact, recipient, policy, now))
    if answer or contact.purpose is Purpose.SECURITY:
        return Verdict(policy.version, tuple(found))
    case = case_of(contact, recipient, policy, now=now)
    if recipient.wishes is not NO_WISHES or recipient.number_rejected:
        found.extend(_wished(case))
    found.extend(_consented(case))
    if contact.purpose in policy.number_age_for:
        found.extend(_number_known(case))
    _within_hours(case, found)
    if recipient.past:
        found.extend(under_caps(case))
        found.extend(within_attempts(case))
    return Verdict(policy.version, tuple(found))


def is_answer(contact: Contact) -> bool:
    """True where it answers what the person has just asked of us."""
    return contact.solicited and contact.purpose in (Purpose.SERVICE, Purpose.SECURITY)


def _blocked(
    contact: Contact, recipient: Recipient, policy: ContactPolicy, now: datetime
) -> Iterator[Reason]:
    what = (contact.purpose, contact.channel)
    for block in recipient.blocks:
        if not block.since <= now or (block.until is not None and now >= block.until):
            continue
        if block.kind is BlockKind.WRONG_NUMBER:
            stops = contact.to is not None
        else:
            stops = not is_answer(contact) and what in policy.stops.get(block.kind, ())
        if stops:
            code, source = BLOCKED[block.kind]
            yield Reason(code, source, block.until)


def _wished(case: Case) -> Iterator[Reason]:
    contact, wishes = case.contact, case.recipient.wishes
    if case.recipient.number_rejected and contact.to is not None:
        yield Reason("number-rejected", "MISSION.md D5: reject list")
    # What is owed must stay sayable: a letter about it always may be.
    letter = contact.channel is Channel.LETTER and contact.purpose is Purpose.COLLECTION
    if contact.channel in wishes.channels_off and not letter:
        yield Reason("channel-declined", "MISSION.md D5: which channels")
    if contact.purpose in UNWISHED:
        return
    if contact.purpose in wishes.kinds_off:
        yield Reason("kind-declined", "MISSION.md D5: what kinds")
    if contact.campaign is not None and contact.campaign in wishes.campaigns_off:
        yield Reason("campaign-rejected", "MISSION.md D5: reject list")
    if wishes.paused_until is not None and case.now < wishes.paused_until:
        yield Reason("paused", "MISSION.md D5: pause", case.opening(wishes.paused_until))


def _consented(case: Case) -> Iterator[Reason]:
    """A withdrawal stops what needs no consent too, save what law or contract asks for."""
    contact, recipient, now = case.contact, case.recipient, case.now
    needed = contact.purpose in case.policy.needs_consent
    withdrawn = max(
        (
            one.at
            for one in recipient.withdrawals
            if one.purpose is contact.purpose and one.channel in (None, contact.channel)
        ),
        default=None,
    )
    if not needed and (withdrawn is None or contact.purpose in UNWISHED):
        return
    for consent in recipient.consents:
        if (
            consent.purpose is contact.purpose
            and consent.channel is contact.channel
            and consent.since <= now
            and (consent.until is None or now < consent.until)
            and (withdrawn is None or withdrawn < consent.since)
        ):
            return
    code = "consent-missing" if withdrawn is None else "consent-withdrawn"
    yield Reason(code, "outreach.needs_consent")


def _number_known(case: Case) -> Iterator[Reason]:
    """A number that was just given, or that nobody has confirmed for long, may be another's."""
    contact, number, policy = case.contact, case.recipient.number, case.policy
    if contact.to is None:
        return
    if number.known_since is not None:
        ends = number.known_since + policy.number_known
        if case.now < ends:
            yield Reason("number-too-new", "outreach.number_known_days", case.opening(ends))
    confirmed = number.confirmed_at
    for consent in case.recipient.consents:
        # Who consents is there, and says so of the number that the bank holds.
        if consent.since <= case.now and (confirmed is None or consent.since > confirmed):
            confirmed = consent.since
    if confirmed is None:
        if contact.purpose not in policy.needs_consent:
            yield Reason("number-unconfirmed", "outreach.number_confirmed_days")
    elif case.now - confirmed >= policy.number_confirmed:
        yield Reason("number-unconfirmed", "outreach.number_confirmed_days")
    if policy.scrub is not None and contact.channel is Channel.CALL:
        scrubbed = number.scrubbed_at
        if scrubbed is None or case.now - scrubbed >= policy.scrub:
            yield Reason("list-not-asked", "outreach.scrub_days")


def _within_hours(case: Case, found: list[Reason]) -> None:
    policy, purpose = case.policy, case.contact.purpose
    hours = policy.hours.get(purpose)
    if hours is None or case.contact.channel in policy.any_hour:
        return
    wall = case.local.time()
    off = day_off(case.today, hours, policy.calendar)
    if off == "holidays-unknown":
        found.append(Reason(off, "outreach.holidays"))
    elif off:
        found.append(Reason(off, _DAYS[off].format(purpose.value), case.opening(case.now)))
    elif not hours.opens <= wall < hours.closes:
        source = f"outreach.{purpose.value}_opens"
        found.append(Reason("quiet-hours", source, case.opening(case.now)))
    own = case.hours
    if own is hours:
        return
    wishes = case.recipient.wishes
    out = wishes.opens is not None and wall < wishes.opens
    out = out or (wishes.closes is not None and wall >= wishes.closes)
    if own is None or out or case.today.isoweekday() in wishes.days_off:
        source = "MISSION.md D5: which hours"
        found.append(Reason("hours-declined", source, case.opening(case.now)))


_DAYS = {"public-holiday": "outreach.holidays", "weekend": "outreach.{}_on_weekends"}
