"""Files that people send: known by content, cleaned, scanned, stored under a random name.

Used by chats and by the holder's pages. ``clean`` is slow for large pictures: ``receive`` runs it
in a thread. Nothing of a refused file is kept.
"""

import asyncio
import hashlib
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath, PureWindowsPath

from PIL import Image, ImageOps

from cardline.core.actor import Actor
from cardline.core.errors import CardlineError, NotFound
from cardline.core.ids import new_id
from cardline.core.masking import mask_secrets
from cardline.core.transaction import JsonObject, Transaction
from cardline.core.verdict import Reason, Verdict
from cardline.evidence.actions import journal
from cardline.evidence.sealing import actions as sealing
from cardline.evidence.sealing.chunks import key_id_of, open_bytes
from cardline.evidence.sealing.keys import file_key, open_key, seal
from cardline.evidence.sealing.model import Cipher, MasterKeyMissing, SealedKey, Sealer
from cardline.messages import file_store as store
from cardline.messages.file_model import (
    MEDIA_TYPES,
    SHOWN_IN_PAGE,
    SUFFIXES,
    Cleaned,
    FileKind,
    FilePolicy,
    StoredFile,
)
from cardline.ports.files import FileShelf, Scanner

_LONGEST_NAME = 80
_MARKUP = re.compile(
    rb"<\s*(?:!doctype|\?xml|html|head|body|script|svg|iframe|object|embed|meta|link|style|img|form)\b",
    re.IGNORECASE,
)
_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|OpenAction|AA|Encrypt|SubmitForm)\b"
)
_HEX_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_QUALITY = 88


