"""What a letter or an e-mail says by itself, so that no answer lacks what it must hold (CMP 19).

What the handler's own words hold already is not said twice; the rest comes from the decision and
from the ways on of the pack.
"""

from collections.abc import Collection

from cardline.complaints.model import Complaint, Language, Proxy
from cardline.complaints.telling_model import NoticeAbout, WayOn
from cardline.complaints.words import word
from cardline.complaints.work_model import Decided, Outcome, Remedy, RemedyKind
from cardline.core.amounts import written
from cardline.core.money import Money

ANSWERS: tuple[NoticeAbout, ...] = ("answer", "reexamination")
_SHOWN = (RemedyKind.COMPENSATION, RemedyKind.CORRECTION, RemedyKind.SETTING)
"""Remedies that concern whoever complains; what is done with staff is nobody else's matter."""


def ways_for(case: Complaint, about: NoticeAbout, ways: Collection[WayOn]) -> tuple[WayOn, ...]:
    """Return the ways on that fit: a re-examination is asked for once, and only of an answer."""
    unfit = {"reexamination"} if about != "answer" else set[str]()
    unfit |= set() if case.about_contacts else {"junk"}
    return tuple(way for way in ways if way.name not in unfit)


def in_full(
    text: str,
    contents: Collection[str],
    decided: Decided | None,
    ways: Collection[WayOn],
    *,
    language: Language,
) -> tuple[str, tuple[str, ...]]:
    """Return an answer with what the handler's words do not say, and all that it holds then."""
    parts, holds = [text.strip()], list(contents)
    if decided is not None:
        decision = decided.decision
        if "findings" not in contents:
            parts.append(said(_outcome(decision.outcome), language))
        found = {"findings": decision.findings, "basis": decision.basis}
        for name, written in {**found, "reasons": decision.reasons}.items():
            if name not in contents and written.strip():
                parts.append(said(name, language, text=_ended(written, language)))
                holds.append(name)
    holds += [way.name for way in ways]
    return "\n\n".join(parts), tuple(dict.fromkeys(holds))


def remedies_in_words(remedies: Collection[Remedy], language: Language, *, currency: str) -> str:
    """Return what the bank does about it, as one paragraph; empty where there is nothing.

    ``currency``: of compensation (ISO 4217), which stands in figures and in words.
    """
    done = [_remedy(one, language, currency) for one in remedies if one.kind in _SHOWN]
    sentences = []
    if done:
        joined = said("and", language).join(done)
        sentences.append(said("remedies", language, remedies=joined))
    if any(one.kind is RemedyKind.APOLOGY for one in remedies):
        sentences.append(said("apology", language))
    return ("" if language == "zh" else " ").join(sentences)


def ways_in_words(ways: Collection[WayOn], language: Language) -> str:
    """Return the ways on, one a line below a first line; empty where there are none."""
    if not ways:
        return ""
    lines = [said("ways", language)]
    for way in ways:
        form = "way-line" if way.line else "way"
        lines.append(
            said(
                form,
                language,
                title=way.title.in_(language),
                how=way.how.in_(language),
                line=way.line,
            )
        )
    return "\n".join(lines)


def speaks_for(case: Complaint, lacks: Collection[str]) -> Proxy | None:
    """Return who hears for a stranger that gave no way of their own, once they may (CMP 14)."""
    return None if lacks or case.complainant.reach.any else case.proxy


def said(code: str, language: Language, **facts: str) -> str:
    """Return a sentence for the complainant."""
    return word("said", code).in_(language).format(**facts)


def _outcome(outcome: Outcome) -> str:
    return f"outcome-{outcome.value}"


def _remedy(remedy: Remedy, language: Language, currency: str) -> str:
    detail = remedy.detail.strip().rstrip("。.；;")
    if remedy.kind is RemedyKind.COMPENSATION:
        amount = written(Money(remedy.amount or 0, currency), language)
        return said("compensation", language, amount=amount)
    return said("correction" if detail else "correction-done", language, detail=detail)


def _ended(text: str, language: Language) -> str:
    text = text.strip()
    return text if text[-1] in "。！？.!?" else text + ("。" if language == "zh" else ".")
