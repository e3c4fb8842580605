"""What the hotline says: prompts as recordings and as text, and the catalogue they come from."""

from datetime import date
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardline.hotline.speech.numbers import COUNT_LIMIT, MONEY_LIMIT, SPOKEN, WAIT_LIMIT, YEARS
from cardline.hotline.speech.prompts import (
    Catalogue,
    CatalogueInvalid,
    PromptId,
    UnknownPrompt,
    load_catalogue,
    parse_catalogue,
    pieces_needed,
)
from cardline.hotline.speech.values import Kind, UnfitValue, Value

CATALOGUE: Final = load_catalogue()

values: Final[dict[Kind, st.SearchStrategy[Value]]] = {
    "money": st.integers(-MONEY_LIMIT + 1, MONEY_LIMIT - 1),
    "date": st.dates(),
    "date_year": st.dates(date(YEARS.start, 1, 1), date(YEARS.stop - 1, 12, 31)),
    "year": st.sampled_from(YEARS),
    "digits": st.text("0123456789", min_size=1, max_size=20),
    "count": st.integers(0, COUNT_LIMIT - 1),
    "percent": st.decimals(0, 100, places=4),
    "minutes": st.integers(0, WAIT_LIMIT - 1),
    "time": st.times(),
}


@given(st.data())
def test_whatever_is_said_has_its_recording_named_beforehand(data: st.DataObject) -> None:
    prompt = data.draw(st.sampled_from(sorted(CATALOGUE.prompts.values(), key=lambda p: p.id)))
    chosen = {slot.name: data.draw(values[slot.kind]) for slot in prompt.slots}
    pieces = CATALOGUE.utterance(prompt.id, prompt.language, chosen)
    assert pieces
    assert {(prompt.language, piece) for piece in pieces} <= pieces_needed(CATALOGUE)
    assert CATALOGUE.transcript(prompt.id, prompt.language, chosen)


def small(prompts: str) -> Catalogue:
    """A catalogue of these prompts with all shared pieces, every one called x."""
    pieces = "".join(
        f"  {language}: {{{', '.join(f'{piece}: x' for piece in voice.vocabulary())}}}\n"
        for language, voice in SPOKEN.items()
    )
    return parse_catalogue(f"prompts:\n{prompts}\npieces:\n{pieces}")


BALANCE: Final = """
  balance:
    zh: "您的当前欠款为{owed:money}，共{n:count}笔。"
    en: "You owe {owed:money}, {n:count} times."
"""


def test_a_prompt_is_its_own_pieces_around_what_fills_its_slots() -> None:
    catalogue = small(BALANCE)
    asked: dict[str, Value] = {"owed": 123450, "n": 2}
    assert catalogue.utterance(PromptId("balance"), "zh", asked) == (
        "balance.0", "thousand1", "hundred2", "n34_yuan", "jiao5",
        "balance.1", "liang", "balance.2",
    )  # fmt: skip
    assert (
        catalogue.transcript(PromptId("balance"), "zh", asked)
        == "您的当前欠款为1,234.50元，共2笔。"
    )
    assert (
        catalogue.transcript(PromptId("balance"), "en", asked) == "You owe 1,234.50 yuan, 2 times."
    )


def test_punctuation_between_slots_is_written_but_not_recorded() -> None:
    catalogue = small('  p: {zh: "{a:date}，{b:minutes}。", en: "{a:date}, {b:minutes}."}')
    asked: dict[str, Value] = {"a": date(2026, 11, 22), "b": 1}
    said = catalogue.utterance(PromptId("p"), "zh", asked)
    assert said == ("month11", "day22", "d1", "minutes")
    assert catalogue.transcript(PromptId("p"), "en", asked) == "November 22, 1 minute."


def test_an_unknown_prompt_is_named() -> None:
    with pytest.raises(UnknownPrompt, match="'nothing'"):
        CATALOGUE.utterance(PromptId("nothing"), "zh", {})


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "n, owed"),
        ({"owed": 1}, "n"),
        ({"owed": 1, "n": 1, "extra": 1}, "extra"),
        ({"owed": "1", "n": 1}, "owed"),
        ({"owed": Decimal(1), "n": 1}, "owed"),
        ({"owed": True, "n": 1}, "owed"),
        ({"owed": MONEY_LIMIT, "n": 1}, "owed"),
        ({"owed": 1, "n": -1}, "n"),
        ({"owed": 1, "n": COUNT_LIMIT}, "n"),
    ],
)
def test_an_unfit_value_is_named_with_its_prompt(asked: dict[str, Value], told: str) -> None:
    catalogue = small(BALANCE)
    for say in (catalogue.utterance, catalogue.transcript):
        with pytest.raises(UnfitValue, match=rf"balance \(zh\).*{told}"):
            say(PromptId("balance"), "zh", asked)


@pytest.mark.parametrize(
    ("prompts", "told"),
    [
        ('  p: {zh: "你好"}', r"line 2: prompt p \(en\)"),
        ('  p: {zh: "你好", en: hi, fr: salut}', r"line 2: prompt p \(fr\)"),
        ('  p: {zh: "{a:colour}", en: "{a:colour}"}', r"line 2: prompt p \(zh\): 'colour'"),
        ('  p: {zh: "你好{a}", en: "hi"}', r"line 2: prompt p \(zh\): a brace"),
        ('  p: {zh: "{a:count}", en: "{b:count}"}', r"line 2: prompt p: its slots differ"),
        ('  p: {zh: "。", en: "hi"}', r"line 2: prompt p \(zh\): nothing to say"),
        ('  p: {zh: "", en: "hi"}', r"line 2: prompt p \(zh\): a text is wanted"),
        ('  P-1: {zh: "你好", en: "hi"}', r"line 2: prompt 'P-1'"),
        ("  p: {zh: 好, en: hi}\n  p: {zh: 好, en: hi}", r"line 3: prompts: 'p' stands twice"),
    ],
)
def test_a_fault_in_the_catalogue_is_told_with_its_line(prompts: str, told: str) -> None:
    with pytest.raises(CatalogueInvalid, match=told):
        small(prompts)


def test_all_faults_of_a_catalogue_are_told_at_once() -> None:
    with pytest.raises(CatalogueInvalid) as caught:
        small('  p: {zh: "你好"}\n  q: {zh: "{a:x}", en: "{a:x}"}')
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize("source", ["", "[", "prompts: {}", "- 1", "pieces: {zh: {}, en: {}}"])
def test_a_file_that_is_no_catalogue_is_refused(source: str) -> None:
    with pytest.raises(CatalogueInvalid):
        parse_catalogue(source)


def test_a_shared_piece_without_text_and_one_without_use_are_told() -> None:
    source = "prompts: {}\npieces:\n  zh: {d0: 零, d1: 一, gong: 锣}\n  en: {}"
    with pytest.raises(CatalogueInvalid) as caught:
        parse_catalogue(source)
    assert "line 3: pieces (zh): gong is never said" in caught.value.faults
    assert "line 3: pieces (zh): yao has no text" in caught.value.faults