class FileRefused(CardlineError):
    """A file is refused; ``code`` is the first reason."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"refused: {', '.join(verdict.codes)}")
        self.code = verdict.codes[0]
        self.verdict = verdict


@dataclass(frozen=True)
class Files:
    """What the handling of files needs; built once, at the start."""

    shelf: FileShelf
    policy: FilePolicy
    scanner: Scanner | None = None
    """``None`` where none is configured; one that cannot say for sure refuses."""
    sealer: Sealer | None = None
    """Wraps the key of each file, which lies sealed under it; ``None``: files lie as they are."""
    cipher: Cipher = "aes-256-gcm"


def clean(name: str, content: bytes, policy: FilePolicy) -> Cleaned:
    """Find out what a file is and make it harmless, or refuse it.

    Pictures are drawn anew, so that nothing but their pixels is kept; a text loses its secrets.
    """
    if not content:
        return _refuse(policy, "file-empty", "content")
    if len(content) > policy.most_bytes:
        return _refuse(policy, "file-too-large", "chat.file_bytes")
    if content.startswith(b"\xff\xd8\xff"):
        return _picture("jpeg", name, content, policy)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _picture("png", name, content, policy)
    if content.startswith(b"%PDF-"):
        return _document(name, content, policy)
    return _text(name, content, policy)


def harmless_name(name: str, kind: FileKind) -> str:
    """Make a name to show and to save under: one segment, visible characters, the right suffix."""
    base = PureWindowsPath(PurePosixPath(unicodedata.normalize("NFC", name)).name).name
    base = mask_secrets(base).text
    visible = "".join(
        letter
        for letter in base
        if unicodedata.category(letter)[0] in "LNM" or letter in " -_()（）."
    )
    stem = visible.rpartition(".")[0] if "." in visible else visible
    stem = stem.replace(".", "_").strip(" _")[:_LONGEST_NAME]
    return f"{stem or 'file'}{SUFFIXES[kind]}"


async def receive(
    files: Files, *, name: str, content: bytes, then: Callable[[Cleaned, bool], Awaitable[None]]
) -> Verdict:
    """Clean and scan a file; hand it to ``then`` where it may be kept. Opens no transaction.

    ``then`` is told the cleaned file and whether a scanner looked at it.
    """
    cleaned = await asyncio.to_thread(clean, name, content, files.policy)
    if not cleaned.verdict.allowed:
        return cleaned.verdict
    if files.scanner is not None:
        # What was sent is looked at, not what we made of it.
        found = await files.scanner.scan(content)
        if found == "infected":
            return _refuse(files.policy, "file-infected", "scanner").verdict
        if found == "unsure":
            return _refuse(files.policy, "file-unsure", "scanner: no answer, no file").verdict
    await then(cleaned, files.scanner is not None)
    return cleaned.verdict


async def keep(
    tx: Transaction,
    files: Files,
    cleaned: Cleaned,
    *,
    scanned: bool,
    owner: str,
    stream: str,
    by: Actor,
    at: datetime,
) -> StoredFile:
    """Put a cleaned file on the shelf and journal its hash (rows F1, A7).

    A transaction that is rolled back leaves a file that nothing names; ``owner`` is the id of an
    interaction, or ``holder:ID``.
    """
    content, key = cleaned.content, None
    if files.sealer is not None:
        # The shelf names it; until then its key has no name.
        content, key = await asyncio.to_thread(
            seal, files.sealer, content, name="", cipher=files.cipher
        )
    path = await asyncio.to_thread(files.shelf.put, content)
    if key is not None:
        key = replace(key, name=file_key(path))
        await sealing.keep(tx, key, at=at)
    file = StoredFile(
        id=new_id("f"),
        path=path,
        name=cleaned.name,
        kind=cleaned.kind,
        bytes=len(cleaned.content),
        sha256=hashlib.sha256(cleaned.content).hexdigest(),
        scanned=scanned,
        owner=owner,
        stored_at=at,
        key=key,
    )
    await store.add(tx, file)
    body: JsonObject = {"file": file.id, "type": file.kind, "bytes": file.bytes}
    body |= {"sha256": file.sha256, "scanned": scanned}
    if cleaned.masked:
        body["masked"] = list(cleaned.masked)
    await journal(tx, stream=stream, kind="file.stored", by=by, body=body, at=at)
    return file


async def find(tx: Transaction, file: str, *, owner: str) -> StoredFile:
    """Return a file of this owner. Raises :class:`NotFound`."""
    found = await store.by_id(tx, file, owner=owner)
    if found is None:
        raise NotFound("there is no such file")
    return found


async def files_of(tx: Transaction, owner: str) -> list[StoredFile]:
    """Return the files of an owner, oldest first."""
    return await store.of_owner(tx, owner)


async def named(tx: Transaction, files: Sequence[str]) -> list[StoredFile]:
    """Return files by their ids, whoever owns them: whoever asks has them in a record of his own.

    Oldest first; what is erased is left out.
    """
    return await store.named(tx, files)


async def drop_files_of(
    tx: Transaction, files: Files, owner: str, *, stream: str, by: Actor, at: datetime
) -> None:
    """Forget the files of an owner; what lies on the shelf goes once that is committed."""
    dropped = await store.remove_of_owner(tx, owner)
    await sealing.destroy_keys(tx, [file_key(file.path) for file in dropped], at=at)
    for file in dropped:
        body: JsonObject = {"file": file.id, "sha256": file.sha256}
        await journal(tx, stream=stream, kind="file.dropped", by=by, body=body, at=at)

    async def clear() -> None:
        for file in dropped:
            await asyncio.to_thread(files.shelf.drop, file.path)

    tx.after_commit(clear)


async def read(files: Files, file: StoredFile) -> bytes:
    """Return the content. Raises :class:`NotFound` where it was changed or is gone (row F1).

    Raises ``Unreadable`` where the master key of a sealed one is missing or wrong.
    """
    content = await asyncio.to_thread(files.shelf.get, file.path)
    if content is not None and file.key is not None and key_id_of(content):
        # With a key, and in the clear: it is being sealed at this moment.
        content = await asyncio.to_thread(_opened, files, file.key, content)
    if content is None or hashlib.sha256(content).hexdigest() != file.sha256:
        raise NotFound("this file is no longer what was stored")
    return content


def _opened(files: Files, key: SealedKey, content: bytes) -> bytes:
    if files.sealer is None:
        raise MasterKeyMissing("this file lies sealed, and no master keys are set here")
    return open_bytes(content, key=open_key(files.sealer, key))


def headers_of(file: StoredFile) -> dict[str, str]:
    """Return the headers under which a file may be given to a browser.

    Only pictures, which we drew ourselves, may be shown; everything else is saved.
    """
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", file.name)
    encoded = "".join(
        chr(byte)
        if chr(byte).isascii() and (chr(byte).isalnum() or byte in b"-._")
        else f"%{byte:02X}"
        for byte in file.name.encode()
    )
    how = "inline" if file.kind in SHOWN_IN_PAGE else "attachment"
    return {
        "Content-Type": MEDIA_TYPES[file.kind],
        "Content-Disposition": f"{how}; filename=\"{plain}\"; filename*=UTF-8''{encoded}",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }


def refused(policy: FilePolicy, code: str, source: str) -> Verdict:
    """Return the verdict that refuses a file for a reason of whoever asks."""
    return _refuse(policy, code, source).verdict


def _picture(kind: FileKind, name: str, content: bytes, policy: FilePolicy) -> Cleaned:
    form = "JPEG" if kind == "jpeg" else "PNG"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the bound on pixels is ours, checked below
            with Image.open(io.BytesIO(content), formats=[form]) as picture:
                width, height = picture.size
                # Before a single pixel is unpacked.
                if width * height > policy.most_pixels:
                    return _refuse(policy, "file-too-many-pixels", "chat.file_pixels")
                picture.load()
                drawn = _drawn(picture, kind)
        out = io.BytesIO()
        if kind == "jpeg":
            drawn.save(out, "JPEG", quality=_QUALITY, exif=b"")
        else:
            drawn.save(out, "PNG", optimize=False)
    except Image.DecompressionBombError:
        return _refuse(policy, "file-too-many-pixels", "chat.file_pixels")
    except Exception:  # whatever a broken picture does to the reader, it is no picture
        return _refuse(policy, "file-broken", "content")
    if len(out.getvalue()) > 2 * policy.most_bytes:
        return _refuse(policy, "file-too-large", "chat.file_bytes")
    return Cleaned(Verdict(policy.version), kind, harmless_name(name, kind), out.getvalue())


def _drawn(picture: Image.Image, kind: FileKind) -> Image.Image:
    upright = ImageOps.exif_transpose(picture)
    see_through = kind == "png" and ("A" in upright.getbands() or "transparency" in upright.info)
    mode = "RGBA" if see_through else "RGB"
    drawn = Image.new(mode, upright.size)
    drawn.paste(upright.convert(mode))
    return drawn


def _document(name: str, content: bytes, policy: FilePolicy) -> Cleaned:
    if b"%%EOF" not in content[-1024:] or b"startxref" not in content[-2048:]:
        return _refuse(policy, "file-broken", "content")
    if zipfile.is_zipfile(io.BytesIO(content)) or _MARKUP.search(content[:1024]):
        return _refuse(policy, "file-two-kinds", "content")
    plain = _HEX_NAME.sub(lambda match: bytes([int(match.group(1), 16)]), content)
    if _ACTIVE.search(plain):
        return _refuse(policy, "file-active", "content")
    return Cleaned(Verdict(policy.version), "pdf", harmless_name(name, "pdf"), content)


def _text(name: str, content: bytes, policy: FilePolicy) -> Cleaned:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _refuse(policy, "file-kind", "content")
    if any(unicodedata.category(letter) == "Cc" and letter not in "\r\n\t" for letter in text):
        return _refuse(policy, "file-kind", "content")
    if _MARKUP.search(content):
        return _refuse(policy, "file-kind", "content")
    masked = mask_secrets(text)
    return Cleaned(
        Verdict(policy.version),
        "text",
        harmless_name(name, "text"),
        masked.text.encode(),
        masked.found,
    )


def _refuse(policy: FilePolicy, code: str, source: str) -> Cleaned:
    return Cleaned(Verdict(policy.version, (Reason(code, source),)))
