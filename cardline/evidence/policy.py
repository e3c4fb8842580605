"""The numbers of evidence as types, checked on loading."""

from dataclasses import dataclass
from datetime import timedelta

from cardline.core.policy import AreaPolicy, PolicyError
from cardline.core.verdict import RuleVersion


@dataclass(frozen=True)
class EvidencePolicy:
    """The numbers of this area; read-only and shared."""

    version: RuleVersion
    key_lasts: timedelta
    key_warning: timedelta
    pack_kept: timedelta
    packs_per_day: int
    pack_interactions: int
    internal_kinds: frozenset[str]
    sources: dict[str, str]


def evidence_policy(area: AreaPolicy) -> EvidencePolicy:
    """Read the pack's ``evidence`` area. Raises :class:`PolicyError`."""
    policy = EvidencePolicy(
        version=area.version,
        key_lasts=area.days("key_days"),
        key_warning=area.days("key_warning_days"),
        pack_kept=area.days("pack_days"),
        packs_per_day=area.integer("packs_per_day"),
        pack_interactions=area.integer("pack_interactions"),
        internal_kinds=frozenset(area.texts("internal_kinds")),
        sources={key: area.source(key) for key in area.numbers},
    )
    if not timedelta(0) < policy.key_warning < policy.key_lasts:
        raise PolicyError("evidence.key_warning_days must be above 0 and below key_days")
    return policy
