"""Verdicts, reasons and amounts as routes answer them: with words for both sides."""

from datetime import datetime

from pydantic import BaseModel

from cardline.cards import words
from cardline.core.money import CARD_CURRENCY, yuan
from cardline.core.verdict import Reason, Verdict


class AmountView(BaseModel):
    """An amount of an account for programs and for people: minor units, and written."""

    fen: int
    yuan: str
    currency: str = CARD_CURRENCY

    @classmethod
    def of(cls, fen: int) -> "AmountView":
        """Show an amount."""
        return cls(fen=fen, yuan=yuan(fen))


class WordsView(BaseModel):
    """The same in Chinese and in English."""

    zh: str
    en: str

    @classmethod
    def of(cls, known: words.Words) -> "WordsView":
        """Show words of the catalogue."""
        return cls(zh=known.zh, en=known.en)


class ReasonView(BaseModel):
    """Why something is refused, with words that may be read to the holder."""

    code: str
    source: str
    until: datetime | None
    zh: str
    en: str

    @classmethod
    def of(cls, reason: Reason) -> "ReasonView":
        """Show a reason."""
        said = words.reason(reason.code)
        return cls(
            code=reason.code, source=reason.source, until=reason.until, zh=said.zh, en=said.en
        )


class VerdictView(BaseModel):
    """A verdict with all its reasons."""

    rule: str
    allowed: bool
    not_before: datetime | None
    reasons: list[ReasonView]

    @classmethod
    def of(cls, verdict: Verdict) -> "VerdictView":
        """Show a verdict."""
        return cls(
            rule=verdict.rule,
            allowed=verdict.allowed,
            not_before=verdict.not_before,
            reasons=[ReasonView.of(reason) for reason in verdict.refusals],
        )


def amount_or_none(fen: int | None) -> AmountView | None:
    """Show an amount where there is one."""
    return AmountView.of(fen) if fen is not None else None
