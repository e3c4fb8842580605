"""What a caller meets who is sent to the keys by an agent (rows A2, E5): small flows of our own.

They run through the same state machine as the hotline, so keys behave the same in both: ``*``
begins anew, ``#`` alone says "I do not know it", who presses nothing is asked twice. Everything
that is entered is a secret here, tails too: an agent has no need of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from cardline.hotline.flows.model import Act, Collect, Do, End, Flow, Node, NodeName

EntryKind = Literal["query_password", "one_time_code", "tails"]
EntryState = Literal["waiting", "correct", "wrong", "cancelled"]
KINDS: tuple[EntryKind, ...] = get_args(EntryKind)

NEEDS_HOLDER: frozenset[EntryKind] = frozenset({"query_password", "one_time_code"})
"""What can be checked only for somebody: it must be known first whom the call is about."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How an entry ended, and why where that is not plain."""

    state: EntryState
    reason: str = ""


_ENDS: Mapping[NodeName, Ended] = {
    "correct": Ended("correct"),
    "wrong": Ended("wrong"),
    "locked": Ended("wrong", "locked"),
    "not-sent": Ended("cancelled", "limited"),
    "declined": Ended("cancelled", "declined"),
    "gave-up": Ended("cancelled", "time-out"),
    "failed": Ended("cancelled", "failed"),
}


def ended_at(node: NodeName) -> Ended:
    """Return what the last node of such a flow means."""
    return _ENDS[node]


def ready_to_do(do: Do) -> Do:
    """Give the tails to the act that claims with them; they came as secrets."""
    if do.act != "claim":
        return do
    tails = {name: secret.reveal() for name, secret in do.secrets.items()}
    return Do(do.act, do.arguments, do.values, tails, {})


def entry_flow(kind: EntryKind, hotline: Flow) -> Flow:
    """Return the flow of one kind of entry, as patient as the hotline is."""
    nodes = {node.name: node for node in (*_NODES[kind], *_LAST[kind])}
    return Flow(
        name=f"entry-{kind}",
        version=hotline.version,
        start=_NODES[kind][0].name,
        main="gave-up",
        person="gave-up",
        callback="gave-up",
        always={},
        identification={},
        nodes=nodes,
        silence_seconds=hotline.silence_seconds,
        between_keys_seconds=hotline.between_keys_seconds,
    )


def _six_keys(say: tuple[str, ...], into: str) -> Collect:
    return Collect("keys", 0, say, into, 6, 6, "check", "declined", secret=True)


def _check(act: str) -> Act:
    outcomes = {name: name for name in ("correct", "wrong", "locked", "failed")}
    return Act("check", 0, act, {}, outcomes)


_CLAIMED = {"found": "correct", "unknown": "wrong", "locked": "locked", "failed": "failed"}

_NODES: Mapping[EntryKind, tuple[Node, ...]] = {
    "query_password": (
        _six_keys(("ask_query_password",), "query_password"),
        _check("check_query_password"),
    ),
    "one_time_code": (
        Act(
            "send", 0, "send_code", {}, {"sent": "keys", "limited": "not-sent", "failed": "failed"}
        ),
        _six_keys(("code_sent", "ask_code"), "code"),
        _check("check_code"),
    ),
    "tails": (
        Collect("card", 0, ("ask_card_tail",), "card_tail", 4, 4, "id", "declined", secret=True),
        Collect(
            "id", 0, ("ask_id_tail",), "id_tail", 4, 4, "check", "declined", secret=True, star="X"
        ),
        Act("check", 0, "claim", {}, _CLAIMED),
    ),
}


def _last(**say: str) -> tuple[Node, ...]:
    silent = ("correct", "declined", "gave-up", "failed")
    spoken = {name.replace("_", "-"): prompt for name, prompt in say.items()}
    return (
        *(End(name, 0, ()) for name in silent),
        *(End(name, 0, (prompt,)) for name, prompt in spoken.items()),
    )


_LAST: Mapping[EntryKind, tuple[Node, ...]] = {
    "query_password": _last(wrong="query_password_wrong", locked="query_password_locked"),
    "one_time_code": _last(wrong="code_wrong", locked="code_locked", not_sent="identity_person"),
    "tails": _last(wrong="tails_unknown", locked="identity_person"),
}
