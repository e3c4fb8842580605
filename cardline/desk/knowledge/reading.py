"""Reading articles and scripts from their files, the numbers filled in from the policy packs."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast, get_args

import yaml

from cardline.cards.model import Language
from cardline.core.policy import AreaPolicy, PolicyError, load_area
from cardline.core.yaml_text import parse_yaml
from cardline.desk.knowledge import rules
from cardline.desk.knowledge.model import (
    Article,
    HardConversation,
    Hit,
    KnowledgeError,
    Piece,
    Script,
    Strain,
    Text,
    Words,
)

FOLDER = Path(__file__).parent
LANGUAGES: tuple[Language, ...] = get_args(Language)
_PLACE = re.compile(r"\{([a-z_]+)(?:\.([a-z_]+))?(?::(percent|yuan))?\}")
_TOLD_LATER = frozenset({"agent", "number"})
"""Filled in by the agent's screen."""


@dataclass(frozen=True)
class Knowledge:
    """All articles and scripts of one installation, and their search."""

    articles: Mapping[str, Article]
    scripts: tuple[Script, ...]
    hard: tuple[HardConversation, ...]
    words: Words
    indexes: Mapping[tuple[Language, bool], rules.Index]
    """By language, and whether the articles for staff are among them."""

    def find(
        self, query: str, language: Language, *, staff: bool, limit: int = 10, typing: bool = True
    ) -> list[Hit]:
        """Search; without ``staff`` only what is meant for holders."""
        index = self.indexes[language, staff]
        return rules.search(index, query, self.words, cut, limit=limit, typing=typing)

    def marked(self, text: str, query: str) -> list[Piece]:
        """Split a text into what was searched for and what was not."""
        return rules.highlight(text, query, self.words, cut)

    def excerpt(self, text: Text, query: str) -> str:
        """Return the line that says most of what was searched for."""
        return rules.excerpt(text, query, self.words, cut)


def cut(text: str) -> list[str]:
    """Cut Chinese into words."""
    import rjieba  # its dictionary takes a while to read

    return list(rjieba.cut(text))


def load_knowledge(*, hotline: str, on: date, pack: str = "cn", folder: Path = FOLDER) -> Knowledge:
    """Read everything. Raises :class:`KnowledgeError` with the file and its fault.

    What a pack words in its own way stands in ``articles/<pack>`` and ``scripts.<pack>.yaml``: it
    takes the place of the article, or of the matter's script, of the same name.
    """
    fill = _filler(pack, hotline)
    words = _read_words(folder / "words.yaml")
    paths = {path.stem: path for path in sorted((folder / "articles").glob("*.yaml"))}
    paths |= {path.stem: path for path in (folder / "articles" / pack).glob("*.yaml")}
    articles = {name: _article(path, fill) for name, path in paths.items()}
    scripts, hard = _read_scripts(folder, pack, articles, fill)
    for_holders = [one for one in articles.values() if one.audience == "holder"]
    everything = list(articles.values())
    indexes = {
        (language, staff): rules.build(
            everything if staff else for_holders, language, words, cut, on=on
        )
        for language in LANGUAGES
        for staff in (False, True)
    }
    return Knowledge(articles, scripts, hard, words, indexes)


def _filler(pack: str, hotline: str) -> Callable[[str, str], str]:
    @cache
    def area(name: str) -> AreaPolicy:
        return load_area(name, pack=pack)

    def value(match: re.Match[str]) -> str:
        name, key, form = match.groups()
        if key is None and name in _TOLD_LATER:
            return match.group()
        if key is None and name == "hotline":
            return hotline
        if key is None and name == "annual_rate":
            cards = area("cards")
            return _percent(cards.decimal("daily_rate_max") * cards.integer("days_a_year"))
        if key is None:
            raise PolicyError(f"there is no {match.group()}")
        if form == "percent":
            return _percent(area(name).decimal(key))
        if form == "yuan":
            return _plain(Decimal(area(name).integer(key)) / 100)
        known = area(name).numbers.get(key)
        if known is None or not isinstance(known.value, int | str):
            raise PolicyError(f"the pack has no {match.group()} that can be told")
        return str(known.value)

    def fill(text: str, where: str) -> str:
        try:
            told = _PLACE.sub(value, text)
        except PolicyError as error:
            raise KnowledgeError(f"{where}: {error.message}") from error
        if re.search(r"[{}]", _PLACE.sub("", told)):
            raise KnowledgeError(f"{where}: a brace is left in {told!r}")
        return told.strip()

    return fill


