"""Files of a form: read and made safe before anything is kept, by the machinery of messages."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import UploadFile

from cardline.messages import files as file_actions
from cardline.messages.file_model import Cleaned
from cardline.messages.files import Files
from cardline.portal.keeping import SafeFile


@dataclass(frozen=True, slots=True)
class Taken:
    """Files that are safe, or why one of them is not: then none is kept."""

    files: tuple[SafeFile, ...] = ()
    fault: str = ""
    name: str = ""
    """The file of the fault, as it was called."""


async def take_files(chosen: Sequence[UploadFile], files: Files) -> Taken:
    """Clean and scan every file; the first that is refused refuses all."""
    safe: list[SafeFile] = []

    async def take(cleaned: Cleaned, scanned: bool) -> None:
        safe.append(SafeFile(cleaned, scanned))

    for one in chosen:
        name = one.filename or ""
        content = await one.read(files.policy.most_bytes + 1)
        verdict = await file_actions.receive(files, name=name, content=content, then=take)
        if not verdict.allowed:
            return Taken(fault=verdict.codes[0], name=name[:80])
    return Taken(tuple(safe))
