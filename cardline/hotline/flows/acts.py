"""The acts that a flow may name: what each needs and which outcomes it has.

The flow checker holds a flow against this table, so that no outcome is left without a way on.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ActSpec:
    """``arguments`` of the node, ``entries`` that must have been collected, ``outcomes``."""

    outcomes: frozenset[str]
    arguments: frozenset[str] = frozenset()
    entries: frozenset[str] = frozenset()
    freezes: bool = False


def _spec(*outcomes: str, arguments: str = "", entries: str = "", freezes: bool = False) -> ActSpec:
    return ActSpec(
        frozenset(outcomes), frozenset(arguments.split()), frozenset(entries.split()), freezes
    )


IDENTIFICATION = frozenset({"claim", "query_password", "one_time_code", "questions", "person"})
"""What ``require`` may ask for; each needs a way under ``identification`` in the flow."""

ACTS: dict[str, ActSpec] = {
    # who is this, and may they do that?
    "require": _spec("allowed", arguments="of"),
    "claim": _spec("found", "unknown", "locked", entries="card_tail id_tail"),
    "check_query_password": _spec("correct", "wrong", "locked", entries="query_password"),
    "send_code": _spec("sent", "limited"),
    "check_code": _spec("correct", "wrong", "locked", entries="code"),
    "next_question": _spec("asked", "none"),
    "check_answer": _spec("correct", "wrong", "locked", entries="answer"),
    # account
    "balance": _spec("told", "none"),
    "statement": _spec("told", "none"),
    "transactions": _spec("told", "none"),
    "interest": _spec("told", "none"),
    "annual_fee": _spec("told", "none"),
    "points": _spec("told", "none"),
    # query password, marketing
    "set_query_password": _spec(
        "done", "differ", "weak", "refused", entries="new_password new_password_again"
    ),
    "stop_marketing": _spec("done", "unknown"),
    # was that really you?
    "recent_contacts": _spec("told", "none", "unknown"),
    "check_number": _spec("ours", "not_ours", "unclear", entries="claimed_number"),
    # complaints
    "complaint_state": _spec("told", "none"),
    "complaint_rules": _spec("told"),
    "take_complaint": _spec("taken"),
    # freezing
    "freeze_options": _spec("one", "several", "held", "already", "unknown"),
    "next_card": _spec("one", "several"),
    "release_hold": _spec("released", "none", "refused"),
    "freeze_card": _spec("frozen", "refused", freezes=True),
    "freeze_all": _spec("frozen", "refused", freezes=True),
    "hold_by_tails": _spec(
        "held", "already", "unknown", "limited", entries="card_tail id_tail", freezes=True
    ),
    # a call that the bank makes
    "begin_bank_call": _spec("played", "read", "alert", "nobody", "listen"),
    "open_bank_call": _spec("played", "read", "alert"),
    "note_machine": _spec("hang_up", "message"),
    "note_message_left": _spec("noted"),
    "note_person": _spec("noted"),
    "note_opening": _spec("noted"),
    "stop_these_calls": _spec("done"),
    "prove_bank": _spec("sent", "unsent"),
    "note_will_ring": _spec("noted"),
    "answer_alert": _spec("confirmed", "frozen", "refused", "none", arguments="answer"),
    # a person
    "request_callback": _spec("promised", "refused"),
    "take_message": _spec("taken"),
}
