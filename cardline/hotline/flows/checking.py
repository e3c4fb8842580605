"""What must be true of a flow before a caller meets it (rows A1, A2, B6).

Every node reachable, no dead end, a person reachable from every menu, freezing within two keys,
every act and prompt known, every prompt recorded in every language.
"""

from collections import deque
from collections.abc import Callable, Iterator

from cardline.cards.model import Language
from cardline.hotline.flows.acts import ACTS, IDENTIFICATION
from cardline.hotline.flows.model import (
    LANGUAGES,
    LISTENED,
    Act,
    Collect,
    End,
    Flow,
    Listen,
    Menu,
    Message,
    Node,
    NodeName,
    Queue,
    Say,
)
from cardline.hotline.flows.reading import Fault
from cardline.hotline.flows.rules import LINES, RESUME

Recorded = Callable[[str, Language], str | None]
"""Says what is wrong with a prompt in a language: not in the catalogue, a piece not recorded."""

FREEZE_KEYS = 2
BUILT_IN_PROMPTS = (
    "invalid_key",
    "queue_next",
    "queue_place",
    "queue_place_only",
    "queue_callback_offer",
    "resumed",
    "please_hold",
)

Edge = tuple[NodeName, int]
"""A node and how many keys it takes to get there."""


def check(
    flow: Flow, *, recorded: Recorded, acts: frozenset[str], matters: frozenset[str]
) -> list[Fault]:
    """Return every fault of a flow, in the order of its lines.

    ``acts`` names what may need proof of identity, ``matters`` the queues that there are.
    """
    faults = [*_targets(flow), *_top(flow), *_acts(flow, acts), *_matters(flow, matters)]
    faults += _listening(flow)
    if not faults:  # the rest presupposes that every name leads somewhere
        faults = [
            *_reachable(flow),
            *_dead_ends(flow),
            *_endless(flow),
            *_persons(flow),
            *_freezing(flow),
            *_keys(flow),
        ]
    return sorted({*faults, *_prompts(flow, recorded)})


def edges(flow: Flow, node: Node) -> Iterator[Edge]:
    """Yield where a caller can get from a node, with the number of keys that it takes."""
    if isinstance(node, Menu | Say | Queue | Message | Listen):
        for target in flow.always.values():
            yield target, 1
    match node:
        case Say():
            yield node.then, 0
        case Menu():
            for choice in node.keys.values():
                yield choice.to, 1
            if node.back:
                yield node.back, 1
            yield node.then or flow.person, 0
            if node.then:
                yield flow.person, 1
        case Collect():
            yield node.then, node.most
            yield node.back, 1
            yield flow.person, 0
        case Act():
            for target in node.outcomes.values():
                yield target, 0
            if node.act == "require":
                for target in flow.identification.values():
                    yield target, 0
        case Queue():
            yield node.closed, 0
            yield node.after, 0
            yield flow.main, 1
            if node.callback:
                yield node.callback, 1
        case Message():
            yield node.then, 0
        case Listen():
            for target in node.outcomes.values():
                yield target, 0
        case End():
            return


def _named(flow: Flow, node: Node) -> Iterator[NodeName]:
    return (target for target, _ in edges(flow, node) if target != RESUME)


def _targets(flow: Flow) -> Iterator[Fault]:
    for node in flow.nodes.values():
        for target in _named(flow, node):
            if target not in flow.nodes:
                yield Fault(node.line, f"{node.name} leads to {target}, which does not exist")


def _top(flow: Flow) -> Iterator[Fault]:
    for what, name in (("start", flow.start), ("main", flow.main), ("callback", flow.callback)):
        if name not in flow.nodes:
            yield Fault(1, f"{what} names {name}, which does not exist")
    for key, name in flow.talking.items():
        if not isinstance(flow.nodes.get(name), Act):
            yield Fault(1, f"talking: key {key} names {name}, which is no act")
    person = flow.nodes.get(flow.person)
    if not isinstance(person, Queue):
        yield Fault(1, f"person names {flow.person}, which is no queue")
    for asked in sorted(IDENTIFICATION - flow.identification.keys()):
        yield Fault(1, f"identification has no way for {asked}")
    for asked in sorted(flow.identification.keys() - IDENTIFICATION):
        yield Fault(1, f"identification knows no {asked}")


def _acts(flow: Flow, known_acts: frozenset[str]) -> Iterator[Fault]:
    entries = {node.into for node in flow.nodes.values() if isinstance(node, Collect)}
    for node in flow.nodes.values():
        if not isinstance(node, Act):
            continue
        spec = ACTS.get(node.act)
        if spec is None:
            yield Fault(node.line, f"{node.name}: there is no act {node.act}")
            continue
        for outcome in sorted(spec.outcomes - node.outcomes.keys()):
            yield Fault(node.line, f"{node.name}: {node.act} may end as {outcome}: no way on")
        for outcome in sorted(node.outcomes.keys() - spec.outcomes):
            yield Fault(node.line, f"{node.name}: {node.act} never ends as {outcome}")
        if spec.arguments != frozenset(node.arguments):
            needed = ", ".join(sorted(spec.arguments)) or "nothing"
            yield Fault(node.line, f"{node.name}: {node.act} takes {needed} under with")
        if node.act == "require" and node.arguments.get("of") not in known_acts:
            yield Fault(node.line, f"{node.name}: nobody knows what {node.arguments.get('of')} is")
        for entry in sorted(spec.entries - entries):
            yield Fault(node.line, f"{node.name}: {node.act} needs {entry}, which nothing collects")


