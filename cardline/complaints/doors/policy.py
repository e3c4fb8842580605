"""The numbers of the doors as types, checked on loading (``complaint_doors.toml``)."""

from collections.abc import Callable

from cardline.complaints.doors.model import DoorPolicy, Way
from cardline.core.policy import AreaPolicy, PolicyError


def door_policy(area: AreaPolicy, other: Callable[[str], AreaPolicy]) -> DoorPolicy:
    """Read the area ``complaint_doors``; ``other`` reads the area that a line refers to.

    Raises :class:`PolicyError` for what is missing, or a line of a way that is not told.
    """
    lines, facts = (_table(area, key, other) for key in ("lines", "facts"))
    names = area.texts("ways")
    if not names or not lines.keys() <= set(names):
        raise PolicyError(f"pack {area.pack}: complaint_doors.lines names a way that is not told")
    return DoorPolicy(
        version=area.version,
        statement_characters=area.integer("statement_characters"),
        name_characters=area.integer("name_characters"),
        lookup_tries=area.integer("lookup_tries"),
        lookup_within=area.hours("lookup_hours"),
        mails_per_day=area.integer("mails_per_day"),
        texts_per_day=area.integer("texts_per_day"),
        codes_per_day=area.integer("codes_per_day"),
        ways=tuple(Way(name, lines.get(name, "")) for name in names),
        facts=facts,
        sources={key: area.source(key) for key in area.numbers},
    )


def _table(area: AreaPolicy, key: str, other: Callable[[str], AreaPolicy]) -> dict[str, str]:
    value = area.numbers[key].value if key in area.numbers else None
    if not isinstance(value, dict):
        raise PolicyError(f"pack {area.pack}: complaint_doors.{key} is a table")
    return {str(name): _read(str(written), other) for name, written in value.items()}


def _read(written: str, other: Callable[[str], AreaPolicy]) -> str:
    name, dot, key = written.partition(".")
    if not dot:
        return written
    value = other(name).numbers[key].value if key in other(name).numbers else None
    if not isinstance(value, str | int):
        raise PolicyError(f"complaint_doors refers to {written}, which is not there")
    return str(value)
