"""The call flow as a pure state machine (rows A1, A2, B1, B6): the same on a call and in replay.

Its manners: keys interrupt what is said; ``0`` and ``9`` work from the first second wherever a
single key is asked for; who presses nothing twice gets a person; a wrong key is named, a second
one brings the menu again, a third one a person. Nothing here asks the time or touches the world.
"""

from collections.abc import Iterable
from dataclasses import replace

from cardline.cards.model import Language
from cardline.core.masking import Secret
from cardline.hotline.flows.model import (
    LANGUAGES,
    Act,
    Await,
    Begin,
    BeginCallback,
    Collect,
    Connected,
    Disconnected,
    Do,
    Done,
    End,
    Enqueue,
    Finish,
    Flow,
    FlowCommand,
    FlowEvent,
    Hush,
    Judged,
    Keep,
    LeaveQueue,
    Listen,
    ListenFor,
    Menu,
    Message,
    Music,
    Node,
    NodeName,
    PlaceTold,
    Pressed,
    Queue,
    QueueClosed,
    Resume,
    Say,
    SendTo,
    Silence,
    Speak,
    Spoken,
    State,
    TakeMessage,
    TellPlace,
    Utterance,
)

Step = tuple[State, tuple[FlowCommand, ...]]

LINES = "$lines"
"""Stands in ``say`` for what the last act gave to say."""

RESUME = "$resume"
"""Stands for the act that asked for identification."""

_SWALLOW_SECONDS = 3.0
"""An entry of full length ends by itself; the ``#`` that people press all the same is ignored."""

CALLBACK_OFFER = Utterance("queue_callback_offer")
_HISTORY = 8


def initial(flow: Flow) -> State:
    """Return the state before the call is answered."""
    return State(node=flow.start)


def step(flow: Flow, state: State, event: FlowEvent) -> Step:
    """Return the next state and what is to be done now. An event out of place changes nothing."""
    if state.phase == "done":
        return state, ()
    match event:
        case Begin():
            return _enter(flow, state, flow.start)
        case BeginCallback(language):
            return _enter(flow, replace(state, language=language), flow.callback)
        case Resume():
            return _resume(flow, state)
        case Pressed():
            return _pressed(flow, state, event)
        case Spoken():
            return _spoken(flow, state)
        case Silence():
            return _silence(flow, state)
        case SendTo(node):
            return _enter(flow, replace(state, phase="say"), node)
        case Done():
            return _done(flow, state, event)
        case Judged(outcome):
            return _judged(flow, state, outcome)
        case PlaceTold() | QueueClosed() | Connected() | Disconnected():
            return _queued(flow, state, event)


def stored(state: State) -> State:
    """Return what may be written to the database: no entry, no secret."""
    return replace(state, entry="", collected={}, secrets={})


# ---------------------------------------------------------------- entering a node


def _enter(flow: Flow, state: State, name: NodeName) -> Step:
    before = _leave(flow, state)
    if name == RESUME:
        name = state.resume or flow.main
    node = flow.nodes[name]
    state = replace(
        state,
        node=name,
        phase="say",
        silences=0,
        wrong=0,
        entry="",
        music=False,
        callback_offered=False,
    )
    after, commands = _arrive(state, node)
    return after, before + commands


def _leave(flow: Flow, state: State) -> tuple[FlowCommand, ...]:
    node = flow.nodes[state.node]
    if isinstance(node, Queue) and state.phase == "queue":
        return (LeaveQueue(),)
    if isinstance(node, Collect) and node.secret:
        return (Keep(secret=False),)
    if isinstance(node, Message) and state.phase == "message":
        return (TakeMessage(on=False),)
    return ()


def _arrive(state: State, node: Node) -> Step:
    match node:
        case Say() | Menu() | Message() | End():
            return state, (_speak(state, node.say, bilingual=_bilingual(node, state)),)
        case Collect():
            kept = (Keep(secret=True),) if node.secret else ()
            without = {key: value for key, value in state.secrets.items() if key != node.into}
            return replace(state, secrets=without), (*kept, _speak(state, node.say))
        case Act():
            resume = node.name if node.act == "require" else state.resume
            return (
                replace(state, phase="act", resume=resume),
                (Hush(), _do(node, state)),
            )
        case Listen():
            return replace(state, phase="listen"), (Hush(), ListenFor(node.listens_for))
        case Queue():
            return (
                replace(state, phase="queue", secrets={}, collected={}),
                (_speak(state, node.say), Enqueue(node.matter, node.urgent)),
            )


def _do(node: Act, state: State) -> Do:
    return Do(node.act, node.arguments, state.values, state.collected, state.secrets)


def _bilingual(node: Say | Menu | Message | End, state: State) -> bool:
    return state.language is None or (isinstance(node, Menu) and node.bilingual)


