"""Files that are no sound packs, and nonsense where a pack should say something: told in words."""

import os
import stat
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cardline.evidence.packs.checking import check
from tests.rules.evidence_command import run
from tests.rules.evidence_forge import put, read, usual

OTHER_SOUND = b"RIFF" + bytes(400) + b"another voice"
Make = Callable[[Path], Path]


def _lists_differ(path: Path) -> Path:
    """Whoever reads from the front sees another size than whoever reads the list at the end."""
    pack = usual().write(path)
    raw = bytearray(pack.read_bytes())
    place = raw.find(b"PK\x03\x04")
    struct.pack_into("<L", raw, place + 22, struct.unpack_from("<L", raw, place + 22)[0] + 1)
    pack.write_bytes(bytes(raw))
    return pack


def _hidden_beside_a_name(path: Path) -> Path:
    contents = read(usual().write(path))
    path.unlink()
    with zipfile.ZipFile(path, "w") as made:
        for name, content in contents.items():
            info = zipfile.ZipInfo(name)
            info.extra = struct.pack("<2H4s", 0x7071, 4, b"note")
            made.writestr(info, content)
    return path


def _linked(path: Path) -> Path:
    usual().write(path)
    with zipfile.ZipFile(path, "a") as made:
        info = zipfile.ZipInfo("files/passwd.txt")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(info, "/etc/passwd")
    return path


def _climbing(path: Path) -> Path:
    usual().write(path)
    with zipfile.ZipFile(path, "a") as made:
        made.writestr("../../home/x/.bashrc", "echo")
    return path


def _named_twice(path: Path) -> Path:
    usual().write(path)
    with zipfile.ZipFile(path, "a") as made, pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("recordings/i1.wav", OTHER_SOUND)
    return path


def _huge(path: Path) -> Path:
    usual().write(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as made:
        made.writestr("files/huge.txt", bytes(30 * 1024 * 1024))
    return path


def _cut(path: Path) -> Path:
    pack = usual().write(path)
    pack.write_bytes(pack.read_bytes()[:-400])
    return pack


OUTSIDES: dict[str, tuple[Make, str]] = {
    "cut off": (_cut, "The file is not whole: its end is missing"),
    "a path that climbs": (_climbing, "a name that no pack gives: ../../home/x/.bashrc"),
    "a name twice": (_named_twice, "A file comes twice: recordings/i1.wav"),
    "a link": (_linked, "no plain file (a link or a folder): files/passwd.txt"),
    "a bomb": (_huge, "out of all proportion; it was not unpacked: files/huge.txt"),
    "two lists that differ": (_lists_differ, "contradict each other: "),
    "something beside a name": (
        _hidden_beside_a_name,
        "belongs to none of its files: beside the name",
    ),
}


@pytest.mark.parametrize("outside", OUTSIDES)
def test_a_file_that_is_no_sound_pack_is_refused_in_words(tmp_path: Path, outside: str) -> None:
    make, said = OUTSIDES[outside]
    status, told = run(make(tmp_path / "p.zip"))
    assert status == 1
    assert said in told, told


def test_what_cannot_be_read_ends_with_1_and_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.zip"):
        status, told = run(path)
        assert status == 1
        assert "The file cannot be opened" in told
    pipe = tmp_path / "pipe.zip"
    os.mkfifo(pipe)
    status, told = run(pipe)
    assert (status, "no plain file" in told) == (1, True)


def test_nobody_else_on_the_machine_can_read_a_pack(tmp_path: Path) -> None:
    assert usual().write(tmp_path / "p.zip").stat().st_mode & 0o777 == 0o600


# ------------------------------------------------------------------ nonsense that the bank signed

NONSENSE = (
    b"null",
    b"[]",
    b"{}",
    b'""',
    b"-1",
    b"1e400",
    b"9" * 5000,
    b'"\\ud800"',
    b"[" * 5000,
    b'{"seq":1}',
    b'"9999-12-31T23:59:59.999999+00:00"',
    b'"0001-01-01T00:00:00.000000+00:00"',
)


@pytest.mark.parametrize(
    "member",
    ["number", "at", "leaves", "seq", "hash", "index", "path", "value", "made_at", "entries"],
)
def test_nonsense_in_any_place_is_refused_and_never_breaks_the_check(
    tmp_path: Path, member: str
) -> None:
    pack = usual().write(tmp_path / "p.zip")
    contents = read(pack)
    mark = f'"{member}":'.encode()
    holders = [name for name, content in contents.items() if mark in content.replace(b"\\", b"")]
    assert holders
    for nonsense in NONSENSE:
        for name in holders:
            changed = _with_member(contents[name], member.encode(), nonsense)
            pack.unlink()
            result = check(put(pack, contents | {name: changed}))
            assert not result.holds, (name, nonsense)


def _with_member(content: bytes, member: bytes, value: bytes) -> bytes:
    for quote in (b'"', b'\\"'):
        mark = quote + member + quote + b":"
        place = content.find(mark)
        if place >= 0:
            start = place + len(mark)
            ends = [
                end for end in (content.find(stop, start) for stop in (b",", b"}", b"]")) if end > 0
            ]
            if quote == b'\\"':
                value = value.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
            return content[:start] + value + content[min(ends) :]
    return content


def test_the_times_that_are_told_are_those_that_were_signed(tmp_path: Path) -> None:
    made_at = datetime(2026, 11, 27, 2, 0, 30, tzinfo=UTC)
    told = run(replace(usual(), made_at=made_at).write(tmp_path / "p.zip"))[1]
    assert "on 2026-11-27 02:00:30 UTC" in told
