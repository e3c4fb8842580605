"""The index of a pack: on paper, in volumes where it is long, its decisions in words."""

import ast
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from cardline.adapters.typst.setter import TypstSetter
from cardline.app.evidence.packs.sources import decision_words
from cardline.cards.model import Language
from cardline.core.clock import SHANGHAI
from cardline.core.ids import HolderId
from cardline.evidence.model import KeyId, SigningKey
from cardline.evidence.packs.making import Decision, FileTold, Index, Section
from cardline.evidence.packs.model import Item, Line, PackId, Subject
from cardline.evidence.packs.paper import PaperPages
from cardline.portal.texts import load_texts
from tests.wire.archive_documents import faults

AT = datetime(2026, 11, 27, 4, tzinfo=UTC)
KEY = SigningKey(KeyId("k1"), bytes(32), AT, AT + timedelta(days=400), None, b"", b"")
WORDS = decision_words(load_texts())


def index(language: Language, *, items: int = 2, lines: int = 1) -> Index:
    told = tuple(Line(f"第{one}句 *#panic()*", AT, "座席") for one in range(lines))
    contacts = tuple(
        Item(f"i{one}", AT - timedelta(days=one), f"来电{one}", told) for one in range(items)
    )
    refused = (
        ("needs-one-time-code", "PCAC 56"),
        ("quiet-hours", "outreach.hours"),
        ("new-code", "P"),
    )
    decisions = tuple(
        Decision(
            AT + timedelta(seconds=one),
            "i1",
            one + 1,
            "identity.decided",
            "cn/identity/2026-11-01",
            allowed=False,
            reasons=refused,
            about="freeze",
        )
        for one in range(3)
    )
    return Index(
        PackId("ep1"),
        Subject(HolderId("h1"), language, "holder", 100),
        AT,
        "staff:7004",
        "监管转办",
        KEY,
        None,
        (
            Section(
                "contacts", {"zh": "往来经过", "en": "Contacts"}, contacts, items, ("少了一段",)
            ),
        ),
        decisions,
        {"i1": (FileTold("recordings/i1.wav", "1:05"),)},
        1,
        3,
    )


async def pages(told: Index, *, lines: int = 1000) -> dict[str, str]:
    made = await PaperPages(TypstSetter(), WORDS, SHANGHAI, lines=lines).pages(told)
    return {
        name: "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        .replace("\n", "")
        .replace(" ", "")
        for name, content in made
        if name.endswith(".pdf")
    }


async def test_an_index_says_who_asked_what_is_inside_and_why_it_was_decided_so() -> None:
    (text,) = (await pages(index("zh"))).values()
    for said in (
        *("工号7004", "监管转办", "2026-11-26至2026-11-27", "recordings/i1.wav", "1:05"),
        *(
            "能否办理·冻结卡片未通过",
            "还需短信验证码",
            "不在可以联系的时段",
            "new-code",
            "3次，至12:00:02",
        ),
        *("cn/identity/2026-11-01", "少了一段", "*#panic()*", "不能证明", "0000000000000000"),
    ):
        assert said in text, said
    (text,) = (await pages(index("en"))).values()
    for said in ("thebank'sstaff,number7004", "outsidethehours", "3times,until12:00:02"):
        assert said.lower() in text.lower().replace("’", "'"), said


async def test_every_volume_is_an_archive_document_in_both_languages() -> None:
    for language, tag in (("zh", "zh-CN"), ("en", "en-GB")):
        told = index("zh" if language == "zh" else "en", items=6, lines=3)
        made = await PaperPages(TypstSetter(), WORDS, SHANGHAI, lines=12).pages(told)
        documents = [content for name, content in made if name.endswith(".pdf")]
        assert len(documents) > 1
        for pdf in documents:
            assert faults(pdf) == []
            assert PdfReader(io.BytesIO(pdf)).root_object["/Lang"] == tag


async def test_the_first_page_says_whom_it_is_about_and_in_which_zone_its_times_are() -> None:
    told = index("zh")
    whom = replace(told.subject, numbers=frozenset({"+8615400000001"}))
    (text,) = (await pages(replace(told, subject=whom))).values()
    assert "持卡人h1（154****0001）" in text
    assert "均为北京时间（UTC+8）" in text
    assert "隐去" not in text, "nothing is left out of it"
    (text,) = (await pages(replace(told, cut=2))).values()
    assert "其中2条隐去了他人的信息" in text
    assert "有2条记录隐去了部分内容" in text


async def test_a_long_index_goes_on_in_further_volumes_and_nothing_is_lost() -> None:
    made = await pages(index("zh", items=12, lines=3), lines=20)
    assert list(made) == ["index.pdf", *(f"index-{one}.pdf" for one in range(2, len(made) + 1))]
    assert len(made) > 2
    assert "第2册" in made["index-2.pdf"]
    assert sum(text.count("来电") for text in made.values()) == 12
    assert sum(text.count("少了一段") for text in made.values()) == 1


# ---------------------------------------------------------------- words

NOT_OF_HOLDERS = {"agent", "softphone", "staff"}
"""Kinds that stand in streams of the staff, which no pack holds."""
NOT_IN_PACKS = (
    *("desk/login", "desk/work", "hotline/softphone", "routing/rules/agents"),
    *("outreach/campaigns", "outreach/rules/wishing", "portal", "complaints/doors/rules"),
    *("messages/chat/actions", "trust/rules", "evidence"),
)
"""What is said at once to whoever asks, and decides nothing that is kept about a holder."""
KIND = re.compile(r"[a-z]+\.[a-z-]+")
SOURCES = Path(__file__).parents[2] / "cardline"


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path.relative_to(SOURCES).as_posix(), node


def given(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(one.value for one in call.keywords)]


def kinds_with_a_verdict() -> set[str]:
    return {
        str(part.value)
        for _, call in calls()
        if any(one.arg == "verdict" for one in call.keywords)
        or any(ast.unparse(one).endswith("verdict") for one in given(call))
        for one in given(call)
        for part in ast.walk(one)
        if isinstance(part, ast.Constant) and KIND.fullmatch(str(part.value))
    }


def reasons_of_verdicts() -> set[str]:
    return {
        str(first.value)
        for path, call in calls()
        if isinstance(call.func, ast.Name) and call.func.id == "Reason"
        if not path.startswith(NOT_IN_PACKS)
        for first in call.args[:1]
        if isinstance(first, ast.Constant)
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_decision_that_a_pack_can_hold_has_words_and_so_has_every_reason(
    language: Language,
) -> None:
    kinds = {one for one in kinds_with_a_verdict() if one.partition(".")[0] not in NOT_OF_HOLDERS}
    reasons = reasons_of_verdicts()
    assert len(kinds) > 60
    assert len(reasons) > 120
    assert {one for one in kinds if WORDS.kind(one, language) == one} == set()
    assert {one for one in reasons if WORDS.reason(one, language) == one} == set()