def _speak(state: State, prompts: Iterable[str], *, bilingual: bool = False) -> Speak:
    utterances: list[Utterance] = []
    for prompt in prompts:
        if prompt == LINES:
            utterances.extend(state.lines)
        else:
            utterances.append(Utterance(prompt, state.values))
    both = bilingual or state.language is None
    return Speak(tuple(utterances), LANGUAGES if both else _languages(state.language))


def _languages(language: Language | None) -> tuple[Language, ...]:
    return (language,) if language else LANGUAGES


# ---------------------------------------------------------------- keys


def _pressed(flow: Flow, state: State, event: Pressed) -> Step:
    node = flow.nodes[state.node]
    if event.digit == "#" and event.at < state.swallow_hash_until:
        return replace(state, swallow_hash_until=0.0), ()
    if state.swallow_hash_until:
        state = replace(state, swallow_hash_until=0.0)
    if isinstance(node, Collect):
        return _entry_key(flow, state, node, event)
    if state.phase == "talk":
        return state, _while_talking(flow, state, event.digit)
    if state.phase == "act" or isinstance(node, End):
        return state, ()
    target = flow.always.get(event.digit)
    if target and not (isinstance(node, Queue) and target == flow.person):
        return _enter(flow, _remember(state, node), target)
    match node:
        case Menu():
            return _menu_key(flow, state, node, event)
        case Queue():
            return _queue_key(flow, state, node, event.digit)
        case Message():
            return _enter(flow, state, node.then) if event.digit == "#" else (state, ())
        case Say():
            return _skip(flow, state, node, event)
        case Listen():
            return _judged(flow, state, "person")
        case _:
            return state, ()


def _while_talking(flow: Flow, state: State, digit: str) -> tuple[FlowCommand, ...]:
    """A key that works in a talk has its act done; the talk goes on, whatever comes of it."""
    node = flow.nodes.get(flow.talking.get(digit, ""))
    return (_do(node, state),) if isinstance(node, Act) else ()


def _skip(flow: Flow, state: State, node: Say, event: Pressed) -> Step:
    """A key during an announcement counts at the node that follows it."""
    entered, commands = _enter(flow, state, node.then)
    if isinstance(flow.nodes[entered.node], Menu | Collect):
        after, more = step(flow, entered, event)
        kept = tuple(command for command in commands if not isinstance(command, Speak))
        spoken = tuple(command for command in commands if isinstance(command, Speak))
        quiet = any(isinstance(command, Speak | Hush) for command in more)
        return after, kept + (() if quiet else spoken) + more
    return entered, commands


def _menu_key(flow: Flow, state: State, node: Menu, event: Pressed) -> Step:
    choice = node.keys.get(event.digit)
    if choice:
        chosen = replace(_remember(state, node), language=choice.language or state.language)
        return _enter(flow, chosen, choice.to)
    if event.digit == "*":
        return replace(state, phase="say"), (_speak(state, node.say, bilingual=node.bilingual),)
    if event.digit == "#":
        return _back(flow, state, node)
    wrong = state.wrong + 1
    if wrong == 1:
        return replace(state, wrong=1, phase="say"), (_speak(state, ("invalid_key",)),)
    if wrong == 2:
        again = _speak(state, ("invalid_key", *node.say), bilingual=node.bilingual)
        return replace(state, wrong=2, phase="say"), (again,)
    return _enter(flow, state, flow.person)


def _remember(state: State, node: object) -> State:
    if isinstance(node, Menu) and (not state.history or state.history[-1] != node.name):
        return replace(state, history=(*state.history, node.name)[-_HISTORY:])
    return state


def _back(flow: Flow, state: State, node: Menu) -> Step:
    if node.back:
        return _enter(flow, state, node.back)
    history = [name for name in state.history if name != node.name]
    target = history[-1] if history else node.name
    return _enter(flow, replace(state, history=tuple(history[:-1])), target)


def _queue_key(flow: Flow, state: State, node: Queue, digit: str) -> Step:
    if digit == "1" and node.callback and state.callback_offered:
        return _enter(flow, state, node.callback)
    if digit in ("1", "*"):
        return state, (TellPlace(),)
    if digit == "#":
        return _enter(flow, state, flow.main)
    return state, ()


def _entry_key(flow: Flow, state: State, node: Collect, event: Pressed) -> Step:
    digit = event.digit
    if digit == "#":
        if not state.entry:
            return _enter(flow, state, node.back)
        return (
            _entered(flow, state, node) if len(state.entry) >= node.least else _again(flow, state)
        )
    if digit == "*" and not node.star:
        return replace(state, entry="", phase="say"), (_speak(state, node.say),)
    entry = state.entry + (node.star if digit == "*" else digit)
    first = (Hush(),) if state.phase == "say" else ()
    state = replace(state, entry=entry, phase="wait", silences=0)
    if len(entry) < node.most:
        return state, (*first, Await(flow.between_keys_seconds))
    after, commands = _entered(flow, state, node)
    return replace(after, swallow_hash_until=event.at + _SWALLOW_SECONDS), first + commands


