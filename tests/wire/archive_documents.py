"""What can be checked of PDF/A-2a (ISO 19005-2, level A) with a reader alone: structure, not looks.

``faults`` names every clause that does not hold, by its number in ISO 19005-2. A whole validator
(veraPDF, profile PDF/A-2A) was run on the same documents by hand: docs/reference/evidence.md.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_ACTIONS = frozenset({"/GoTo", "/URI"})
_FORBIDDEN = {
    "/JavaScript": "6.5.1",
    "/JS": "6.5.1",
    "/AA": "6.5.2",
    "/OpenAction": "6.5.1",
    "/Launch": "6.5.1",
    "/EmbeddedFiles": "6.8",
    "/EF": "6.8",
    "/XFA": "6.4.2",
    "/Alternates": "6.2.8",
    "/OPI": "6.2.8",
    "/PS": "6.2.9",
    "/Ref": "6.2.9",
    "/TR": "6.2.5",
    "/HTP": "6.2.5",
    "/Crypt": "6.1.7",
    "/LZWDecode": "6.1.7",
    "/F": "6.1.7.1",
}


def faults(pdf: bytes) -> list[str]:
    """Return what does not hold, in words that begin with the clause."""
    found: list[str] = []
    if not re.match(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}", pdf):
        found.append("6.1.2 header")
    if not re.search(rb"%%EOF\r?\n?$", pdf):
        found.append("6.1.3 something behind the end")
    reader = PdfReader(io.BytesIO(pdf))
    if reader.is_encrypted or "/Encrypt" in reader.trailer:
        return [*found, "6.1.3 encrypted"]
    if "/ID" not in reader.trailer:
        found.append("6.1.3 no identifier")
    root = reader.root_object
    found += _metadata(reader, root)
    found += _intents(root)
    found += _tags(root)
    for one in _objects(reader.trailer["/Root"]):
        found += _object(one)
    return sorted(set(found))


def _metadata(reader: PdfReader, root: DictionaryObject) -> Iterator[str]:
    if "/Metadata" not in root:
        yield "6.6.2 no metadata"
        return
    stream = root["/Metadata"]
    assert isinstance(stream, StreamObject)
    xmp = stream.get_data().decode()
    for name, wanted in (("part", "2"), ("conformance", "A")):
        if f"<pdfaid:{name}>{wanted}</pdfaid:{name}>" not in xmp:
            yield f"6.6.4 {name}"
    info = reader.metadata or {}
    title = re.search(r"<dc:title>.*?<rdf:li[^>]*>(.*?)</rdf:li>", xmp, re.DOTALL)
    if not title or _plain(title[1]) != info.get("/Title"):
        yield "6.6.3 title"
    created = re.search(r"<xmp:CreateDate>(.*?)</xmp:CreateDate>", xmp)
    at = "".join(re.findall(r"\d", str(info.get("/CreationDate", ""))))[:14]
    if not created or "".join(re.findall(r"\d", created[1]))[:14] != at:
        yield "6.6.3 date"


def _of(one: DictionaryObject, key: str) -> Any:
    """Return what stands under a key, wherever it lies; nothing where it is not there."""
    try:
        return one[key]  # get() would give a reference to it
    except KeyError:
        return None


def _plain(text: str) -> str:
    for name, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(name, letter)
    return text


def _intents(root: DictionaryObject) -> Iterator[str]:
    intents = _of(root, "/OutputIntents")
    if intents is None or len(intents) != 1:
        yield "6.2.3 output intent"
        return
    intent = intents[0].get_object()
    profile = _of(intent, "/DestOutputProfile")
    if _of(intent, "/S") != "/GTS_PDFA1" or profile is None:
        yield "6.2.3 output intent"
        return
    icc = profile
    data = icc.get_data()
    spaces = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}
    if data[36:40] != b"acsp" or len(data) != int.from_bytes(data[:4], "big"):
        yield "6.2.3 the profile is none"
    if spaces.get(data[16:20]) != _of(icc, "/N"):
        yield "6.2.3 colours of the profile"


def _tags(root: DictionaryObject) -> Iterator[str]:
    marks = _of(root, "/MarkInfo")
    if marks is None or _of(marks, "/Marked") is None:
        yield "6.7.2.2 not marked"
    if "/StructTreeRoot" not in root:
        yield "6.7.3 no tree of its structure"
    if not re.fullmatch(r"[a-z]{2}(-[A-Za-z]{2,8})*", str(_of(root, "/Lang") or "")):
        yield "6.7.4 no language"


def _object(one: DictionaryObject) -> Iterator[str]:
    for key, clause in _FORBIDDEN.items():
        is_flag = key == "/F" and not (isinstance(one, StreamObject) and "/F" in one)
        if key in one and not is_flag and not (key == "/TR" and "/TR2" in one):
            yield f"{clause} {key}"
    filters = _of(one, "/Filter") or ()
    for name in filters if isinstance(filters, ArrayObject) else [filters]:
        if name in _FORBIDDEN:
            yield f"{_FORBIDDEN[name]} {name}"
    kind, subtype = _of(one, "/Type"), _of(one, "/Subtype")
    if kind == "/Font" and subtype != "/Type0":
        descriptor = _of(one, "/FontDescriptor")
        inside = descriptor if descriptor is not None else {}
        if subtype != "/Type3" and not any(name in inside for name in _FONT_FILES):
            yield f"6.2.11.4 a font that is not inside: {one.get('/BaseFont')}"
    if kind == "/Font" and not str(subtype).startswith("/CIDFont") and "/ToUnicode" not in one:
        yield f"6.2.11.7 letters without a meaning: {one.get('/BaseFont')}"
    if _of(one, "/Subtype") == "/Link" and not int(one.get("/F", 0)) & 4:
        yield "6.3.2 a link that is not printed"
    if "/S" in one and _of(one, "/Type") == "/Action" and one["/S"] not in _ACTIONS:
        yield f"6.5.1 {one['/S']}"
    if _of(one, "/Interpolate"):
        yield "6.2.8 interpolated"
    if subtype == "/Image" and "/ColorSpace" not in one and not _of(one, "/ImageMask"):
        yield "6.2.4 a picture without colours"


def _objects(start: Any) -> Iterator[DictionaryObject]:
    """Walk through all that the document names."""
    seen: set[tuple[int, int]] = set()
    waiting = [start]
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            place = (one.idnum, one.generation)
            if place in seen:
                continue
            seen.add(place)
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            yield one
            waiting += [one.raw_get(key) for key in one]
        elif isinstance(one, ArrayObject):
            waiting += list(one)
