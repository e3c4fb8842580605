"""The catalogue of short messages: read, checked, and filled in."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from string import Formatter
from typing import get_args
from zoneinfo import ZoneInfo

from cardline.cards.model import Language
from cardline.core.errors import CardlineError
from cardline.core.yaml_text import parse_yaml
from cardline.messages.model import Rendered, SmsConfig, Template, Values
from cardline.outreach.model import Purpose

TEMPLATES = Path(__file__).parent / "templates.yaml"

LANGUAGES: tuple[Language, ...] = get_args(Language)
LINK = re.compile(r"https?:|www\.|://|[a-z0-9-]+\.(?:com|cn|net|org|top|cc)\b", re.IGNORECASE)

_OWN_FIELDS = frozenset({"hotline", "inbound", "at"})
MASK = "******"
"""What stands for a secret in what is shown."""
_TIME = "_time"


class CatalogueError(CardlineError):
    """A template is malformed, or it was not given what it needs."""

    code = "catalogue"


def load_catalogue(path: Path = TEMPLATES) -> dict[str, Template]:
    """Read the templates. Raises :class:`CatalogueError` naming the template and its fault."""
    raw = parse_yaml(path.read_text(encoding="utf-8"))
    if not isinstance(raw, dict):
        raise CatalogueError(f"{path.name} is no table of templates")
    times = read_times(raw, path.name)
    return {str(name): _template(str(name), entry, times) for name, entry in raw.items()}


def read_times(raw: dict[str, object], name: str) -> dict[Language, str]:
    """Take out of a catalogue how a time is written. Raises :class:`CatalogueError`."""
    times = raw.pop(_TIME, None)
    if not isinstance(times, dict) or set(times) != set(LANGUAGES):
        raise CatalogueError(f"{name} does not say how a time is written ({_TIME})")
    return times


def render(
    template: Template,
    *,
    config: SmsConfig,
    values: Values,
    language: Language,
    zone: ZoneInfo,
    at: datetime,
) -> Rendered:
    """Fill a template in. Raises :class:`CatalogueError` for a value too few or too many."""
    given = frozenset(values)
    if given != template.fields:
        raise CatalogueError(
            f"template {template.name} needs {sorted(template.fields)}, was given {sorted(given)}"
        )
    words = {name: word(value, template.times, language, zone) for name, value in values.items()}
    if any(LINK.search(one) for one in words.values()):
        raise CatalogueError(f"a value for template {template.name} carries a link")
    own = {"hotline": config.hotline, "inbound": config.inbound}
    own["at"] = word(at, template.times, language, zone)
    signature = f"【{config.sender[language]}】"
    pattern = template.texts[language]
    masked = words | dict.fromkeys(template.secret, MASK)
    return Rendered(
        text=signature + pattern.format_map(words | own),
        masked=signature + pattern.format_map(masked | own),
    )


def word(
    value: str | int | datetime, times: dict[Language, str], language: Language, zone: ZoneInfo
) -> str:
    """Write a value as people of the language do; ``times``: how a time is written."""
    if not isinstance(value, datetime):
        return str(value)
    local = value.astimezone(zone)
    return times[language].format(
        year=local.year,
        month=local.month,
        month_name=f"{local:%B}",
        day=local.day,
        clock=f"{local:%H:%M}",
    )


def _template(name: str, entry: object, times: dict[Language, str]) -> Template:
    if not isinstance(entry, Mapping) or not {"purpose", *LANGUAGES} <= set(entry):
        raise CatalogueError(f"template {name} needs purpose and a text in every language")
    texts: dict[Language, str] = {language: str(entry[language]) for language in LANGUAGES}
    purpose = Purpose(entry["purpose"])
    fields = {language: _fields(text) for language, text in texts.items()}
    if len({frozenset(found) for found in fields.values()}) != 1:
        raise CatalogueError(f"template {name} has other fields in other languages")
    found = fields[LANGUAGES[0]] - _OWN_FIELDS
    secret = frozenset(str(field) for field in entry.get("secret", ()))
    if not secret <= found:
        raise CatalogueError(f"template {name} has no field {sorted(secret - found)}")
    for text in texts.values():
        if purpose is Purpose.SECURITY and LINK.search(text):
            raise CatalogueError(f"template {name} is a security message and carries a link")
        if "【" in text or "】" in text:
            raise CatalogueError(f"template {name} must leave the signature to the settings")
    return Template(name, purpose, texts, times, frozenset(found), secret)


def _fields(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)
