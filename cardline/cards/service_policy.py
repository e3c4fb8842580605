"""The numbers of what agents do on a card, as types, checked on loading (``servicing.toml``)."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from cardline.core.calendar import WorkCalendar, work_calendar
from cardline.core.money import Fen
from cardline.core.policy import AreaPolicy, PolicyError
from cardline.core.verdict import RuleVersion


@dataclass(frozen=True)
class ServicePolicy:
    """Read-only and shared; see the pack for units and sources."""

    version: RuleVersion
    calendar: WorkCalendar
    query_window: timedelta
    query_answer_working_days: int
    objection_answer: timedelta
    never_late: frozenset[str]
    case_credit_alone: Fen
    due_soon: timedelta
    change_confirm: timedelta
    change_cooling: timedelta
    limit_step: Fen
    limit_highest: Fen
    limit_rule_highest: Fen
    limit_rise: dict[str, Decimal]
    """By term: ``permanent``, ``temporary``."""
    limit_account_months: int
    limit_statements: int
    limit_statements_least: int
    limit_use_least: Decimal
    limit_late_statements: int
    limit_late_most: int
    limit_loans_most: Decimal
    limit_pause: timedelta
    limit_temporary: timedelta
    limit_offer: timedelta
    fee_window: timedelta
    fee_goodwill_months: int
    fee_alone: Fen
    closure_cooling: timedelta


def service_policy(area: AreaPolicy, contacts: AreaPolicy) -> ServicePolicy:
    """Read the area ``servicing``, and the calendar from ``outreach``.

    Raises :class:`PolicyError` where a number is missing or the limits contradict each other.
    """
    policy = ServicePolicy(
        version=area.version,
        calendar=work_calendar(contacts),
        query_window=area.days("query_window_days"),
        query_answer_working_days=area.integer("query_answer_working_days"),
        objection_answer=area.days("objection_answer_days"),
        never_late=frozenset(area.texts("never_late_reasons")),
        case_credit_alone=Fen(area.integer("case_credit_alone")),
        due_soon=area.days("due_soon_days"),
        change_confirm=area.days("change_confirm_days"),
        change_cooling=area.hours("change_cooling_hours"),
        limit_step=Fen(area.integer("limit_step")),
        limit_highest=Fen(area.integer("limit_highest")),
        limit_rule_highest=Fen(area.integer("limit_rule_highest")),
        limit_rise={
            term: area.decimal(f"limit_rise_{term}") for term in ("permanent", "temporary")
        },
        limit_account_months=area.integer("limit_account_months"),
        limit_statements=area.integer("limit_statements"),
        limit_statements_least=area.integer("limit_statements_least"),
        limit_use_least=area.decimal("limit_use_least"),
        limit_late_statements=area.integer("limit_late_statements"),
        limit_late_most=area.integer("limit_late_most"),
        limit_loans_most=area.decimal("limit_loans_most"),
        limit_pause=area.days("limit_pause_days"),
        limit_temporary=area.days("limit_temporary_days"),
        limit_offer=area.days("limit_offer_days"),
        fee_window=area.days("fee_window_days"),
        fee_goodwill_months=area.integer("fee_goodwill_months"),
        fee_alone=Fen(area.integer("fee_alone")),
        closure_cooling=area.days("closure_cooling_days"),
    )
    if policy.limit_step <= 0 or policy.limit_rule_highest > policy.limit_highest:
        raise PolicyError(
            f"pack {area.pack}: servicing.limit_…: step and highest limits contradict"
        )
    return policy
