"""``policy diff``: rules of contact held against the past (row D8)."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

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
)
from cardline.app.commandline import with_parts as with_installation
from cardline.app.wiring import Parts
from cardline.core.policy import PACKS, load_area
from cardline.core.transaction import JsonObject
from cardline.evidence import actions as evidence
from cardline.evidence.model import Entry
from cardline.outreach import actions as outreach
from cardline.outreach.model import ContactPolicy
from cardline.outreach.policy import contact_policy
from cardline.outreach.rules.replay import Decided, Difference, compare

policy = typer.Typer(help="Policy packs: the legal and business numbers.", no_args_is_help=True)
app.add_typer(policy, name="policy")


@policy.command()
def diff(
    old: Annotated[str, typer.Argument(help="A pack (cn), its folder, or its outreach.toml.")],
    new: Annotated[str, typer.Argument(help="The other one.")],
    over: Annotated[
        Path | None,
        typer.Option(
            "--over", help="A journal as `journal export` writes it; without: the home's."
        ),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Changes shown one by one.")] = 20,
    home: Home = DEFAULT_HOME,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Judge real past contacts under other rules of contact, and show what would change."""
    before, after = _policy(old), _policy(new)
    if over is not None:
        if not over.is_file():
            fail(f"there is no file {over}")
        found = compare(_exported(over), before, after, shown=limit)
    else:

        async def work(parts: Parts) -> list[Decided]:
            async with parts.database.transaction() as tx:
                entries = evidence.read_all(tx, kinds=[outreach.DECIDED])
                return [one async for entry in entries if (one := outreach.decided_in(entry))]

        found = compare(with_installation(home, database, work), before, after, shown=limit)
    told = _told(found, before, after)
    if json:
        print_json(told)
    else:
        _say(found, told)


def _policy(name: str) -> ContactPolicy:
    path = Path(name)
    if path.suffix == ".toml":
        path = path.resolve()
        if path.name != "outreach.toml":
            fail(f"{name}: the file of the rules of contact is called outreach.toml")
        return contact_policy(
            load_area("outreach", pack=path.parent.name, folder=path.parent.parent)
        )
    if (path / "outreach.toml").is_file():
        path = path.resolve()
        return contact_policy(load_area("outreach", pack=path.name, folder=path.parent))
    if not (PACKS / name / "outreach.toml").is_file():
        fail(f"there is no pack {name!r}, nor a folder of that name with an outreach.toml")
    return contact_policy(load_area("outreach", pack=name))


def _exported(path: Path) -> Iterator[Decided]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                entry = msgspec.json.decode(line, type=Entry)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                fail(f"{path}, line {number}: no entry of a journal: {error}")
            found = outreach.decided_in(entry)
            if found is not None:
                yield found


def _told(found: Difference, before: ContactPolicy, after: ContactPolicy) -> JsonObject:
    return {
        "old": before.version,
        "new": after.version,
        "contacts": found.judged,
        "changed": found.changed,
        "unreadable": found.unreadable,
        "otherwise_then": found.otherwise_then,
        "answers": {f"{was} -> {now}": count for (was, now), count in sorted(found.moved.items())},
        "reasons_gained": _counts(found.gained),
        "reasons_lost": _counts(found.lost),
        "by_purpose": _counts(Counter({str(k): v for k, v in found.by_purpose.items()})),
        "changes": [
            {
                "key": one.key,
                "at": one.at.isoformat(),
                "purpose": one.purpose,
                "channel": one.channel,
                "old": one.before,
                "new": one.after,
                "gained": list(one.gained),
                "lost": list(one.lost),
            }
            for one in found.changes
        ],
    }


def _counts(counted: Counter[str]) -> dict[str, int]:
    return dict(counted.most_common())


def _say(found: Difference, told: JsonObject) -> None:
    say(f"{told['old']} -> {told['new']}: {found.judged} contacts, {found.changed} would change")
    for answers, count in told["answers"].items():
        say(f"  {answers:16} {count}")
    for title, sign in (("reasons_gained", "+"), ("reasons_lost", "-")):
        for code, count in told[title].items():
            say(f"  {sign} {code:24} {count}")
    for one in found.changes:
        reasons = [f"+{code}" for code in one.gained] + [f"-{code}" for code in one.lost]
        what = f"{one.purpose}/{one.channel}"
        say(f"{one.at:%Y-%m-%d %H:%M} {what:20} {one.before} -> {one.after}  {' '.join(reasons)}")
    if found.unreadable:
        say(f"{found.unreadable} entries could not be read")
    if found.otherwise_then:
        say(
            f"{found.otherwise_then} verdicts were given otherwise then under the same version: "
            "the file of the old rules was changed without a new date"
        )
