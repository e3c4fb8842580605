"""The pack on answering machines as types, checked on loading."""

from cardline.core.policy import AreaPolicy, PolicyError
from cardline.outreach.campaigns.machine_model import MachinePolicy, MachineRule, Machines


def machine_policy(area: AreaPolicy) -> MachinePolicy:
    """Read what the pack's ``campaigns`` area says of machines.

    Raises :class:`PolicyError` where a time is not positive, or the bounds are not in their order.
    """
    rule = MachineRule(
        version=area.version,
        word=_seconds(area, "word"),
        pause=_seconds(area, "pause"),
        greeting=_seconds(area, "greeting"),
        tone=_seconds(area, "tone"),
        wait=_seconds(area, "wait"),
        limit=_seconds(area, "limit"),
        message_quiet=_seconds(area, "message_quiet"),
        message_limit=_seconds(area, "message_limit"),
    )
    if not max(rule.wait, rule.greeting) <= rule.limit < rule.message_limit:
        raise PolicyError(
            f"pack {area.pack}: campaigns.machine_limit_seconds is at least what a wait and a"
            " greeting take, and less than machine_message_limit_seconds"
        )
    default = area.text("machine_treatment")
    if default not in set(Machines):
        raise PolicyError(f"pack {area.pack}: campaigns.machine_treatment: {default!r}")
    share = float(area.decimal("machine_false_share"))
    if not 0 <= share < 1:
        raise PolicyError(f"pack {area.pack}: campaigns.machine_false_share is a share below 1")
    return MachinePolicy(
        default=Machines(default),
        rule=rule,
        false_share=share,
        counts_abandoned=area.flag("machine_counts_abandoned"),
        calls_again=area.flag("machine_calls_again"),
    )


def _seconds(area: AreaPolicy, name: str) -> float:
    key = f"machine_{name}_seconds"
    value = float(area.decimal(key))
    if not value > 0:
        raise PolicyError(f"pack {area.pack}: campaigns.{key} must be above 0")
    return value
