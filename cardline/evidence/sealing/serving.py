"""A recording over HTTP: whole, or the one range that a player asks for (RFC 9110, 14)."""

import re
from collections.abc import Mapping
from typing import Literal

from fastapi import Response
from fastapi.responses import StreamingResponse

from cardline.evidence.sealing.recordings import OpenRecording

_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


def recording_response(
    recording: OpenRecording, *, wanted: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with the sound file or the part that ``wanted`` (the ``Range`` header) names.

    Only the chunks of that part are opened. A header that is no single range is passed over, as
    the standard allows; one beyond the end is refused with 416. Closes the recording.
    """
    told = {"Accept-Ranges": "bytes", **(headers or {})}
    size = recording.size
    match range_in(wanted, size):
        case "beyond":
            recording.close()
            return Response(status_code=416, headers=told | {"Content-Range": f"bytes */{size}"})
        case (start, stop):
            told |= {
                "Content-Range": f"bytes {start}-{stop - 1}/{size}",
                "Content-Length": str(stop - start),
            }
            body = recording.stream(start, stop)
            return StreamingResponse(body, 206, told, media_type="audio/wav")
        case _:
            told |= {"Content-Length": str(size)}
            return StreamingResponse(recording.stream(), 200, told, media_type="audio/wav")


def range_begins(wanted: str) -> bool:
    """True where a ``Range`` header asks for the beginning, or for all: the first of a playback."""
    return not wanted or wanted.replace(" ", "").startswith("bytes=0-")


def range_in(wanted: str, size: int) -> tuple[int, int] | Literal["beyond"] | None:
    """Read a ``Range`` header: start and stop (exclusive), ``"beyond"``, or ``None``: all of it."""
    found = _RANGE.fullmatch(wanted.replace(" ", ""))
    if found is None or found.group(0) == "bytes=-" or len(wanted) > 60:
        return None
    first, last = found.groups()
    if not first:
        length = min(int(last), size)
        return (size - length, size) if length else "beyond"
    start = int(first)
    stop = min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return None
    return (start, stop) if start < size else "beyond"
