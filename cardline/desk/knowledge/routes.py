"""HTTP for guidance: articles found while typing, scripts, hard conversations (issue 3, A8)."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from cardline.cards.model import Language
from cardline.core.errors import NotFound
from cardline.desk.knowledge.model import Article, Audience, Piece, Strain
from cardline.desk.knowledge.reading import Knowledge
from cardline.desk.staff.model import Role, Staff


class KnowledgeServices(Protocol):
    """What these routes need."""

    @property
    def knowledge(self) -> Knowledge: ...

    def require(self, *roles: Role) -> Callable[..., Any]:
        """Return the dependency that lets only these roles in."""
        ...


class PieceView(BaseModel):
    """A stretch of a text; ``found`` where it is what was searched for."""

    text: str
    found: bool


class HitView(BaseModel):
    """An article that was found; ``confidence`` from 0 to 1."""

    id: str
    title: list[PieceView]
    excerpt: list[PieceView]
    matters: list[str]
    audience: Audience
    confidence: float


class ArticleView(BaseModel):
    """One article. ``body``: lines; a line that begins with ``- `` is an item of a list."""

    id: str
    language: Language
    title: str
    body: str
    keywords: list[str]
    matters: list[str]
    audience: Audience
    valid_from: date
    reviewed_by: str


class ScriptView(BaseModel):
    """What is said for one kind of matter, in its order."""

    matter: str
    language: Language
    opening: str
    identification: str
    steps: list[str]
    anything_else: str
    read_back: str
    articles: list[str]


class HardView(BaseModel):
    """Guidance for a hard conversation."""

    strain: Strain
    title: str
    say: list[str]
    do: list[str]
    avoid: list[str]


class GuidanceView(BaseModel):
    """Scripts and guidance in one language; ``{agent}`` and ``{number}`` are the reader's own."""

    scripts: list[ScriptView]
    hard: list[HardView]


def router(services: KnowledgeServices) -> APIRouter:
    """Make the routes of guidance."""
    routes = APIRouter(prefix="/api/v1", tags=["guidance"])
    everybody = Depends(services.require("agent", "lead", "quality", "compliance", "administrator"))

    @routes.get("/knowledge")
    async def search(
        staff: Annotated[Staff, everybody],
        q: Annotated[str, Query(max_length=200)] = "",
        language: Language = "zh",
        matter: Annotated[str, Query(max_length=40)] = "",
        limit: Annotated[int, Query(ge=1, le=50)] = 10,
    ) -> list[HitView]:
        """Find articles, best first, as somebody types; without ``q`` all of a matter by title."""
        knowledge = services.knowledge
        if q.strip():
            hits = [
                (hit.article, hit.confidence)
                for hit in knowledge.find(q, language, staff=True, limit=50)
            ]
        else:
            everything = knowledge.indexes[language, True].articles
            hits = [(one, 0.0) for one in sorted(everything, key=lambda one: one.id)]
        chosen = [hit for hit in hits if not matter or matter in hit[0].matters]
        return [_hit(knowledge, *hit, q, language) for hit in chosen[:limit]]

    @routes.get("/knowledge/{article}")
    async def read(
        article: str, staff: Annotated[Staff, everybody], language: Language = "zh"
    ) -> ArticleView:
        """Give one article whole."""
        found = services.knowledge.articles.get(article)
        if found is None:
            raise NotFound("there is no such article")
        text = found.texts[language]
        return ArticleView(
            id=found.id,
            language=language,
            title=text.title,
            body=text.body,
            keywords=list(text.keywords),
            matters=list(found.matters),
            audience=found.audience,
            valid_from=found.valid_from,
            reviewed_by=found.reviewed_by,
        )

    @routes.get("/scripts")
    async def scripts(
        staff: Annotated[Staff, everybody],
        matter: Annotated[str, Query(max_length=40)] = "",
        language: Language = "zh",
    ) -> GuidanceView:
        """Give the scripts of a matter, or all of them, and the guidance for hard conversations."""
        knowledge = services.knowledge
        chosen = [
            one
            for one in knowledge.scripts
            if one.language == language and matter in ("", one.matter)
        ]
        if matter and not chosen:
            raise NotFound("there is no script for this matter")
        return GuidanceView(
            scripts=[
                ScriptView(
                    matter=one.matter,
                    language=one.language,
                    opening=one.opening,
                    identification=one.identification,
                    steps=list(one.steps),
                    anything_else=one.anything_else,
                    read_back=one.read_back,
                    articles=list(one.articles),
                )
                for one in chosen
            ],
            hard=[
                HardView(
                    strain=one.strain,
                    title=one.title,
                    say=list(one.say),
                    do=list(one.do),
                    avoid=list(one.avoid),
                )
                for one in knowledge.hard
                if one.language == language
            ],
        )

    return routes


def _hit(
    knowledge: Knowledge, article: Article, confidence: float, query: str, language: Language
) -> HitView:
    text = article.texts[language]
    return HitView(
        id=article.id,
        title=_pieces(knowledge.marked(text.title, query)),
        excerpt=_pieces(knowledge.marked(knowledge.excerpt(text, query), query)),
        matters=list(article.matters),
        audience=article.audience,
        confidence=round(confidence, 3),
    )


def _pieces(pieces: Sequence[Piece]) -> list[PieceView]:
    return [PieceView(text=piece.text, found=piece.found) for piece in pieces]
