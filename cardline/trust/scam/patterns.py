"""The patterns of ``signals.yaml``: a small language that no bank can make slow by accident.

``{give}~10{code}`` becomes a regular expression of alternatives with bounded gaps: linear in the
length of the text. What a bank forbids, denies or exposes takes a match back.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cardline.core.errors import CardlineError
from cardline.trust.scam.text import CLAUSE, SENTENCE, bones

MOST_GROUPS: Final = 4
WIDEST: Final = 40
_GAP = 8
_NEAR = 6
"""Signs between "never" and what is never done."""
_FORBIDS = 12
_FAR = 26
"""The same, with a word of asking between."""
_AFTER = 28
_BEFORE = 44
_LATIN = 3
"""Letters for one Chinese sign: the distances above are counted in signs."""
_SPLIT = re.compile(r"~(\d{1,2})?")
_LIST = re.compile(r"\{([a-z_]+)\}")


class SignalsError(CardlineError):
    """``signals.yaml`` is not well formed; the message names the entry."""

    code = "signals"


@dataclass(frozen=True)
class Takers:
    """What takes a match back."""

    refuse: re.Pattern[str]
    asking: re.Pattern[str]
    forbid: re.Pattern[str]
    anyone: re.Pattern[str]
    exposed: re.Pattern[str]


@dataclass(frozen=True)
class Pattern:
    """One pattern, ready to be looked for in the bones of a text."""

    found: re.Pattern[str]
    directed: bool
    """Written with ``!``: so direct that a prohibition beside it says nothing."""

    def first(self, text: str, takers: Takers) -> str:
        """Return the first match that nothing takes back; empty without one."""
        for match in self.found.finditer(text):
            if not _taken_back(text, match, self.directed, takers):
                return match.group()
        return ""


def compile_pattern(written: str, lists: Mapping[str, str], *, where: str) -> Pattern:
    """Read a pattern. Raises :class:`SignalsError` with ``where`` and the fault."""
    directed = written.startswith("!")
    parts = _SPLIT.split(written.removeprefix("!"))
    groups, gaps = parts[::2], parts[1::2]
    if len(groups) > MOST_GROUPS:
        raise SignalsError(f"{where}: {written!r} has more than {MOST_GROUPS} groups")
    made = _group(groups[0], lists, where, written)
    for gap, group in zip(gaps, groups[1:], strict=True):
        width = int(gap) if gap else _GAP
        if width > WIDEST:
            raise SignalsError(f"{where}: {written!r} leaves more than {WIDEST} signs between")
        made += rf"[^|,]{{0,{width}}}?" + _group(group, lists, where, written)
    return Pattern(re.compile(made), directed)


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of any of these words, longest first, in bones."""
    known = sorted({bones(word) for word in words}, key=lambda word: (-len(word), word))
    return re.compile("|".join(re.escape(word) for word in known if word) or r"(?!)")


def _group(written: str, lists: Mapping[str, str], where: str, whole: str) -> str:
    alternatives = []
    for one in written.split("|"):
        pieces = _LIST.split(one)
        made = ""
        for place, piece in enumerate(pieces):
            if place % 2 == 0:
                made += re.escape(_folded(piece, where, whole))
                continue
            if piece not in lists:
                raise SignalsError(f"{where}: there is no list {piece!r}")
            made += f"(?:{lists[piece]})"
        if not made:
            raise SignalsError(f"{where}: {whole!r} has an empty place")
        alternatives.append(made)
    return f"(?:{'|'.join(alternatives)})"


def compile_list(written: str, *, where: str) -> str:
    """Read ``a|b|c`` as alternatives, longest first. Raises :class:`SignalsError`."""
    words = [_folded(word, where, written) for word in written.split("|")]
    if not all(words):
        raise SignalsError(f"{where}: an empty word")
    return "|".join(
        re.escape(word) for word in sorted(set(words), key=lambda one: (-len(one), one))
    )


def _folded(piece: str, where: str, whole: str) -> str:
    folded = bones(piece)
    if piece and not folded:
        raise SignalsError(f"{where}: {whole!r} has signs only where words are needed")
    return folded


def _taken_back(text: str, match: re.Match[str], directed: bool, takers: Takers) -> bool:
    scale = _LATIN if match.group()[:1].isascii() else 1
    before = _clause_before(text, match.start(), _BEFORE * scale)
    found = match.group()
    if takers.refuse.search(found) or _ends_near(takers.refuse, before, _NEAR * scale):
        return True
    far = before[-_FAR * scale :]
    refused = takers.refuse.search(far)
    if refused and takers.asking.search(far + found, refused.end()):
        return True
    if directed:
        return False
    return (
        bool(takers.forbid.search(found))
        or _ends_near(takers.forbid, before, _FORBIDS * scale)
        or _is_exposed(text, match, takers, scale)
    )


def _ends_near(pattern: re.Pattern[str], before: str, most: int) -> bool:
    """True where a word of the pattern ends at most so far before the end of ``before``."""
    return any(len(before) - found.end() <= most for found in pattern.finditer(before))


def _is_exposed(text: str, match: re.Match[str], takers: Takers, scale: int) -> bool:
    """True for "whoever asks for … is a fraud": told of others, within two sentences."""
    after = text[match.end() : match.end() + _AFTER * scale].split(SENTENCE)[:2]
    if not takers.exposed.search(SENTENCE.join(after)):
        return False
    before = text[max(0, match.start() - _BEFORE * scale) : match.start()].rpartition(SENTENCE)[2]
    return bool(takers.anyone.search(before + match.group()))


def _clause_before(text: str, start: int, most: int) -> str:
    part = text[max(0, start - most) : start]
    return part[max(part.rfind(SENTENCE), part.rfind(CLAUSE)) + 1 :]


def first_of(patterns: Iterable[Pattern], text: str, takers: Takers) -> str:
    """Return the first match of any of the patterns that nothing takes back; empty without one."""
    return next((found for found in _matches(patterns, text, takers)), "")


def _matches(patterns: Iterable[Pattern], text: str, takers: Takers) -> Iterator[str]:
    for pattern in patterns:
        found = pattern.first(text, takers)
        if found:
            yield found
