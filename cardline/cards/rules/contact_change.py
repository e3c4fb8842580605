"""Changing a holder's data: what may be asked for, what confirms it, what undoes it (row B4)."""

import re
from collections.abc import Iterator
from datetime import datetime

from cardline.cards.contacts.model import ContactChange, ContactChangeState, ContactFacts, Side
from cardline.cards.model import ContactField
from cardline.cards.service_policy import ServicePolicy
from cardline.core.phone import home_code, parse_phone, takes_texts
from cardline.core.verdict import Reason, Verdict, judge

_ROW = "row B4"
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_ADDRESS_LEAST, _ADDRESS_MOST = 6, 200


def may_request(
    field: ContactField, wanted: str, facts: ContactFacts, policy: ServicePolicy
) -> Verdict:
    """Say whether a change may be asked for. Refusals: ``value-unfit``, ``value-same``,
    ``change-running``, ``phone-taken``, ``card-protected``.

    While a card is held or frozen the number is not changed by telephone: whoever has phone and
    wallet would take over everything. A branch can.
    """
    return judge(policy.version, _against_request(field, wanted, facts))


def _against_request(field: ContactField, wanted: str, facts: ContactFacts) -> Iterator[Reason]:
    if not is_fit(field, wanted):
        yield Reason("value-unfit", _ROW)
    if wanted == facts.present:
        yield Reason("value-same", _ROW)
    if facts.running:
        yield Reason("change-running", _ROW)
    if facts.taken:
        yield Reason("phone-taken", _ROW)
    if facts.card_protected and field is ContactField.PHONE:
        yield Reason("card-protected", _ROW)


def is_fit(field: ContactField, value: str) -> bool:
    """True where a value can be what it says; codes need a mobile number of home."""
    if field is ContactField.PHONE:
        number = parse_phone(value) if value.startswith(home_code()) else None
        return number == value and takes_texts(number)
    if field is ContactField.EMAIL:
        return _EMAIL.fullmatch(value) is not None
    return _ADDRESS_LEAST <= len(value) <= _ADDRESS_MOST and not value.isdigit()


def may_confirm(
    change: ContactChange,
    side: Side,
    *,
    code_at: datetime | None,
    by: str,
    branch: str,
    policy: ServicePolicy,
    now: datetime,
) -> Verdict:
    """Say whether the second side has confirmed.

    ``old_phone``: a code to the number registered until now was keyed in after the change was
    asked for (``code_at``). ``branch``: somebody else than who took the request names the branch
    that saw the identity document.
    """
    return judge(policy.version, _against_confirmation(change, side, code_at, by, branch, now))


def _against_confirmation(
    change: ContactChange,
    side: Side,
    code_at: datetime | None,
    by: str,
    branch: str,
    now: datetime,
) -> Iterator[Reason]:
    if change.state is not ContactChangeState.REQUESTED:
        yield Reason(f"change-is-{change.state}", _ROW)
    elif now >= change.lapses_at:
        yield Reason("change-is-lapsed", "servicing.change_confirm_days")
    if side == "old_phone" and (code_at is None or code_at <= change.requested_at):
        yield Reason("needs-new-code", _ROW)
    if side == "branch":
        if by == change.requested_by:
            yield Reason("four-eyes", _ROW)
        if not branch.strip():
            yield Reason("branch-needed", _ROW)


def may_cancel(change: ContactChange, policy: ServicePolicy, *, now: datetime) -> Verdict:
    """Say whether a change can still be undone: before its confirmation, or while it cools."""
    over = change.cooling_until is not None and now >= change.cooling_until
    running = change.state in (ContactChangeState.REQUESTED, ContactChangeState.COOLING)
    if running and not over:
        return Verdict(policy.version)
    state = ContactChangeState.FINAL if running else change.state
    return judge(policy.version, (Reason(f"change-is-{state}", _ROW),))
