"""What a complaint is probably about: a sum of words with weights, so that a person can check it.

Pure and plain on purpose: every suggestion names the words of the text that led to it. It sets
nothing; the person who takes the complaint confirms or chooses otherwise.
"""

import re
import unicodedata
from collections.abc import Iterable

from cardline.cards.model import Language
from cardline.complaints.classifying.model import (
    Candidate,
    Field,
    Label,
    Suggested,
    Suggestion,
    Vocabulary,
)

MOST_READ = 20_000
"""Characters that are looked at; what somebody complains of stands in the beginning."""
_MOST_WORDS = 6
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LETTER = re.compile(r"[A-Za-z]")
_GAP = re.compile(r"(?<=[\u4e00-\u9fff，。！？；：、])\s+|\s+(?=[\u4e00-\u9fff，。！？；：、])")


def suggest(text: str, vocabulary: Vocabulary) -> Suggested:
    """Suggest product, issue and severity with the words that say so."""
    language = language_of(text)
    form = folded(text)
    severity = [*_weighed(form, language, vocabulary.labels["severity"])]
    amount = _amount(form, language, vocabulary)
    if amount:
        severity = _with(severity, "high", vocabulary.amount_weight, amount)
    return Suggested(
        vocabulary.version.isoformat(),
        language,
        _chosen("product", _weighed(form, language, vocabulary.labels["product"]), vocabulary),
        _chosen("issue", _weighed(form, language, vocabulary.labels["issue"]), vocabulary),
        _chosen("severity", severity, vocabulary),
    )


def language_of(text: str) -> Language:
    """Return Chinese where a tenth of the letters are Chinese: people mix in product names."""
    han, letters = len(_HAN.findall(text)), len(_LETTER.findall(text))
    return "zh" if han and han * 10 >= letters else "en"


def folded(text: str) -> str:
    """Return the form in which words are looked for: narrow, lower case, no gaps in Chinese."""
    plain = unicodedata.normalize("NFKC", text[:MOST_READ]).lower()
    return _GAP.sub("", re.sub(r"[^\S\n]+", " ", plain.replace("’", "'"))).strip()


def _weighed(form: str, language: Language, labels: Iterable[Label]) -> list[Candidate]:
    found = [_of_label(form, label, language) for label in labels]
    return sorted((one for one in found if one.weight), key=lambda one: -one.weight)


def _of_label(form: str, label: Label, language: Language) -> Candidate:
    """Sum the weights of a label's signs, each once; one inside a heavier one counts with it."""
    finds: list[tuple[int, int, int]] = []
    for sign in label.signs[language]:
        match = sign.pattern.search(form)
        if match:
            finds.append((sign.weight, *match.span()))
    finds.sort(key=lambda one: (-one[0], one[1] - one[2], one[1]))
    kept: list[tuple[int, int, int]] = []
    for weight, start, end in finds:
        if not any(start < other_end and other < end for _, other, other_end in kept):
            kept.append((weight, start, end))
    words = dict.fromkeys(form[start:end] for _, start, end in kept)
    return Candidate(label.code, sum(one[0] for one in kept), tuple(words)[:_MOST_WORDS])


def _chosen(field: Field, candidates: list[Candidate], vocabulary: Vocabulary) -> Suggestion:
    """Choose the heaviest where it is clear; a severity that nothing speaks for is middle."""
    best = candidates[0] if candidates else None
    second = candidates[1].weight if len(candidates) > 1 else 0
    clear = (
        best is not None
        and best.weight >= vocabulary.least
        and best.weight - second >= vocabulary.ahead
    )
    if best is not None and clear:
        return Suggestion(best.code, best.words, tuple(candidates))
    return Suggestion("middle" if field == "severity" else "", (), tuple(candidates))


def _amount(form: str, language: Language, vocabulary: Vocabulary) -> str:
    """Return the first amount of a size that is grave; empty without one."""
    amounts = vocabulary.amounts[language]
    for match in amounts.written.finditer(form):
        number = float(match["number"].replace(",", ""))
        if number * amounts.units.get(match["unit"], 1) >= amounts.least:
            return match.group()
    return ""


def _with(found: list[Candidate], code: str, weight: int, word: str) -> list[Candidate]:
    old = next((one for one in found if one.code == code), Candidate(code, 0, ()))
    more = Candidate(code, old.weight + weight, (*old.words, word))
    others = [one for one in found if one.code != code]
    return sorted([more, *others], key=lambda one: -one.weight)
