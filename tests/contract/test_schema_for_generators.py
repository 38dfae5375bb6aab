"""The OpenAPI document has no construct that client generators misread or refuse."""

import pytest

from tests.support.openapi import DESCRIPTION, OPERATIONS, operation_of, resolved


def parts_of(part, place="#"):
    """Yield each object of the document with its place."""
    if isinstance(part, dict):
        yield place, part
        for name, inner in part.items():
            yield from parts_of(inner, f"{place}/{name}")
    elif isinstance(part, list):
        for number, inner in enumerate(part):
            yield from parts_of(inner, f"{place}/{number}")


# The names of properties are no keywords, and examples hold data.
SCHEMAS = [
    (place, part)
    for place, part in parts_of(DESCRIPTION)
    if not place.endswith("/properties") and "/example" not in place
]


def test_no_schema_has_a_constant():
    # The seconds of a shift differ from 0, which only "not" expresses.
    found = [place for place, part in SCHEMAS if "const" in part and not place.endswith("/not")]

    assert found == []


def test_no_field_of_a_body_has_a_default():
    bodies = [place for place, part in SCHEMAS if "default" in part and "/parameters/" not in place]

    assert bodies == []


def test_every_array_describes_its_items():
    arrays = [(place, part) for place, part in SCHEMAS if "array" in part.get("type", "")]

    assert len(arrays) > 10
    assert [place for place, part in arrays if "items" not in part] == []


def test_every_enumeration_has_a_type():
    assert [place for place, part in SCHEMAS if "enum" in part and "type" not in part] == []


def test_document_names_its_server():
    assert [server["url"] for server in DESCRIPTION["servers"]] == ["/"]


@pytest.mark.parametrize("name", OPERATIONS)
def test_read_with_an_etag_documents_the_304(name):
    method, _ = OPERATIONS[name]
    responses = operation_of(name)["responses"]
    is_versioned = method == "get" and "ETag" in resolved(responses["200"]).get("headers", {})

    assert ("304" in responses) == is_versioned


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_parameter_has_an_example_that_a_form_would_send(name):
    for parameter in map(resolved, operation_of(name)["parameters"]):
        if parameter["in"] != "path":
            assert not {"example", "examples"} & parameter.keys(), parameter
            assert not {"example", "examples"} & resolved(parameter["schema"]).keys(), parameter


def test_texts_use_the_words_of_json():
    texts = [part["description"] for _, part in SCHEMAS if isinstance(part.get("description"), str)]

    assert [text for text in texts if "None " in text] == []
