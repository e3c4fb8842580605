"""Who may do what next with a complaint (row C2). Every refusal is a verdict with all reasons."""

from collections.abc import Collection, Iterator
from datetime import datetime

from cardline.complaints.clock_model import ComplaintPolicy
from cardline.complaints.model import Complaint, Extension, Grade, Mark, Pause, PauseGround, State
from cardline.complaints.rules.speaking import against_hearing
from cardline.complaints.telling_model import Notice, NoticeAbout
from cardline.core.roles import Role
from cardline.core.verdict import Reason, Verdict, judge

_HANDLER = "CMP 17"
_STEPS = "row C2"
_UNDER_WAY = (State.RECEIVED, State.ACCEPTED, State.AWAITING, State.DECIDED)


def may_handle(case: Complaint, *, by: str, role: Role, policy: ComplaintPolicy) -> Verdict:
    """Say whether somebody may handle a complaint.

    Never the person complained of, never one with an interest; a re-examination never by whoever
    handled it before, or agreed to what was decided. Refusals: ``role``, ``complained-of``,
    ``has-interest``, ``handled-before``, ``state-…``.
    """
    return judge(policy.version, _against_handling(case, by, role, policy))


def _against_handling(
    case: Complaint, by: str, role: Role, policy: ComplaintPolicy
) -> Iterator[Reason | None]:
    yield from unfit(case, by)
    if case.round > 1:
        if role not in policy.reexaminer_roles:
            yield Reason("role", policy.sources["reexaminer_roles"])
        if by in (case.first_handler, case.first_approver):
            yield Reason("handled-before", policy.sources["reexaminer_roles"])
    elif role not in policy.handler_roles:
        yield Reason("role", policy.sources["handler_roles"])
    yield in_state(case, *_UNDER_WAY, State.REFUSED, State.ANSWERED)


def unfit(case: Complaint, by: str) -> Iterator[Reason]:
    """Yield what keeps somebody from any say in a complaint (CMP 17)."""
    if by in case.persons:
        yield Reason("complained-of", _HANDLER)
    if by in case.interested:
        yield Reason("has-interest", _HANDLER)


def may_accept(case: Complaint, *, by: str, policy: ComplaintPolicy) -> Verdict:
    """Say whether a complaint may be accepted: it was received, and the handler says so."""
    return judge(policy.version, (*_own(case, by), in_state(case, State.RECEIVED)))


def may_refuse(case: Complaint, reason: str, *, by: str, policy: ComplaintPolicy) -> Verdict:
    """Say whether a complaint may be refused: before it is decided, for a lawful reason alone.

    Refusals: ``refusal-unlawful``, ``state-…``, ``not-the-handler``, ``handler-needed``,
    ``complained-of``, ``has-interest``.
    """
    unlawful = reason not in policy.refusals
    # Whoever complains for nobody cannot lack an authority.
    unneeded = reason == "without-authority" and case.proxy is None
    return judge(
        policy.version,
        (
            *_own(case, by),
            in_state(case, State.RECEIVED, State.ACCEPTED),
            Reason("refusal-unlawful", policy.sources["refusals"])
            if unlawful or unneeded
            else None,
        ),
    )


def may_work(case: Complaint, *, by: str, policy: ComplaintPolicy) -> Verdict:
    """Say whether somebody may ask departments, pause or add: the handler, while it goes on."""
    return judge(policy.version, (*_own(case, by), in_state(case, *_UNDER_WAY)))


def may_classify(case: Complaint, *, by: str, policy: ComplaintPolicy) -> Verdict:
    """Say whether product, issue and causes may be confirmed: by the handler, until it is over."""
    states = (*_UNDER_WAY, State.REFUSED, State.ANSWERED)
    return judge(policy.version, (*_own(case, by), in_state(case, *states)))


def may_pause(
    case: Complaint, ground: PauseGround, *, by: str, due_at: datetime, policy: ComplaintPolicy,
    now: datetime,
) -> Verdict:  # fmt: skip
    """Say whether the time may stand still. Refusals: ``already-paused``, ``clock-over`` …"""
    return judge(
        policy.version,
        (
            *_own(case, by),
            in_state(case, *_UNDER_WAY),
            Reason("already-paused", _STEPS) if open_pause(case, ground) else None,
            Reason("clock-over", "CMP 18") if now >= due_at else None,
        ),
    )


def may_resume(case: Complaint, ground: PauseGround, *, policy: ComplaintPolicy) -> Verdict:
    """Say whether the time may run on: anybody of the staff may say that what was awaited came."""
    return judge(
        policy.version, (None if open_pause(case, ground) else Reason("not-paused", _STEPS),)
    )


