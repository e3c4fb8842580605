"""The texts and the words of chats, read from their files and checked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

from cardline.cards.model import Language
from cardline.core.masking import SecretKind
from cardline.core.policy import load_area
from cardline.core.yaml_text import parse_yaml
from cardline.messages.catalogue import CatalogueError
from cardline.messages.chat.model import BotWords, HandOverReason, Signal

FOLDER = Path(__file__).parent
LANGUAGES: tuple[Language, ...] = get_args(Language)
_JOIN: Mapping[Language, str] = {"zh": "、", "en": ", "}
_OWN = ("police", "ambulance", "psychological")


@dataclass(frozen=True)
class ChatTexts:
    """What is said, by name and language; the numbers of the pack are filled in."""

    texts: Mapping[str, Mapping[Language, str]]
    own: Mapping[str, str]

    def say(self, name: str, language: Language, /, **values: object) -> str:
        """Return a text, filled in."""
        return self.texts[name][language].format_map({**self.own, **values})

    def kinds(self, kinds: tuple[str, ...], language: Language) -> str:
        """Name kinds of secrets, each once."""
        once = dict.fromkeys(kinds)
        return _JOIN[language].join(self.texts[f"kind_{kind}"][language] for kind in once)

    def titles(self, titles: tuple[str, ...], language: Language) -> str:
        """Put titles into a sentence."""
        quotes = "“{}”" if language == "zh" else '"{}"'
        return _JOIN[language].join(quotes.format(title) for title in titles)


def load_texts(*, hotline: str, pack: str = "cn", path: Path = FOLDER / "texts.yaml") -> ChatTexts:
    """Read the texts. Raises :class:`CatalogueError` naming the text and its fault."""
    raw = _read(path)
    for name, entry in raw.items():
        if not isinstance(entry, dict) or entry.keys() != set(LANGUAGES):
            raise CatalogueError(f"{path.name}: {name} needs a text in every language")
    needed = {f"hand_over_{reason}" for reason in get_args(HandOverReason)}
    needed |= {f"kind_{kind}" for kind in get_args(SecretKind)}
    if needed - raw.keys():
        raise CatalogueError(f"{path.name} lacks {sorted(needed - raw.keys())}")
    guidance = load_area("guidance", pack=pack)
    own = {"hotline": hotline} | {name: guidance.text(f"door_{name}") for name in _OWN}
    return ChatTexts(raw, own)


def load_bot_words(path: Path = FOLDER / "bot.yaml") -> BotWords:
    """Read what the machine hears. Raises :class:`CatalogueError` for a pattern that is none."""
    raw = _read(path)
    heard = raw["signals"]
    if heard.keys() != set(get_args(Signal)):
        raise CatalogueError(f"{path.name} needs exactly the signals {get_args(Signal)}")
    patterns: dict[Signal, tuple[str, ...]] = {}
    for signal, written in heard.items():
        for pattern in written:
            try:
                re.compile(str(pattern))
            except re.error as error:
                raise CatalogueError(f"{path.name}: {signal}: {pattern}: {error}") from error
        patterns[cast(Signal, signal)] = tuple(str(pattern) for pattern in written)
    return BotWords(
        patterns=patterns,
        theft_matter=str(raw["theft_matter"]),
        complaint_matter=str(raw["complaint_matter"]),
        fallback_matter=str(raw["fallback_matter"]),
    )


def _read(path: Path) -> dict[str, Any]:
    raw = parse_yaml(path.read_text(encoding="utf-8"))
    if not isinstance(raw, dict):
        raise CatalogueError(f"{path.name} is no table")
    return raw
