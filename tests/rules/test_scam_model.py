"""The learned model: the published figures hold, splits are honest, it is made again the same."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cardline.trust.scam.learned import FOLDER, ModelError, form_of, load_model
from cardline.trust.scam.text import read
from tools import train_scam
from tools.scam import material

PUBLISHED: dict[str, Any] = json.loads((FOLDER / "model.json").read_text("utf-8"))


@cache
def samples() -> list[material.Sample]:
    return train_scam.gather()


@pytest.fixture
def real(shared_data: Path) -> list[material.Sample]:
    assert shared_data == material.DATA
    if not material.MESSAGES.is_file() or not material.CALLS.is_file():
        pytest.skip("the messages of false base stations are not beside this checkout")
    return samples()


def test_near_copies_stand_on_one_side(real: list[material.Sample]) -> None:
    sides: dict[tuple[str, int], set[str]] = {}
    for one in real:
        sides.setdefault((one.cls.partition("_")[0] == "CALL", one.cluster), set()).add(one.part)  # type: ignore[arg-type]
    by_form: dict[str, set[str]] = {}
    for one in real:
        if not one.cls.startswith("ORDINARY"):
            by_form.setdefault(one.form, set()).add(one.part)
    assert all(len(parts) == 1 for parts in by_form.values())
    shares = {part: sum(one.part == part for one in real) for part in ("train", "choose", "test")}
    assert shares == PUBLISHED["figures"]["samples"]
    assert min(shares.values()) > 400


def test_what_is_held_out_was_never_learned(real: list[material.Sample]) -> None:
    learned = {one.form for one in real if one.part == "train"}
    kept = [form_of(text) for text in material.held_out()]
    assert len(kept) >= 70
    assert not learned & set(kept)


@pytest.mark.timeout(300)
def test_the_published_figures_are_those_of_the_shipped_model(real: list[material.Sample]) -> None:
    measured = train_scam.figures(load_model(), real)
    assert measured == PUBLISHED["figures"]
    card = train_scam.CARD.read_text("utf-8")
    for cls, one in measured["classes"].items():
        assert f"| `{cls}` | {one['all']} | {100 * one['together']:.1f} % |" in card


def test_the_figures_are_worth_having() -> None:
    figures = PUBLISHED["figures"]
    assert figures["classes"]["FR_PhishingBank"]["together"] >= 0.9
    assert figures["classes"]["ORDINARY_held_out"]["together"] == 0
    assert figures["messages"]["together"]["precision"] >= 0.9
    assert figures["messages"]["together"]["recall"] > figures["messages"]["rules"]["recall"]


def test_the_model_tells_which_words_weigh() -> None:
    found = load_model().judge(read("尊敬的工行用户您的电子密码器于今日失效请登录www.a.top激活"))
    assert found.likely > 0.8
    assert found.words
    assert len(found.words) <= 20


@pytest.mark.parametrize("text", ["", "hi", "Your account is suspended, verify at once", "12345"])
def test_the_model_says_nothing_about_what_it_has_not_learned(text: str) -> None:
    assert load_model().judge(read(text)).likely == 0


def test_a_model_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        load_model(tmp_path)
    (tmp_path / "model.json").write_text(json.dumps(PUBLISHED), "utf-8")
    (tmp_path / "weights.bin").write_bytes(b"\0" * 100)
    with pytest.raises(ModelError, match="not the one"):
        load_model(tmp_path)


def test_without_the_data_training_says_so_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (FOLDER / "weights.bin").read_bytes()
    monkeypatch.setattr(material, "MESSAGES", tmp_path / "none.csv")
    assert train_scam.main([]) == 0
    assert "skipped" in capsys.readouterr().out
    assert (FOLDER / "weights.bin").read_bytes() == before
