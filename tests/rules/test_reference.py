"""The reference pages say what the code says: nothing missing, nothing left over."""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import typer
from fastapi.routing import APIRoute

import cardline
from cardline.app import commands
from cardline.app.commandline import app as command_line
from cardline.app.http.access import Asking
from cardline.app.settings import Settings
from cardline.hotline.flows.acts import ACTS, IDENTIFICATION
from cardline.hotline.flows.checking import BUILT_IN_PROMPTS
from cardline.hotline.flows.reading import _KINDS
from cardline.identity.model import Act
from cardline.messages.actions import WAY as SMS
from cardline.messages.hooks.actions import WAY as APP
from cardline.messages.letters.actions import WAY as LETTER
from cardline.messages.mail.actions import WAY as EMAIL
from cardline.messages.model import MessageState
from cardline.routing.model import AgentEvent
from tests.partial import partial_application

PACKAGE = Path(cardline.__file__).parent
PAGES = PACKAGE.parent / "docs" / "reference"

_STREAMS = (
    "account|accounts|agent|alarm|app|call|callback|campaign|card|case|chat|complaint|contact|corrective"
    "|desk|email|evidence|fee|file|hotline|identity|interaction|letter|limit|message|offer|outreach|party|portal"
    "|queue|recording|sms|softphone|staff|statements|talk|task|trust|scam|retention|sealing"
)
_NO_KINDS = {
    *("hotline.step", "hotline.yaml", "outreach.holidays", "outreach.toml", "retention.toml"),
    *("contact.agent", "evidence.reason"),
    *("chat.capacity", "chat.css", "chat.html", "chat.js", "chat.svg"),
    "letter.typ",
}
"""Lines of the timeline, files, numbers of the policy pack, texts of a catalogue."""
_KIND = re.compile(rf"(?:{_STREAMS})\.[a-z]+(?:-[a-z]+)*")


def test_settings() -> None:
    told = {_plain(row[0]): _plain(row[1]) for row in rows("settings.md", "The settings")}
    defaults = Settings()
    assert told.keys() == {field.name for field in fields(Settings)}
    of_the_installation = {"bank_call_flow", "flow", "prompts", "recordings"}
    for name in told.keys() - of_the_installation:
        assert told[name] == str(getattr(defaults, name)), name


def test_secrets_come_from_the_environment_alone() -> None:
    told = {_plain(row[0]) for row in rows("settings.md", "Secrets")}
    assert told == set(_constants(re.compile(r"CARDLINE_[A-Z_]+"))) - {"CARDLINE_HOME"}


def test_node_kinds_and_their_keys() -> None:
    for kind, (_, keys) in _KINDS.items():
        told = {_plain(row[0]) for row in rows("flow-nodes.md", f"`{kind}`")}
        assert told == {kind, *keys}, kind


def test_acts_and_their_outcomes() -> None:
    told = {
        _plain(row[0]): [set(_words(cell)) for cell in row[1:4]]
        for row in rows("flow-nodes.md", "Acts")
    }
    assert told.keys() == ACTS.keys()
    for name, spec in ACTS.items():
        arguments, entries, outcomes = told[name]
        known = (spec.arguments, spec.entries, spec.outcomes)
        assert (arguments, entries, outcomes) == known, name


def test_what_require_may_ask_for() -> None:
    asked = {_plain(row[0]) for row in rows("flow-nodes.md", "What `require` may ask for")}
    assert asked == IDENTIFICATION
    page = _text("flow-nodes.md")
    assert all(f"`{act}`" in page for act in Act)
    assert all(f"`{prompt}`" in page for prompt in BUILT_IN_PROMPTS)


def test_routes_and_who_may_use_them() -> None:
    told = {_plain(row[0]): frozenset(_words(row[1])) for row in rows("api.md")}
    known = {f"{method} {path}": roles for method, path, roles in _routes()}
    assert told.keys() == known.keys()
    for route, roles in known.items():
        assert told[route] == roles, route


