"""Reads the policy pack's ``desk`` area."""

from datetime import timedelta
from typing import Any, cast

from cardline.core.policy import AreaPolicy, PolicyError
from cardline.desk.model import FIELDS, SHOWN, DeskPolicy, Field, Shown
from cardline.desk.staff.model import ROLES, Role

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
