"""What is kept of a call while it goes on: where it stands, and what was said and pressed."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from cardline.core.transaction import JsonObject, Transaction
from cardline.desk.interactions import actions as desk
from cardline.hotline.acts.caller import Caller
from cardline.hotline.call.parties import Parties
from cardline.hotline.flows import rules
from cardline.hotline.flows.model import Node, State
from cardline.identity.model import Proofs


class Keeping:
    """The trail of a call since it was last written, and the writing of it.

    ``answered`` is written with the first word or key that is kept: who dies before begins anew.
    """

    def __init__(self, caller: Caller, parties: Parties, *, saved: Proofs | None = None) -> None:
        self._caller = caller
        self._parties = parties
        self.saved = saved
        """The proofs as they stand in the records: an agent may add to them while we talk."""
        self._trail: list[JsonObject] = []
        self.answered: datetime | None = None

    def note(self, at: float, node: str, **what: str) -> None:
        """Remember what was said or pressed, with the time in seconds; never a secret."""
        stamp = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
        self._trail.append({"at": stamp, "node": node, **what})

    async def save(self, tx: Transaction, state: State, *, at: datetime) -> None:
        """Write where the call stands, and journal the trail."""
        trail = list(self._trail)
        proofs = self._caller.proofs
        standing = {"mode": self._parties.mode, "at_keys": self._parties.at_keys}
        await desk.save_progress(
            tx,
            self._caller.interaction,
            state={**stored_state(state), **standing},
            proofs=proofs if proofs != self.saved else None,
            language=state.language,
            answered=self.answered,
            trail=trail,
            at=at,
        )

        async def forget() -> None:
            del self._trail[: len(trail)]
            self.saved = proofs

        tx.after_commit(forget)


def stored_state(state: State) -> JsonObject:
    """Return a state as plain JSON, without what was entered."""
    kept = rules.stored(state)
    return {
        "node": kept.node,
        "phase": kept.phase,
        "language": kept.language,
        "history": list(kept.history),
        "values": {name: msgspec.to_builtins(value) for name, value in kept.values.items()},
    }


def restored_state(nodes: Mapping[str, Node], raw: JsonObject, start: str) -> State:
    """Make a state from its stored form; a node that the flow no longer has begins again."""
    node = str(raw.get("node", start))
    if node not in nodes:
        return State(node=start, language=raw.get("language"))
    return State(
        node=node,
        phase=raw.get("phase", "say"),
        language=raw.get("language"),
        history=tuple(raw.get("history", ())),
        values=raw.get("values", {}),
    )
