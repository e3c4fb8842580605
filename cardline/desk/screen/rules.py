"""How sure we are who somebody is, and the way that they came. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from cardline.core.transaction import JsonObject
from cardline.desk.model import DeskPolicy
from cardline.desk.screen.model import Assurance, AssuranceLevel, PathStep
from cardline.identity.model import KINDS, Factor, Proof, Proofs


def assurance(
    proofs: Proofs,
    *,
    policy: DeskPolicy,
    now: datetime,
    phone_weak_until: datetime | None = None,
    by_agent: bool = False,
    by_phone: bool = True,
) -> Assurance:
    """Say how sure we are who this is, and why (row A2). Decides nothing: ``may_act`` does.

    ``proven``: the phone, and besides it a secret or a person's judgement, as guarded acts need;
    a thief has phone and wallet, hence data do not lift it. ``likely``: any one of them, or data.
    ``claimed``: nothing but a name. Proofs for anybody else than who is claimed, or for one act
    only, never count. ``phone_weak_until``: end of the cooling period after a change of number.
    ``by_phone``: a call, whose number says something; a chat or a letter has none to withhold.
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
    reasons = [
        *_given(own, now=now),
        *_against(proofs, own, phone_weak=phone_weak, by_phone=by_phone),
    ]
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


def _against(
    proofs: Proofs, own: Sequence[Proof], *, phone_weak: bool, by_phone: bool
) -> Iterator[str]:
    if not own:
        yield "claimed-only"
    if phone_weak:
        yield "phone-weak"
    if not by_phone:
        return
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
