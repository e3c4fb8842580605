"""Checking a pack: what holds, what is left open, and that nobody slips anything in or out."""

import hashlib
import json
import re
import stat
import struct
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardline.evidence.packs import words
from cardline.evidence.packs.checking import Trust, check
from cardline.evidence.packs.findings import Finding, Result
from cardline.evidence.packs.form import MANIFEST, ROOTS, SIGNATURE
from cardline.evidence.publishing import Published, read_published
from tests.rules.evidence_forge import (
    NOW,
    Contents,
    Forge,
    altered,
    chain,
    edited,
    pair,
    put,
    read,
    usual,
    with_hidden,
)


def failed(result: Result) -> list[str]:
    return [one.code for one in result.findings if one.state == "failed"]


def told(result: Result, code: str) -> dict[str, str | int] | None:
    return next((one.values for one in result.findings if one.code == code), None)


def test_a_pack_holds_and_says_what_is_proved_and_what_is_not(tmp_path: Path) -> None:
    result = check(usual().write(tmp_path / "p.zip"))
    assert result.holds
    proved = {one.code for one in result.findings if one.state == "proved"}
    assert proved == {"signed", "files", "roots", "streams", "sealed", "recordings"}
    assert told(result, "sealed") == {"entries": 10, "root": 3, "at": "2026-11-27 01:55:00 UTC"}
    left = {one.code for one in result.findings if one.state == "not-proved"}
    assert left == {"whose-key", "one-history", "bank-word", "nothing-else", "times"}


def test_what_no_root_covers_is_said(tmp_path: Path) -> None:
    forge = replace(usual(), ends=[{"i1": 2}])
    result = check(forge.write(tmp_path / "p.zip"))
    assert result.holds
    assert told(result, "unsealed") == {"entries": 8}


_CHANGES: dict[str, tuple[Callable[[Contents], object], str]] = {
    "a recording": (
        lambda c: c.update({"recordings/i1.wav": c["recordings/i1.wav"][:-1] + b"x"}),
        "file-altered",
    ),
    "an entry": (
        lambda c: c.update(
            {"journal/000001.json": c["journal/000001.json"].replace(b":3,", b":9,")}
        ),
        "file-altered",
    ),
    "a file more": (lambda c: c.update({"files/more.txt": b"x"}), "file-extra"),
    "a file less": (lambda c: c.pop("index.pdf"), "file-missing"),
    "a stream less": (lambda c: c.pop("journal/000002.json"), "file-missing"),
    "the manifest": (
        lambda c: c.update({MANIFEST: c[MANIFEST].replace(b"staff:7004", b"staff:7005")}),
        "signature",
    ),
    "the manifest, other spacing": (
        lambda c: c.update({MANIFEST: c[MANIFEST].replace(b",", b", ", 1)}),
        "refused-form",
    ),
    "the signature": (
        lambda c: c.update({SIGNATURE: c[SIGNATURE].replace(b'"signature":"', b'"signature":"00')}),
        "signature",
    ),
    "a root less": (
        lambda c: c.update(
            {ROOTS: b"\n".join(c[ROOTS].split(b"\n")[:2] + c[ROOTS].split(b"\n")[3:])}
        ),
        "root-missing",
    ),
    "no manifest": (lambda c: c.pop(MANIFEST), "refused-not-there"),
    "no signature": (lambda c: c.pop(SIGNATURE), "refused-not-there"),
    "no roots": (lambda c: c.pop(ROOTS), "refused-not-there"),
    "no JSON": (lambda c: c.update({MANIFEST: b"\xff\xfe"}), "refused-form"),
    "deep JSON": (lambda c: c.update({MANIFEST: b"[" * 100_000}), "refused-form"),
}


@pytest.mark.parametrize("name", _CHANGES)
def test_whoever_alters_a_finished_pack_is_found_out(tmp_path: Path, name: str) -> None:
    change, code = _CHANGES[name]
    pack = altered(usual().write(tmp_path / "p.zip"), change)
    assert code in failed(check(pack))


