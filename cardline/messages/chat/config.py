"""What chats need, built once at the start."""

from dataclasses import dataclass
from datetime import date

from cardline.core.policy import load_area
from cardline.desk.knowledge.reading import Knowledge, load_knowledge
from cardline.desk.model import DeskPolicy
from cardline.desk.policy import read_desk_policy
from cardline.messages.chat.catalogue import ChatTexts, load_bot_words, load_texts
from cardline.messages.chat.model import BotWords, ChatPolicy
from cardline.messages.chat.policy import chat_policy
from cardline.routing.model import RoutingPolicy
from cardline.routing.rules import read_policy


@dataclass(frozen=True)
class ChatConfig:
    """Numbers, texts, words, articles, the queues, and what the desk's rules need."""

    policy: ChatPolicy
    texts: ChatTexts
    words: BotWords
    knowledge: Knowledge
    routing: RoutingPolicy
    desk: DeskPolicy


def load_chat_config(*, hotline: str, on: date, pack: str = "cn") -> ChatConfig:
    """Read everything. Raises ``CardlineError`` naming the file and its fault."""
    return ChatConfig(
        policy=chat_policy(load_area("chat", pack=pack)),
        texts=load_texts(hotline=hotline, pack=pack),
        words=load_bot_words(),
        knowledge=load_knowledge(hotline=hotline, on=on, pack=pack),
        routing=read_policy(load_area("routing", pack=pack)),
        desk=read_desk_policy(load_area("desk", pack=pack)),
    )
