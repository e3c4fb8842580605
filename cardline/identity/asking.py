"""Questions whose answers the bank knows: weak, and only ever one part of a way (RULES.md)."""

import random
from datetime import datetime

from cardline.core.actor import Actor
from cardline.core.transaction import JsonObject, Transaction
from cardline.evidence.actions import journal
from cardline.identity import code_store as store
from cardline.identity.config import IdentityConfig
from cardline.identity.model import Asked, Checked, Factor, Subject
from cardline.identity.questions import kinds_available, make_question
from cardline.identity.tries import Tries, holder_key


async def ask_question(
    tx: Transaction,
    *,
    subject: Subject,
    rng: random.Random,
    config: IdentityConfig,
    stream: str,
    by: Actor,
    at: datetime,
) -> Asked | None:
    """Put the next question of this interaction; ``None`` where no way leads on by questions.

    That is so with all tries of the day spent, with one answer wrong already and too few
    questions left, and where the bank knows too little. ``rng``: ``random.SystemRandom`` in life.
    """
    policy = config.policy
    if await _tries(subject, config, stream=stream, by=by, at=at).locked(tx) is not None:
        return None
    asked = await store.asked_in(tx, holder=subject.id, stream=stream)
    row = _right_in_a_row([correct for _, correct in asked])
    left = kinds_available(subject.facts) - len(asked)
    needed = policy.questions_needed - row
    question = make_question(subject.facts, rng=rng, asked=[kind for kind, _ in asked])
    if question is None or left < needed or needed < 1:
        return None
    question_id = await store.add_question(
        tx,
        holder=subject.id,
        stream=stream,
        question=question,
        at=at,
        expires_at=at + policy.question_lasts,
    )
    body: JsonObject = {"holder": subject.id, "question": question_id, "about": question.kind}
    await journal(tx, stream=stream, kind="identity.asked", by=by, body=body, at=at)
    return Asked(question_id, question.kind, question.choices, row + 1, policy.questions_needed)


async def check_answer(
    tx: Transaction,
    *,
    subject: Subject,
    question: str,
    key: str,
    config: IdentityConfig,
    stream: str,
    by: Actor,
    at: datetime,
) -> Checked:
    """Check the key ``1``–``4`` that answers a question; the last right one gives the proof.

    An answer that is too late, or given twice, is wrong.
    """
    tries = _tries(subject, config, stream=stream, by=by, at=at)
    refused = await tries.locked(tx)
    if refused is not None:
        return refused
    opened = await store.lock_question(tx, question=question, holder=subject.id, stream=stream)
    right = opened is not None and at < opened.expires_at and key == str(opened.right_key)
    if opened is not None:
        await store.answer_question(tx, question=question, correct=right, at=at)
    asked = await store.asked_in(tx, holder=subject.id, stream=stream)
    done = _right_in_a_row([correct for _, correct in asked]) >= config.policy.questions_needed
    return await tries.close(tx, right=right, proof=tries.proof() if right and done else None)


def _right_in_a_row(outcomes: list[bool | None]) -> int:
    count = 0
    for outcome in outcomes:
        count = count + 1 if outcome else 0
    return count


def _tries(
    subject: Subject, config: IdentityConfig, *, stream: str, by: Actor, at: datetime
) -> Tries:
    return Tries(
        key=holder_key(subject, None, stream),
        factor=Factor.KNOWLEDGE_QUESTIONS,
        most=config.policy.lockout_tries,
        policy=config.policy,
        subject=subject,
        caller=None,
        stream=stream,
        by=by,
        at=at,
        zone=subject.zone,
    )
