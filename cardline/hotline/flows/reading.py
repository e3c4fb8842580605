"""Reading a flow as the bank writes it (YAML), with the line of everything that is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from cardline.cards.model import Language
from cardline.core.errors import CardlineError
from cardline.hotline.flows.model import (
    LANGUAGES,
    LISTENED,
    Act,
    Choice,
    Collect,
    End,
    Flow,
    Listen,
    ListensFor,
    Menu,
    Message,
    Node,
    Queue,
    Say,
)

DEFAULT_FLOW = Path(__file__).parent / "hotline.yaml"
BANK_CALL_FLOW = Path(__file__).parent / "bank_call.yaml"
"""The flow of the calls that the bank makes."""

KEYS = frozenset("0123456789*#")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong with a flow, and the line of the file that says so."""

    line: int
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}"


class FlowError(CardlineError):
    """A flow that cannot be used, with all its faults."""

    code = "flow"

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        self.path = path
        self.faults = sorted(faults)
        lines = "\n".join(f"{path}:{fault.line}: {fault.what}" for fault in self.faults)
        super().__init__(f"the flow cannot be used:\n{lines}")


class _Mapping(dict[str, object]):
    """A mapping of the file that knows its line and the lines of its keys."""

    line: int
    lines: dict[str, int]


class _Loader(yaml.SafeLoader):
    pass


def _construct_mapping(loader: _Loader, node: yaml.MappingNode) -> _Mapping:
    made = _Mapping()
    made.line = node.start_mark.line + 1
    made.lines = {}
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        line = key_node.start_mark.line + 1
        if key in made:
            raise yaml.constructor.ConstructorError(
                None, None, f"{key} is written twice", key_node.start_mark
            )
        made[key] = loader.construct_object(value_node, deep=True)
        made.lines[key] = line
    return made


_Loader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)


