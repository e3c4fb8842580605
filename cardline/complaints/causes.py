"""The catalogue of root causes (``causes.yaml``), which a bank may edit."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from cardline.complaints.telling_model import Words
from cardline.core.errors import CardlineError
from cardline.core.yaml_text import parse_yaml

FILE = Path(__file__).parent / "causes.yaml"


class CausesError(CardlineError):
    """The catalogue of causes is not well formed; the message names file and code."""

    code = "causes"


@dataclass(frozen=True)
class Causes:
    """Every cause with its words; retired ones can be counted and no longer chosen."""

    words: Mapping[str, Words]
    retired: frozenset[str] = frozenset()

    @property
    def codes(self) -> frozenset[str]:
        """Those that can be chosen."""
        return frozenset(self.words) - self.retired


def load_causes(path: Path = FILE) -> Causes:
    """Read the catalogue. Raises :class:`CausesError` with the file and the code."""
    try:
        raw = parse_yaml(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise CausesError(f"{path}: {error}") from error
    if not isinstance(raw, dict) or not raw:
        raise CausesError(f"{path}: a table of causes")
    words, retired = {}, set()
    for code, entry in raw.items():
        if not isinstance(entry, dict) or not {"zh", "en"} <= entry.keys() <= {
            "zh",
            "en",
            "retired",
        }:
            raise CausesError(f"{path}: {code}: zh, en, and retired where it is no longer chosen")
        words[str(code)] = Words(str(entry["zh"]), str(entry["en"]))
        if entry.get("retired") is True:
            retired.add(str(code))
    return Causes(words, frozenset(retired))