def open_pause(case: Complaint, ground: PauseGround) -> Pause | None:
    """Return the pause that goes on for a ground."""
    pauses = case.timeline.pauses
    return next((one for one in pauses if one.ground is ground and one.until is None), None)


def may_extend(
    case: Complaint, grade: Grade, ground: str, *, by: str, has: Grade, due_at: datetime,
    policy: ComplaintPolicy, now: datetime,
) -> Verdict:  # fmt: skip
    """Say whether a longer grade may be asked for.

    Refusals: ``grade-unfit``, ``ground-unfit``, ``clock-over``, ``extension-open`` …
    """
    return judge(
        policy.version, _against_extending(case, grade, ground, by, has, due_at, policy, now)
    )


def _against_extending(
    case: Complaint, grade: Grade, ground: str, by: str, has: Grade, due_at: datetime,
    policy: ComplaintPolicy, now: datetime,
) -> Iterator[Reason | None]:  # fmt: skip
    yield from _own(case, by)
    yield in_state(case, State.RECEIVED, State.ACCEPTED)
    order = [one.grade for one in policy.grades]
    source = policy.sources["grades"]
    if grade not in order or order.index(grade) <= order.index(has):
        yield Reason("grade-unfit", source)
    elif ground not in policy.grades[order.index(grade)].grounds:
        yield Reason("ground-unfit", policy.grades[order.index(grade)].source)
    if now >= due_at:
        yield Reason("clock-over", source)
    if any(_unsettled(one, policy) for one in case.timeline.extensions):
        yield Reason("extension-open", source)


def may_approve_extension(
    case: Complaint, extension: Extension, *, by: str, role: Role, policy: ComplaintPolicy
) -> Verdict:
    """Say whether somebody may approve a longer time: a role of the pack, not whoever asked."""
    rule = next((one for one in policy.grades if one.grade == extension.grade), None)
    source = rule.source if rule else policy.sources["grades"]
    settled = extension.approved_at is not None or extension.turned_down_at is not None
    return judge(
        policy.version,
        (
            *unfit(case, by),
            None if rule and role in rule.approvers else Reason("role", source),
            Reason("own-request", source) if by == extension.asked_by else None,
            Reason("extension-settled", source) if settled else None,
        ),
    )


def _unsettled(extension: Extension, policy: ComplaintPolicy) -> bool:
    needs = any(one.grade == extension.grade and one.approvers for one in policy.grades)
    return needs and extension.approved_at is None and extension.turned_down_at is None


def may_notify(notice: Notice, policy: ComplaintPolicy) -> Verdict:
    """Say whether something told counts: by a way of the pack, with the proof that belongs to it.

    An answer holds all that it must. Refusals: ``channel-not-notice``, ``contents-missing``.
    """
    lacking: Collection[str] = ()
    if notice.about in ("answer", "reexamination"):
        wanted = set(policy.answer_contents)
        if notice.about == "reexamination":
            wanted.discard("reexamination")  # there is no second one
        lacking = wanted - set(notice.contents)
    return judge(
        policy.version,
        (
            Reason("channel-not-notice", policy.sources["notice_proofs"])
            if notice.channel not in policy.notice_proofs
            else None,
            Reason("contents-missing", policy.sources["answer_contents"]) if lacking else None,
        ),
    )


def may_prove(notice: Notice, kind: str, reference: str, policy: ComplaintPolicy) -> Verdict:
    """Say whether something proves a notice (CMP 21). Refusals: ``proof-needed``,
    ``proof-unfit``.
    """
    source = policy.sources["notice_proofs"]
    fits = policy.notice_proofs.get(notice.channel) == kind
    return judge(
        policy.version,
        (
            None if reference.strip() else Reason("proof-needed", source),
            None if fits else Reason("proof-unfit", source),
        ),
    )


_TOLD_IN: dict[NoticeAbout, tuple[State, ...]] = {
    "acknowledgement": (State.RECEIVED, State.ACCEPTED),
    "acceptance": (State.ACCEPTED,),
    "refusal": (State.REFUSED,),
    "extension": (State.RECEIVED, State.ACCEPTED),
    "answer": (State.DECIDED,),
    "reexamination": (State.DECIDED,),
}


def may_tell(
    case: Complaint, notice: Notice, *, by: str, policy: ComplaintPolicy, now: datetime
) -> Verdict:
    """Say whether this may be told now: by the handler, in its state, of its round.

    Nothing was told before the complaint came, or later than now; to whoever speaks for somebody
    else nothing is told before they have shown that they may (CMP 14).
    """
    answers = notice.about in ("answer", "reexamination")
    wrong_round = answers and (notice.about == "reexamination") != (case.round > 1)
    wrong_time = not case.timeline.received_at <= notice.at <= now
    return judge(
        policy.version,
        (
            *may_notify(notice, policy).refusals,
            in_state(case, *_TOLD_IN[notice.about]),
            *(_own(case, by) if notice.about != "acknowledgement" else ()),
            Reason(f"state-{case.state.value}", _STEPS) if wrong_round else None,
            Reason("proof-unfit", policy.sources["notice_proofs"]) if wrong_time else None,
            *against_hearing(case, notice, now=now),
        ),
    )


