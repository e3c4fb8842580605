"""Requests made from the OpenAPI description: well formed, nearly so, and hostile; seeded."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote

Schema = Mapping[str, Any]

NASTY_TEXTS = (
    *("", " ", "\0", "a\0b", "\ud800", "x\udfffy", "\u202e gpj.exe", "\r\nSet-Cookie: a=b"),
    *("../../etc/passwd", "..%2f..%2f", "%00", "%s%n{0}${7*7}{{7*7}}", "' OR 1=1 --", '"; DROP'),
    *("<script>alert(1)</script>", "一" * 5000, "9" * 400, "-1", "1e400", "NaN", "null", "true"),
    *(
        "2026-13-45T99:99:99Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59Z",
        "+86",
        "１２３４",
    ),
    *("::1", "file:///etc/passwd", "javascript:alert(1)", "A" * 70_000, "\ufeff", "\u0000\u0001"),
)
NASTY_VALUES: tuple[Any, ...] = (
    *(None, True, False, [], {}, 0, -1, 1.5, 1e308, -0.0, 2**31, 2**63, -(2**63) - 1, 10**40),
    *([[]] * 50, {"": ""}, {"__proto__": {}}, ["\0"], [None] * 200),
)


@dataclass(frozen=True)
class Operation:
    """One method at one address, as the description has it."""

    method: str
    path: str
    parameters: tuple[Schema, ...]
    body: Schema | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Description:
    """An OpenAPI description, with what values its names take where one is known."""

    document: Schema
    known: dict[str, Any] = field(default_factory=dict)

    def operations(self) -> Iterator[Operation]:
        """Every operation of the description."""
        for path, methods in self.document["paths"].items():
            for method, told in methods.items():
                content = told.get("requestBody", {}).get("content", {})
                body = content.get("application/json", {}).get("schema")
                parameters = tuple(told.get("parameters", ()))
                yield Operation(method.upper(), path, parameters, body)

    def resolved(self, schema: Schema) -> Schema:
        """Follow a reference."""
        while "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = self.document["components"]["schemas"][name]
        return schema

    def least(self, schema: Schema, name: str = "") -> Any:
        """Return the plainest value that a schema takes."""
        schema = self.resolved(schema)
        if name in self.known and self.known[name] in schema.get("enum", [self.known[name]]):
            return self.known[name]
        for many in ("anyOf", "oneOf"):
            if many in schema:
                return self.least(schema[many][0], name)
        if "allOf" in schema:
            return self.least(schema["allOf"][0], name)
        if "enum" in schema:
            return schema["enum"][0]
        if "const" in schema:
            return schema["const"]
        match schema.get("type"):
            case "object":
                wanted = schema.get("required", ())
                inner = schema.get("properties", {})
                return {one: self.least(inner[one], one) for one in wanted}
            case "array":
                return [self.least(schema["items"])] * schema.get("minItems", 0)
            case "integer" | "number":
                return max(1, schema.get("minimum", 1))
            case "boolean":
                return True
            case "null":
                return None
        if schema.get("format") == "date-time":
            return "2031-05-06T07:08:09Z"
        if schema.get("format") == "date":
            return "2031-05-06"
        return "1234567890123456789012345"[: max(12, schema.get("minLength", 0))][
            : schema.get("maxLength", 25)
        ]

    def hostile(self, schema: Schema, draw: Random, name: str = "", depth: int = 0) -> Any:
        """Return a value that is near to a schema, with something wrong or odd about it."""
        schema = self.resolved(schema)
        if draw.random() < 0.12:
            return draw.choice(NASTY_VALUES)
        for many in ("anyOf", "oneOf", "allOf"):
            if many in schema:
                return self.hostile(draw.choice(schema[many]), draw, name, depth)
        if "enum" in schema and draw.random() < 0.7:
            return draw.choice(schema["enum"])
        match schema.get("type"):
            case "object":
                inner = schema.get("properties", {})
                made = {
                    one: self.hostile(inner[one], draw, one, depth + 1)
                    for one in inner
                    if one in schema.get("required", ()) or draw.random() < 0.6
                }
                return made | ({"unknown": 1} if draw.random() < 0.1 else {})
            case "array":
                count = draw.choice((0, 1, 2, 25))
                return [self.hostile(schema["items"], draw, "", depth + 1) for _ in range(count)]
            case "integer" | "number":
                return draw.choice((0, 1, -1, 2**31 - 1, 2**31, 2**53, 2**63 - 1, 2**63, 10**30))
            case "boolean":
                return draw.random() < 0.5
            case "null":
                return None
        if draw.random() < 0.35:
            return self.least(schema, name)
        return draw.choice(NASTY_TEXTS)

    def address(self, operation: Operation, draw: Random | None) -> str:
        """Return the address of a request: with known ids, or hostile ones where ``draw``."""
        path = operation.path
        query = []
        for one in operation.parameters:
            name, place = one["name"], one["in"]
            plain = self.least(one.get("schema", {}), name)
            value = plain
            if draw is not None and draw.random() < 0.5:
                value = draw.choice(NASTY_TEXTS)[:2000]
            written = quote(str(value).encode("utf-8", "surrogatepass"), safe="")
            if place == "path":
                path = path.replace(f"{{{name}}}", written or "%20")
            elif place == "query" and (one.get("required") or draw is not None):
                query.append(f"{quote(name)}={written}")
        return path + (f"?{'&'.join(query)}" if query else "")


def as_json(value: Any) -> bytes:
    """Write a value as JSON, with halves of characters and numbers as they are."""
    return json.dumps(value).encode()
