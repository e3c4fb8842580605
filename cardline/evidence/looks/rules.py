"""Who may listen to a recording (row F4). Pure: the time is an argument."""

from datetime import datetime

from cardline.core.policy import AreaPolicy, PolicyError
from cardline.core.roles import ROLES, Role
from cardline.core.verdict import Reason, Verdict, judge
from cardline.evidence.looks.model import ListenPolicy


def listen_policy(area: AreaPolicy) -> ListenPolicy:
    """Read the pack's ``looks`` area. Raises :class:`PolicyError` for a role that there is not."""
    return ListenPolicy(
        version=area.version,
        roles=_roles(area, "listen_roles"),
        with_reason=_roles(area, "listen_reason_roles"),
        own_calls=area.days("agent_listens_days"),
        reason_characters=area.integer("reason_characters"),
        after_call=area.seconds("after_call_seconds"),
        one_stay=area.seconds("one_stay_seconds"),
        one_list=area.seconds("one_list_seconds"),
    )


def may_listen(
    role: Role,
    *,
    took_part: bool,
    ended_at: datetime | None,
    reason: str,
    policy: ListenPolicy,
    now: datetime,
) -> Verdict:
    """Say whether somebody of this role may listen to a recording.

    ``took_part``: served in that very call. ``ended_at``: when the call ended; ``None`` while it
    goes on. An agent listens to calls of their own, for a time; others say why.
    """

    def role_listens() -> Reason | None:
        if role in policy.roles:
            return None
        return Reason("listen-role", "looks.listen_roles")

    def own_call() -> Reason | None:
        if role != "agent" or took_part:
            return None
        return Reason("listen-not-own", "looks.listen_roles")

    def recent() -> Reason | None:
        if role != "agent" or ended_at is None or now < ended_at + policy.own_calls:
            return None
        return Reason("listen-too-old", "looks.agent_listens_days")

    def with_reason() -> Reason | None:
        enough = len(reason.strip()) >= policy.reason_characters
        if enough or role not in policy.with_reason:
            return None
        return Reason("listen-without-reason", "looks.listen_reason_roles")

    return judge(policy.version, (role_listens(), own_call(), recent(), with_reason()))


def _roles(area: AreaPolicy, key: str) -> frozenset[Role]:
    named = area.texts(key)
    for one in named:
        if one not in ROLES:
            raise PolicyError(f"pack {area.pack}: {area.area}.{key}: there is no role {one}")
    return frozenset(role for role in ROLES if role in named)
