"""The spoken code: words that can be told apart, read back however they are written."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as some

from cardline.trust.model import Code
from cardline.trust.rules import make_code, read_code, sound, spoken
from cardline.trust.words import code_words

WORDS = code_words()
_PLACES = some.lists(some.integers(0, len(WORDS) - 1), min_size=3, max_size=3, unique=True)


def _distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row = row, [i]
        for j, b in enumerate(other, 1):
            row.append(min(row[-1] + 1, before[j] + 1, before[j - 1] + (a != b)))
    return row[-1]


def test_there_are_two_million_codes() -> None:
    assert len(WORDS) == 128
    assert 128 * 127 * 126 > 2_000_000


def test_no_two_words_sound_alike_even_where_sounds_merge() -> None:
    alike = [
        (one.zh, other.zh)
        for one, other in combinations(WORDS, 2)
        if _distance(sound(one.pinyin), sound(other.pinyin)) < 2 or _distance(one.en, other.en) < 2
    ]
    assert not alike
    assert all(len(word.zh) == 2 for word in WORDS)
    written = [spelling for word in WORDS for spelling in (word.zh, word.pinyin, word.en)]
    assert len(set(written)) == len(written)


@given(_PLACES, some.lists(some.sampled_from(("zh", "pinyin", "en")), min_size=3, max_size=3),
       some.sampled_from(("", " ", "、", "，", "-", "  ")), some.booleans())  # fmt: skip
def test_a_code_is_read_however_it_is_written(
    places: list[int], ways: list[str], between: str, upper: bool
) -> None:
    written = between.join(
        getattr(WORDS[place], way) for place, way in zip(places, ways, strict=True)
    )
    assert read_code(written.upper() if upper else written, WORDS) == tuple(places)


@given(some.text(max_size=150))
def test_anything_else_is_no_code(text: str) -> None:
    found = read_code(text, WORDS)
    assert found is None or len(found) == 3


def test_too_few_too_many_and_unknown_words_are_no_code() -> None:
    for text in ("", "苹果", "苹果老虎", "苹果老虎火车月亮", "苹果老虎长城", "apple tiger tree"):
        assert read_code(text, WORDS) is None


@given(some.lists(some.integers(0, 127), min_size=3, max_size=3))
def test_the_words_of_a_code_are_different_ones(rolls: list[int]) -> None:
    left = iter(rolls)
    code: Code = make_code(128, below=lambda most: next(left) % most)
    assert len(set(code)) == 3
    assert read_code("".join(spoken(code, WORDS, "zh")), WORDS) == code
    assert read_code(" ".join(spoken(code, WORDS, "en")), WORDS) == code
