"""The numbers of chats, read from the policy pack."""

from cardline.core.policy import AreaPolicy, PolicyError
from cardline.messages.chat.model import ChatPolicy
from cardline.messages.file_model import FilePolicy


def chat_policy(area: AreaPolicy) -> ChatPolicy:
    """Read the pack. Raises :class:`PolicyError` for numbers that make no sense together."""
    policy = ChatPolicy(
        version=area.version,
        capacity=area.integer("capacity"),
        capacity_most=area.integer("capacity_most"),
        screen_lease=area.seconds("screen_lease_seconds"),
        return_within=area.hours("return_hours"),
        idle=area.seconds("idle_minutes") * 60,
        message_due=area.hours("message_due_hours"),
        message_length=area.integer("message_length"),
        messages_per_minute=area.integer("messages_per_minute"),
        confidence=area.decimal("bot_confidence"),
        suggest=area.decimal("bot_suggest"),
        failures=area.integer("bot_failures"),
        files_per_chat=area.integer("files_per_chat"),
        files=FilePolicy(area.version, area.integer("file_bytes"), area.integer("file_pixels")),
    )
    if not 0 < policy.capacity <= policy.capacity_most:
        raise PolicyError("chat.capacity must be between 1 and capacity_most")
    if not 0 < policy.suggest <= policy.confidence <= 1 or policy.failures < 1:
        raise PolicyError("chat.bot_suggest, bot_confidence, bot_failures make no sense together")
    return policy
