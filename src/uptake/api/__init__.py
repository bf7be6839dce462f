"""The HTTP API: a file per resource, each a thin door to the services behind the pages."""

import re
from typing import Any

from django.urls import URLPattern, URLResolver, re_path
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from pydantic.alias_generators import to_camel

from uptake.api import (
    adoption,
    alerts,
    customers,
    drafts,
    health,
    insights,
    integrations,
    intelligence,
    lists,
    pendo,
    reports,
    tasks,
    usage,
)
from uptake.api.access import Key, Session
from uptake.api.errors import MEDIA_TYPE, Problem, methods_as_problems, tell_problems, unknown_address

DESCRIPTION = """
Send usage, read who adopts and why, and act on it: the same services as behind Uptake's pages.

**Who calls.** `Authorization: Bearer upt_…` with a key from Settings, API keys; it may do what its role may. Or the cookie of
somebody who is logged in to the pages; what changes something then needs `X-CSRFToken` too.

**Names** are in camelCase, days are `2026-01-29`, moments are in UTC. **Lists** take `page` and `pageSize` and tell `page`,
`pageSize`, `pages`, `total`. **Refusals** are `application/problem+json` (RFC 9457) with one sentence in `detail`.
What is not yours is 404, as if it were not there.

**Live events** come to `POST /api/v1/usage`, or as an SDK of the Segment protocol sends them to `/v1/batch` and its siblings, with
the write key of a source (`upw_…`): `docs/live-events.md` says how.
"""

NAMED = re.compile(r"(?<=\{)\w+(?=\})")
PROBLEM = {"$ref": "#/components/schemas/Problem"}


class Api(NinjaAPI):
    """With short names of operations, and the refusals of each in its documentation."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return to_camel(operation.view_func.__name__)

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**kwargs)
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"] |= {**problem.pop("$defs"), "Problem": problem}
        refusal = {"description": "Refused, with one sentence.", "content": {MEDIA_TYPE: {"schema": PROBLEM}}}
        for methods in schema["paths"].values():
            for operation in methods.values():
                operation["responses"]["default"] = refusal
                for parameter in operation.get("parameters", []):
                    parameter["name"] = to_camel(parameter["name"])
        schema["paths"] = {
            NAMED.sub(lambda name: to_camel(name[0]), path): told for path, told in schema["paths"].items()
        }
        return schema


api = Api(
    title="Uptake",
    version="1",
    description=DESCRIPTION,
    auth=[Key(), Session()],
    urls_namespace="api",
)
tell_problems(api)
for name, resource in [
    ("Usage", usage),
    ("Adoption", adoption),
    ("Intelligence", intelligence),
    ("Reports", reports),
    ("Customers", customers),
    ("Customers", lists),
    ("Health", health),
    ("Insights", insights),
    ("Alerts", alerts),
    ("Tasks", tasks),
    ("Integrations", integrations),
    ("Pendo", pendo),
    ("Outreach", drafts),
]:
    api.add_router("", resource.router, tags=[name])


def _addresses() -> tuple[list[URLPattern | URLResolver], str, str]:
    patterns, app, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            is_root = pattern.name == "api-root"  # kept: the framework learns from it where it is mounted
            pattern.callback = unknown_address if is_root else methods_as_problems(pattern.callback)
    return [*patterns, re_path("", unknown_address, name="unknown")], app, namespace


urls = _addresses()
"""To be mounted at ``api/``."""
