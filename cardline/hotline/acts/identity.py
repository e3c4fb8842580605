"""Proving who calls, and the query password (rows A2, A6)."""

from cardline.core.masking import Secret
from cardline.hotline.acts.caller import Acting
from cardline.hotline.flows.model import Done, Utterance
from cardline.identity import actions as identity
from cardline.identity.model import (
    Act,
    Checked,
    CodePurpose,
    Factor,
    PasswordChange,
    Subject,
    subject_of,
)
from cardline.identity.rules import may_act, missing

_ASKED: dict[Factor, str] = {
    Factor.CARD_AND_ID_TAILS: "claim",
    Factor.QUERY_PASSWORD: "query_password",
    Factor.ONE_TIME_CODE: "one_time_code",
    Factor.KNOWLEDGE_QUESTIONS: "questions",
    Factor.AGENT_JUDGEMENT: "person",
    Factor.REGISTERED_NUMBER: "person",
}


_CHANGES: dict[str, PasswordChange] = {
    Act.SET_QUERY_PASSWORD: PasswordChange.SET,
    Act.RESET_QUERY_PASSWORD: PasswordChange.RESET,
}


async def require(acting: Acting) -> Done:
    """Ask ``may_act``; where it refuses, say what to ask the caller for next, and no more."""
    act = Act(acting.do.arguments["of"])
    subject = await acting.subject()
    await _read_locks(acting, subject)
    view = None
    if subject:
        view = await identity.holder_view(
            acting.tx, subject=subject, config=acting.services.identity, at=acting.at
        )
    if act is Act.CHANGE_QUERY_PASSWORD and view and not view.has_query_password:
        act = Act.SET_QUERY_PASSWORD
    verdict = await identity.decide(
        acting.tx,
        act=act,
        proofs=acting.caller.proofs,
        subject=subject,
        config=acting.services.identity,
        stream=acting.caller.interaction,
        by=acting.caller.actor,
        at=acting.at,
    )
    if verdict.allowed:
        return Done("allowed", values={"act": act.value})
    asked = missing(
        act,
        acting.caller.proofs,
        holder=view,
        policy=acting.services.identity.policy,
        now=acting.at,
    )
    return Done(_ASKED[asked[0]] if asked else "person", values={"act": act.value})


async def allowed(acting: Acting, act: Act) -> bool:
    """Say whether what was proven suffices now."""
    subject = await acting.subject()
    if subject is None:
        return False
    view = await identity.holder_view(
        acting.tx, subject=subject, config=acting.services.identity, at=acting.at
    )
    verdict = may_act(
        act,
        acting.caller.proofs,
        holder=view,
        policy=acting.services.identity.policy,
        now=acting.at,
    )
    return verdict.allowed


async def claim(acting: Acting) -> Done:
    """From a phone that is not registered: find out whom this is about."""
    card_tail = acting.do.collected["card_tail"]
    id_tail = acting.do.collected["id_tail"]
    candidates = await candidates_for(acting, card_tail, id_tail)
    checked = await identity.check_tails(
        acting.tx,
        candidates=candidates,
        card_tail=card_tail,
        id_tail=id_tail,
        caller=acting.caller.number,
        freezing=False,
        config=acting.services.identity,
        stream=acting.caller.interaction,
        by=acting.caller.actor,
        at=acting.at,
    )
    if checked.proof is None:
        return Done("locked" if "locked" in checked.verdict.codes else "unknown")
    caller = acting.caller
    caller.proofs = caller.proofs.claiming(checked.proof.holder).with_proof(checked.proof)
    caller.holder = await acting.services.bank.holder(acting.tx, holder_id=checked.proof.holder)
    return Done("found")


async def candidates_for(acting: Acting, card_tail: str, id_tail: str) -> list[Subject]:
    """Return everybody whom both tails fit."""
    bank = acting.services.bank
    cards = await bank.cards_matching(acting.tx, card_tail=card_tail, id_tail=id_tail)
    found: dict[str, Subject] = {}
    for card in cards:
        holder = await bank.holder(acting.tx, holder_id=card.holder_id)
        if holder and holder.id not in found:
            own = await bank.cards_of(acting.tx, holder_id=holder.id)
            accounts = await bank.accounts_of(acting.tx, holder_id=holder.id)
            found[holder.id] = subject_of(holder, own, accounts)
    return list(found.values())


