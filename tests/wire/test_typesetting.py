"""Documents by Typst: a real process, real fonts, and what a stranger's words cannot do to it."""

import io
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject

from cardline.adapters.typst.setter import TypstSetter
from cardline.ports.paper import TypesettingFailed
from tests.wire.archive_documents import faults

AT = datetime(2026, 11, 27, tzinfo=UTC)
SCRIPT = DictionaryObject({NameObject("/S"): NameObject("/JavaScript")})
HOSTILE = '#let x = 1 $a$ "q" \\ *b* _i_ `c` <l> @r // /* = # [x] #{panic()} https://a.b'
TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title, date: auto)
#set text(font: "Noto Serif SC", lang: "zh")
= #data.title
#for one in data.lines { par(one) }
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(page.extract_text() for page in pages).replace("\n", " ")


async def test_what_somebody_wrote_is_text_and_never_markup(template: Path) -> None:
    data = {"title": "致张伟的信", "lines": [HOSTILE, "第一行\n第二行", "€ é 囍 \u202eright\u200b"]}
    text = text_of(await TypstSetter().typeset(template, data, at=AT))
    for said in ('#let x = 1 $a$ "q" \\ *b* _i_ `c` <l> @r // /* = # [x] #{panic()}', "€ é 囍"):
        assert said in text
    assert "致张伟的信" in text
    assert "\u202e" not in text


async def test_a_character_that_no_font_has_is_named_and_marked(template: Path) -> None:
    setter = TypstSetter()
    assert setter.missing("𠮷野家 😀 张é\u200b\ufe0f") == ("𠮷", "😀")
    text = text_of(await setter.typeset(template, {"title": "𠮷野家", "lines": ["😀"]}, at=AT))
    assert "〓野家" in text


async def test_it_is_an_archive_document_with_every_font_inside(template: Path) -> None:
    data = {"title": "存档 <1> & 2", "lines": ["您好, hello", HOSTILE]}
    pdf = await TypstSetter().typeset(template, data, at=AT)
    assert faults(pdf) == []
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.metadata
    assert reader.metadata.title == "存档 <1> & 2"
    assert await TypstSetter().typeset(template, data, at=AT) == pdf, "the same again"


async def test_whatever_would_make_it_no_archive_document_is_noticed(template: Path) -> None:
    """The check can fail: each of these is broken in one way."""
    data = {"title": "存档", "lines": ["您好"]}
    pdf = await TypstSetter().typeset(template, data, at=AT)

    def broken(change: Callable[[PdfWriter], object]) -> list[str]:
        writer = PdfWriter(clone_from=io.BytesIO(pdf))
        change(writer)
        out = io.BytesIO()
        writer.write(out)
        return faults(out.getvalue())

    def fonts(writer: PdfWriter) -> Iterator[DictionaryObject]:
        for one in writer._objects:
            if isinstance(one, DictionaryObject) and one.get("/Type") == "/FontDescriptor":
                yield one

    untouched = set(broken(lambda _: None))
    breaks: dict[str, Callable[[PdfWriter], object]] = {
        "6.2.11.4": lambda w: [
            one.pop(key) for one in fonts(w) for key in list(one) if key.startswith("/FontFile")
        ],
        "6.2.3": lambda w: w.root_object.pop("/OutputIntents"),
        "6.5.1": lambda w: w.root_object.update({NameObject("/OpenAction"): SCRIPT}),
        "6.6.2": lambda w: w.root_object.pop("/Metadata"),
        "6.7.2.2": lambda w: w.root_object.pop("/MarkInfo"),
        "6.7.3": lambda w: w.root_object.pop("/StructTreeRoot"),
        "6.7.4": lambda w: w.root_object.pop("/Lang"),
        "6.1.3": lambda w: w.encrypt("secret", algorithm="AES-256"),
        "6.8": lambda w: w.add_attachment("a.txt", b"x"),
        "6.6.3": lambda w: w.add_metadata({"/Title": "another"}),
    }
    for clause, change in breaks.items():
        told = set(broken(change)) - untouched
        assert any(one.startswith(clause + " ") for one in told), (clause, told)


async def test_a_document_without_end_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "endless.typ"
    path.write_text("#let f(n) = { while true { n += 1 }\n n }\n#f(0)", encoding="utf-8")
    began = time.monotonic()
    with pytest.raises(TypesettingFailed):
        await TypstSetter(seconds=1).typeset(path, {})
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "markup",
    [
        '#read("/etc/passwd")',
        '#read("../secret")',
        '#import "@preview/cetz:0.3.4": canvas\n#canvas',
        "#nothing-of-this-name",
    ],
)
async def test_a_template_reaches_neither_files_nor_the_network(
    tmp_path: Path, markup: str
) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (tmp_path / "secret").write_text("secret")
    (folder / "bad.typ").write_text(markup, encoding="utf-8")
    with pytest.raises(TypesettingFailed):
        await TypstSetter(seconds=5).typeset(folder / "bad.typ", {})
