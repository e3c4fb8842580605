"""House rules that types cannot say: ``python -m tools.house_rules`` lists every breach.

No clock in models and rules; SQL only in stores, the ledger and the migrations; no text for people
in code; no log call with a number or a secret; no send of a message outside the gate.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cardline"

_SQL = re.compile(r"\b(SELECT\b.+\bFROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b", re.DOTALL)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SECRET_WORDS = re.compile(r"password|secret|token|pin|cvv|pan|digits?|text", re.IGNORECASE)

_SQL_HOMES = ("store.py", "/store/", "adapters/postgres/", "adapters/corebank/")
_TEXT_HOMES = (
    "hotline/speech/",  # the catalogue of numbers
    "sim/",  # made-up people
    "messages/commands.py",  # the words that people text us
    "messages/mail/reading.py",  # the words with which mail programs answer by themselves
    "desk/holding/actions.py",  # the warning before a refusal
    "adapters/corebank/",  # made-up names, words of a bank's extract
    "core/",
)


def breaches() -> Iterator[str]:
    """Yield every breach as ``file:line: what``."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for check in (_clock, _sql, _texts, _logs, _gate):
            for line, what in check(name, tree):
                yield f"cardline/{name}:{line}: {what}"
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > 500:
            yield f"cardline/{name}:{lines}: a file has at most 500 lines"


def _clock(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    if not re.search(r"(^|/)(rules|model)(\.py|/)", name):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if re.search(r"(datetime|date|time)\.(now|today|utcnow|time|monotonic)$", called):
                yield node.lineno, f"{called}() in rules or models: time is an argument"


def _sql(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    if any(home in name for home in _SQL_HOMES):
        return
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and _SQL.search(node.value)
        ):
            yield node.lineno, "SQL outside a store"


def _texts(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    if any(name.startswith(home) for home in _TEXT_HOMES):
        return
    documentation = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    defaults = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and node.value is not None
        for inner in ast.walk(node.value)
        if name == "app/settings.py"
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documentation | defaults
            and _CHINESE.search(node.value)
        ):
            yield node.lineno, "text for people in code: it belongs in a catalogue"


def _logs(_name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = ast.unparse(node.func.value)
        if owner not in ("log", "logger", "_log") or node.func.attr == "bind":
            continue
        if node.args and not isinstance(node.args[0], ast.Constant):
            yield node.lineno, "a log message is a constant; values go into fields"
        for keyword in node.keywords:
            if keyword.arg and _SECRET_WORDS.fullmatch(keyword.arg):
                yield node.lineno, f"{keyword.arg} does not go into a log"


_LEAVES = {
    "messages/actions.py": "messages/outbox.py",  # short messages
    "messages/mail/actions.py": "messages/outbox.py",  # e-mail
    "messages/letters/printing.py": "messages/outbox.py",  # letters
    "messages/hooks/actions.py": "messages/outbox.py",  # messages of the app
    "app/calls/ringing_back.py": "hotline/call/ringing_back.py",  # call-backs
    "app/outward/dialler.py": "outreach/campaigns/dialling.py",  # calls of campaigns
    "hotline/call/talking.py": "hotline/call/outside.py",  # numbers that agents ring into a call
}
"""Where contacts leave the system, and where the gate is asked for them. A new way out is written
here, or it is a breach."""

_OUTWARD = ("sms", "gateway", "mail", "mailer", "smtp", "printer", "letters", "push")
"""Names of what carries something out, as its owners call it."""


def _gate(name: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Nothing leaves without a verdict: one place for each way out, and each asks the gate."""
    if name.startswith(("adapters/", "sim/")):
        return
    ways = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _leads_out(node)]
    if name not in _LEAVES:
        for node in ways:
            yield node.lineno, f"{ast.unparse(node.func)}() leads out past the gate"
    elif ways and not _asks_gate(_LEAVES[name], name, tree):
        yield ways[0].lineno, f"leads out, and {_LEAVES[name]} does not ask the gate for it"


def _leads_out(node: ast.Call) -> bool:
    called = ast.unparse(node.func)
    owner, _, act = called.rpartition(".")
    if act in ("Place", "Dial"):  # a call that begins with us; somebody rung into one
        return True
    return act == "send" and owner.rpartition(".")[2].strip("_") in _OUTWARD


def _asks_gate(asker: str, name: str, tree: ast.Module) -> bool:
    """True where the asker calls the gate, and is the file itself or imported by it."""
    asking = tree
    if asker != name:
        path = PACKAGE / asker
        module = f"cardline.{asker.removesuffix('.py').replace('/', '.')}"
        if not path.is_file() or module not in _imported(tree):
            return False
        asking = ast.parse(path.read_text(encoding="utf-8"))
    return any(
        isinstance(node, ast.Call) and ast.unparse(node.func).endswith("pass_gate")
        for node in ast.walk(asking)
    )


def _imported(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def main() -> int:
    """Print the breaches; return 1 where there are any."""
    found = list(breaches())
    for breach in found:
        print(breach)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