def _percent(rate: Decimal) -> str:
    return f"{_plain(rate * 100)}%"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _article(path: Path, fill: Callable[[str, str], str]) -> Article:
    raw = _read(path)
    missing = {"matters", "audience", "valid_from", "reviewed_by", *LANGUAGES} - raw.keys()
    if missing or raw["audience"] not in ("holder", "staff"):
        raise KnowledgeError(f"{path.name} lacks {sorted(missing) or 'a right audience'}")
    if not isinstance(raw["valid_from"], date):
        raise KnowledgeError(f"{path.name}: valid_from is no day")
    texts: dict[Language, Text] = {}
    for language in LANGUAGES:
        entry = raw[language]
        if not isinstance(entry, dict) or entry.keys() != {"title", "keywords", "body"}:
            raise KnowledgeError(f"{path.name}: {language} needs title, keywords and body")
        where = f"{path.name}, {language}"
        texts[language] = Text(
            title=fill(str(entry["title"]), where),
            keywords=tuple(str(word) for word in entry["keywords"]),
            body=fill(str(entry["body"]), where),
        )
    return Article(
        id=path.stem,
        matters=tuple(str(matter) for matter in raw["matters"]),
        audience=raw["audience"],
        valid_from=raw["valid_from"],
        reviewed_by=str(raw["reviewed_by"]),
        texts=texts,
    )


def _read_scripts(
    folder: Path, pack: str, articles: Mapping[str, Article], fill: Callable[[str, str], str]
) -> tuple[tuple[Script, ...], tuple[HardConversation, ...]]:
    path, own = folder / "scripts.yaml", folder / f"scripts.{pack}.yaml"
    raw = _read(path) | (_read(own) if own.exists() else {})
    common, hard = raw.pop("_common"), raw.pop("_hard")
    scripts = []
    for matter, entry in raw.items():
        unknown = [one for one in entry["articles"] if one not in articles]
        if unknown:
            raise KnowledgeError(f"{path.name}: {matter} names unknown articles {unknown}")
        for language in LANGUAGES:
            told = {**common[language], **entry[language]}
            where = f"{path.name}, {matter}"
            scripts.append(
                Script(
                    matter=str(matter),
                    language=language,
                    opening=fill(told["opening"], where),
                    identification=fill(told["identification"], where),
                    steps=tuple(fill(str(step), where) for step in told["steps"]),
                    anything_else=fill(told["anything_else"], where),
                    read_back=fill(told["read_back"], where),
                    articles=tuple(entry["articles"]),
                )
            )
    guidance = tuple(
        HardConversation(
            strain=cast(Strain, strain),
            language=language,
            title=entry[language]["title"],
            say=tuple(map(str, entry[language]["say"])),
            do=tuple(map(str, entry[language]["do"])),
            avoid=tuple(map(str, entry[language]["avoid"])),
        )
        for strain, entry in hard.items()
        for language in LANGUAGES
    )
    return tuple(scripts), guidance


def _read_words(path: Path) -> Words:
    raw = _read(path)
    same: dict[str, str] = {}
    for line in raw["same"]:
        first, *others = str(line).split()
        for word in (first, *others):
            if same.get(word, first) != first:
                raise KnowledgeError(f"{path.name}: {word} means two things")
            same[word] = first
    stop = frozenset(word for line in raw["stop"] for word in str(line).split())
    return Words(stop=stop, same=same, own=tuple(str(word) for word in raw["own"]))


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = parse_yaml(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise KnowledgeError(f"{path.name}: {error}") from error
    if not isinstance(raw, dict):
        raise KnowledgeError(f"{path.name} is no table")
    return raw
