"""The sentences of a check, from ``findings.toml``."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from cardline.cards.model import Language
from cardline.evidence.packs.findings import Finding, Result

_FILE = Path(__file__).with_name("findings.toml")


@cache
def _catalogue() -> Mapping[str, Mapping[str, object]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def sentence(finding: Finding, language: Language) -> str:
    """Say a finding."""
    text = str(_catalogue()[finding.code][language])
    values = {name: _printable(value) for name, value in finding.values.items()}
    return text.format(**values)


def verdict(result: Result, language: Language) -> str:
    """Say whether a pack holds."""
    return str(_catalogue()["holds" if result.holds else "fails"][language])


def state(finding: Finding, language: Language) -> str:
    """Say whether something is proved."""
    words = _catalogue()["state"][finding.state]
    assert isinstance(words, dict)
    return str(words[language])


def _printable(value: str | int) -> str:
    """A value that may come out of a hostile file, as it may be printed."""
    return "".join(ch if ch.isprintable() else "\ufffd" for ch in str(value))[:300]
