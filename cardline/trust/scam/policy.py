"""The numbers of this area as types, checked on loading."""

from datetime import timedelta

from cardline.core.policy import AreaPolicy, PolicyError
from cardline.trust.scam.model import ScamPolicy


def scam_policy(area: AreaPolicy) -> ScamPolicy:
    """Read the pack's ``scam`` area. Raises :class:`PolicyError` for shares that are none."""
    policy = ScamPolicy(
        version=area.version,
        scam_from=_share(area, "scam_from"),
        model_from=_share(area, "model_from"),
        model_share=_share(area, "model_share"),
        most_characters=area.integer("most_characters"),
        cooling_off=area.hours("cooling_off_hours"),
        review_within=area.hours("review_hours"),
        follow_up_within=area.hours("follow_up_hours"),
        known_for=area.days("known_days"),
        report_characters=area.integer("report_characters"),
        reports_per_day=area.integer("reports_per_day"),
        sources={key: area.source(key) for key in area.numbers},
    )
    if policy.cooling_off <= timedelta(0) or policy.most_characters < 500:
        raise PolicyError(
            f"pack {area.pack}: scam.cooling_off_hours must be above 0, most_characters above 500"
        )
    return policy


def _share(area: AreaPolicy, key: str) -> float:
    value = area.decimal(key)
    if not 0 < value < 1:
        raise PolicyError(f"pack {area.pack}: scam.{key} must be above 0 and below 1")
    return float(value)
