"""The API's own description (OpenAPI 3.1), made from its handlers and structs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from importlib.metadata import version
from typing import Any

import msgspec
from litestar import Request, Router, get, post
from litestar.exceptions import NotFoundException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from stammkunde.app.web.api.problems import MEDIA_TYPE, TEXTS, Problem

PATH = "/api/v1"

_CONFLICT = "What is asked for can't be done as things stand."

_PROBLEMS: dict[int, ResponseSpec] = {
    status: ResponseSpec(
        Problem,
        generate_examples=False,
        description=TEXTS.get(status, _CONFLICT),
        media_type=MEDIA_TYPE,
    )
    for status in (400, 401, 403, 404, 409, 422, 429)
}
_KNOWN = ResponseSpec(None, generate_examples=False, description="You have it already.")

reads = partial(get, sync_to_thread=True, responses={**_PROBLEMS, 304: _KNOWN})
"""A handler that answers a question."""

decides = partial(post, sync_to_thread=True, responses=_PROBLEMS)
"""A handler that does something."""


def described(structs: Iterable[Any]) -> OpenAPIConfig:
    """The configuration; `structs` are all that the API takes and gives."""
    return OpenAPIConfig(
        title="Stammkunde",
        version=version("stammkunde"),
        description="Every contact with every customer. The same objects as the command line's `--json`.",
        use_handler_docstrings=True,
        components=Components(
            security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}
        ),
        security=[{"token": []}],
        openapi_router=Router(
            PATH, route_handlers=[], before_request=_only_the_description, include_in_schema=False
        ),
        render_plugins=[_Description(structs)],
    )


def _only_the_description(request: Request[Any, Any, Any]) -> None:
    """The library's further pages would load scripts from elsewhere, or say in HTML that they are none."""
    if request.url.path != f"{PATH}/openapi.json":
        raise NotFoundException


class _Description(JsonRenderPlugin):
    """The document, its structs as their own library describes them: with docstrings, limits, and what is refused."""

    def __init__(self, structs: Iterable[Any]) -> None:
        super().__init__(path="/openapi.json", media_type="application/json")  # type: ignore[arg-type]
        self._structs = tuple(structs)

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        del request
        _, schemas = msgspec.json.schema_components(
            self._structs,
            ref_template="#/components/schemas/{name}",
            schema_hook=_any,
        )
        for name, theirs in openapi_schema["components"]["schemas"].items():
            _say_times(schemas[name]["properties"], theirs["properties"])
        components = {**openapi_schema["components"], "schemas": schemas}
        return msgspec.json.encode({**openapi_schema, "components": components})


def _say_times(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """msgspec calls a time a text unless its type demands an offset; that ours have one, the web library takes for granted."""
    for name, schema in theirs.items():
        if b'"date-time"' in msgspec.json.encode(schema):
            for each in ours[name].get("anyOf", [ours[name]]):
                if each.get("type") == "string":
                    each["format"] = "date-time"


def _any(_: type) -> dict[str, Any]:
    """`object`, as the default of a connector's setting is: whatever there is."""
    return {"description": "Any value."}
