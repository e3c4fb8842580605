"""Rules of the agent's workplace: policy, assurance, masks, wrap-up, the polite end. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from cardline.core.masking import mask_phone
from cardline.core.policy import AreaPolicy, PolicyError
from cardline.core.transaction import JsonObject
from cardline.core.verdict import Reason, Verdict, judge
from cardline.desk.catalogue import DeskCatalogue
from cardline.desk.staff.model import ROLES, Role
from cardline.desk.work.model import (
    FIELDS,
    SHOWN,
    Assurance,
    AssuranceLevel,
    DeskPolicy,
    Field,
    HardFacts,
    PathStep,
    Shown,
    WrapUp,
)
from cardline.identity.model import KINDS, Factor, Proof, Proofs

_NUMBERS = (
    "shown",
    "unmask",
    "reason_characters",
    "notes_unbound",
    "likely_data",
    "contacts_shown",
    "summary_characters",
    "promise_days",
    "wrap_up_hours",
    "chat_wrap_up_minutes",
    "callback_hours",
    "warning_seconds",
    "plan_days",
    "recovery_minutes",
)
_UNHEARD = frozenset({"caller-left", "not-reached", "transferred", "ended-politely"})
"""Outcomes after which nobody could be asked for anything else or hear anything read back."""


def read_desk_policy(area: AreaPolicy) -> DeskPolicy:
    """Read the pack's ``desk`` area.

    Raises :class:`PolicyError` where an entry is missing, a role or a field is left out of the
    tables, or a number would switch a protection off.
    """
    policy = DeskPolicy(
        version=area.version,
        shown={role: _shown(area, role) for role in ROLES},
        unmask={role: _unmask(area, role) for role in ROLES},
        reason_characters=area.integer("reason_characters"),
        notes_unbound=frozenset(area.texts("notes_unbound")),
        likely_data=area.integer("likely_data"),
        contacts_shown=area.integer("contacts_shown"),
        summary_characters=area.integer("summary_characters"),
        promise_ahead=area.days("promise_days"),
        wrap_up_within=area.hours("wrap_up_hours"),
        chat_wrap_up=timedelta(minutes=area.integer("chat_wrap_up_minutes")),
        callback_within=area.hours("callback_hours"),
        warning_before=area.seconds("warning_seconds"),
        plan_longest=area.days("plan_days"),
        recovery=timedelta(minutes=area.integer("recovery_minutes")),
        sources={key: area.source(key) for key in _NUMBERS},
    )
    nothing = timedelta(0)
    fit = {
        "reason_characters": policy.reason_characters >= 4,
        "notes_unbound": policy.notes_unbound <= set(ROLES),
        "likely_data": policy.likely_data >= 1,
        "contacts_shown": 1 <= policy.contacts_shown <= 50,
        "summary_characters": policy.summary_characters >= 1,
        "promise_days": policy.promise_ahead > nothing,
        "wrap_up_hours": policy.wrap_up_within > nothing,
        "chat_wrap_up_minutes": policy.chat_wrap_up > nothing,
        "callback_hours": policy.callback_within > nothing,
        "warning_seconds": policy.warning_before > nothing,
        "plan_days": policy.plan_longest > nothing,
        "recovery_minutes": nothing < policy.recovery <= timedelta(hours=2),
    }
    for key, fits in fit.items():
        if not fits:
            raise PolicyError(f"pack {area.pack}: desk.{key} is out of its bounds")
    return policy


def _rows(area: AreaPolicy, key: str, role: Role) -> dict[str, Any]:
    value = area.numbers[key].value if key in area.numbers else None
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    found = [row for row in rows if row.get("role") == role]
    if len(found) != 1:
        raise PolicyError(f"pack {area.pack}: desk.{key} needs one row for the role {role}")
    return found[0]


def _shown(area: AreaPolicy, role: Role) -> dict[Field, Shown]:
    row = _rows(area, "shown", role)
    if set(row) - {"role"} != set(FIELDS) or not {row[one] for one in FIELDS} <= set(SHOWN):
        raise PolicyError(f"pack {area.pack}: desk.shown of {role}: every field, one of {SHOWN}")
    return {one: cast(Shown, row[one]) for one in FIELDS}


def _unmask(area: AreaPolicy, role: Role) -> frozenset[Field]:
    named = _rows(area, "unmask", role).get("fields")
    if not isinstance(named, list) or not set(named) <= set(FIELDS):
        raise PolicyError(f"pack {area.pack}: desk.unmask of {role} names unknown fields")
    return frozenset(cast("list[Field]", named))


# ---------------------------------------------------------------- who is this, and how sure


def assurance(
    proofs: Proofs,
    *,
    policy: DeskPolicy,
    now: datetime,
    phone_weak_until: datetime | None = None,
    by_agent: bool = False,
) -> Assurance:
    """Say how sure we are who this is, and why (row A2). Decides nothing: ``may_act`` does.

    ``proven``: the phone, and besides it a secret or a person's judgement, as guarded acts need;
    a thief has phone and wallet, hence data do not lift it. ``likely``: any one of them, or data.
    ``claimed``: nothing but a name. Proofs for anybody else than who is claimed, or for one act
    only, never count. ``phone_weak_until``: end of the cooling period after a change of number.
    """
    if proofs.claimed is None:
        return Assurance("none", ("nobody-claimed",))
    own = [
        proof for proof in proofs.given if proof.holder == proofs.claimed and proof.only_for is None
    ]
    phone_weak = phone_weak_until is not None and now < phone_weak_until
    full = [proof for proof in own if not _is_weak(proof, phone_weak=phone_weak, now=now)]
    kinds = {KINDS[proof.factor] for proof in full}
    data = sum(KINDS[proof.factor] == "data" for proof in full)
    level: AssuranceLevel = "claimed"
    if "possession" in kinds and kinds & {"secret", "judgement"}:
        level = "proven"
    elif kinds - {"data"} or data >= policy.likely_data:
        level = "likely"
    reasons = [*_given(own, now=now), *_against(proofs, own, phone_weak=phone_weak)]
    if by_agent:
        reasons.append("claimed-by-agent")
    return Assurance(level, tuple(reasons))


def _is_weak(proof: Proof, *, phone_weak: bool, now: datetime) -> bool:
    fresh = proof.weak_until is not None and now < proof.weak_until
    return fresh or (phone_weak and KINDS[proof.factor] == "possession")


def _given(own: Sequence[Proof], *, now: datetime) -> Iterator[str]:
    order = list(_STRENGTH)
    for proof in sorted(own, key=lambda one: order.index(one.factor)):
        fresh = proof.weak_until is not None and now < proof.weak_until
        yield _STRENGTH[proof.factor] + ("-fresh" if fresh else "")


def _against(proofs: Proofs, own: Sequence[Proof], *, phone_weak: bool) -> Iterator[str]:
    if not own:
        yield "claimed-only"
    if phone_weak:
        yield "phone-weak"
    if proofs.caller is None:
        yield "number-withheld"
    elif all(proof.factor is not Factor.REGISTERED_NUMBER for proof in own):
        yield "other-number"


_STRENGTH = {
    Factor.QUERY_PASSWORD: "query-password",
    Factor.ONE_TIME_CODE: "one-time-code",
    Factor.REGISTERED_NUMBER: "registered-number",
    Factor.AGENT_JUDGEMENT: "agent-judgement",
    Factor.KNOWLEDGE_QUESTIONS: "knowledge-questions",
    Factor.CARD_AND_ID_TAILS: "card-and-id-tails",
}
"""Reasons by factor, strongest first. Only a query password can be fresh."""


def path_of(entries: Iterable[JsonObject]) -> tuple[PathStep, ...]:
    """Make the way through the menus from the steps of a call: each stay once, keys beside it.

    ``entries`` are bodies of ``hotline.steps`` in their order; keys of entries are never in them.
    """
    steps: list[PathStep] = []
    for body in entries:
        for raw in body.get("steps", ()):
            at, node = datetime.fromisoformat(str(raw["at"])), str(raw["node"])
            key = str(raw["key"]) if "key" in raw else None
            if steps and steps[-1].node == node and steps[-1].key is None:
                if key is not None:
                    steps[-1] = replace(steps[-1], key=key)
            else:
                steps.append(PathStep(at, node, key))
    return tuple(steps)


# ---------------------------------------------------------------- what is shown to whom


def show(field: Field, value: str, *, role: Role, policy: DeskPolicy) -> str | None:
    """Show a field of a holder as this role sees it; ``None`` where it is hidden (row F4)."""
    how = policy.shown[role][field]
    if how == "hidden":
        return None
    return value if how == "whole" else _MASKS[field](value)


def mask_name(name: str) -> str:
    """Show the surname of a Chinese name, the initial of any other: ``林*``, ``J***``."""
    return name[:1] + "*" * max(1, min(len(name) - 1, 3)) if name else ""


def mask_address(address: str) -> str:
    """Show the first 6 characters, mostly province and city."""
    return f"{address[:6]}****" if address else ""


def _mask_tail(tail: str) -> str:
    return "*" * len(tail)


_MASKS = {
    "name": mask_name,
    "phone": mask_phone,
    "id_tail": _mask_tail,
    "address": mask_address,
}


def may_unmask(
    field: Field, reason: str, *, role: Role, party: bool, policy: DeskPolicy
) -> Verdict:
    """Decide a look at one field of one holder.

    Reasons: ``role-may-not-see``, ``not-a-party`` (of this interaction), ``reason-short``.
    """
    return judge(
        policy.version,
        (
            None
            if field in policy.unmask[role]
            else _because("role-may-not-see", "unmask", policy),
            None if party else Reason("not-a-party", "row F4"),
            None
            if len(reason.strip()) >= policy.reason_characters
            else _because("reason-short", "reason_characters", policy),
        ),
    )


# ---------------------------------------------------------------- wrap-up


def may_complete(
    wrap_up: WrapUp,
    *,
    talking: bool,
    catalogue: DeskCatalogue,
    policy: DeskPolicy,
    now: datetime,
) -> Verdict:
    """Say what a wrap-up still lacks (row A4); with nothing missing it may be completed."""
    return judge(
        policy.version,
        _missing(wrap_up, talking=talking, catalogue=catalogue, policy=policy, now=now),
    )


def _missing(
    wrap_up: WrapUp, *, talking: bool, catalogue: DeskCatalogue, policy: DeskPolicy, now: datetime
) -> Iterator[Reason]:
    row = "row A4"
    if talking:
        yield Reason("still-talking", row)
    if not wrap_up.matter:
        yield Reason("matter-missing", row)
    elif wrap_up.matter not in catalogue.codes("matters"):
        yield Reason("matter-unknown", row)
    if not wrap_up.outcome:
        yield Reason("outcome-missing", row)
    elif wrap_up.outcome not in catalogue.codes("outcomes"):
        yield Reason("outcome-unknown", row)
    if len(wrap_up.summary.strip()) < policy.summary_characters:
        yield _because("summary-short", "summary_characters", policy)
    if wrap_up.outcome not in _UNHEARD:
        if not wrap_up.anything_else_asked:
            yield Reason("anything-else-not-asked", row)
        if not wrap_up.read_back_confirmed:
            yield Reason("read-back-not-confirmed", row)
    if wrap_up.outcome == "promised" and not wrap_up.promises:
        yield Reason("promise-missing", row)
    if any(not promise.what.strip() for promise in wrap_up.promises):
        yield Reason("promise-empty", row)
    if any(promise.due_at <= now for promise in wrap_up.promises):
        yield Reason("promise-late", row)
    if any(promise.due_at > now + policy.promise_ahead for promise in wrap_up.promises):
        yield _because("promise-far", "promise_days", policy)
    if wrap_up.asks:
        yield Reason("asks-for-secret", "row E5")


# ---------------------------------------------------------------- hard conversations


def may_end_politely(facts: HardFacts, *, policy: DeskPolicy, now: datetime) -> Verdict:
    """Decide whether an agent may end a conversation after a warning (row A8).

    Reasons: ``not-warned``, ``warned-too-recently`` (until), ``freeze-asked``, ``freeze-open``,
    ``complaint-asked``, ``complaint-open``. Nothing is ever refused to the caller afterwards.
    """
    return judge(policy.version, _against_end(facts, policy, now))


def _against_end(facts: HardFacts, policy: DeskPolicy, now: datetime) -> Iterator[Reason]:
    row = "row A8"
    if facts.warned_at is None:
        yield Reason("not-warned", row)
    elif now < facts.warned_at + policy.warning_before:
        until = facts.warned_at + policy.warning_before
        yield Reason("warned-too-recently", policy.sources["warning_seconds"], until)
    if facts.freeze_asked:
        yield Reason("freeze-asked", row)
    settled = facts.card_settled_at
    if facts.freeze_came_at is not None and (settled is None or settled < facts.freeze_came_at):
        yield Reason("freeze-open", row)
    if facts.complaint_asked:
        yield Reason("complaint-asked", row)
    if facts.came_to_complain and not facts.complaint_taken:
        yield Reason("complaint-open", row)


def _because(code: str, key: str, policy: DeskPolicy) -> Reason:
    return Reason(code, policy.sources[key])
