"""Suggestions for complaints: the words that speak, the figures that are published, odd texts."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardline.complaints.classifying.model import Field
from cardline.complaints.classifying.reading import (
    FILE,
    VocabularyError,
    load_vocabulary,
    names_of,
)
from cardline.complaints.classifying.rules import folded, language_of, suggest
from tools import measure_complaints
from tools.complaints import material

FIELDS: tuple[Field, ...] = ("product", "issue", "severity")


def issue_of(text: str) -> tuple[str, tuple[str, ...]]:
    found = suggest(text, load_vocabulary()).issue
    return found.code, found.words


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("我的信用卡被盗刷了三笔", "unauthorised", "被盗刷"),
        ("违约金收得太多", "fees-interest", "违约金"),
        ("你们天天打电话推销贷款", "marketing", "推销"),
        ("催收的人打到我单位", "collection", "催收"),
        ("征信上的逾期不是我的", "credit-record", "征信"),
        ("客服態度很差，直接掛斷", "attitude", "客服態度很差"),
        ("They hung up on me and the agent was rude", "attitude", "hung up on"),
        ("The welcome bonus never arrived, I want my reward points", "rewards", "welcome bonus"),
    ],
)
def test_an_issue_is_suggested_with_the_words_that_say_so(text: str, code: str, word: str) -> None:
    found, words = issue_of(text)
    assert found == code
    assert not word or word in words


def test_words_are_found_through_gaps_and_wide_letters() -> None:
    assert issue_of("信 用 卡 被 盗 刷 了")[0] == "unauthorised"
    assert issue_of("ＡＰＰ闪退，登不上")[0] == "access"


def test_two_words_near_each_other_count_only_within_a_sentence() -> None:
    assert issue_of("商家说什么也不退钱")[0] == "merchant-dispute"
    assert "商家" not in "".join(issue_of("这是一家商家。可是贵行不退我的年费")[1])


def test_what_weighs_alike_is_left_to_the_person() -> None:
    both = suggest("我要投诉催收，也要投诉积分", load_vocabulary()).issue
    assert both.code == ""
    assert {one.code for one in both.candidates} >= {"collection", "rewards"}


def test_severity_is_middle_unless_words_or_amounts_say_otherwise() -> None:
    def severity(text: str) -> tuple[str, tuple[str, ...]]:
        found = suggest(text, load_vocabulary()).severity
        return found.code, found.words

    assert severity("年费多收了两百元") == ("middle", ())
    assert severity("多扣了12,000元") == ("high", ("12,000元",))
    assert severity("损失1.2万元")[0] == "high"
    assert severity("损失9千元")[0] == "middle"
    assert severity("我不想活了") == ("high", ("不想活",))
    assert severity("建议你们把字放大")[0] == "low"
    assert severity("They took $9,500.00 from me")[0] == "high"


def test_a_text_that_says_nothing_gets_no_suggestion() -> None:
    for text in ("", "   ", "？？？", "12345", "请尽快回复", "a" * 5):
        found = suggest(text, load_vocabulary())
        assert (found.product.code, found.issue.code, found.severity.code) == ("", "", "middle")


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="盗刷卡商家不退款催收。，！ ab1万元$", max_size=300))
def test_every_word_shown_stands_in_the_text(text: str) -> None:
    found = suggest(text, load_vocabulary())
    for field in FIELDS:
        one = getattr(found, field)
        assert all(word in folded(text) for each in one.candidates for word in each.words)
        if one.words:
            assert one.code == one.candidates[0].code


def test_a_very_long_text_is_read_in_its_beginning_only() -> None:
    assert issue_of("商家" * 60_000)[0] == "merchant-dispute"
    assert issue_of("好" * 30_000 + "盗刷")[0] == ""


def test_chinese_with_english_names_is_read_as_chinese() -> None:
    assert language_of("我在 Amazon 上买的 iPhone 没收到货") == "zh"
    assert language_of("My card was charged twice") == "en"


def test_every_label_has_its_names_in_both_languages() -> None:
    for field in FIELDS:
        assert all(name["zh"] and name["en"] for name in names_of(field).values())
    assert set(names_of("severity")) == {"high", "middle", "low"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("least: 2", "lest: 2"),
        ("zh: {2: [信用卡", "zh: {7: [信用卡"),
        ("    en: Credit card\n", ""),
        ("被盗刷, 盗刷", '"~", 盗刷'),
    ],
)
def test_a_vocabulary_with_a_fault_is_refused(tmp_path: Path, old: str, new: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    broken = tmp_path / "vocabulary.yaml"
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(VocabularyError):
        load_vocabulary(broken)


def test_chinese_complaints_that_nothing_was_mended_by_are_as_good_as_published() -> None:
    fresh = material.chinese("fresh")
    counted = measure_complaints.figures(fresh)
    assert counted["right"] >= 0.6 * len(fresh)
    assert counted["wrong"] <= 0.1 * len(fresh)
    assert counted["right"] > 4 * counted["majority"]
    texts = {one.text for one in material.chinese("built")}
    assert not texts & {one.text for one in fresh}


def test_the_published_figures_are_those_of_the_shipped_words(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not material.NARRATIVES.is_file():
        pytest.skip("the narratives of the CFPB are not beside this checkout")
    assert measure_complaints.main(["--check"]) == 0, capsys.readouterr().out


def test_english_labels_are_of_the_test_half_and_of_known_issues(shared_data: Path) -> None:
    labels = material.english_labels()
    assert all(int(key, 16) % 2 for key in labels)
    assert set(labels.values()) <= {*names_of("issue"), "other"}
    if not material.NARRATIVES.is_file():
        pytest.skip("the narratives of the CFPB are not beside this checkout")
    assert 100 < len(material.english()) <= len(labels)
