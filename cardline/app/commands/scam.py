"""``check-message``."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO, cast

import msgspec
import typer

from cardline.app.commandline import (
    DEFAULT_HOME,
    AsJson,
    Database,
    Home,
    app,
    fail,
    print_json,
    say,
    settings_for,
    with_parts,
)
from cardline.app.wiring import Parts, scam_config_for
from cardline.core.clock import utc_now
from cardline.trust.scam import actions
from cardline.trust.scam.model import Kind, KnownScam, Message
from cardline.trust.scam.views import JudgementView

_KINDS = ("message", "call")


@app.command("check-message")
def check_message(
    text: Annotated[
        str | None, typer.Argument(help="What was received; - reads standard input.")
    ] = None,
    sender: Annotated[
        str, typer.Option("--sender", help="Number or name that was shown, if known.")
    ] = "",
    file: Annotated[
        str | None, typer.Option("--file", help="One message a line; - reads standard input.")
    ] = None,
    kind: Annotated[
        str, typer.Option("--kind", help="message, or call: what was said.")
    ] = "message",
    registry: Annotated[
        Path | None, typer.Option("--registry", help="What is official, as YAML.")
    ] = None,
    reports: Annotated[
        bool, typer.Option("--reports", help="Count the confirmed reports of this installation.")
    ] = False,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Judge a message or a described call: official, a scam, or unknown; with reasons."""
    if (text is None) == (file is None):
        fail("give the text of one message, or --file with one message a line", status=2)
    if kind not in _KINDS:
        fail("--kind is message or call", status=2)
    config = scam_config_for(settings_for(home, database), registry)
    now = utc_now()
    scams = with_parts(home, database, _confirmed) if reports else []

    def judged(message: Message) -> JudgementView:
        return JudgementView.of(config.judge(message, at=now, scams=scams), config)

    if file is not None:
        for number, line in enumerate(_lines(file), start=1):
            told = judged(_message(line, sender, cast(Kind, kind))).model_dump()
            _print_line({"line": number, **told})
        return
    given = _whole(sys.stdin.buffer) if text == "-" else str(text)
    view = judged(Message(given, sender, cast(Kind, kind)))
    if json:
        print_json(view.model_dump())
    else:
        _tell(view)


async def _confirmed(parts: Parts) -> list[KnownScam]:
    async with parts.database.transaction() as tx:
        return await actions.known_scams(tx, at=utc_now())


def _lines(file: str) -> Iterator[str]:
    """Yield the lines as text; bytes that are none become a mark, and judging goes on."""
    if file == "-":
        yield from _decoded(sys.stdin.buffer)
        return
    try:
        with Path(file).open("rb") as opened:
            yield from _decoded(opened)
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")


def _decoded(lines: BinaryIO) -> Iterator[str]:
    for number, line in enumerate(lines):
        read = line.decode("utf-8", errors="replace").rstrip("\r\n")
        yield read.removeprefix("\ufeff") if number == 0 else read


def _message(line: str, sender: str, kind: Kind) -> Message:
    """Read a line: a text, or a JSON object with ``text`` and perhaps ``sender`` and ``kind``."""
    if line.startswith("{"):
        try:
            given = msgspec.json.decode(line.encode("utf-8", "replace"))
        except (msgspec.DecodeError, RecursionError):
            given = None
        if isinstance(given, dict) and isinstance(given.get("text"), str):
            known = given.get("sender")
            told = given.get("kind")
            return Message(
                given["text"],
                known if isinstance(known, str) else sender,
                cast(Kind, told) if told in _KINDS else kind,
            )
    return Message(line, sender, kind)


def _whole(stream: BinaryIO) -> str:
    return stream.read().decode("utf-8", errors="replace")


def _print_line(value: dict[str, Any]) -> None:
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")


def _tell(view: JudgementView) -> None:
    say(f"{view.meaning.zh}  ({view.verdict}, {view.score:.2f})")
    say(view.meaning.en)
    for reason in view.reasons:
        found = f"  [{reason.evidence}]" if reason.evidence else ""
        say(f"  - {reason.zh}{found}")
        say(f"    {reason.en}")
    for text in (view.advice, *view.tips):
        say(text.zh)
        say(text.en)
