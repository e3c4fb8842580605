"""What of a holder is shown to whom. Pure."""

from cardline.core.masking import mask_phone
from cardline.core.verdict import Reason, Verdict, judge
from cardline.desk.model import DeskPolicy, Field
from cardline.desk.staff.model import Role


def show(field: Field, value: str, *, role: Role, policy: DeskPolicy) -> str | None:
    """Show a field of a holder as this role sees it; ``None`` where it is hidden (row F4)."""
    how = policy.shown[role][field]
    if how == "hidden":
        return None
    return value if how == "whole" else _MASKS[field](value)


def mask_name(name: str) -> str:
    """Show the surname of a Chinese name, the initial of any other: ``林*``, ``J***``."""
    return name[:1] + "*" * max(1, min(len(name) - 1, 3)) if name else ""


def mask_address(address: str) -> str:
    """Show the first 6 characters, mostly province and city."""
    return f"{address[:6]}****" if address else ""


def _mask_tail(tail: str) -> str:
    return "*" * len(tail)


_MASKS = {
    "name": mask_name,
    "phone": mask_phone,
    "id_tail": _mask_tail,
    "address": mask_address,
}


def may_unmask(
    field: Field, reason: str, *, role: Role, party: bool, policy: DeskPolicy
) -> Verdict:
    """Decide a look at one field of one holder.

    Reasons: ``role-may-not-see``, ``not-a-party`` (of this interaction), ``reason-short``.
    """
    return judge(
        policy.version,
        (
            None
            if field in policy.unmask[role]
            else Reason("role-may-not-see", policy.sources["unmask"]),
            None if party else Reason("not-a-party", "row F4"),
            None
            if len(reason.strip()) >= policy.reason_characters
            else Reason("reason-short", policy.sources["reason_characters"]),
        ),
    )
