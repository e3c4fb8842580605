"""Files of a form: read, and made safe before anything is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import UploadFile

from cardline.core.errors import CardlineError
from cardline.portal.config import PortalConfig
from cardline.portal.keeping import SafeFile


@dataclass(frozen=True, slots=True)
class Taken:
    """Files that are safe, or why one of them is not: then none is kept."""

    files: tuple[SafeFile, ...] = ()
    fault: str = ""
    name: str = ""
    """The file of the fault, as it was called."""


async def take_files(chosen: Sequence[UploadFile], config: PortalConfig) -> Taken:
    """Check every file; none is kept where one is refused."""
    safe: list[SafeFile] = []
    for one in chosen[: config.policy.files_at_once + 1]:
        name = one.filename or ""
        content = await one.read()
        try:
            safe.append(await config.check_file(name, content))
        except CardlineError as error:
            return Taken(fault=error.code, name=name[:80])
    return Taken(tuple(safe))