_STREAM = "journal/000002.json"
_FORGERIES: dict[str, tuple[Callable[[Contents], None], str]] = {
    "a value": (
        edited(_STREAM, lambda s: s["entries"][2]["fields"]["body/text"].update(value="销户")),
        "stream",
    ),
    "a time": (
        edited(_STREAM, lambda s: s["entries"][2].update(at=s["entries"][1]["at"])),
        "stream",
    ),
    "an entry left out": (edited(_STREAM, lambda s: s["entries"].pop(2)), "stream"),
    "the end cut off": (edited(_STREAM, lambda s: s["entries"].pop()), "stream"),
    "the beginning cut off": (edited(_STREAM, lambda s: s["entries"].pop(0)), "stream"),
    "two entries exchanged": (
        edited(_STREAM, lambda s: s["entries"].insert(1, s["entries"].pop(2))),
        "stream",
    ),
    "a field left out without a trace": (
        edited(_STREAM, lambda s: s["entries"][1]["fields"].pop("body/text")),
        "stream",
    ),
    "a field added": (
        edited(
            _STREAM,
            lambda s: s["entries"][1]["fields"].update({"body/x": {"salt": "00" * 16, "value": 1}}),
        ),
        "stream",
    ),
    "an entry without anything": (
        edited(_STREAM, lambda s: s["entries"].__setitem__(1, {"seq": 2, "hash": "00" * 32})),
        "stream",
    ),
    "another stream's name": (edited(_STREAM, lambda s: s.update(stream="i2")), "stream"),
    "a seal moved on": (edited(_STREAM, lambda s: s["seals"][0].update(seq=3)), "seal"),
    "a seal of another root": (edited(_STREAM, lambda s: s["seals"][0].update(root=3)), "seal"),
    "a seal of no root": (edited(_STREAM, lambda s: s["seals"][0].update(root=99)), "seal"),
    "a seal far away": (
        edited(_STREAM, lambda s: s["seals"][0].update(index=2**62, seq=2**62)),
        "seal",
    ),
    "hexadecimal nonsense": (
        edited(_STREAM, lambda s: s["entries"][1]["fields"]["by"].update(salt="zz")),
        "stream",
    ),
    "a recording that was exchanged": (
        lambda c: c.update({"recordings/i1.wav": b"RIFF other"}),
        "recording",
    ),
}


@pytest.mark.parametrize("name", _FORGERIES)
def test_not_even_the_bank_with_its_key_alters_what_a_root_sealed(
    tmp_path: Path, name: str
) -> None:
    forged, code = _FORGERIES[name]
    result = check(usual().write(tmp_path / "p.zip", forged=forged))
    assert code in failed(result), result.findings


def test_what_is_left_out_stays_out_and_the_rest_still_proves_itself(tmp_path: Path) -> None:
    forge = with_hidden(usual(), ("i1", 2), ("i1", 3))
    pack = forge.write(tmp_path / "p.zip")
    result = check(pack)
    assert result.holds
    assert told(result, "cut-fits") == {"entries": 2}
    assert told(result, "sealed") == told(check(usual().write(tmp_path / "q.zip")), "sealed")
    entry = json.loads(read(pack)[_STREAM])["entries"][1]
    assert entry["kind"] == "test.done"
    assert {tuple(field) for field in entry["fields"].values()} == {("commitment",)}


def test_before_an_old_entry_that_is_left_out_whole_only_its_own_seal_proves_anything(
    tmp_path: Path,
) -> None:
    """Of those hashed whole nothing shows on which hash they were reckoned."""
    old = {"i1": chain("i1", 6, unsalted=6)}
    forge = Forge([pair(1)], old, [{"i1": 6}], hidden=frozenset({("i1", 4)}))
    result = check(forge.write(tmp_path / "p.zip"))
    assert result.holds
    assert told(result, "gaps") == {"streams": 1}
    assert told(result, "sealed") == {"entries": 3, "root": 1, "at": "2026-11-27 01:55:00 UTC"}
    assert told(result, "unsealed") == {"entries": 3}
    sealed_before = replace(forge, ends=[{"i1": 2}, {"i1": 6}])
    again = check(sealed_before.write(tmp_path / "q.zip"))
    assert told(again, "unsealed") == {"entries": 1}, "the third, between seal and gap"
    whole = replace(forge, hidden=frozenset())
    assert told(check(whole.write(tmp_path / "r.zip")), "gaps") is None


# ---------------------------------------------------------------- keys and roots from elsewhere


def test_a_pinned_key_is_followed_along_those_who_vouched(tmp_path: Path) -> None:
    first = pair(1, lasts=timedelta(days=30))
    second = pair(2, before=first, since=NOW - timedelta(days=10))
    third = pair(3, before=second, since=NOW - timedelta(days=5))
    stranger = pair(9)
    forge = replace(usual(), pairs=[first, second, third], signers=[0, 1, 2])
    pack = forge.write(tmp_path / "p.zip")
    for trusted in (first, second, third):
        result = check(pack, Trust(key=trusted.key.public))
        assert result.holds
        assert told(result, "your-key") == {"keys": 3}
    assert failed(check(pack, Trust(key=stranger.key.public))) == ["not-your-key"]


