"""The numbers of campaigns as types, checked on loading."""

from datetime import timedelta

from cardline.core.policy import AreaPolicy, PolicyError, load_area
from cardline.outreach.campaigns.machine_policy import machine_policy
from cardline.outreach.campaigns.model import CampaignPolicy, Outcome

_SHORTEST_RING = timedelta(seconds=15)
"""Who lets it ring for less counts as a nuisance caller (US 47 CFR 64.1200(a)(6))."""


def campaign_policy(area: AreaPolicy) -> CampaignPolicy:
    """Read the pack's ``campaigns`` area.

    Raises :class:`PolicyError` for shares outside ``[0, 1)`` and for a ring below 15 seconds.
    """
    ring = area.seconds("ring_seconds")
    if ring < _SHORTEST_RING:
        raise PolicyError(f"pack {area.pack}: campaigns.ring_seconds must be 15 or more")
    opens, closes = area.clock_time("opens"), area.clock_time("closes")
    if not opens < closes:
        raise PolicyError(f"pack {area.pack}: campaigns.closes must be after opens")
    return CampaignPolicy(
        version=area.version,
        abandonment_limit=_share(area, "abandonment_limit"),
        abandonment_window=area.days("abandonment_window_days"),
        ring=ring,
        lines_an_agent=area.integer("lines_an_agent"),
        answer_rate=_share(area, "answer_rate"),
        answer_samples=area.integer("answer_samples"),
        handling=area.seconds("handling_seconds"),
        preview_lease=timedelta(minutes=area.integer("preview_lease_minutes")),
        retries=area.integer("retries"),
        retry_after=_retries(area),
        hold_out=_share(area, "hold_out"),
        opens=opens,
        closes=closes,
        alert_lasts=area.hours("alert_lasts_hours"),
        interval_z=float(area.decimal("interval_z")),
        smallest_arm=area.integer("smallest_arm"),
        complained=area.days("complained_days"),
        complained_answer=area.hours("complained_answer_hours"),
        sms_at_once=area.integer("sms_at_once"),
        machines=machine_policy(area),
    )


def survey_lasts(pack: str = "cn") -> timedelta:
    """Return how long an answer to a survey is taken."""
    return load_area("campaigns", pack=pack).days("survey_answer_days")


def _share(area: AreaPolicy, key: str) -> float:
    value = float(area.decimal(key))
    if not 0 <= value < 1:
        raise PolicyError(f"pack {area.pack}: campaigns.{key} must be a share from 0 to below 1")
    return value


def _retries(area: AreaPolicy) -> dict[Outcome, timedelta]:
    value = area.numbers["retry_after_minutes"].value
    known = {str(outcome) for outcome in Outcome}
    if not isinstance(value, dict) or not value.keys() <= known:
        raise PolicyError(f"pack {area.pack}: campaigns.retry_after_minutes names an outcome each")
    found: dict[Outcome, timedelta] = {}
    for name, minutes in value.items():
        if isinstance(minutes, bool) or not isinstance(minutes, int) or minutes < 1:
            raise PolicyError(f"pack {area.pack}: campaigns.retry_after_minutes.{name}: minutes")
        found[Outcome(name)] = timedelta(minutes=minutes)
    return found
