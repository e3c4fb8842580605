"""``screen``: a list held against the rules of contact before anybody is contacted (row D1)."""

import csv
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, TextIO

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress

from cardline.app.commandline import DEFAULT_HOME, AsJson, Database, Home, app, fail, say
from cardline.app.commandline import with_parts as with_installation
from cardline.app.wiring import Parts
from cardline.core.home import home
from cardline.core.ids import HolderId
from cardline.core.phone import PhoneNumber, parse_phone
from cardline.core.policy import load_area
from cardline.core.transaction import JsonObject
from cardline.outreach.actions.screening import Listed, screen
from cardline.outreach.model import Channel, Contact, ContactPolicy, Purpose
from cardline.outreach.policy import contact_policy
from cardline.outreach.rules.columns import NEVER, Judged

_EACH = 50_000
"""People judged at once."""
_NAMED = 1000
"""Bad rows that are named one by one."""
_COLUMNS = ("phone", "holder_id", "answer", "not_before", "reasons")


@app.command("screen")
def screen_list(
    list_: Annotated[
        Path, typer.Argument(metavar="LIST.csv", help="Columns phone and, if wanted, holder_id.")
    ],
    purpose: Annotated[Purpose, typer.Option("--purpose", help="Why they are to be contacted.")],
    channel: Annotated[Channel, typer.Option("--channel", help="By which way.")],
    at: Annotated[
        str, typer.Option("--at", help="When: ISO 8601, without a zone China's; or now.")
    ] = "now",
    out: Annotated[Path | None, typer.Option("--out", help="Where the result is written.")] = None,
    campaign: Annotated[str | None, typer.Option("--campaign", help="Which campaign.")] = None,
    pack: Annotated[
        str | None, typer.Option("--pack", help="Rules of another pack than the home's.")
    ] = None,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Say for everybody on a list: yes, no, or not before a time, with all reasons."""
    moment = _moment(at)
    if not list_.is_file():
        fail(f"there is no file {list_}")
    if out is not None and not out.parent.is_dir():
        fail(f"there is no folder {out.parent}")
    if out is not None and out.exists() and out.samefile(list_):
        fail("the result would overwrite the list")
    with _opened(list_) as file:
        if "phone" not in _header(csv.reader(file)):
            fail(f"{list_} has no column phone: its first line must name the columns")
    contact = Contact(purpose, channel, PhoneNumber("+"), None, campaign=campaign)
    began = time.perf_counter()
    tally = _Tally()

    async def work(parts: Parts) -> None:
        chosen = pack or parts.settings.pack
        policy = replace(
            contact_policy(load_area("outreach", pack=chosen)),
            list_key=parts.identity.sms.policy.list_key,
        )
        with _Rows(list_, tally, as_json=json) as rows, _Result(out) as result:
            while listed := rows.next():
                judged = await _judged(parts, listed, contact, policy, moment)
                tally.add(judged, len(listed))
                result.write(listed, judged)
                rows.show()

    with_installation(home, database, work)
    told = tally.told(time.perf_counter() - began)
    if json:
        say(msgspec.json.encode(told).decode())
    else:
        _say(told)


async def _judged(
    parts: Parts, listed: list[Listed], contact: Contact, policy: ContactPolicy, at: datetime
) -> Judged:
    async with parts.database.transaction() as tx:
        return await screen(tx, listed, contact, bank=parts.bank, policy=policy, at=at)


class _Tally:
    """What became of the list so far."""

    def __init__(self) -> None:
        self.rows = self.yes = self.later = self.bad = 0
        self.reasons: Counter[str] = Counter()

    def add(self, judged: Judged, rows: int) -> None:
        self.rows += rows
        self.yes += int(judged.allowed.sum())
        self.later += int(judged.later.sum())
        self.reasons.update(judged.counts())

    def told(self, seconds: float) -> JsonObject:
        return {
            "rows": self.rows,
            "yes": self.yes,
            "no": self.rows - self.yes - self.later,
            "later": self.later,
            "reasons": dict(self.reasons.most_common()),
            "seconds": round(seconds, 3),
            "bad": self.bad,
        }


class _Rows:
    """The lines of a list, so many at a time, with progress by what was read."""

    def __init__(self, path: Path, tally: _Tally, *, as_json: bool) -> None:
        self._path, self._tally, self._as_json = path, tally, as_json
        self._progress = Progress(console=Console(stderr=True), transient=True)
        self._file: TextIO
        self._lines: Iterator[Listed]

    def __enter__(self) -> "_Rows":
        self._file = _opened(self._path)
        self._lines = self._read()
        self._progress.start()
        self._task = self._progress.add_task("rows", total=self._path.stat().st_size)
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
        self._file.close()

    def next(self) -> list[Listed]:
        """Return the next lines; none at the end."""
        return list(islice(self._lines, _EACH))

    def show(self) -> None:
        """Show how far it is."""
        self._progress.update(self._task, completed=self._file.buffer.tell())

    def _read(self) -> Iterator[Listed]:
        lines = csv.reader(self._file)
        header = _header(lines)
        phone = header.index("phone")
        holder = header.index("holder_id") if "holder_id" in header else None
        least = max(phone, holder or 0) + 1
        while True:
            try:
                cells = next(lines)
            except StopIteration:
                return
            except csv.Error as error:
                self._bad(lines.line_num, f"cannot be read: {error}")
                continue
            if not cells:
                continue
            if len(cells) < least:
                self._bad(lines.line_num, f"has {len(cells)} cells, the first line {len(header)}")
                continue
            number = parse_phone(cells[phone].strip())
            if number is None:
                what = "is no telephone number" if cells[phone].strip() else "is empty"
                self._bad(lines.line_num, f"phone {what}")
                continue
            whose = cells[holder].strip() if holder is not None else ""
            if not whose.isprintable():
                self._bad(lines.line_num, "holder_id has characters that no id has")
                continue
            yield Listed(number, HolderId(whose) if whose else None)

    def _bad(self, line: int, what: str) -> None:
        """Name a bad row; not what stands in it, which may be anybody's number."""
        self._tally.bad += 1
        if self._tally.bad == _NAMED + 1:
            what = "and further lines are bad too"
        elif self._tally.bad > _NAMED:
            return
        if self._as_json:
            say(msgspec.json.encode({"line": line, "reason": what}).decode())
        else:
            say(f"line {line}: {what}")


class _Result:
    """The file with a verdict for each line; it appears when it is whole."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._part = path.with_name(f"{path.name}.part") if path else None
        self._times: dict[int, str] = {}

    def __enter__(self) -> "_Result":
        if self._part is not None:
            self._file = self._part.open("w", encoding="utf-8", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(_COLUMNS)
        return self

    def __exit__(self, fault: object, *_: object) -> None:
        if self._part is None or self._path is None:
            return
        self._file.close()
        if fault is None:
            self._part.replace(self._path)
        else:
            self._part.unlink()

    def write(self, listed: list[Listed], judged: Judged) -> None:
        if self._part is None:
            return
        words: dict[int, str] = {}
        until, times = judged.until.tolist(), self._times
        rows = []
        for one, bits, ends in zip(listed, judged.reasons.tolist(), until, strict=True):
            if not bits:
                rows.append((one.phone, one.holder or "", "yes", "", ""))
                continue
            reasons = words.get(bits)
            if reasons is None:
                reasons = words[bits] = " ".join(judged.names(bits))
            if ends == NEVER:
                rows.append((one.phone, one.holder or "", "no", "", reasons))
                continue
            when = times.get(ends)
            if when is None:
                when = times[ends] = datetime.fromtimestamp(ends / 1e6, UTC).isoformat()
            rows.append((one.phone, one.holder or "", "later", when, reasons))
        self._writer.writerows(rows)


def _opened(path: Path) -> TextIO:
    # Neither column holds anything but ASCII; others may be in any encoding.
    return path.open(encoding="utf-8-sig", errors="replace", newline="")


def _header(lines: Iterator[list[str]]) -> list[str]:
    return [name.strip().lower() for name in next(lines, [])]


def _moment(text: str) -> datetime:
    if text == "now":
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(f"--at {text!r} is no time; write it as 2026-11-27T10:00", status=2)
    return moment if moment.tzinfo else moment.replace(tzinfo=home().zone)


def _say(told: JsonObject) -> None:
    rows = told["rows"]
    counts = ", ".join(f"{told[answer]} {answer}" for answer in ("yes", "later", "no"))
    say(f"{rows} people in {told['seconds']} s: {counts}")
    widest = max((len(code) for code in told["reasons"]), default=0)
    for code, count in told["reasons"].items():
        bar = "#" * round(40 * count / rows) if rows else ""
        say(f"  {code:{widest}}  {count:>9}  {bar}")
    if told["bad"]:
        say(f"{told['bad']} lines could not be used")
