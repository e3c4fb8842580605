"""Who opens a complaint without a log-in, and what shows that it is theirs (row C4); pure."""

import unicodedata
from typing import Literal

from cardline.complaints.model import Complaint, Door, Reach
from cardline.core.phone import parse_phone, takes_texts

Written = Literal["email", "sms", "letter"]
"""A way by which a code can be sent."""


def opens_by_code(case: Complaint) -> bool:
    """True where whoever complains has no log-in: a stranger, or somebody who speaks for a holder.

    A holder has ``/my``, and gets no code that somebody else could find.
    """
    return case.complainant.holder_id is None or case.proxy is not None


def gave(case: Complaint) -> Reach:
    """Return the ways that whoever complained gave: their own, or those of who speaks for them."""
    reach = case.complainant.reach
    spoken = case.proxy is not None and (case.complainant.holder_id is not None or not reach.any)
    return case.proxy.reach if case.proxy is not None and spoken else reach


def ways_to(case: Complaint, given: str = "") -> tuple[Written, ...]:
    """Return how a code can be sent, the quickest first; ``given``: what somebody just named.

    Of a letter the bank has the paper alone: somebody reads the address.
    """
    reach, found = gave(case), list[Written]()
    if reach.email:
        found.append("email")
    phone = parse_phone(reach.phone) if reach.phone else None
    if phone is not None and takes_texts(phone):
        found.insert(0 if given and parse_phone(given) == phone else len(found), "sms")
    if reach.address and case.door is not Door.LETTER:
        found.append("letter")
    return tuple(found)


def is_theirs(case: Complaint, given: str) -> bool:
    """True where somebody names what whoever complained gave: telephone, e-mail or document's tail.

    Who gave none of them names themselves: the code came to them on paper. Never for a complaint
    that nobody put a name to.
    """
    who, typed = case.complainant, _plain(given)
    if not typed or case.anonymous:
        return False
    reach = gave(case)
    phone = parse_phone(given)
    if phone is not None and phone == parse_phone(reach.phone):
        return True
    if typed in (_plain(reach.email), _plain(who.identity_tail)):
        return True
    bare = not (reach.email or reach.phone or who.identity_tail)
    name = case.proxy.name if case.proxy is not None else who.name
    return bare and typed == _plain(name)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
