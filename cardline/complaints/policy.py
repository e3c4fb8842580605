"""The numbers of complaints as types, checked on loading (``complaints.toml``)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cardline.complaints.clock_model import (
    ClockRule,
    ComplaintPolicy,
    GradeRule,
    Task,
    Unit,
    Whose,
    Zones,
)
from cardline.complaints.model import Door, Grade, Mark, PauseGround
from cardline.complaints.telling_model import NoticeAbout
from cardline.core.amounts import currencies
from cardline.core.money import Fen
from cardline.core.policy import AreaPolicy, PolicyError
from cardline.core.roles import ROLES, Role

_CLOCK, _GRADE = "clock_", "grade_"
_KNOWN = frozenset(
    {
        *("task", "begins", "length", "unit", "doors", "subjects", "except_subjects", "grade"),
        *("met_by", "stops", "restarts", "at_most", "whose", "anew", "article"),
    }
)


def complaint_policy(area: AreaPolicy, servicing: AreaPolicy | None = None) -> ComplaintPolicy:
    """Read the area ``complaints``; a length may name the entry that holds it, here or there.

    Raises :class:`PolicyError` for what is missing, unknown or contradicts itself.
    """
    subjects = frozenset(area.texts("subjects"))
    grades = _grades(area)
    clocks = tuple(
        _clock(area, servicing, key, subjects, frozenset(one.grade for one in grades))
        for key in area.numbers
        if key.startswith(_CLOCK)
    )
    policy = ComplaintPolicy(
        version=area.version,
        zone=_zone(area),
        zones=_zones(area),
        clocks=clocks,
        grades=grades,
        currency=area.text("currency"),
        cycle_least=area.integer("cycle_least_days"),
        subjects=subjects,
        refusals=frozenset(area.texts("refusals")),
        notice_proofs=_table(area, "notice_proofs"),
        registered=frozenset(area.texts("registered_letters")),
        sent_counts=frozenset(area.texts("sent_counts")),
        answer_contents=area.texts("answer_contents"),
        representatives=area.integer("representatives"),
        major_people=area.integer("major_people"),
        compensation_alone=Fen(area.integer("compensation_alone")),
        compensation_most=Fen(area.integer("compensation_most")),
        second_roles=_roles(area, "second_roles", area.texts("second_roles")),
        handler_roles=_roles(area, "handler_roles", area.texts("handler_roles")),
        reexaminer_roles=_roles(area, "reexaminer_roles", area.texts("reexaminer_roles")),
        warn=area.hours("warn_hours"),
        again=area.hours("escalate_again_hours"),
        department_days=area.integer("department_days"),
        follow_up_days=area.integer("follow_up_days"),
        effect_weeks=area.integer("effect_weeks"),
        code_waits=area.hours("code_waits_hours"),
        sources={key: area.source(key) for key in area.numbers},
    )
    _check(area, policy)
    return policy


def _check(area: AreaPolicy, policy: ComplaintPolicy) -> None:
    if not any(one.task is Task.ANSWER and one.whose == "bank" for one in policy.clocks):
        raise _fault(area, "clock_…", "some clock says by when a complaint is answered")
    if not 0 <= policy.compensation_alone <= policy.compensation_most:
        raise _fault(area, "compensation_…", "alone is at most what may be given at all")
    if policy.currency not in currencies():
        raise _fault(area, "currency", f"one of: {', '.join(sorted(currencies()))}")
    if min(policy.effect_weeks, policy.department_days, policy.follow_up_days) < 1:
        raise _fault(area, "effect_weeks, …_days", "at least 1")
    if min(policy.warn, policy.again, policy.code_waits) <= timedelta(0):
        raise _fault(
            area, "warn_hours, escalate_again_hours, code_waits_hours", "more than nothing"
        )
    if not policy.handler_roles or not policy.reexaminer_roles or not policy.second_roles:
        raise _fault(area, "…_roles", "somebody must be able to")
    if not policy.registered <= set(get_args(NoticeAbout)):
        raise _fault(area, "registered_letters", "what the complainant may be told")
    if not policy.sent_counts <= policy.notice_proofs.keys():
        raise _fault(area, "sent_counts", "channels that count as notice")
    ladders: dict[tuple[Task, frozenset[Door], frozenset[str]], set[Grade | None]] = {}
    for one in policy.clocks:
        ladders.setdefault((one.task, one.doors, one.subjects), set()).add(one.grade)
    every: set[Grade | None] = {one.grade for one in policy.grades}
    for (task, _, _), found in ladders.items():
        if found not in ({None}, every):
            raise _fault(area, "clock_…", f"{task} has a clock for every grade, or one for all")


def _clock(
    area: AreaPolicy,
    servicing: AreaPolicy | None,
    key: str,
    subjects: frozenset[str],
    grades: frozenset[Grade],
) -> ClockRule:
    number = area.numbers[key]
    value = number.value
    if not isinstance(value, dict) or not value.keys() <= _KNOWN:
        raise _fault(area, key, f"a table of: {', '.join(sorted(_KNOWN))}")
    article = value.get("article")
    if not isinstance(article, dict) or {"zh", "en"} != article.keys():
        raise _fault(area, key, "article in zh and en")
    try:
        unit, whose = str(value["unit"]), str(value.get("whose", "bank"))
        if unit not in get_args(Unit) or whose not in get_args(Whose):
            raise ValueError(f"{unit}, {whose}")
        rule = ClockRule(
            key=key.removeprefix(_CLOCK),
            task=Task(str(value["task"])),
            begins=Mark(str(value["begins"])),
            length=_length(area, servicing, key, value["length"]),
            unit=_unit(unit),
            source_zh=str(article["zh"]),
            source_en=str(article["en"]),
            kind=number.kind,
            doors=frozenset(Door(word) for word in _words(value, "doors")),
            subjects=frozenset(_words(value, "subjects")),
            except_subjects=frozenset(_words(value, "except_subjects")),
            grade=Grade(str(value["grade"])) if "grade" in value else None,
            met_by=tuple(Mark(word) for word in _words(value, "met_by")),
            stops=frozenset(PauseGround(word) for word in _words(value, "stops")),
            restarts=value.get("restarts") is True,
            at_most_days=_whole(value["at_most"]) if "at_most" in value else None,
            whose=_whose(whose),
            anew=Mark(str(value["anew"])) if "anew" in value else None,
        )
    except (KeyError, ValueError) as error:
        raise _fault(area, key, f"no clock: {error}") from error
    if rule.length < 1 or not rule.met_by:
        raise _fault(area, key, "lasts at least 1 and is met by something")
    if rule.unit == "cycles" and rule.stops:
        raise _fault(area, key, "what is counted in cycles cannot be stopped")
    if not (rule.subjects | rule.except_subjects) <= subjects:
        raise _fault(area, key, "is about subjects that the pack does not have")
    if rule.grade is not None and rule.grade not in grades:
        raise _fault(area, key, "has a grade that the pack does not have")
    return rule


def _length(area: AreaPolicy, servicing: AreaPolicy | None, key: str, value: object) -> int:
    if not isinstance(value, str):
        return _whole(value)
    name, _, entry = value.rpartition(".")
    owner = {"": area, "servicing": servicing}.get(name)
    if owner is None:
        raise _fault(area, key, f"{value} cannot be read")
    return owner.integer(entry)


def _grades(area: AreaPolicy) -> tuple[GradeRule, ...]:
    names = area.texts("grades")
    if not names:
        raise _fault(area, "grades", "at least one")
    found = [GradeRule(Grade(names[0]), frozenset(), frozenset(), False, area.source("grades"))]
    for name in names[1:]:
        key = f"{_GRADE}{name}"
        value = area.numbers[key].value if key in area.numbers else None
        if not isinstance(value, dict) or {"grounds", "approvers", "notice"} != value.keys():
            raise _fault(area, key, "grounds, approvers and notice")
        grounds = frozenset(_words(value, "grounds"))
        if not grounds:
            raise _fault(area, key, "nothing is longer without a ground")
        roles = _roles(area, key, tuple(_words(value, "approvers")))
        notice = value["notice"] is True
        found.append(GradeRule(Grade(name), grounds, roles, notice, area.source(key)))
    return tuple(found)


def _roles(area: AreaPolicy, key: str, words: tuple[str, ...]) -> frozenset[Role]:
    known: dict[str, Role] = {role: role for role in ROLES}
    if not set(words) <= known.keys():
        raise _fault(area, key, f"roles are {', '.join(ROLES)}")
    return frozenset(known[word] for word in words)


def _zone(area: AreaPolicy) -> ZoneInfo:
    try:
        return ZoneInfo(area.text("zone"))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise _fault(area, "zone", "a zone of the tz database") from error


def _zones(area: AreaPolicy) -> tuple[Zones, ...]:
    known: dict[str, Zones] = {"bank": "bank", "holder": "holder"}
    words = area.texts("zones")
    if not words or not set(words) <= known.keys():
        raise _fault(area, "zones", "bank, holder or both")
    return tuple(known[word] for word in words)


def _table(area: AreaPolicy, key: str) -> Mapping[str, str]:
    value = area.numbers[key].value if key in area.numbers else None
    if not isinstance(value, dict) or not value:
        raise _fault(area, key, "a table of words")
    return {str(name): str(word) for name, word in value.items()}


def _words(value: dict[str, object], key: str) -> list[str]:
    words = value.get(key, [])
    if not isinstance(words, list):
        raise ValueError(f"{key} is no list")
    return [str(word) for word in words]


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{value!r} is no whole number")
    return value


def _unit(word: str) -> Unit:
    units: dict[str, Unit] = {
        "days": "days",
        "working-days": "working-days",
        "weeks": "weeks",
        "cycles": "cycles",
    }
    return units[word]


def _whose(word: str) -> Whose:
    found: dict[str, Whose] = {"bank": "bank", "complainant": "complainant", "choice": "choice"}
    return found[word]


def _fault(area: AreaPolicy, key: str, what: str) -> PolicyError:
    return PolicyError(f"pack {area.pack}: complaints.{key}: {what}")
