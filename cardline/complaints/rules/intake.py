"""What may be taken in, what is still needed, what is the same complaint (rows C1, C2)."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime

from cardline.complaints.clock_model import ComplaintPolicy
from cardline.complaints.model import Intake, Severity
from cardline.core.verdict import Reason, Verdict, judge

LEAST_SAID = 2
"""Characters: less than that says nothing."""
_NO_WORD = re.compile(r"[\W_]+")


def may_receive(intake: Intake, policy: ComplaintPolicy, *, now: datetime) -> Verdict:
    """Say whether a complaint can be taken in as it is.

    Refusals: ``nothing-said``, ``subject-unknown``, ``received-in-future``,
    ``too-many-representatives``, ``representative-needed``. What is missing of a proxy refuses
    nothing: it is asked for afterwards (:func:`still_needed`), and the time runs.
    """
    return judge(policy.version, _against_receiving(intake, policy, now))


def _against_receiving(
    intake: Intake, policy: ComplaintPolicy, now: datetime
) -> Iterator[Reason | None]:
    if len(intake.statement.strip()) < LEAST_SAID and not intake.files:
        yield Reason("nothing-said", "CMP 13")
    if not frozenset(intake.subjects) <= policy.subjects:
        yield Reason("subject-unknown", policy.sources["subjects"])
    if intake.received_at is not None and intake.received_at > now:
        yield Reason("received-in-future", "CMP 18")
    joint = intake.joint
    if joint is not None and joint.people > 1:
        if len(joint.representatives) > policy.representatives:
            yield Reason("too-many-representatives", policy.sources["representatives"])
        if not joint.representatives:
            yield Reason("representative-needed", policy.sources["representatives"])


def still_needed(intake: Intake) -> tuple[str, ...]:
    """Return what must still be asked for; never what the bank already holds (CMP 13, 14).

    ``name``, ``reach``, ``demand``; of a proxy ``authority``, ``proxy-identity``,
    ``proxy-reach``. Of a holder the bank has name, identity and ways to reach them.
    """
    found = []
    who = intake.complainant
    if who.holder_id is None:
        found += [] if who.name else ["name"]
        found += [] if who.reach.any else ["reach"]
    if not intake.demand.strip():
        found.append("demand")
    if intake.proxy is not None:
        found += [] if intake.proxy.authority_files else ["authority"]
        found += [] if intake.proxy.identity_files else ["proxy-identity"]
        found += [] if intake.proxy.reach.any else ["proxy-reach"]
    return tuple(found)


def severity_of(intake: Intake, policy: ComplaintPolicy) -> Severity | None:
    """Return ``major`` where the law says so: many people in person (CMP 29); else nobody knows."""
    joint = intake.joint
    if joint is not None and joint.in_person and joint.people >= policy.major_people:
        return "major"
    return None


def likeness(intake: Intake) -> str | None:
    """Return what two complaints have in common that are the same: who, and the words they used.

    ``None`` where nobody knows who it is: nothing is joined on words alone. Letters' case, width,
    spaces and signs make no difference.
    """
    who = intake.complainant
    reach = who.reach
    known = who.holder_id or reach.phone or reach.email.casefold()
    if not known:
        return None
    words = _NO_WORD.sub("", unicodedata.normalize("NFKC", intake.statement).casefold())
    if not words:
        return None
    return hashlib.sha256(f"{known}\0{words}".encode()).hexdigest()