def read_flow(path: Path) -> Flow:
    """Read a flow. Raises :class:`FlowError` with every fault of form; meaning is checked later."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a safe loader
    except FileNotFoundError:
        raise FlowError(path, [Fault(0, "there is no such file")]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error)
        raise FlowError(path, [Fault(mark.line + 1 if mark else 0, what)]) from error
    if not isinstance(raw, _Mapping):
        raise FlowError(path, [Fault(1, "a flow is a mapping with nodes")])
    return _Reader(path, raw).flow()


class _Reader:
    def __init__(self, path: Path, raw: _Mapping) -> None:
        self.path = path
        self.raw = raw
        self.faults: list[Fault] = []

    def flow(self) -> Flow:
        nodes_raw = self.raw.get("nodes")
        nodes: dict[str, Node] = {}
        if isinstance(nodes_raw, _Mapping):
            for name, body in nodes_raw.items():
                node = self._node(name, body, nodes_raw.lines[name])
                if node:
                    nodes[name] = node
        else:
            self._fault(self.raw, "nodes", "must be a mapping of nodes")
        flow = Flow(
            name=self._text(self.raw, "flow"),
            version=self._text(self.raw, "version"),
            start=self._text(self.raw, "start"),
            main=self._text(self.raw, "main"),
            person=self._text(self.raw, "person"),
            callback=self._text(self.raw, "callback"),
            always=self._targets(self.raw, "always", keys=True),
            identification=self._targets(self.raw, "identification"),
            nodes=nodes,
            silence_seconds=self._seconds(self.raw, "silence_seconds", 6.0),
            between_keys_seconds=self._seconds(self.raw, "between_keys_seconds", 4.0),
            talking=self._targets(self.raw, "talking", keys=True) if "talking" in self.raw else {},
        )
        if self.faults:
            raise FlowError(self.path, self.faults)
        return flow

    def _node(self, name: str, body: object, line: int) -> Node | None:
        if not isinstance(body, _Mapping):
            self.faults.append(Fault(line, f"{name} is no node"))
            return None
        kinds = [kind for kind in _KINDS if kind in body]
        if len(kinds) != 1:
            what = f"{name} must be exactly one of {', '.join(_KINDS)}"
            self.faults.append(Fault(line, what))
            return None
        make, allowed = _KINDS[kinds[0]]
        for key in body:
            if key not in allowed and key != kinds[0]:
                self.faults.append(Fault(body.lines[key], f"{name}: {kinds[0]} knows no {key!r}"))
        return make(self, name, body, line)

    def _say(self, name: str, body: _Mapping, line: int) -> Node:
        return Say(name, line, self._prompts(body, "say"), self._text(body, "then"))

    def _menu(self, name: str, body: _Mapping, line: int) -> Node:
        keys: dict[str, Choice] = {}
        raw = body.get("keys")
        if not isinstance(raw, _Mapping):
            self._fault(body, "keys", "must map keys to nodes")
            raw = _Mapping()
        for key, target in raw.items():
            if key not in KEYS or key in "*#":
                self.faults.append(Fault(raw.lines[key], f"{key!r} is no key of a menu (0 to 9)"))
            keys[key] = self._choice(target, raw.lines[key])
        return Menu(
            name,
            line,
            self._prompts(body, "menu"),
            keys,
            back=self._text(body, "back") if "back" in body else None,
            bilingual=self._flag(body, "bilingual"),
            then=self._text(body, "then") if "then" in body else None,
            seconds=self._seconds(body, "seconds", 1.0) if "seconds" in body else 0.0,
        )

    def _choice(self, target: object, line: int) -> Choice:
        if isinstance(target, str):
            return Choice(target)
        if isinstance(target, _Mapping) and isinstance(target.get("to"), str):
            language = target.get("language")
            chosen: Language | None = next((own for own in LANGUAGES if own == language), None)
            if language is not None and chosen is None:
                self.faults.append(Fault(line, f"no such language: {language}"))
            return Choice(str(target["to"]), chosen)
        self.faults.append(Fault(line, "a key leads to a node, or to {to: node, language: zh}"))
        return Choice("")

    def _collect(self, name: str, body: _Mapping, line: int) -> Node:
        least, most = self._digits(body)
        return Collect(
            name,
            line,
            self._prompts(body, "collect"),
            into=self._text(body, "into"),
            least=least,
            most=most,
            then=self._text(body, "then"),
            back=self._text(body, "back"),
            secret=self._flag(body, "secret"),
            star=self._text(body, "star") if "star" in body else "",
        )

    def _digits(self, body: _Mapping) -> tuple[int, int]:
        raw = body.get("digits")
        pair = [raw, raw] if isinstance(raw, int) else raw
        if (
            isinstance(pair, list)
            and len(pair) == 2
            and all(isinstance(number, int) for number in pair)
            and 1 <= pair[0] <= pair[1] <= 20
        ):
            return pair[0], pair[1]
        self._fault(body, "digits", "must be a number or [least, most], from 1 to 20")
        return 1, 1

    def _act(self, name: str, body: _Mapping, line: int) -> Node:
        arguments = self._targets(body, "with") if "with" in body else {}
        return Act(name, line, self._text(body, "act"), arguments, self._targets(body, "outcomes"))

    def _queue(self, name: str, body: _Mapping, line: int) -> Node:
        return Queue(
            name,
            line,
            self._prompts(body, "queue"),
            matter=self._text(body, "matter"),
            urgent=self._flag(body, "urgent"),
            closed=self._text(body, "closed"),
            after=self._text(body, "after"),
            callback=self._text(body, "callback") if "callback" in body else None,
        )

    def _message(self, name: str, body: _Mapping, line: int) -> Node:
        seconds = int(self._seconds(body, "seconds", 120))
        return Message(
            name, line, self._prompts(body, "message"), self._text(body, "then"), seconds
        )

    def _listen(self, name: str, body: _Mapping, line: int) -> Node:
        said = body.get("listen")
        listens_for: ListensFor = "tone" if said == "tone" else "person"
        if said not in LISTENED:
            self._fault(body, "listen", f"must be one of {', '.join(LISTENED)}")
        return Listen(name, line, listens_for, self._targets(body, "outcomes"))

    def _end(self, name: str, body: _Mapping, line: int) -> Node:
        silent = body.get("end") == []  # nothing is said to a machine
        return End(name, line, () if silent else self._prompts(body, "end"))

    def _prompts(self, body: _Mapping, key: str) -> tuple[str, ...]:
        raw = body.get(key)
        if isinstance(raw, list) and raw and all(isinstance(prompt, str) for prompt in raw):
            return tuple(raw)
        self._fault(body, key, "must be a list of prompts")
        return ()

    def _targets(self, body: _Mapping, key: str, *, keys: bool = False) -> Mapping[str, str]:
        raw = body.get(key)
        if not isinstance(raw, _Mapping) or not all(isinstance(v, str) for v in raw.values()):
            self._fault(body, key, "must map names to names")
            return {}
        if keys and not set(raw) <= KEYS:
            self._fault(body, key, "must map keys of a telephone to nodes")
        return {name: str(value) for name, value in raw.items()}

    def _text(self, body: _Mapping, key: str) -> str:
        value = body.get(key)
        if isinstance(value, str) and value:
            return value
        self._fault(body, key, "is missing" if value is None else "must be text")
        return ""

    def _flag(self, body: _Mapping, key: str) -> bool:
        value = body.get(key, False)
        if not isinstance(value, bool):
            self._fault(body, key, "must be true or false")
        return value is True

    def _seconds(self, body: _Mapping, key: str, default: float) -> float:
        value = body.get(key, default)
        if isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= 600:
            return float(value)
        self._fault(body, key, "must be a number of seconds from 1 to 600")
        return default

    def _fault(self, body: _Mapping, key: str, what: str) -> None:
        self.faults.append(Fault(body.lines.get(key, body.line), f"{key} {what}"))


_Make = Callable[[_Reader, str, _Mapping, int], Node]

_KINDS: dict[str, tuple[_Make, frozenset[str]]] = {
    "say": (_Reader._say, frozenset({"then"})),
    "menu": (_Reader._menu, frozenset({"keys", "back", "bilingual", "then", "seconds"})),
    "collect": (
        _Reader._collect,
        frozenset({"into", "digits", "then", "back", "secret", "star"}),
    ),
    "act": (_Reader._act, frozenset({"with", "outcomes"})),
    "queue": (
        _Reader._queue,
        frozenset({"matter", "urgent", "closed", "after", "callback"}),
    ),
    "message": (_Reader._message, frozenset({"then", "seconds"})),
    "listen": (_Reader._listen, frozenset({"outcomes"})),
    "end": (_Reader._end, frozenset()),
}
