"""Break the rules on purpose, one small way at a time, and see that a test notices.

    python -m tools.mutants contact             may we contact this person? a quarter of an hour
    python -m tools.mutants identity            who is this, and what may they do?
    python -m tools.mutants deadlines           how days are counted, and what is due when
    python -m tools.mutants contact --part 1/4  a quarter of them
    python -m tools.mutants contact --list      what would be broken, and nothing is run

A mutant is a copy of one function in which a comparison is turned, a condition dropped, a boundary
moved by a minute, or a reason not given. Each runs in a process of its own against the tests of the
subject, until the first of them fails. A mutant that does the same as the rule by construction is
left out. Survivors are printed; the last line is the sum, as JSON.
"""

import argparse
import ast
import copy
import importlib
import inspect
import json
import os
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings


@dataclass(frozen=True, slots=True)
class Subject:
    """Rules that belong together: the modules, and the tests that should notice."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    same: frozenset[str] = frozenset()
    """Mutants that change only the work, as ``function: what``."""


SUBJECTS = {
    "contact": Subject(
        tuple(
            f"cardline.outreach.rules.{one}" for one in ("gate", "calls", "counting", "openings")
        ),
        tuple(f"tests/rules/test_outreach{one}.py" for one in ("_bounds", "", "_calls", "_wishes")),
        frozenset(
            {
                # nothing is found where there is nothing, and hours as they are are kept again
                "may_contact: if recipient.blocks: always",
                (
                    "may_contact: if recipient.wishes is not NO_WISHES or "
                    "recipient.number_rejected: always"
                ),
                "may_contact: if recipient.past: always",
                "within_attempts: if not calls: never",
                "under_caps: if wishes.most_week or wishes.most_month: always",
                "_reached: if not times: never",
                "_within_hours: if own is hours: never",
                # what opened in the last minute has been found open before
                "next_opening: opens > at: GtE",
                "next_opening: opens > at: the bound -1 min",
                # an opening within open hours comes after one before it, and is never the next
                "_opens_at: before.date() != day: Eq",
                # the same instant again
                "_number_known: consent.since > confirmed: GtE",
            }
        ),
    ),
    "identity": Subject(
        ("cardline.identity.rules",),
        tuple(f"tests/rules/test_identity{one}.py" for one in ("_bounds", "", "_policy")),
        frozenset(
            {
                # where nothing lacks, nothing is named, and that is a yes as well
                (
                    "may_act: if any((way <= counted for way in _ways(act, holder, policy, now))): "
                    "never"
                ),
                "may_act: way <= counted: Lt",
            }
        ),
    ),
    "deadlines": Subject(
        ("cardline.complaints.rules.counting", "cardline.complaints.rules.clocks"),
        tuple(
            f"tests/rules/test_complaint_{one}.py" for one in ("days", "turns", "steps", "clocks")
        ),
        # grades are put together by whether they have one: turned, they are put together the same
        frozenset({"_ladders: one.grade is None: IsNot", "_count: most.last < counted.last: LtE"}),
    ),
}
TURNED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_SAME = 90
ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
SHIFT = "_moved_by_minutes"
QUIETLY = ("-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")


@dataclass(frozen=True)
class Mutant:
    """One function, broken in one place."""

    module: str
    function: str
    line: int
    what: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """Where it is and what was done."""
        return f"{self.module}.{self.function}:{self.line}: {self.what}"


_MOVED: list[int] = []
"""What a mutant moved; a bound that is no time stays what it is, and so does the rule."""


def moved(moment: Any, minutes: int) -> Any:
    """Return a time or an instant moved; anything else as it is."""
    if isinstance(moment, datetime):
        _MOVED.append(minutes)
        return moment + timedelta(minutes=minutes)
    if isinstance(moment, time):
        _MOVED.append(minutes)
        return (datetime.combine(date(2000, 1, 1), moment) + timedelta(minutes=minutes)).time()
    return moment


def functions(module: str) -> Iterator[tuple[str, Any]]:
    """Return the functions that a module defines, by name."""
    for name, found in vars(importlib.import_module(module)).items():
        plain = inspect.unwrap(found) if callable(found) else None
        if inspect.isfunction(plain) and plain.__module__ == module:
            yield name, plain


def mutants(subject: Subject) -> Iterator[Mutant]:
    """Return all mutants of a subject."""
    for module in subject.modules:
        for name, function in functions(module):
            tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
            first = function.__code__.co_firstlineno
            for place, node in enumerate(ast.walk(tree)):
                for what, change in _changes(node):
                    if f"{name}: {what}" in subject.same:
                        continue
                    broken = copy.deepcopy(tree)
                    change(list(ast.walk(broken))[place])
                    line = first + getattr(node, "lineno", 1) - 1
                    yield Mutant(module, name, line, what, ast.fix_missing_locations(broken))


def _changes(node: ast.AST) -> Iterator[tuple[str, Any]]:
    if isinstance(node, ast.Compare):
        yield from _compared(node)
    elif isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"{_said(node)}: {other.__name__.lower()}", lambda one: setattr(one, "op", other())
        for place, part in enumerate(node.values):
            yield f"without {_said(part)}", lambda one, place=place: one.values.pop(place)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"{_said(node)}: no not", _plain
    elif isinstance(node, ast.If):
        yield f"if {_said(node.test)}: always", lambda one: _set_test(one, value=True)
        yield f"if {_said(node.test)}: never", lambda one: _set_test(one, value=False)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Yield):
        yield f"without {_said(node)}", lambda one: setattr(one, "value", ast.Constant(None))
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.Constant):
        value = node.value.value
        if isinstance(value, bool):
            yield f"return {not value}", lambda one: setattr(one.value, "value", not value)


def _compared(node: ast.Compare) -> Iterator[tuple[str, Any]]:
    for place, operator in enumerate(node.ops):
        for turned in TURNED[type(operator)]:
            yield (
                f"{_said(node)}: {turned.__name__}",
                lambda one, place=place, turned=turned: one.ops.__setitem__(place, turned()),
            )
        if isinstance(operator, ORDERED):
            for minutes in (-1, 1):
                yield (
                    f"{_said(node)}: the bound {minutes:+d} min",
                    lambda one, place=place, minutes=minutes: _move(one, place, minutes),
                )


def _move(node: ast.Compare, place: int, minutes: int) -> None:
    """Move the right side of a comparison, or the left one of a chain's first."""
    bound = node.left if place == 0 and len(node.ops) > 1 else node.comparators[place]
    call = ast.Call(ast.Name(SHIFT, ast.Load()), [bound, ast.Constant(minutes)], [])
    if bound is node.left:
        node.left = call
    else:
        node.comparators[place] = call