def test_a_key_that_nobody_vouched_for_is_not_yours(tmp_path: Path) -> None:
    first = pair(1)
    second = pair(2, before=None, since=NOW - timedelta(days=10))
    forge = replace(usual(), pairs=[first, second], signers=[0, 0, 1])
    pack = forge.write(tmp_path / "p.zip")
    assert check(pack).holds
    assert failed(check(pack, Trust(key=first.key.public))) == ["not-your-key"]


def test_a_key_signs_within_its_period_alone(tmp_path: Path) -> None:
    short = pair(1, lasts=timedelta(days=29))
    forge = replace(usual(), pairs=[short])
    codes = failed(check(forge.write(tmp_path / "p.zip")))
    assert "key-period" in codes
    assert "root-not-signed" in codes
    ended_later = pair(1, lasts=timedelta(days=30, hours=-1, minutes=-1))
    forge = replace(usual(), pairs=[ended_later, pair(2, before=ended_later)], signers=[0, 1, 1])
    assert check(forge.write(tmp_path / "q.zip")).holds, "what it signed while it was valid stays"


def test_published_roots_show_a_rewritten_history(tmp_path: Path) -> None:
    forge = usual()
    pack = forge.write(tmp_path / "p.zip")
    published = read_published(read(pack)[ROOTS].splitlines())
    first = Published(published.keys, {1: published.roots[1]})
    assert told(check(pack, Trust(published=first)), "your-roots") == {"roots": 1, "last": 1}
    rewritten = replace(forge, streams={**forge.streams, "i1": chain("i1", 6, kind="x.y")})
    again = check(rewritten.write(tmp_path / "q.zip"), Trust(published=published))
    assert failed(again) == ["other-history"]
    nothing = Trust(published=Published({}, {}))
    assert failed(check(pack, nothing)) == ["no-common-root"]


# ---------------------------------------------------------------- hostile files


