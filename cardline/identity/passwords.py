"""Which query passwords are refused: what a thief with the wallet, or a habit, would guess."""

from collections.abc import Iterator
from itertools import pairwise

from cardline.core.masking import Secret
from cardline.core.verdict import Reason, Verdict, judge
from cardline.identity.model import Subject
from cardline.identity.policy import IdentityPolicy

_SOURCE = "identity.password_digits"
_SHORTEST_PART = 4


def may_be_password(password: Secret, *, subject: Subject, policy: IdentityPolicy) -> Verdict:
    """Decide about a new query password; whether it was used before is asked elsewhere.

    Reasons, each with ``weak-password-`` in front: ``not-digits`` (not exactly the digits asked
    for), ``few-digits`` (at most two different ones), ``sequence``, ``pattern`` (a part repeated),
    ``part-of-phone``, ``part-of-card``, ``part-of-id``.
    """
    return judge(policy.version, _findings(password.reveal(), subject, policy))


def _findings(digits: str, subject: Subject, policy: IdentityPolicy) -> Iterator[Reason]:
    if len(digits) != policy.password_digits or not (digits.isascii() and digits.isdecimal()):
        yield Reason("weak-password-not-digits", _SOURCE)
        return
    if len(set(digits)) <= 2:
        yield Reason("weak-password-few-digits", _SOURCE)
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(digits)}
    if len(steps) == 1 and steps & {1, 9}:
        yield Reason("weak-password-sequence", _SOURCE)
    half = len(digits) // 2
    if digits[:half] * 2 == digits or digits[:2] * half == digits:
        yield Reason("weak-password-pattern", _SOURCE)
    if subject.phone and digits in subject.phone:
        yield Reason("weak-password-part-of-phone", _SOURCE)
    if any(_shares(digits, tail) for tail in subject.card_tails):
        yield Reason("weak-password-part-of-card", _SOURCE)
    if _shares(digits, subject.id_tail):
        yield Reason("weak-password-part-of-id", _SOURCE)


def _shares(digits: str, part: str) -> bool:
    return len(part) >= _SHORTEST_PART and part in digits