async def check_query_password(acting: Acting) -> Done:
    """One try of the query password."""
    checked = await identity.check_query_password(
        acting.tx,
        subject=await acting.subject(),
        password=acting.do.secrets.get("query_password", Secret("")),
        caller=acting.caller.number,
        config=acting.services.identity,
        stream=acting.caller.interaction,
        by=acting.caller.actor,
        at=acting.at,
    )
    return await _tried(acting, checked)


async def send_code(acting: Acting) -> Done:
    """Send a one-time code to the registered phone."""
    subject = await acting.subject()
    if subject is None:
        return Done("limited")
    verdict = await identity.issue_one_time_code(
        acting.tx,
        subject=subject,
        purpose=CodePurpose.IDENTIFY,
        config=acting.services.identity,
        stream=acting.caller.interaction,
        by=acting.caller.actor,
        at=acting.at,
    )
    if verdict.allowed:
        return Done("sent")
    # The one that was sent a moment ago counts, where keys will be taken for it.
    on_its_way = set(verdict.codes) == {"too-soon"} and await identity.awaits_code(
        acting.tx, subject=subject, purpose=CodePurpose.IDENTIFY, at=acting.at
    )
    return Done("sent" if on_its_way else "limited")


async def check_code(acting: Acting) -> Done:
    """One try of the one-time code."""
    checked = await identity.check_one_time_code(
        acting.tx,
        subject=await acting.subject(),
        purpose=CodePurpose.IDENTIFY,
        code=acting.do.secrets.get("code", Secret("")),
        config=acting.services.identity,
        caller=acting.caller.number,
        stream=acting.caller.interaction,
        by=acting.caller.actor,
        at=acting.at,
    )
    return await _tried(acting, checked)


async def next_question(acting: Acting) -> Done:
    """Put one question about what the bank knows, with four answers."""
    subject = await acting.subject()
    asked = subject and await identity.ask_question(
        acting.tx,
        subject=subject,
        rng=acting.services.random,
        config=acting.services.identity,
        stream=acting.caller.interaction,
        by=acting.caller.actor,
        at=acting.at,
    )
    if not asked:
        return Done("none")
    acting.caller.question = asked.id
    factor = 100 if asked.kind == "credit_limit" else 1  # whole yuan are spoken as fen
    values = {key: choice * factor for key, choice in zip("abcd", asked.choices, strict=True)}
    return Done("asked", lines=(Utterance(f"question_{asked.kind}", values),))


async def check_answer(acting: Acting) -> Done:
    """The answer to the question that was put last."""
    subject = await acting.subject()
    question = acting.caller.question
    if subject is None or question is None:
        return Done("wrong")
    checked = await identity.check_answer(
        acting.tx,
        subject=subject,
        question=question,
        key=acting.do.collected.get("answer", ""),
        config=acting.services.identity,
        stream=acting.caller.interaction,
        by=acting.caller.actor,
        at=acting.at,
    )
    if checked.verdict.allowed and checked.proof is None:
        return Done("correct")  # right, but more questions are needed
    return await _tried(acting, checked)


async def set_query_password(acting: Acting) -> Done:
    """Set the new query password, typed twice."""
    first = acting.do.secrets.get("new_password", Secret(""))
    second = acting.do.secrets.get("new_password_again", Secret(""))
    if first.reveal() != second.reveal():
        return Done("differ")
    subject = await acting.subject()
    if subject is None:
        return Done("refused")
    how = _CHANGES.get(str(acting.do.values.get("act")), PasswordChange.CHANGE)
    verdict = await identity.put_query_password(
        acting.tx,
        subject=subject,
        password=first,
        how=how,
        proofs=acting.caller.proofs,
        config=acting.services.identity,
        stream=acting.caller.interaction,
        by=acting.caller.actor,
        at=acting.at,
    )
    if verdict.allowed:
        return Done("done")
    weak = all(code.startswith("weak-password") for code in verdict.codes)
    return Done("weak" if weak else "refused")


async def _tried(acting: Acting, checked: Checked) -> Done:
    await _read_locks(acting, await acting.subject())
    if checked.proof:
        acting.caller.proofs = acting.caller.proofs.with_proof(checked.proof)
        return Done("correct")
    refused = set(checked.verdict.codes) & {"locked", "used", "not-set", "ambiguous"}
    return Done("locked" if refused else "wrong")


async def _read_locks(acting: Acting, subject: Subject | None) -> None:
    locks = await identity.locks_of(
        acting.tx,
        subject=subject,
        caller=acting.caller.number,
        stream=acting.caller.interaction,
        config=acting.services.identity,
        at=acting.at,
    )
    acting.caller.proofs = acting.caller.proofs.with_locks(locks)
