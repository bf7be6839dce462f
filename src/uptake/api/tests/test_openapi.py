"""The document of the API: as its snapshot says, with an example for all that goes in and out."""

import json
import os
from pathlib import Path

import pytest

from uptake.api import api

SNAPSHOT = Path(__file__).parent / "openapi.json"


def document():
    return json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/"), default=str))


def operations():
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield pytest.param(operation, id=f"{method} {path}")


def test_the_document_is_as_its_snapshot():
    """Changed on purpose? UPTAKE_SNAPSHOT=write pytest src/uptake/api/tests/test_openapi.py"""
    if os.environ.get("UPTAKE_SNAPSHOT") == "write":
        SNAPSHOT.write_text(json.dumps(document(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert document() == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


@pytest.mark.parametrize("operation", list(operations()))
def test_every_endpoint_says_what_it_does_and_shows_it(operation):
    assert operation["summary"]
    assert operation["description"]
    for content in _bodies(operation):
        name = content["schema"].get("$ref", "").rpartition("/")[2]
        assert "example" in content or _schemas()[name]["examples"]


def _bodies(operation):
    answers = [answer for status, answer in operation["responses"].items() if str(status).startswith("2")]
    assert answers
    for answer in answers:
        yield from answer["content"].values()
    sent = operation.get("requestBody", {}).get("content", {})
    yield from [content for kind, content in sent.items() if kind in {"application/json", "text/csv"}]


def _schemas():
    return document()["components"]["schemas"]


def _models():
    from uptake.api.schemas import Camel

    waiting = [Camel]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        extra = model.model_config.get("json_schema_extra") if "model_config" in vars(model) else None
        if isinstance(extra, dict):
            yield pytest.param(model, extra["examples"][0], id=model.__name__)


@pytest.mark.parametrize(("model", "shown"), list({param.id: param for param in _models()}.values()))
def test_examples_are_what_they_are_an_example_of(model, shown):
    read = model.model_validate(shown).model_dump(by_alias=True, exclude_unset=True)
    assert set(read) == set(shown)


def test_it_is_open_for_reading_and_so_is_its_page(client):
    assert client.get("/api/openapi.json").json()["info"]["title"] == "Uptake"
    page = client.get("/api/docs").content.decode()
    assert "swagger-ui" in page
    assert "cdn" not in page


def test_no_reference_leads_nowhere():
    text = json.dumps(document())
    known = {f"#/components/schemas/{name}" for name in _schemas()}
    assert {part.split('"')[0] for part in text.split('"$ref": "')[1:]} <= known
