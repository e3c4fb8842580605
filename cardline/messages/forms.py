"""Forms: the texts of e-mails and letters, with a subject and paragraphs, in every language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

from cardline.cards.model import Language
from cardline.core.yaml_text import parse_yaml
from cardline.messages.catalogue import LANGUAGES, LINK, MASK, CatalogueError, read_times, word
from cardline.messages.model import Values
from cardline.outreach.model import Purpose


@dataclass(frozen=True, slots=True)
class FormText:
    """Subject and paragraphs of a form in one language, with ``{fields}``."""

    subject: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One e-mail or letter of a catalogue.

    ``optional``: fields that may be left out; a paragraph whose optional field is empty goes.
    ``secret``: fields that nobody but the holder sees. ``free``: it carries what one of the staff
    has written, so that a letter needs a second person.
    """

    name: str
    purpose: Purpose
    texts: dict[Language, FormText]
    times: dict[Language, str]
    fields: frozenset[str]
    optional: frozenset[str]
    secret: frozenset[str]
    free: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it goes out."""

    subject: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The paragraphs as one plain text."""
        return "\n\n".join(self.paragraphs)


def load_forms(path: Path, *, own: frozenset[str]) -> dict[str, Form]:
    """Read a catalogue; ``own``: fields that come from the settings. Raises ``CatalogueError``."""
    raw = parse_yaml(path.read_text(encoding="utf-8"))
    if not isinstance(raw, dict):
        raise CatalogueError(f"{path.name} is no table of forms")
    times = read_times(raw, path.name)
    return {str(name): _form(str(name), entry, times, own) for name, entry in raw.items()}


def fill(
    form: Form,
    *,
    values: Values,
    own: Mapping[str, str],
    language: Language,
    zone: ZoneInfo,
    masked: bool = False,
) -> Filled:
    """Fill a form in. A value of several lines makes several paragraphs where it stands alone.

    ``masked``: with the secrets covered. Raises ``CatalogueError`` for a value too few or too many,
    and for a value with a link in a form of purpose ``security``.
    """
    given = frozenset(values)
    if not form.fields - form.optional <= given <= form.fields:
        raise CatalogueError(
            f"form {form.name} needs {sorted(form.fields - form.optional)} and may have "
            f"{sorted(form.optional)}, was given {sorted(given)}"
        )
    words = {
        name: word(value, form.times, language, zone).strip() for name, value in values.items()
    }
    if form.purpose is Purpose.SECURITY and any(LINK.search(one) for one in words.values()):
        raise CatalogueError(f"a value for form {form.name} carries a link")
    words = dict.fromkeys(form.optional, "") | words | dict(own)
    if masked:
        words |= {name: MASK for name in form.secret if words[name]}
    text = form.texts[language]
    paragraphs: list[str] = []
    for pattern in text.paragraphs:
        asked = _fields(pattern)
        if any(not words[name] for name in asked & form.optional):
            continue
        alone = re.fullmatch(r"\{(\w+)\}", pattern)
        filled = words[alone[1]] if alone else pattern.format_map(words)
        paragraphs += [part.strip() for part in re.split(r"\n\s*\n", filled) if part.strip()]
    return Filled(" ".join(text.subject.format_map(words).split()), tuple(paragraphs))


def _form(name: str, entry: object, times: dict[Language, str], own: frozenset[str]) -> Form:
    if not isinstance(entry, Mapping) or not {"purpose", *LANGUAGES} <= set(entry):
        raise CatalogueError(f"form {name} needs purpose and a text in every language")
    texts = {language: _text(name, entry[language]) for language in LANGUAGES}
    found = {
        frozenset().union(*(_fields(one) for one in (text.subject, *text.paragraphs)))
        for text in texts.values()
    }
    if len(found) != 1:
        raise CatalogueError(f"form {name} has other fields in other languages")
    fields = found.pop() - own
    optional = frozenset(map(str, entry.get("optional", ())))
    secret = frozenset(map(str, entry.get("secret", ())))
    if not optional | secret <= fields:
        raise CatalogueError(f"form {name} has no field {sorted((optional | secret) - fields)}")
    purpose = Purpose(entry["purpose"])
    if purpose is Purpose.SECURITY:
        for text in texts.values():
            if LINK.search(text.subject) or any(LINK.search(one) for one in text.paragraphs):
                raise CatalogueError(f"form {name} is a security message and carries a link")
    return Form(name, purpose, texts, times, fields, optional, secret, bool(entry.get("free")))


def _text(name: str, entry: object) -> FormText:
    if not isinstance(entry, Mapping) or set(entry) != {"subject", "text"}:
        raise CatalogueError(f"form {name} needs a subject and a text in every language")
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", str(entry["text"]))]
    return FormText(str(entry["subject"]).strip(), tuple(part for part in paragraphs if part))


def _fields(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)