def may_close(
    case: Complaint, *, by: str, tasks_open: bool, remedies_open: bool, policy: ComplaintPolicy
) -> Verdict:
    """Say whether a complaint may be closed.

    It was answered, or refused and that told, or decided with nobody to tell; it is classified,
    its remedies and tasks are done. Refusals: ``state-…``, ``unclassified``, ``remedy-open``,
    ``tasks-open`` …
    """
    ends = [State.ANSWERED]
    if Mark.REFUSAL_TOLD in case.timeline.marks:
        ends.append(State.REFUSED)
    if case.anonymous:
        ends += [State.DECIDED, State.REFUSED]
    refused = case.state is State.REFUSED
    unclassified = not refused and not (case.product and case.issue and case.causes)
    return judge(
        policy.version,
        (
            *_own(case, by),
            in_state(case, *ends),
            Reason("unclassified", _STEPS) if unclassified else None,
            Reason("remedy-open", "row C3") if remedies_open else None,
            Reason("tasks-open", _STEPS) if tasks_open else None,
        ),
    )


def may_withdraw(case: Complaint, policy: ComplaintPolicy) -> Verdict:
    """Say whether it may be taken back: at any time before it is answered (CMP 15)."""
    return judge(policy.version, (in_state(case, *_UNDER_WAY, State.REFUSED),))


def may_add_facts(case: Complaint, policy: ComplaintPolicy) -> Verdict:
    """Say whether new facts may be added: while it is not answered; afterwards it is reopened."""
    return judge(policy.version, (in_state(case, *_UNDER_WAY),))


def may_reexamine(
    case: Complaint, *, until: datetime | None, in_writing: bool, policy: ComplaintPolicy,
    now: datetime,
) -> Verdict:  # fmt: skip
    """Say whether a re-examination may be asked for (CMP 20).

    ``until``: the end of the right, by the clock; ``None``: the pack knows none. Refusals:
    ``no-reexamination``, ``reexamination-once``, ``reexamination-late``, ``writing-needed`` …
    """
    source = policy.sources.get("clock_ask_reexamination", _STEPS)
    return judge(
        policy.version,
        (
            in_state(case, State.ANSWERED, State.CLOSED),
            Reason("reexamination-once", source) if case.round > 1 else None,
            Reason("no-reexamination", source) if until is None and case.round == 1 else None,
            Reason("reexamination-late", source) if until is not None and now >= until else None,
            None if in_writing else Reason("writing-needed", source),
        ),
    )


def may_reopen(case: Complaint, *, new_facts: str, policy: ComplaintPolicy) -> Verdict:
    """Say whether it may be opened again: it is over, and something new was said."""
    over = (State.ANSWERED, State.CLOSED, State.WITHDRAWN, State.REFUSED)
    return judge(
        policy.version,
        (
            in_state(case, *over),
            None if new_facts.strip() else Reason("new-facts-needed", _STEPS),
        ),
    )


def may_join(case: Complaint, into: Complaint, policy: ComplaintPolicy) -> Verdict:
    """Say whether one complaint may go on as part of another one of the same person."""
    one, other = case.complainant, into.complainant
    same_holder = one.holder_id is not None and one.holder_id == other.holder_id
    phones, mails = (one.reach.phone, other.reach.phone), (one.reach.email, other.reach.email)
    same_reach = any(a and a == b for a, b in (phones, mails))
    same = same_holder or (same_reach and None in (one.holder_id, other.holder_id))
    return judge(
        policy.version,
        (
            Reason("same-complaint", _STEPS) if case.id == into.id else None,
            in_state(case, State.RECEIVED, State.ACCEPTED),
            in_state(into, *_UNDER_WAY),
            None if same else Reason("other-complainant", _STEPS),
        ),
    )


def _own(case: Complaint, by: str) -> Iterator[Reason]:
    yield from unfit(case, by)
    if case.handler is None:
        yield Reason("handler-needed", _HANDLER)
    elif case.handler != by:
        yield Reason("not-the-handler", _HANDLER)


def in_state(case: Complaint, *states: State) -> Reason | None:
    """Return why the state does not allow it, ``None`` where it does."""
    return None if case.state in states else Reason(f"state-{case.state.value}", _STEPS)