def _entered(flow: Flow, state: State, node: Collect) -> Step:
    if node.secret:
        secrets = {**state.secrets, node.into: Secret(state.entry)}
        return _enter(flow, replace(state, secrets=secrets), node.then)
    collected = {**state.collected, node.into: state.entry}
    return _enter(flow, replace(state, collected=collected), node.then)


# ---------------------------------------------------------------- time


def _spoken(flow: Flow, state: State) -> Step:
    node = flow.nodes[state.node]
    if state.phase == "queue":
        return replace(state, music=True), (() if state.music else (Music(),))
    if state.phase != "say":
        return state, ()
    match node:
        case Say():
            return _enter(flow, state, node.then)
        case Menu(then=str(), seconds=seconds) if seconds:
            return replace(state, phase="wait"), (Await(seconds),)
        case Menu(then=str(then)):
            return _enter(flow, state, then)
        case Menu() | Collect():
            return replace(state, phase="wait"), (Await(flow.silence_seconds),)
        case Message():
            return replace(state, phase="message"), (TakeMessage(on=True), Await(node.seconds))
        case End():
            return replace(state, phase="done"), (Finish(),)
        case _:
            return state, ()


def _silence(flow: Flow, state: State) -> Step:
    node = flow.nodes[state.node]
    if isinstance(node, Message) and state.phase == "message":
        return _enter(flow, state, node.then)
    if state.phase != "wait" or not isinstance(node, Menu | Collect):
        return state, ()
    if isinstance(node, Menu) and node.then is not None:
        return _enter(flow, state, node.then)
    if isinstance(node, Collect) and state.entry:
        return (
            _entered(flow, state, node) if len(state.entry) >= node.least else _again(flow, state)
        )
    return _again(flow, state)


def _again(flow: Flow, state: State) -> Step:
    """Nothing, or too little, was pressed: once again, and then a person."""
    node = flow.nodes[state.node]
    assert isinstance(node, Menu | Collect)
    if state.silences >= 1:
        return _enter(flow, state, flow.person)
    bilingual = isinstance(node, Menu) and node.bilingual
    again = replace(state, silences=state.silences + 1, entry="", phase="say")
    return again, (_speak(state, node.say, bilingual=bilingual),)


# ---------------------------------------------------------------- acts, queue, faults


def _done(flow: Flow, state: State, event: Done) -> Step:
    node = flow.nodes[state.node]
    if state.phase != "act" or not isinstance(node, Act):
        return state, ()
    told = replace(state, values={**state.values, **event.values}, lines=event.lines)
    if node.act == "require" and event.outcome in flow.identification:
        return _enter(flow, told, flow.identification[event.outcome])
    return _enter(flow, told, node.outcomes.get(event.outcome, flow.person))


def _judged(flow: Flow, state: State, outcome: str) -> Step:
    node = flow.nodes[state.node]
    if state.phase != "listen" or not isinstance(node, Listen):
        return state, ()
    return _enter(flow, state, node.outcomes[outcome])


def _queued(
    flow: Flow, state: State, event: PlaceTold | QueueClosed | Connected | Disconnected
) -> Step:
    node = flow.nodes[state.node]
    if not isinstance(node, Queue):
        return state, ()
    match event:
        case Connected():
            return replace(state, phase="talk", music=False), ()
        case Disconnected(lost) if state.phase == "talk":
            onward = node.name if lost else node.after
            return _enter(flow, replace(state, phase="say"), onward)
        case QueueClosed() if state.phase == "queue":
            return _enter(flow, state, node.closed)
        case PlaceTold() if state.phase == "queue":
            said = _speak_place(state, node, event)
            offered = state.callback_offered or CALLBACK_OFFER in said.utterances
            return replace(state, music=False, callback_offered=offered), (said,)
        case _:
            return state, ()


def _speak_place(state: State, node: Queue, told: PlaceTold) -> Speak:
    ahead, minutes = told.ahead, told.minutes
    if ahead == 0:
        said = [Utterance("queue_next")]
    elif minutes is None:
        said = [Utterance("queue_place_only", {"ahead": ahead})]
    else:
        said = [Utterance("queue_place", {"ahead": ahead, "wait": minutes})]
    if node.callback and told.callback and ahead > 0:
        said.append(CALLBACK_OFFER)
    return Speak(tuple(said), _languages(state.language))


def _resume(flow: Flow, state: State) -> Step:
    """After a fault: a short word, and on; who waited or talked goes to a person."""
    node = flow.nodes[state.node]
    if isinstance(node, Queue):
        return _enter(flow, replace(state, phase="say"), node.name)
    target = flow.main if state.language else flow.start
    calm = replace(state, phase="say", entry="", secrets={}, collected={}, resume=None)
    after, commands = _enter(flow, calm, target)
    spoken = tuple(
        replace(command, utterances=(Utterance("resumed"), *command.utterances))
        if isinstance(command, Speak)
        else command
        for command in commands
    )
    return after, (Keep(secret=False), *spoken)
