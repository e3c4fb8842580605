"""Was that really the bank? A call or message that somebody describes, held against the proofs
that every contact of ours leaves (row E1).

Who asks decides what is told. A stranger's answer depends on the registry and on the code alone:
neither on whom we contacted nor on who is a customer. Whoever a contact went to is told of it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cardline.core.verdict import Reason
from cardline.trust.model import (
    Answer,
    Asker,
    ByHolder,
    ByNumber,
    Checked,
    Claim,
    Code,
    Finding,
    Official,
    OfficialKind,
    Proof,
    Stranger,
    TrustPolicy,
)
from cardline.trust.rules.official import (
    ASK_HOTLINE,
    ASK_POLICE,
    CHECK_CONTACT,
    DO_NOT_ANSWER,
    DO_NOT_CLICK,
    FREEZE,
    REPORT_JUNK,
    RING_BACK,
    canonical,
    is_ours,
    same_number,
    what_a_text_names,
)

_WARY = (DO_NOT_ANSWER, FREEZE, RING_BACK, ASK_POLICE, REPORT_JUNK)
_UNSURE = (RING_BACK, CHECK_CONTACT, ASK_HOTLINE)
_MASK = "******"
_BRACKET = "\N{LEFT BLACK LENTICULAR BRACKET}"


def check(
    claim: Claim,
    asker: Asker,
    proofs: Sequence[Proof],
    registry: Sequence[Official],
    policy: TrustPolicy,
    *,
    code: Code | None,
    now: datetime,
) -> Checked:
    """Answer whether a contact was ours: yes, no, or cannot tell, and what to do next.

    ``code``: ``claim.code``, read; ``None`` where nothing was said or it could not be read.
    ``proofs``: those that may matter; which of them count is decided here. Never yes to a stranger
    without a code that is in force and the tail of the telephone that rang.
    """
    if isinstance(asker, Stranger):
        finding = _for_a_stranger(claim, proofs, registry, policy, code=code, now=now)
        return Checked(finding)
    mine = [one for one in proofs if went_to(one, asker)]
    live = next((one for one in mine if is_live(one, policy, now=now)), None)
    finding, proof = _for_the_contacted(claim, mine, registry, policy, code=code, now=now)
    return Checked(finding, proof, live)


def is_live(proof: Proof, policy: TrustPolicy, *, now: datetime) -> bool:
    """True for a call of ours that is up: answered, not over, and not longer than can be."""
    return (
        proof.channel == "call"
        and proof.answered_at is not None
        and proof.ended_at is None
        and proof.answered_at <= now < proof.answered_at + policy.longest_call
    )


def went_to(proof: Proof, asker: ByNumber | ByHolder) -> bool:
    """A number hears what went to it; a holder also what went to them on another number."""
    if isinstance(asker, ByHolder):
        return proof.holder == asker.holder or (proof.holder is None and proof.to == asker.number)
    return proof.to == asker.number and proof.holder in (None, asker.holder)


def text_fits(written: str, masked: str) -> bool:
    """True where a message is the one that was sent; what was masked may be any digits."""
    pattern = re.escape(_folded(masked)).replace(re.escape(_MASK), r"\d{3,8}")
    return bool(masked) and re.fullmatch(pattern, _folded(written)) is not None


# ---------------------------------------------------------------- a stranger


def _for_a_stranger(
    claim: Claim,
    proofs: Sequence[Proof],
    registry: Sequence[Official],
    policy: TrustPolicy,
    *,
    code: Code | None,
    now: datetime,
) -> Finding:
    against = _against(claim, registry, policy, now=now)
    if against is not None:
        return against
    if not claim.code.strip():
        return _say(policy, Answer.CANNOT_TELL, ["needs-code", *_seen(claim)], _UNSURE)
    if code is None:
        return _say(policy, Answer.CANNOT_TELL, ["code-unreadable"], _UNSURE)
    if not _is_tail(claim.tail):
        return _say(policy, Answer.CANNOT_TELL, ["needs-tail"], _UNSURE)
    if any(_code_holds(one, code, claim.tail, policy, now=now) for one in proofs):
        return _say(policy, Answer.YES, ["code-holds"], (DO_NOT_ANSWER,))
    return _say(policy, Answer.NO, ["code-unknown"], _WARY)


def _against(
    claim: Claim, registry: Sequence[Official], policy: TrustPolicy, *, now: datetime
) -> Finding | None:
    """What the registry alone refutes: a number, name or link that is not ours."""
    at = claim.at or now
    for kind, value in (*_displayed(claim.number), *what_a_text_names(claim.text)):
        found = is_ours(kind, value, registry, policy, at=at)
        unsaid = kind is OfficialKind.SENDER and "looks-like-ours" not in found.codes
        if unsaid and _BRACKET not in claim.number + claim.text:
            continue  # somebody's own words, such as: it was withheld
        if found.answer is Answer.NO and "public-service" not in found.codes:
            steps = found.steps
            if claim.text and DO_NOT_CLICK not in steps:
                steps = (DO_NOT_CLICK, *steps)
            return Finding(Answer.NO, found.rule, found.reasons, steps, found.official)
    return None


def _displayed(shown: str) -> tuple[tuple[OfficialKind, str], ...]:
    """What was on the display: a number, an address, or else a name."""
    for kind in (OfficialKind.NUMBER, OfficialKind.DOMAIN, OfficialKind.SENDER):
        if canonical(kind, shown):
            return ((kind, shown),)
    return ()


def _seen(claim: Claim) -> list[str]:
    """Why what was seen proves nothing."""
    if _is_number(claim.number):
        return ["number-can-be-faked"]
    return ["name-can-be-copied"] if claim.number.strip() or claim.text else []


def _code_holds(proof: Proof, code: Code, tail: str, policy: TrustPolicy, *, now: datetime) -> bool:
    in_force = proof.at <= now < proof.at + policy.code_lasts
    return proof.code == code and in_force and proof.to.endswith(tail)


# ---------------------------------------------------------------- whom it went to


@dataclass(frozen=True, slots=True)
class _Held:
    """A proof and what of the claim it contradicts."""

    proof: Proof
    differs: tuple[str, ...]


def _for_the_contacted(
    claim: Claim,
    mine: Sequence[Proof],
    registry: Sequence[Official],
    policy: TrustPolicy,
    *,
    code: Code | None,
    now: datetime,
) -> tuple[Finding, Proof | None]:
    if claim.at is not None and claim.at < now - policy.told_back:
        return _say(policy, Answer.CANNOT_TELL, ["too-long-ago"], (ASK_HOTLINE,)), None
    if claim.at is not None and claim.at > now + policy.time_tolerance:
        return _say(policy, Answer.CANNOT_TELL, ["in-the-future"], (ASK_HOTLINE,)), None
    if claim.code.strip() and code is None:
        return _say(policy, Answer.CANNOT_TELL, ["code-unreadable"], _UNSURE), None
    held = [
        _Held(one, tuple(_differences(one, claim, code, policy, now=now)))
        for one in sorted(mine, key=lambda one: one.at, reverse=True)
        if _is_candidate(one, claim, policy, now=now)
    ]
    best = min(held, key=lambda one: len(one.differs), default=None)
    if best is not None and not best.differs:
        codes = ["was-us", f"was-{best.proof.channel}"]
        return _say(policy, Answer.YES, codes, (DO_NOT_ANSWER,)), best.proof
    against = _against(claim, registry, policy, now=now)
    if against is not None:
        return against, None
    if best is None:
        return _say(policy, Answer.NO, ["nothing-of-ours"], _WARY), None
    if "text-differs" in best.differs or "code-unknown" in best.differs:
        return _say(policy, Answer.NO, best.differs, _WARY), None
    return _say(policy, Answer.CANNOT_TELL, best.differs, _UNSURE), None


def _is_candidate(proof: Proof, claim: Claim, policy: TrustPolicy, *, now: datetime) -> bool:
    """A contact of the kind and about the time that is claimed; within memory without a time."""
    kind = "call" if proof.channel == "call" else "message"
    if claim.kind not in ("", kind) or proof.at > now:
        return False
    if claim.at is not None:
        ends = proof.ended_at or proof.answered_at or proof.at
        early, late = proof.at - policy.time_tolerance, ends + policy.time_tolerance
        return early <= claim.at <= late
    return proof.at >= now - policy.told_back


def _differences(
    proof: Proof, claim: Claim, code: Code | None, policy: TrustPolicy, *, now: datetime
) -> Iterator[str]:
    if claim.number.strip() and not _same_sender(proof, claim.number):
        yield "number-differs"
    if claim.staff_number.strip() and not _same_staff_number(proof, claim.staff_number):
        yield "staff-number-differs"
    if claim.staff_name.strip() and not _same_staff_name(proof, claim.staff_name):
        yield "staff-name-differs"
    if code is not None and not (proof.code == code and now < proof.at + policy.code_lasts):
        yield "code-unknown"
    if claim.text.strip() and not text_fits(claim.text, proof.text):
        yield "text-differs"


def _same_sender(proof: Proof, claimed: str) -> bool:
    kinds = (OfficialKind.NUMBER, OfficialKind.SENDER)
    number = canonical(OfficialKind.NUMBER, claimed)
    if number and same_number(canonical(OfficialKind.NUMBER, proof.shown), number):
        return True
    shown = {canonical(kind, proof.shown) for kind in kinds} - {""}
    said = {canonical(kind, claimed) for kind in kinds} - {""}
    signed = {
        canonical(OfficialKind.SENDER, name)
        for kind, name in what_a_text_names(proof.text)
        if kind is OfficialKind.SENDER
    }
    return bool((shown | signed) & said)


def _same_staff_number(proof: Proof, claimed: str) -> bool:
    return proof.staff is not None and proof.staff.number.casefold() == _bare(claimed)


def _same_staff_name(proof: Proof, claimed: str) -> bool:
    """The whole name, or a family name as it is said: 王, 王女士, Ms Wang is not told apart."""
    if proof.staff is None:
        return False
    name, said = _bare(proof.staff.name), _bare(claimed)
    return said == name or (len(said) <= len(name) and name.startswith(said))


# ---------------------------------------------------------------- small things


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(ch for ch in plain if ch.isalnum())


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(plain.split())


def _is_number(text: str) -> bool:
    return bool(canonical(OfficialKind.NUMBER, text))


def _is_tail(text: str) -> bool:
    return len(text) == 4 and text.isascii() and text.isdecimal()


def _say(
    policy: TrustPolicy, answer: Answer, codes: Iterable[str], steps: tuple[str, ...]
) -> Finding:
    at = {"code-holds": "code_lasts_hours", "too-long-ago": "told_back_days"}
    reasons = tuple(
        Reason(code, policy.sources[at[code]] if code in at else "MISSION.md E1") for code in codes
    )
    return Finding(answer, policy.version, reasons, steps)
