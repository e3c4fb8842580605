"""What a decision must hold, and when a second person has to agree (row C3)."""

from collections.abc import Iterator

from cardline.complaints.clock_model import ComplaintPolicy
from cardline.complaints.model import Complaint, State
from cardline.complaints.rules.handling import in_state, unfit
from cardline.complaints.work_model import Decided, Decision, Outcome, Remedy, RemedyKind
from cardline.core.roles import Role
from cardline.core.verdict import Reason, Verdict, judge

_ANSWER = "CMP 19"
_REMEDY = "row C3"
_OBJECTION = "CRR 25"
_RECORD = "credit-record"
"""As a subject of the pack, and as an issue of the vocabulary: neither way leads round the rule."""
_LEAST = 4
"""Characters: shorter than that nothing is explained."""


def may_decide(
    case: Complaint,
    decision: Decision,
    *,
    by: str,
    policy: ComplaintPolicy,
    accounts: frozenset[str],
) -> Verdict:
    """Say whether a decision may be made as it is.

    ``accounts``: those of the complainant in the currency of compensation, which goes to no
    other. A credit record is corrected where the bank erred, and only there. Refusals:
    ``findings-needed``,
    ``basis-needed``, ``reasons-needed``, ``remedy-needed``, ``apology-needed``,
    ``compensation-…``, ``account-unfit``, ``detail-needed``, ``fault-not-said``,
    ``bank-did-not-err``, ``bank-erred-so-correct``, ``not-the-handler`` …
    """
    return judge(policy.version, _against(case, decision, by, policy, accounts))


def _against(
    case: Complaint,
    decision: Decision,
    by: str,
    policy: ComplaintPolicy,
    accounts: frozenset[str],
) -> Iterator[Reason | None]:
    yield from unfit(case, by)
    if case.handler != by:
        yield Reason("not-the-handler" if case.handler else "handler-needed", "CMP 17")
    yield in_state(case, State.ACCEPTED)
    for name, text in (
        ("findings", decision.findings),
        ("basis", decision.basis),
        ("reasons", decision.reasons),
    ):
        if len(text.strip()) < _LEAST:
            yield Reason(f"{name}-needed", _ANSWER)
    yield from _against_remedies(decision, policy, accounts)
    if _RECORD in case.subjects or case.issue == _RECORD:
        yield from _against_correction(decision)


def _against_remedies(
    decision: Decision, policy: ComplaintPolicy, accounts: frozenset[str]
) -> Iterator[Reason]:
    kinds = [remedy.kind for remedy in decision.remedies]
    stands = decision.outcome is not Outcome.NOT_UPHELD
    if stands and not kinds:
        yield Reason("remedy-needed", _REMEDY)
    if stands and kinds and RemedyKind.APOLOGY not in kinds:
        yield Reason("apology-needed", _REMEDY)
    for code in dict.fromkeys(
        code for remedy in decision.remedies for code in _faults(remedy, accounts)
    ):
        yield Reason(code, _REMEDY)
    if decision.compensation > policy.compensation_most:
        yield Reason("compensation-too-high", policy.sources["compensation_most"])
    if not stands and RemedyKind.COMPENSATION in kinds:
        yield Reason("compensation-without-fault", _REMEDY)


def _faults(remedy: Remedy, accounts: frozenset[str]) -> Iterator[str]:
    if remedy.kind is RemedyKind.COMPENSATION:
        if remedy.amount is None or remedy.amount <= 0 or remedy.account_id is None:
            yield "compensation-unfit"
        elif remedy.account_id not in accounts:
            yield "account-unfit"
        return
    if remedy.amount is not None or remedy.account_id is not None:
        yield "compensation-unfit"
    if remedy.kind is not RemedyKind.APOLOGY and len(remedy.detail.strip()) < _LEAST:
        yield "detail-needed"


def _against_correction(decision: Decision) -> Iterator[Reason]:
    corrects = any(remedy.kind is RemedyKind.CORRECTION for remedy in decision.remedies)
    if decision.bank_erred is None:
        yield Reason("fault-not-said", _OBJECTION)
    elif decision.bank_erred and not corrects:
        yield Reason("bank-erred-so-correct", _OBJECTION)
    elif not decision.bank_erred and corrects:
        yield Reason("bank-did-not-err", _OBJECTION)


def needs_second(decision: Decision, policy: ComplaintPolicy) -> bool:
    """True where more is given than whoever decides may give alone."""
    return decision.compensation > policy.compensation_alone


def may_agree(
    case: Complaint, decided: Decided, *, by: str, role: Role, policy: ComplaintPolicy
) -> Verdict:
    """Say whether somebody may be the second pair of eyes, to agree or to turn down."""
    source = policy.sources["second_roles"]
    return judge(
        policy.version,
        (
            *unfit(case, by),
            in_state(case, State.AWAITING),
            None if role in policy.second_roles else Reason("role", source),
            Reason("four-eyes", source) if by == decided.by else None,
        ),
    )
