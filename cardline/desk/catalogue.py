"""The words of the agent's workplace: codes with Chinese and English, read once."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from cardline.core.errors import CardlineError
from cardline.core.yaml_text import parse_yaml

FILE = Path(__file__).parent / "catalogue.yaml"

Part = Literal["matters", "outcomes", "categories", "requests", "assurance", "path", "reasons"]
PARTS: tuple[Part, ...] = get_args(Part)


class CatalogueError(CardlineError):
    """A part of the catalogue is missing, or an entry lacks a language."""

    code = "catalogue"


@dataclass(frozen=True, slots=True)
class Words:
    """A code as people read it."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class DeskCatalogue:
    """All words of the workplace, by part and code."""

    parts: dict[Part, dict[str, Words]]

    def words(self, part: Part, code: str) -> Words:
        """Return the words of a code; a code that nobody wrote words for stands for itself."""
        return self.parts[part].get(code) or Words(code, code, code)

    def codes(self, part: Part) -> frozenset[str]:
        """Return the codes of a part."""
        return frozenset(self.parts[part])


@cache
def load_desk_catalogue(path: Path = FILE) -> DeskCatalogue:
    """Read the catalogue. Raises :class:`CatalogueError` naming the entry that is at fault."""
    raw = parse_yaml(path.read_text(encoding="utf-8"))
    parts: dict[Part, dict[str, Words]] = {}
    for part in PARTS:
        entries = raw.get(part)
        if not isinstance(entries, dict) or not entries:
            raise CatalogueError(f"{path.name} has no part {part}")
        parts[part] = {str(code): _words(part, str(code), each) for code, each in entries.items()}
    return DeskCatalogue(parts)


def _words(part: str, code: str, entry: object) -> Words:
    if not isinstance(entry, dict) or set(entry) != {"zh", "en"} or not all(entry.values()):
        raise CatalogueError(f"{part}.{code} needs its words in zh and en")
    return Words(code, str(entry["zh"]), str(entry["en"]))