def _plain(node: ast.UnaryOp) -> None:
    node.op = ast.Not()
    node.operand = ast.UnaryOp(ast.Not(), node.operand)


def _set_test(node: ast.If, *, value: bool) -> None:
    node.test = ast.Constant(value)


def _said(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:80]


def put_in(mutant: Mutant) -> None:
    """Exchange the code of the function for that of the mutant, in this process."""
    module = importlib.import_module(mutant.module)
    found = inspect.unwrap(getattr(module, mutant.function))
    space: dict[str, Any] = {}
    definition = mutant.tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    found.__globals__[SHIFT] = moved
    exec(compile(mutant.tree, mutant.name, "exec"), found.__globals__, space)  # noqa: S102
    found.__code__ = space[mutant.function].__code__
    for value in vars(module).values():
        if hasattr(value, "cache_clear"):
            value.cache_clear()


def survives(mutant: Mutant | None, tests: Sequence[str], *, seconds: int) -> bool:
    """Run the tests against a mutant (or the rules as they are): true where all pass."""
    child = os.fork()
    if child == 0:
        import signal

        signal.alarm(seconds)  # a mutant that goes on for ever is noticed by that
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        try:
            if mutant is not None:
                put_in(mutant)
            status = pytest.main(["-x", *QUIETLY, *tests])
            if mutant is not None and " min" in mutant.what and not _MOVED:
                status = _SAME
        except BaseException:
            status = 2
        os._exit(int(status))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def main() -> int:
    """Return 0 where nothing survives."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("subject", choices=SUBJECTS)
    parser.add_argument("--part", default="1/1", help="which part of how many, as 1/4")
    parser.add_argument("--list", action="store_true", help="say what would be broken")
    parser.add_argument("--seconds", type=int, default=60, help="for one mutant at most")
    parser.add_argument("--examples", type=int, default=40, help="of each property")
    given = parser.parse_args()
    which, of = (int(one) for one in given.part.split("/"))
    subject = SUBJECTS[given.subject]
    found = list(mutants(subject))[which - 1 :: of]
    if given.list:
        print("\n".join(one.name for one in found))
        return 0
    settings.register_profile(
        "mutants",
        phases=[Phase.explicit, Phase.generate],
        max_examples=given.examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutants")
    os.chdir(Path(__file__).parent.parent)
    pytest.main(
        ["--collect-only", "-q", *QUIETLY, *subject.tests]
    )  # read once, for all that are forked
    if not survives(None, subject.tests, seconds=given.seconds):
        print("the rules as they are do not pass", file=sys.stderr)
        return 2
    left = []
    for number, mutant in enumerate(found, 1):
        if survives(mutant, subject.tests, seconds=given.seconds):
            left.append(mutant.name)
            print(f"SURVIVES {mutant.name}", flush=True)
        elif sys.stderr.isatty():
            print(f"{number}/{len(found)}", end="\r", file=sys.stderr)
    total = {"subject": given.subject, "part": given.part}
    print(json.dumps(total | {"mutants": len(found), "survivors": len(left)}))
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
