"""The forms of a text in which it is judged: what was written to slip through is folded back.

All of it is linear in the length of the text, whatever stands in it.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from cardline.core.errors import CardlineError
from cardline.core.yaml_text import parse_yaml

FILE = Path(__file__).parent / "letters.yaml"
SENTENCE: Final = "|"
"""Stands in the bones of a text where a sentence ends."""
CLAUSE: Final = ","
_INVISIBLE = frozenset({"Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me"})
_KEPT_CONTROLS = frozenset("\n\t")
_ENDS = re.compile(r"[。！？!?;；…\n\r\u2028\u2029]+|\.(?=\s|$)")
_COMMAS = re.compile(r"[,，:：]+")
_REST = re.compile(r"[^\w|,]+|_+")
_MARKS = re.compile(r"[|,]{2,}")
_SPELLED_OUT = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z0-9] ){2,}[A-Za-z0-9](?![A-Za-z0-9])")
_SPACES = re.compile(r"[^\S\n]+")


class LettersError(CardlineError):
    """``letters.yaml`` is not well formed."""

    code = "letters"


@dataclass(frozen=True)
class Letters:
    """How letters are folded."""

    look_alike: dict[int, str]
    simplified: dict[int, str]
    spellings: tuple[tuple[str, str], ...]
    in_hosts: tuple[tuple[str, str], ...]
    dots: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Form:
    """One text in the forms in which rules look at it."""

    plain: str
    """Without invisible letters, wide letters narrow; case, spaces and signs as written."""
    bones: str
    """Letters, digits and characters alone, folded; ``|`` ends a sentence, ``,`` a clause."""
    apart: str
    """The same with every mark that was written, around single characters too: what stands in a
    sentence of its own cannot be taken back by the one before."""


@cache
def load_letters(path: Path = FILE) -> Letters:
    """Read ``letters.yaml``. Raises :class:`LettersError` with the entry at fault."""
    raw = parse_yaml(path.read_text(encoding="utf-8"))
    try:
        spellings = tuple((str(old), str(new)) for old, new in raw["spellings"].items())
        hosts = tuple((str(old), str(new)) for old, new in raw["in_hosts"].items())
        dots = "|".join(re.escape(str(dot)) for dot in raw["dots"])
        return Letters(
            _pairs(raw["look_alike"]),
            _pairs(raw["traditional"]),
            spellings,
            hosts,
            re.compile(rf"(?<=[A-Za-z0-9])(?:\s*(?:{dots})\s*|\s+\.\s*)(?=[A-Za-z])"),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise LettersError(f"{path.name}: {error!r}") from error


def read(text: str) -> Form:
    """Return a text in all its forms. Halves of characters and control characters are dropped."""
    letters = load_letters()
    written = _visible(text)
    plain = _together(letters.dots.sub(".", written))
    joined, _ = _bones(fold(plain), letters)
    # As written: a full stop that could stand in a host name still ends its sentence.
    _, apart = _bones(fold(_together(written)), letters)
    return Form(plain, joined, apart)


def bones(text: str) -> str:
    """Return letters, digits and characters alone, folded, without a mark: to compare names."""
    return read(text).bones.replace(SENTENCE, "").replace(CLAUSE, "")


def quoted(found: str, plain: str) -> str:
    """Return what was found in the bones as it stands in the text, or as it was found.

    Spaces and signs between its letters come back: people read sentences.
    """
    folded = fold(plain)
    if len(folded) != len(plain):  # a letter whose lower case is two: places would not agree
        return found
    letters = (re.escape(one) for one in found if one not in SENTENCE + CLAUSE)
    match = re.search(r"[\W_]*".join(letters), folded)
    return " ".join(plain[match.start() : match.end()].split()) if match else found


def skeleton(host: str) -> str:
    """Return a host name with everything that looks alike made the same."""
    letters = load_letters()
    folded = _visible(host).casefold().translate(letters.look_alike)
    for old, new in letters.in_hosts:
        folded = folded.replace(old, new)
    return folded


def _pairs(listed: str) -> dict[int, str]:
    pairs = listed.split()
    wrong = [pair for pair in pairs if len(pair) != 2]
    if wrong:
        raise LettersError(f"{FILE.name}: {wrong[0]!r} is no pair of letters")
    return {ord(pair[0]): pair[1] for pair in pairs}


def _visible(text: str) -> str:
    """Fold compatibility forms (full width, circled, mathematical), drop what is not seen."""
    shown = unicodedata.normalize("NFKD", text)
    kept = "".join(
        letter
        for letter in shown
        if letter in _KEPT_CONTROLS or unicodedata.category(letter) not in _INVISIBLE
    )
    return unicodedata.normalize("NFKC", kept)


def fold(plain: str) -> str:
    """Return lower case, in simplified characters, look-alikes of other alphabets as Latin."""
    letters = load_letters()
    return plain.casefold().translate(letters.look_alike).translate(letters.simplified)


def _together(text: str) -> str:
    return _SPELLED_OUT.sub(_close, _SPACES.sub(" ", text))


def _close(run: re.Match[str]) -> str:
    return run.group().replace(" ", "")


def _bones(folded: str, letters: Letters) -> tuple[str, str]:
    marked = _ENDS.sub(SENTENCE, folded.replace(SENTENCE, " "))
    marked = _COMMAS.sub(CLAUSE, marked)
    bare = _MARKS.sub(_heaviest, _REST.sub("", marked))
    apart = bare.strip(SENTENCE + CLAUSE)
    joined = _join_single(apart)
    for old, new in letters.spellings:
        joined, apart = joined.replace(old, new), apart.replace(old, new)
    return joined, apart


def _heaviest(marks: re.Match[str]) -> str:
    return SENTENCE if SENTENCE in marks.group() else CLAUSE


def _join_single(bare: str) -> str:
    """Take out marks around single characters: nobody ends a sentence after each of them."""
    parts = re.split(r"([|,])", bare)
    joined: list[str] = [parts[0]]
    last = len(parts[0])
    for place in range(1, len(parts) - 1, 2):
        piece = parts[place + 1]
        if last != 1 and len(piece) != 1:
            joined.append(parts[place])
        joined.append(piece)
        last = len(piece)
    return "".join(joined)