def _listening(flow: Flow) -> Iterator[Fault]:
    for node in flow.nodes.values():
        if isinstance(node, Listen):
            known = LISTENED[node.listens_for]
            for outcome in sorted(known - node.outcomes.keys()):
                yield Fault(node.line, f"{node.name}: listen may end as {outcome}: no way on")
            for outcome in sorted(node.outcomes.keys() - known):
                yield Fault(node.line, f"{node.name}: listen never ends as {outcome}")


def _matters(flow: Flow, matters: frozenset[str]) -> Iterator[Fault]:
    for node in flow.nodes.values():
        if isinstance(node, Queue) and node.matter not in matters:
            yield Fault(node.line, f"{node.name}: there is no queue for the matter {node.matter}")


def _spread(flow: Flow, starts: list[NodeName]) -> set[NodeName]:
    seen = set(starts)
    todo = deque(starts)
    while todo:
        for target in _named(flow, flow.nodes[todo.popleft()]):
            if target not in seen:
                seen.add(target)
                todo.append(target)
    return seen


def _reachable(flow: Flow) -> Iterator[Fault]:
    seen = _spread(flow, [flow.start, flow.callback, *flow.talking.values()])
    for node in flow.nodes.values():
        if node.name not in seen:
            yield Fault(node.line, f"{node.name} cannot be reached")


def _dead_ends(flow: Flow) -> Iterator[Fault]:
    for node in flow.nodes.values():
        if not any(isinstance(flow.nodes[name], End) for name in _spread(flow, [node.name])):
            yield Fault(node.line, f"{node.name} is a dead end: no way leads to an end")


def _unasked(flow: Flow, node: Node) -> Iterator[NodeName]:
    """Where a call goes on its own, without a key, a silence or a person."""
    if isinstance(node, Say | Act) or (isinstance(node, Menu) and node.then):
        for target, keys in edges(flow, node):
            if keys == 0 and target != RESUME:
                yield target


def _endless(flow: Flow) -> Iterator[Fault]:
    for node in flow.nodes.values():
        seen: set[NodeName] = set()
        todo = list(_unasked(flow, node))
        while todo:
            name = todo.pop()
            if name == node.name:
                yield Fault(node.line, f"{node.name} comes back to itself without asking anything")
                break
            if name not in seen:
                seen.add(name)
                todo.extend(_unasked(flow, flow.nodes[name]))


def _leads_to_queue(flow: Flow, name: NodeName) -> bool:
    seen: set[NodeName] = set()
    while name not in seen:
        seen.add(name)
        node = flow.nodes[name]
        if isinstance(node, Queue):
            return True
        if not isinstance(node, Say):
            return False
        name = node.then
    return False


def _persons(flow: Flow) -> Iterator[Fault]:
    for node in flow.nodes.values():
        if not isinstance(node, Menu):
            continue
        targets = [*flow.always.values(), *(choice.to for choice in node.keys.values())]
        if not any(_leads_to_queue(flow, target) for target in targets):
            yield Fault(node.line, f"{node.name}: no key leads to a person")


def _freezing(flow: Flow) -> Iterator[Fault]:
    freezing = {name for name, node in flow.nodes.items() if _freezes(node)}
    if not freezing:
        yield Fault(1, "nothing in this flow freezes a card")
        return
    for node in flow.nodes.values():
        if isinstance(node, Menu) and node.name in _spread(flow, [flow.start]):
            fewest = min(_keys_to(flow, node.name, freezing), default=None)
            if fewest is None or fewest > FREEZE_KEYS:
                most = "cannot be reached" if fewest is None else f"takes {fewest} keys"
                yield Fault(node.line, f"{node.name}: freezing {most}; at most {FREEZE_KEYS}")


def _freezes(node: Node) -> bool:
    return isinstance(node, Act) and node.act in ACTS and ACTS[node.act].freezes


def _keys_to(flow: Flow, start: NodeName, goals: set[NodeName]) -> Iterator[int]:
    best = {start: 0}
    todo = deque([start])
    while todo:
        name = todo.popleft()
        for target, keys in edges(flow, flow.nodes[name]):
            if target == RESUME:
                continue
            cost = best[name] + keys
            if cost < best.get(target, 99):
                best[target] = cost
                todo.append(target)
    return (best[goal] for goal in goals if goal in best)


def _keys(flow: Flow) -> Iterator[Fault]:
    for node in flow.nodes.values():
        if isinstance(node, Menu):
            for key in sorted(node.keys.keys() & flow.always.keys()):
                yield Fault(
                    node.line, f"{node.name}: key {key} works everywhere and cannot be used"
                )
            if not node.keys and not node.back and not node.then:
                yield Fault(node.line, f"{node.name}: a menu without keys needs back")


def _prompts(flow: Flow, recorded: Recorded) -> Iterator[Fault]:
    used = [
        (prompt, node.line)
        for node in flow.nodes.values()
        if not isinstance(node, Act | Listen)
        for prompt in node.say
        if prompt != LINES
    ]
    for prompt, line in [*used, *((prompt, 1) for prompt in BUILT_IN_PROMPTS)]:
        for language in LANGUAGES:
            wrong = recorded(prompt, language)
            if wrong:
                yield Fault(line, f"prompt {prompt} ({language}): {wrong}")
