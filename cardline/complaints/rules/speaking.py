"""Who speaks for somebody else, and what they may hear (CMP 14); pure.

The case goes on whatever is missing. Until a person of the bank has seen that they may, nothing of
whom they speak for goes to them; the complainant is told at their own ways all the same.
"""

import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from cardline.complaints.clock_model import ComplaintPolicy
from cardline.complaints.model import Complaint, Proxy, Reach, State
from cardline.complaints.rules.counting import day_at
from cardline.complaints.telling_model import Notice
from cardline.core.verdict import Reason, Verdict, judge

_SOURCE: Final = "CMP 14"
_BY_HAND: Final = ("call", "handed-over")
_SHOWN_IN: Final = (
    *(State.RECEIVED, State.ACCEPTED, State.AWAITING, State.DECIDED, State.REFUSED),
    *(State.ANSWERED, State.CLOSED),
)


def proxy_lacks(case: Complaint, *, now: datetime) -> tuple[str, ...]:
    """Return what a proxy has not shown yet, as codes; nothing where nobody speaks for another.

    ``authority-needed``, ``authority-unchecked`` (nobody of the bank has looked at it),
    ``authority-for-another``, ``authority-ended``, ``proxy-identity-needed``,
    ``proxy-reach-needed``.
    """
    if case.proxy is None:
        return ()
    return tuple(_lacking(case, case.proxy, day_at(now, ZoneInfo(case.zone))))


def _lacking(case: Complaint, proxy: Proxy, today: date) -> Iterator[str]:
    if not proxy.authority_files:
        yield "authority-needed"
    elif not proxy.checked_by:
        yield "authority-unchecked"
    name = case.complainant.name
    if proxy.principal and name and _plain(proxy.principal) != _plain(name):
        yield "authority-for-another"
    if proxy.until is not None and proxy.until < today:
        yield "authority-ended"
    if not proxy.identity_files:
        yield "proxy-identity-needed"
    if not proxy.reach.any:
        yield "proxy-reach-needed"


def may_hear(case: Complaint, policy: ComplaintPolicy, *, now: datetime) -> Verdict:
    """Say whether whoever opens the complaint by its code may hear what was found and decided."""
    return judge(policy.version, (Reason(code, _SOURCE) for code in proxy_lacks(case, now=now)))


def may_show(case: Complaint, policy: ComplaintPolicy) -> Verdict:
    """Say whether an authority may be shown: at any time but where it was taken back or joined."""
    fits = case.state in _SHOWN_IN
    return judge(policy.version, (None if fits else Reason(f"state-{case.state.value}", _SOURCE),))


def heard_by_proxy(case: Complaint, channel: str) -> bool:
    """True where what is told this way reaches whoever speaks, and not the complainant.

    A letter, an e-mail or a text to a holder goes to the registered ways; who is called or handed
    something is whoever stands there.
    """
    if case.proxy is None:
        return False
    own = case.complainant
    if own.holder_id is not None:
        return channel in _BY_HAND
    return channel in _BY_HAND or own.reach in (Reach(), case.proxy.reach)


def against_hearing(case: Complaint, notice: Notice, *, now: datetime) -> Iterator[Reason]:
    """Yield why an answer may not be told this way: nobody has shown that they may hear it."""
    if notice.about in ("answer", "reexamination") and heard_by_proxy(case, notice.channel):
        yield from (Reason(code, _SOURCE) for code in proxy_lacks(case, now=now))


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
