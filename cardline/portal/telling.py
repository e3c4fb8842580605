"""A contact's journal in the holder's words: which text of the catalogue says each entry. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from cardline.evidence.model import Entry
from cardline.portal.model import Look, Told, Word

_LOOKS = frozenset(
    {
        "recording.listened",
        "portal.listened",
        "portal.downloaded",
        "portal.file-opened",
        "account.seen",
        "desk.looked",
        "desk.unmasked",
        "chat.looked-at",
        "email.opened",
        "email.file-opened",
        "letter.opened",
        "letter.looked-at",
        "letter.scan-opened",
    }
)
_OWN_LOOKS = frozenset({"evidence.packed", "evidence.pack-fetched"})
"""Told where the holder did it; of anybody else ``desk.looked`` tells, with the reason."""
_PLAIN = frozenset(
    {
        "interaction.closed",
        "identity.code-issued",
        "identity.code-refused",
        "identity.hold-objected",
        "identity.query-password-refused",
        "call.held",
        "call.retrieved",
        "call.consulting",
        "call.conference",
        "call.transferred",
        "callback.requested",
        "callback.refused",
        "message.taken",
        "recording.stored",
        "outreach.withdrawn",
        "outreach.consented",
        "outreach.blocked",
        "outreach.unblocked",
        "outreach.wished",
        "outreach.rejected",
        "outreach.unrejected",
        "card.hold-refused-by-agent",
        "portal.bank-silent",
        "sms.queued",
        "email.answered",
        "app.answered",
        "desk.wrapped-up",
    }
)
"""Entries that one sentence says, whatever stands in them."""
_CARD = frozenset(
    {
        "card.frozen",
        "card.held",
        "card.released",
        "card.hold-expired",
        "card.freeze-refused",
        "card.hold-refused",
        "card.release-refused",
    }
)
_COMPLAINT = frozenset({"complaint.received", "complaint.repeated"})
_HEARS = frozenset({"listen", "whisper"})
"""A lead follows a talk and the holder does not hear them: a look, and nobody who takes part."""
_QUEUE_ENDS = frozenset({"abandoned", "callback", "message", "transferred"})


def is_look(entry: Entry) -> bool:
    """True where the entry says that somebody looked at the holder's data."""
    if _listens_in(entry):
        return True
    return entry.kind in _LOOKS or (entry.kind in _OWN_LOOKS and entry.by.startswith("holder:"))


def _listens_in(entry: Entry) -> bool:
    """True where a lead begins to follow a talk unheard."""
    return entry.kind in ("party.joined", "call.monitoring") and entry.body.get("how") in _HEARS


def _unheard(entries: Iterable[Entry]) -> frozenset[object]:
    """Return the legs that were only ever there to listen."""
    ways: dict[object, set[object]] = {}
    for entry in entries:
        if entry.kind in ("party.joined", "call.monitoring") and "leg" in entry.body:
            ways.setdefault(entry.body["leg"], set()).add(entry.body.get("how"))
    return frozenset(leg for leg, how in ways.items() if how <= _HEARS)


def looks_in(entries: Iterable[Entry], numbers: Mapping[str, str]) -> tuple[Look, ...]:
    """Return who looked and why, in order; ``numbers`` are the staff numbers of agents."""
    return tuple(_look(one, numbers) for one in entries if is_look(one))


def _look(entry: Entry, numbers: Mapping[str, str]) -> Look:
    by = f"agent:{entry.body['agent']}" if entry.kind == "party.joined" else entry.by
    return Look(
        at=entry.at,
        by=by,
        kind=entry.kind,
        reason=str(entry.body.get("reason", "")),
        role="lead" if _listens_in(entry) else _role(entry),
        what=str(entry.body.get("what", "")),
        number=_number(by.partition(":")[2], numbers),
    )


def _role(entry: Entry) -> str:
    """The role as it was written down; before that was done, agents are known by their name."""
    told = str(entry.body.get("role", ""))
    return told or ("agent" if entry.by.startswith("agent:") else "")


def about_in(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return what a contact was about: the acts that were asked for, each once, in their order."""
    found: dict[str, None] = {}
    for entry in entries:
        if entry.kind == "identity.decided":
            found[str(entry.body.get("act", ""))] = None
        elif entry.kind == "queue.entered":
            found["talk_to_person"] = None
        elif entry.kind == "identity.query-password-put":
            found[f"{entry.body.get('how', 'set')}_query_password"] = None
        elif entry.kind == "outreach.withdrawn":
            found["stop_marketing"] = None
        elif entry.kind in _COMPLAINT:
            found["complain"] = None
    return tuple(one for one in found if one)


def agents_in(entries: Iterable[Entry], numbers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the staff numbers of the agents who took part, each once."""
    found: dict[str, None] = {}
    told = list(entries)
    unheard = _unheard(told)
    for entry in told:
        agent = entry.body.get("agent")
        if entry.body.get("leg") in unheard:
            continue
        if entry.kind == "party.joined" and isinstance(agent, str):
            found[_number(agent, numbers)] = None
    return tuple(found)


def story_of(entries: Iterable[Entry], numbers: Mapping[str, str]) -> tuple[Told, ...]:
    """Return a contact's story, by time; what means nothing to a holder is left out."""
    told = list(entries)
    unheard = _unheard(told)
    heard = (entry for entry in told if entry.body.get("leg") not in unheard)
    lines = [line for entry in heard for line in _told(entry, numbers)]
    return tuple(sorted(lines, key=lambda line: line.at))


def _told(entry: Entry, numbers: Mapping[str, str]) -> list[Told]:
    if entry.kind == "hotline.steps":
        return [line for step in entry.body.get("steps", ()) for line in _step(step)]
    word = _word(entry, numbers)
    if word is None:
        return []
    return [Told(entry.at, "system", word)]


def _step(step: Mapping[str, object]) -> list[Told]:
    at = datetime.fromisoformat(str(step["at"]))
    if "said" in step:
        return [Told(at, "bank", text=str(step["said"]))]
    if "key" in step:
        return [Told(at, "holder", Word("told.pressed", (("key", str(step["key"])),)))]
    return []


def _word(entry: Entry, numbers: Mapping[str, str]) -> Word | None:
    kind, body = entry.kind, entry.body
    key = "told." + kind.replace(".", "-")
    if kind in _PLAIN:
        return Word(key)
    if kind in _CARD:
        return Word(key, (("tail", str(body.get("tail", ""))),))
    if kind in _COMPLAINT:
        return Word("told.complaint-made", (("reference", str(body.get("complaint", ""))),))
    if kind == "interaction.opened":
        return Word(f"told.opened-{body.get('door', 'phone')}")
    if kind in ("identity.proven", "identity.checked"):
        return _checked(entry)
    if kind == "identity.query-password-put":
        return Word(f"told.password-{body.get('how', 'set')}")
    if kind == "queue.entered":
        return Word("told.queue-entered")
    if kind == "queue.left" and body.get("outcome") in _QUEUE_ENDS:
        return Word(f"told.queue-{body['outcome']}")
    if kind in ("party.joined", "party.left") and isinstance(body.get("agent"), str):
        return Word(key, (("agent", _number(str(body["agent"]), numbers)),))
    return None


def _checked(entry: Entry) -> Word:
    factor = str(entry.body.get("factor", "")).partition("/")[0]
    right = entry.verdict is None or bool(entry.verdict.get("allowed"))
    return Word("told.proven" if right else "told.not-proven", (("factor", factor),))


def _number(agent: str, numbers: Mapping[str, str]) -> str:
    return numbers.get(agent, agent.removeprefix("a"))