def _zip(path: Path, write: Callable[[zipfile.ZipFile], object]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        write(made)
    return path


def _named(name: str, *, mode: int = 0, content: bytes = b"x") -> Callable[[zipfile.ZipFile], None]:
    def write(made: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        made.writestr(info, content)

    return write


def _twice(made: zipfile.ZipFile) -> None:
    made.writestr("a.txt", b"1")
    with pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("a.txt", b"2")


_HOSTILE: dict[str, tuple[Callable[[zipfile.ZipFile], object], str]] = {
    "a bomb": (lambda z: z.writestr("a.json", bytes(300 * 1024 * 1024)), "bomb"),
    "out of the folder": (_named("../../etc/passwd"), "name"),
    "an absolute path": (_named("/etc/passwd"), "name"),
    "a drive": (_named("C:/x.txt"), "name"),
    "a backslash": (_named("a\\..\\b.txt"), "name"),
    "a dot folder": (_named("a/./b.txt"), "name"),
    "nothing": (_named("a//b.txt"), "name"),
    "other letters": (_named("清单.json"), "name"),
    "an escape sequence": (_named("a\x1b[2Jb"), "name"),
    "a very long name": (_named("a" * 5000), "name"),
    "a folder": (_named("a/"), "name"),
    "a link": (_named("a.txt", mode=stat.S_IFLNK | 0o777, content=b"/etc/passwd"), "no-file"),
    "a device": (_named("a.txt", mode=stat.S_IFCHR | 0o666), "no-file"),
    "the same twice": (_twice, "twice"),
    "the same but for case": (
        lambda z: (z.writestr("a.txt", b""), z.writestr("A.txt", b"")),
        "twice",
    ),
    "another compression": (
        lambda z: z.writestr("a.txt", b"x" * 100, compress_type=zipfile.ZIP_LZMA),
        "compression",
    ),
    "no pack": (_named("readme.txt"), "not-there"),
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_a_hostile_file_is_refused_with_its_reason(tmp_path: Path, name: str) -> None:
    write, code = _HOSTILE[name]
    result = check(_zip(tmp_path / "p.zip", write))
    assert failed(result) == [f"refused-{code}"], result.findings


_DAMAGE: dict[str, tuple[Callable[[bytes], bytes], frozenset[str]]] = {
    "nothing at all": (lambda _: b"", frozenset({"empty"})),
    "a few bytes": (lambda raw: raw[:10], frozenset({"truncated"})),
    "half of it": (lambda raw: raw[: len(raw) // 2], frozenset({"truncated"})),
    "all but the last byte": (lambda raw: raw[:-1], frozenset({"truncated"})),
    "something behind": (lambda raw: raw + b"x", frozenset({"truncated"})),
    "something in front": (lambda raw: b"#!/bin/sh\n" + raw, frozenset({"extra-bytes"})),
    "a comment": (lambda raw: raw[:-2] + b"\x01\x00x", frozenset({"truncated"})),
    "text": (
        lambda _: b"This is no ZIP file, only text of some length.",
        frozenset({"truncated"}),
    ),
    "a million files, it says": (
        lambda raw: raw[:-22] + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65534, 65534, 9, 9, 0),
        frozenset({"extra-bytes"}),
    ),
}


@pytest.mark.parametrize("name", _DAMAGE)
def test_a_damaged_file_is_refused(tmp_path: Path, name: str) -> None:
    damage, codes = _DAMAGE[name]
    pack = usual().write(tmp_path / "p.zip")
    pack.write_bytes(damage(pack.read_bytes()))
    assert set(failed(check(pack))) <= {f"refused-{code}" for code in codes}
    assert not check(pack).holds


def test_wherever_one_byte_is_flipped_it_is_noticed_and_nothing_breaks(tmp_path: Path) -> None:
    pack = usual().write(tmp_path / "p.zip")
    raw = pack.read_bytes()
    stamps = _times_of_files(raw)
    for place in range(0, len(raw), 29):
        if place in stamps:
            continue
        pack.write_bytes(raw[:place] + bytes([raw[place] ^ 0x41]) + raw[place + 1 :])
        assert not check(pack).holds, place


def _times_of_files(raw: bytes) -> frozenset[int]:
    """Places of what a ZIP file says besides names, sizes and contents: dates, versions, owners."""
    loose: set[int] = set()
    place = 0
    while (place := raw.find(b"PK\x03\x04", place)) >= 0:
        loose |= set(range(place + 4, place + 6)) | set(range(place + 10, place + 14))
        place += 4
    place = 0
    while (place := raw.find(b"PK\x01\x02", place)) >= 0:
        loose |= set(range(place + 4, place + 8)) | set(range(place + 12, place + 16))
        loose |= set(range(place + 34, place + 42))
        place += 4
    return frozenset(loose)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert failed(check(tmp_path / "none.zip")) == ["refused-unreadable"]
    assert failed(check(tmp_path)) == ["refused-unreadable"]


def test_many_faults_are_not_told_one_by_one_for_ever(tmp_path: Path) -> None:
    pack = usual().write(tmp_path / "p.zip")
    more = {f"files/{number}.txt": b"x" for number in range(500)}
    assert len(failed(check(altered(pack, lambda contents: contents.update(more))))) == 50


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    one = usual().write(tmp_path / "p.zip").read_bytes()
    other = usual().write(tmp_path / "q.zip").read_bytes()
    assert hashlib.sha256(one).digest() == hashlib.sha256(other).digest()
    assert put(tmp_path / "r.zip", read(tmp_path / "p.zip")).read_bytes() == one


def test_every_finding_has_its_words_in_both_languages() -> None:
    source = Path(words.__file__).parent
    modules = ("checking.py", "contents.py", "opening.py")
    text = "".join((source / name).read_text() for name in modules)
    codes = set(re.findall(r'\.(?:prove|leave_open|fail)\(\s*"([a-z-]+)"', text))
    codes |= {f"refused-{code}" for code in re.findall(r'Refused\(\s*"([a-z0-9-]+)"', text)}
    codes |= {"bank-word", "nothing-else", "times", "refused-truncated", "refused-encrypted"}
    catalogue = tomllib.loads((source / "findings.toml").read_text(encoding="utf-8"))
    assert codes == catalogue.keys() - {"state", "holds", "fails"} - {
        "refused-empty",
        "refused-flags",
    }
    for code in codes:
        zh, en = (set(re.findall(r"\{(\w+)\}", catalogue[code][one])) for one in ("zh", "en"))
        assert zh == en, code


def test_what_a_hostile_file_says_of_itself_is_printed_harmlessly() -> None:
    finding = Finding("file-extra", "failed", {"name": "a\x1b[2J\u202eb"})
    assert "\x1b" not in words.sentence(finding, "zh")
    assert "\u202e" not in words.sentence(finding, "en")
