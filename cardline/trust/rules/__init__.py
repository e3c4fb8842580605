"""Pure rules of trust: is it ours, was it us, and the words of the spoken code (rows E1, E2)."""

from cardline.trust.rules.checking import check, is_live, text_fits, went_to
from cardline.trust.rules.codes import make_code, read_code, sound, spoken
from cardline.trust.rules.official import (
    canonical,
    is_mobile,
    is_ours,
    may_register,
    what_a_text_names,
)

__all__ = [
    "canonical",
    "check",
    "is_live",
    "is_mobile",
    "is_ours",
    "make_code",
    "may_register",
    "read_code",
    "sound",
    "spoken",
    "text_fits",
    "went_to",
    "what_a_text_names",
]
