"""Does a text ask somebody for a secret? (row E5: what staff never ask is enforced)

The phrases are data, ``asking.toml``: a bank adds its own. The rule reads sentence by sentence,
clause by clause, so that "never tell anybody your code" is a warning and "don't hang up, and tell
me your code" is a request.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PHRASES = Path(__file__).parent / "asking.toml"

_SENTENCE = re.compile(r"[。！？!?；;\n]+|(?<=[a-z])\.(?=\s|$)")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
_CHINESE = "[\u3400-\u9fff]"
_BETWEEN_CHINESE = re.compile(rf"(?<={_CHINESE})[\s*·.\-_]+(?={_CHINESE})")
_SPELLED = re.compile(r"\b(?:[a-z][\s.\-_]){2,}[a-z]\b", re.ASCII)
_PUNCTUATION = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Phrases:
    """The words by which the rule goes, compiled."""

    secrets: dict[str, re.Pattern[str]]
    asks: re.Pattern[str]
    against: re.Pattern[str]
    harmless: re.Pattern[str]
    elsewhere: re.Pattern[str]
    breaks: re.Pattern[str]
    fillers: re.Pattern[str]


@cache
def load_phrases(path: Path = PHRASES) -> Phrases:
    """Read the phrases. Raises ``KeyError`` or ``re.error`` where the file is not well formed."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))

    def words(table: str) -> re.Pattern[str]:
        return _any(raw[table]["words"])

    return Phrases(
        secrets={str(kind): _any(forms) for kind, forms in raw["secrets"].items()},
        asks=words("asks"),
        against=words("against"),
        harmless=words("harmless"),
        elsewhere=words("elsewhere"),
        breaks=words("breaks"),
        fillers=words("fillers"),
    )


def asks_for_secret(text: str, *, phrases: Phrases | None = None) -> tuple[str, ...]:
    """Return the kinds of secret that a text asks for, sorted; empty where it asks for none.

    Kinds: ``card_number``, ``cvv``, ``expiry``, ``one_time_code``, ``password``. Tails of four
    digits may be asked for, and so may an entry on keys that no agent hears.
    """
    known = phrases or load_phrases()
    asked: set[str] = set()
    for sentence in _SENTENCE.split(_plain(text)):
        asked |= _asked_in(known.harmless.sub("※", sentence), known)
    return tuple(sorted(asked))


def _asked_in(sentence: str, known: Phrases) -> set[str]:
    asked: set[str] = set()
    mentioned: set[str] = set()
    pending = False  # an ask that named nothing yet: "please tell me: your CVV"
    for clause in known.breaks.split(sentence):
        named = {kind for kind, forms in known.secrets.items() if forms.search(clause)}
        if known.elsewhere.search(clause):
            pending = False
            continue
        asks = known.asks.search(clause)
        against = known.against.search(clause)
        if asks is not None and (against is None or against.start() > asks.start()):
            bare = _is_bare(clause, known)
            asked |= named or (mentioned if bare else set())
            pending = bare and not named
        elif pending and named and against is None:
            asked |= named
        mentioned |= named
    return asked


def _is_bare(clause: str, known: Phrases) -> bool:
    """True where a clause asks and names nothing: "please send it to me"."""
    rest = known.fillers.sub("", known.asks.sub("", clause))
    return not _PUNCTUATION.sub("", rest)


def _plain(text: str) -> str:
    """Undo what hides words: full-width letters, spaces between characters, letters spelled out."""
    flat = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold().replace("’", "'")
    flat = _BETWEEN_CHINESE.sub("", flat)
    return _SPELLED.sub(lambda spelled: re.sub(r"[\s.\-_]", "", spelled.group()), flat)


def _any(forms: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{form})" for form in forms), re.ASCII)
