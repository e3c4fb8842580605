"""Files that people send: known by content, drawn anew, and hostile ones refused."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from cardline.adapters.files.disk import DiskShelf
from cardline.core.policy import load_area
from cardline.messages.chat.policy import chat_policy
from cardline.messages.file_model import StoredFile
from cardline.messages.files import clean, harmless_name, headers_of

POLICY = chat_policy(load_area("chat")).files
PAN = "6222021234567890128"  # with a right check digit


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, form, **options)
    return out.getvalue()


def pdf(body: bytes = b"") -> bytes:
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n" + body + b"\nstartxref\n9\n%%EOF\n"


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of 3.6 billion pixels in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack("!L", zlib.crc32(kind + data))
        return struct.pack("!L", len(data)) + kind + data + checksum

    header = struct.pack("!LLBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 1_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("receipt.png", picture(), "png"),
        ("receipt.jpg", picture("JPEG"), "jpeg"),
        ("receipt.exe", picture("JPEG"), "jpeg"),
        ("bill.pdf", pdf(), "pdf"),
        ("note.txt", "您好，这是说明。\n".encode(), "text"),
        ("note", b"\xef\xbb\xbfplain", "text"),
    ],
)
def test_the_content_says_what_a_file_is(name: str, content: bytes, kind: str) -> None:
    cleaned = clean(name, content, POLICY)
    assert cleaned.verdict.allowed, cleaned.verdict.codes
    assert cleaned.kind == kind
    assert cleaned.content


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.png", b"", "file-empty"),
        ("a.png", b"x" * (POLICY.most_bytes + 1), "file-too-large"),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "file-kind"),
        ("a.txt", b"hello <ScRiPt>alert(1)</script>", "file-kind"),
        ("a.txt", b"<!DOCTYPE html><p>x", "file-kind"),
        ("a.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>', "file-kind"),
        ("a.gif", b"GIF89a" + b"\0" * 40, "file-kind"),
        ("a.zip", zipped(), "file-kind"),
        ("a.png", zipped(), "file-kind"),
        ("a.exe", b"MZ" + b"\x90\0" * 100, "file-kind"),
        ("a.txt", b"a\0b", "file-kind"),
        ("a.txt", b"\x1b[2J", "file-kind"),
        ("a.txt", "汉字".encode("utf-16"), "file-kind"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"rubbish" * 20, "file-broken"),
        ("a.jpg", b"\xff\xd8\xff" + b"rubbish" * 20, "file-broken"),
        ("a.jpg", picture("JPEG")[:200], "file-broken"),
        ("a.png", bomb(), "file-too-many-pixels"),
        ("a.pdf", b"%PDF-1.4\nnothing", "file-broken"),
        ("a.pdf", pdf(b"<</OpenAction 3 0 R>>"), "file-active"),
        ("a.pdf", pdf(b"<</S/Java#53cript/JS(app.alert)>>"), "file-active"),
        ("a.pdf", pdf(b"<</Type/EmbeddedFile>>"), "file-active"),
        ("a.pdf", pdf(b"<</Encrypt 4 0 R>>"), "file-active"),
        ("a.pdf", pdf() + zipped(), "file-broken"),
        ("a.pdf", pdf(b"<html><script>"), "file-two-kinds"),
    ],
)  # fmt: skip
def test_what_could_do_harm_is_refused(name: str, content: bytes, code: str) -> None:
    cleaned = clean(name, content, POLICY)
    assert cleaned.verdict.codes == (code,)
    assert cleaned.content == b""


def test_a_pdf_that_is_also_an_archive_is_refused() -> None:
    archive = io.BytesIO(pdf()[:-7])
    archive.seek(0, io.SEEK_END)
    with zipfile.ZipFile(archive, "a") as both:
        both.writestr("hidden", b"x")
    with_end = archive.getvalue() + b"startxref\n9\n%%EOF\n"
    assert clean("a.pdf", with_end, POLICY).verdict.codes[0] in ("file-two-kinds", "file-broken")


def test_nothing_of_a_picture_is_kept_but_its_pixels() -> None:
    secret = b"GPS 39.9042N and a script <script>alert(1)</script>"
    exif = Image.Exif()
    exif[0x010E] = secret.decode()
    jpeg = picture("JPEG", exif=exif, comment=secret) + b"PK\x03\x04 trailing " + secret
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", secret.decode())
    png = picture("PNG", pnginfo=info) + secret
    for content in (jpeg, png):
        assert secret in content
        cleaned = clean("a", content, POLICY)
        assert cleaned.verdict.allowed
        assert secret not in cleaned.content
        assert b"script" not in cleaned.content
        with Image.open(io.BytesIO(cleaned.content)) as drawn:
            assert drawn.size == (40, 30)
            assert not drawn.getexif()
            red, green, _ = drawn.convert("RGB").getpixel((5, 5))  # type: ignore[misc]
            assert red > 150 > green


def test_a_picture_taken_sideways_is_put_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(io.BytesIO(clean("a", picture("JPEG", exif=exif), POLICY).content)) as drawn:
        assert drawn.size == (30, 40)


def test_a_see_through_picture_stays_so() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(clean("a", out.getvalue(), POLICY).content)) as drawn:
        assert drawn.mode == "RGBA"


def test_a_text_loses_its_secrets() -> None:
    cleaned = clean("a.txt", f"我的卡号 {PAN}，密码是135790".encode(), POLICY)
    assert PAN.encode() not in cleaned.content
    assert b"135790" not in cleaned.content
    assert set(cleaned.masked) == {"card_number", "password"}


@pytest.mark.parametrize(
    ("name", "harmless"),
    [
        ("账单 2026.png", "账单 2026.png"),
        ("../../etc/passwd", "passwd.png"),
        (r"C:\Windows\evil.exe", "evil.png"),
        ("a.php.png", "a_php.png"),
        ("\u202egnp.exe", "gnp.png"),
        ("a\r\nSet-Cookie: x.png", "aSet-Cookie x.png"),
        ('"; filename=evil.html', "filenameevil.png"),
        ("", "file.png"),
        ("...", "file.png"),
        ("x" * 500 + ".png", "x" * 80 + ".png"),
    ],
)  # fmt: skip
def test_a_name_is_made_harmless(name: str, harmless: str) -> None:
    assert harmless_name(name, "png") == harmless


def test_a_card_number_in_a_name_is_masked() -> None:
    assert PAN not in harmless_name(f"{PAN}.png", "png")


@pytest.mark.parametrize(
    ("kind", "how"), [("png", "inline"), ("pdf", "attachment"), ("text", "attachment")]
)
def test_only_pictures_are_shown_and_everything_is_boxed_in(kind: str, how: str) -> None:
    headers = headers_of(_stored(kind))
    assert headers["Content-Disposition"].startswith(f'{how}; filename="')
    assert "filename*=UTF-8''%E8%B4%A6%E5%8D%95" in headers["Content-Disposition"]
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert all(value.isascii() and "\n" not in value for value in headers.values())


def _stored(kind: str) -> StoredFile:
    from datetime import UTC, datetime

    return StoredFile(
        id="f1",
        path="",
        name="账单.x",
        kind=kind,  # type: ignore[arg-type]
        bytes=1,
        sha256="0" * 64,
        scanned=False,
        owner="i1",
        stored_at=datetime(2026, 11, 26, tzinfo=UTC),
    )


def test_the_shelf_gives_back_what_it_was_given_under_names_that_say_nothing(
    tmp_path: Path,
) -> None:
    shelf = DiskShelf(tmp_path / "files")
    first, second = shelf.put(b"one"), shelf.put(b"one")
    assert first != second
    assert (shelf.get(first), shelf.get(second)) == (b"one", b"one")
    (tmp_path / "secret").write_text("x")
    for path in ("../secret", "/etc/passwd", f"{first}/..", "", "00/" + "0" * 40):
        assert shelf.get(path) is None
    kept = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert len(kept) == 2
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept)
