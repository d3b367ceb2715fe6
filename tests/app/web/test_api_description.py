"""What the API says of itself, and what its page says of it."""

import re
from pathlib import Path

import pytest

from tests.app.web.conftest import Web


def test_the_description_names_every_route_and_nothing_else(web: Web) -> None:
    with web.visitor(None) as client:
        answer = client.get("/api/v1/openapi.json")
        assert answer.headers["content-type"].startswith("application/json")
        document = answer.json()
    assert document["openapi"].startswith("3.1")
    described = {
        f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item
    }
    routes_ = {
        f"{method} {route.path_format}"
        for route in web.application.routes
        for method in getattr(route, "methods", set()) - {"OPTIONS"}
        if route.path_format.startswith("/api/v1/") and "{path}" not in route.path_format
    }
    assert described == routes_ - {"GET /api/v1/openapi.json"}
    assert document["security"] == [{"token": []}]


def test_the_description_knows_structs_as_they_are_sent(web: Web) -> None:
    with web.visitor(None) as client:
        answer = client.get("/api/v1/openapi.json")
    schemas = answer.json()["components"]["schemas"]
    wanted = {part.split('"')[0] for part in answer.text.split("#/components/schemas/")[1:]}
    assert wanted == set(schemas)
    assert "class" in schemas["KnownIdentifier"]["properties"]
    assert {"from", "to"} <= set(schemas["FigureAnswer"]["properties"])
    assert schemas["Amount"]["properties"]["amount"] == {"type": "string", "format": "decimal"}
    assert schemas["Contact"]["properties"]["occurred_at"] == {
        "type": "string",
        "format": "date-time",
    }
    assert schemas["Noting"]["additionalProperties"] is False
    assert all("description" in schema for schema in schemas.values())


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/swagger", "/api/v1/openapi.yaml", "/schema"])
def test_no_page_of_the_library_is_served(web: Web, path: str) -> None:
    with web.visitor("admin") as client:
        answer = client.get(path)
        assert answer.status_code == 404
        assert "http://" not in answer.text
        assert "https://" not in answer.text


def test_the_page_about_the_api_has_a_row_for_every_route_with_all_that_it_takes(web: Web) -> None:
    with web.visitor(None) as client:
        document = client.get("/api/v1/openapi.json").json()
    schemas = document["components"]["schemas"]
    wanted = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            names = [
                each["name"] for each in operation.get("parameters", []) if each["in"] == "query"
            ]
            if "requestBody" in operation:
                (content,) = operation["requestBody"]["content"].values()
                names = list(schemas[content["schema"]["$ref"].rpartition("/")[2]]["properties"])
            wanted[f"{method.upper()} {path}"] = sorted(names)
    lines = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8").splitlines()
    rows = [
        re.split(r" *\| *", line.strip("| "))
        for line in lines
        if "/api/v1/" in line and line[0] == "|"
    ]
    assert {row[0].strip("`"): sorted(re.findall(r"`(\w+)`", row[1])) for row in rows} == wanted
