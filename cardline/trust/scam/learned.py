"""What was learned from real scams: logistic regression over hashed groups of signs.

Small and plain on purpose: a score is a sum of weights, and the groups of signs that weigh most are
told as the reason. Made by ``python -m tools.train_scam``; data, figures and weaknesses stand in
``docs/reference/scam-model.md``.
"""

import json
import math
import re
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cardline.core.errors import CardlineError
from cardline.trust.scam.links import without_links
from cardline.trust.scam.text import Form, fold, read

FOLDER: Final = Path(__file__).parent / "learned"
GROUPS: Final = (2, 3)
_MOST: Final = 4000
"""Signs that are looked at; longer texts are judged by their beginning."""
_LEAST_HAN: Final = 6
_HAN_SHARE: Final = 0.4
"""Below that the text is not Chinese, and the model, which has seen nothing else, says nothing."""
_URL, _PHONE, _NUMBER = "U", "P", "D"
_TOKENS = {
    **dict.fromkeys(("CELLPHONE", "PHONE", "HOTLINE"), _PHONE),
    **dict.fromkeys(("DIGIT", "BANK"), _NUMBER),
    # Nothing takes their place in an ordinary text: learned, they would tell the data sets apart.
    **dict.fromkeys(("NAME", "PLACE", "WECHAT"), ""),
}
_TOKEN = re.compile("|".join(_TOKENS))
_PHONES = re.compile(
    r"(?<!\d)(?:\+?86)?(?:1[3-9]\d{9}|[48]00-?\d{3}-?\d{4}|0\d{2,3}-?\d{7,8})(?!\d)"
)
_NUMBERS = re.compile(r"\d+(?:[.,:/\-]\d+)*")
_APART = re.compile(r"(?<=\d)\s+(?=\d)")
_SIGNS = re.compile(r"[^\w]+|_+")
_HAN = re.compile(r"[\u4e00-\u9fff]")


class ModelError(CardlineError):
    """The model's file is missing or was made for another form of the text."""

    code = "scam-model"


@dataclass(frozen=True, slots=True)
class Opinion:
    """``likely``: 0 to 1; ``words``: the groups of signs that weigh most, for people."""

    likely: float
    words: str = ""


@dataclass(frozen=True)
class Learned:
    """The weights, one for each place of the hash."""

    version: str
    weights: NDArray[np.float32]
    bias: float

    def judge(self, form: Form) -> Opinion:
        """Say how much a text is like the scams that were learned from; 0 for other languages."""
        shape = learned_form(form)[:_MOST]
        han = len(_HAN.findall(shape))
        if han < _LEAST_HAN or han < _HAN_SHARE * len(shape):
            return Opinion(0.0)
        groups = sorted(set(groups_of(shape)))
        places = places_of(groups, len(self.weights))
        once = np.unique(places)
        total = float(self.weights[once].sum()) / math.sqrt(len(once)) + self.bias
        likely = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
        heaviest = np.argsort(-self.weights[places], kind="stable")[:12]
        return Opinion(likely, " ".join(_for_people([groups[one] for one in heaviest])))


def learned_form(form: Form) -> str:
    """Return the one form in which all texts are learned and judged.

    No spaces and signs; numbers, links and telephones are one capital letter each, whether the text
    holds them or the tokens of the data set.
    """
    text = _APART.sub("", without_links(form.plain[: 3 * _MOST], f"\0{_URL}\0"))
    text = _TOKEN.sub(lambda token: f"\0{_TOKENS[token.group()]}\0", text)
    text = _PHONES.sub(f"\0{_PHONE}\0", text)
    text = _NUMBERS.sub(f"\0{_NUMBER}\0", text)
    parts = text.split("\0")
    return "".join(
        part if place % 2 else _SIGNS.sub("", fold(part)) for place, part in enumerate(parts)
    )


def form_of(text: str) -> str:
    """Return the learned form of a text."""
    return learned_form(read(text))


def groups_of(form: str) -> list[str]:
    """Return all groups of two and of three signs."""
    return [form[start : start + size] for size in GROUPS for start in range(len(form) - size + 1)]


def places_of(groups: list[str], size: int) -> NDArray[np.int64]:
    """Return the place of each group among ``size`` weights; some share one."""
    return np.fromiter((zlib.crc32(one.encode()) % size for one in groups), np.int64, len(groups))


@cache
def load_model(folder: Path = FOLDER) -> Learned:
    """Read the model. Raises :class:`ModelError` where it is missing or not whole."""
    try:
        about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        raw = (folder / "weights.bin").read_bytes()
    except (OSError, ValueError) as error:
        raise ModelError(f"the model of scams cannot be read: {error}") from error
    if zlib.crc32(raw) != about["crc32"] or list(GROUPS) != about["groups"]:
        raise ModelError("the model of scams is not the one that its description tells of")
    steps = np.frombuffer(raw, dtype=np.int8).astype(np.float32)
    return Learned(str(about["version"]), steps * float(about["step"]), float(about["bias"]))


def _for_people(groups: list[str]) -> list[str]:
    """Keep what can be read: characters, each stretch once, the first few."""
    kept: list[str] = []
    for group in groups:
        readable = _HAN.search(group) and not any(sign in group for sign in "UPD")
        if readable and not any(group in known or known in group for known in kept):
            kept.append(group)
    return kept[:4]