def test_commands_and_their_options() -> None:
    for command in commands.COMMANDS:
        commands.read(command)
    known = dict(_commands(typer.main.get_command(command_line), "cardline"))
    page = _text("commands.md")
    told = set(re.findall(r"^## `(cardline(?: [a-z-]+)+)[^`]*`$", page, re.MULTILINE))
    assert told == known.keys()
    for name, options in known.items():
        section = re.search(rf"^## `{name}[ `].*?(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
        assert section, name
        missing = [one for one in options if one not in section.group() + _common(page)]
        assert not missing, f"{name}: {missing}"


def test_kinds_of_journal_entries() -> None:
    told = {_plain(row[0]) for row in rows("journal.md")}
    written = set(_constants(_KIND)) - _NO_KINDS
    composed = {
        *("offer.declined", "offer.expired"),
        *(
            f"{way.word}.{state}"
            for way in (SMS, EMAIL, LETTER, APP)
            for state in (MessageState.QUEUED, way.done, MessageState.FAILED, MessageState.REFUSED)
        ),
        *(f"letter.{fate}" for fate in ("withdrawn", "posted", "returned")),
        *(f"sms.{fate}" for fate in ("delivered", "undelivered", "unknown")),
        *(
            f"agent.{event}"
            for event in AgentEvent
            if event in ("log-in", "log-out", "set-ready", "set-not-ready")
        ),
    }
    assert told == written | composed


# ---------------------------------------------------------------- reading the pages


def rows(page: str, heading: str = "") -> list[list[str]]:
    """Return the cells of every table row that begins with a word of code, below a heading."""
    found = []
    level, inside = 0, not heading
    for line in _text(page).splitlines():
        if line.startswith("#"):
            depth = len(line) - len(line.lstrip("#"))
            if inside and heading and depth <= level:
                inside = False
            if heading and line.lstrip("# ") == heading:
                level, inside = depth, True
        if inside and line.startswith("| `"):
            found.append([cell.strip() for cell in line.strip().strip("|").split("|")])
    assert found, f"{page} has no table under {heading!r}"
    return found


def _text(page: str) -> str:
    return (PAGES / page).read_text(encoding="utf-8")


def _plain(cell: str) -> str:
    match = re.match(r"`([^`]*)`", cell)
    return match.group(1) if match else ""


def _words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def _common(page: str) -> str:
    """The options that most commands share stand once, at the top."""
    return page.partition("\n## ")[0]


# ---------------------------------------------------------------- reading the code


def _constants(pattern: re.Pattern[str]) -> Iterator[str]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and pattern.fullmatch(value):
                yield value


def _routes() -> Iterator[tuple[str, str, frozenset[str]]]:
    application = partial_application()
    contract = application.openapi()["paths"]
    for route in application.routes:
        if (
            not isinstance(route, APIRoute) or not route.include_in_schema
        ):  # a page, not the contract
            continue
        for method in route.methods:
            assert method.lower() in contract[route.path]
            yield method, route.path, _roles(route)


def _roles(route: APIRoute) -> frozenset[str]:
    for dependency in route.dependant.dependencies:
        if isinstance(dependency.call, Asking) and dependency.call.roles:
            return frozenset(dependency.call.roles)
    return frozenset()


def _commands(command: Any, name: str) -> Iterator[tuple[str, list[str]]]:
    subcommands = getattr(command, "commands", None)
    if subcommands is not None:
        for word, each in subcommands.items():
            yield from _commands(each, f"{name} {word}")
    else:
        yield name, [option for each in command.params for option in each.opts if "--" in option]


def test_no_two_packs_carry_the_same_legal_number_for_the_same_thing() -> None:
    """One place a number: whoever tells it reads it from the area that owns it."""
    owners: dict[tuple[str, str], set[str]] = {}
    for path in sorted((PACKAGE / "policies" / "cn").glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8")).values():
            legal = isinstance(entry, dict) and entry["kind"] in ("T", "S")
            if legal and not isinstance(entry["value"], list):
                owners.setdefault((str(entry["value"]), entry["source"]), set()).add(path.stem)
    twice = {what: areas for what, areas in owners.items() if len(areas) > 1}
    assert not twice
