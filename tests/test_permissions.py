"""Who gets what at every address, by the API and from every chat tool. A new one that is not in the table fails here.

Ann is a CSM and owns Acme; Ben is another CSM; Cem is a viewer; Pia is a product manager; Lea leads; nobody is not
logged in. Cem and Pia never read the name of somebody at a customer, whatever they ask for.
"""

import json
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from uptake.actions.email.services import Attached, draft_email
from uptake.actions.task.services import calendar_token, create_task
from uptake.actions.webhook.models import Endpoint
from uptake.api import api
from uptake.charts import browser
from uptake.chat.answers import Answer, Button, Buttons
from uptake.chat.models import Conversation, Message
from uptake.chat.tools.registry import TOOLS
from uptake.chat.tools.replying import press
from uptake.customers.models import Account, Stakeholder
from uptake.kit.errors import ProductError
from uptake.lake.models import Import
from uptake.pipeline.home import set_aside_path
from uptake.pipeline.lists.beginning import start_list
from uptake.pipeline.lists.told import ListAnswers
from uptake.pipeline.live.keys import create_live_source
from uptake.pipeline.report.sharing import share_report
from uptake.pipeline.sync.models import Connection, SyncRun
from uptake.pipeline.tests.by_hand import teammate
from uptake.pipeline.tests.conftest import people, usage, workspace
from uptake.signals.models import Alert, AlertStatus, Incident
from uptake.team.models import Role
from uptake.team.services import create_key

__all__ = ["people", "usage", "workspace"]

PERSONS = ("ann", "ben", "cem", "pia", "lea", "nobody")
SECRET_NAMES = ("marta", "ada@acme", "ada&#x27;", "bo@borealis")  # people at customers
TO_LOGIN = 302
JSON = "application/json"

# method, address, who gets which status (ann ben cem pia lea nobody), what is sent
PAGES = {
    "": [("get", "/", "200 200 200 200 200 302")],
    "c/": [("post", "/c/", "302 302 302 302 302 302", {"text": "scores"})],
    "c/<int:pk>/": [("get", "/c/{talk}/", "200 404 404 404 404 302")],
    "c/<int:pk>/say/": [("post", "/c/{talk}/say/", "302 404 404 404 404 302", {"text": "scores"})],
    "c/<int:pk>/rename/": [("post", "/c/{talk}/rename/", "302 404 404 404 404 302", {"title": "x"})],
    "c/<int:pk>/stream": [("get", "/c/{talk}/stream", "200 404 404 404 404 302")],
    "find/": [("get", "/find/?q=about", "200 200 200 200 200 302")],
    "m/<int:pk>/press/": [("post", "/m/{message}/press/", "302 404 404 404 404 302", {"button": "0.0"})],
    "m/<int:pk>/confirm/": [("post", "/m/{told}/confirm/", "302 404 404 404 404 302")],
    "m/<int:pk>/first/": [("post", "/m/{told}/first/", "400 404 404 404 404 302")],
    "m/<int:pk>/cancel/": [("post", "/m/{told}/cancel/", "302 404 404 404 404 302")],
    "m/<int:pk>/others/": [("post", "/m/{told}/others/", "400 404 404 404 404 302")],
    "m/<int:pk>/undo/": [("post", "/m/{told}/undo/", "200 404 404 404 404 302")],
    "m/<int:pk>/redo/": [("post", "/m/{told}/redo/", "200 404 404 404 404 302")],
    "m/<int:pk>/set-aside/": [("get", "/m/{told_live}/set-aside/", "200 404 404 404 404 302")],
    "portfolio/": [
        ("get", "/portfolio/", "200 200 200 200 200 302"),
        ("get", "/portfolio/?owner={ann}", "200 200 200 200 200 302"),
    ],
    "portfolio/heat/": [("get", "/portfolio/heat/", "200 200 200 200 200 302")],
    "portfolio/feature/": [("get", "/portfolio/feature/?feature={feature}", "200 200 200 200 200 302")],
    "portfolio/export.<slug:kind>": [
        ("get", f"/portfolio/export.{kind}", "200 200 403 200 200 302") for kind in ("csv", "xlsx", "parquet")
    ],
    "portfolio/views/save": [
        ("post", "/portfolio/views/save", "302 302 302 302 302 302", {"name": "Mine", "query": "segment=Enterprise"})
    ],
    "portfolio/views/delete": [("post", "/portfolio/views/delete", "302 302 302 302 302 302", {"name": "Mine"})],
    "portfolio/charts/vega-<str:version>.js": [("get", "/portfolio/charts/vega-{vega}.js", "200 200 200 200 200 302")],
    "customers/<int:customer_id>/": [("get", "/customers/{acme}/", "200 404 200 200 200 302")],
    "customers/<int:customer_id>/users/": [("get", "/customers/{acme}/users/", "200 404 403 403 200 302")],
    "customers/<int:customer_id>/alerts/": [("get", "/customers/{acme}/alerts/", "200 404 200 200 200 302")],
    "customers/<int:customer_id>/rows/": [("get", "/customers/{acme}/rows/", "200 404 200 200 200 302")],
    "customers/<int:customer_id>/rows/export.<slug:kind>": [
        ("get", "/customers/{acme}/rows/export.csv", "200 404 403 200 200 302"),
    ],
    "customers/<int:customer_id>/adoption/": [("get", "/customers/{acme}/adoption/", "200 404 200 200 200 302")],
    "customers/<int:customer_id>/adoption/features/": [
        ("get", "/customers/{acme}/adoption/features/", "200 404 200 200 200 302")
    ],
    "customers/<int:customer_id>/adoption/behind/<path:key>/": [
        ("get", "/customers/{acme}/adoption/behind/active/", "200 404 200 200 200 302"),
        ("get", "/customers/{acme}/adoption/behind/none/", "404 404 404 404 404 302"),
    ],
    "customers/<int:customer_id>/adoption/behind/<path:key>/export.<slug:kind>": [
        ("get", "/customers/{acme}/adoption/behind/active/export.csv", "200 404 403 200 200 302")
    ],
    "customers/<int:customer_id>/adoption/user/": [
        ("get", "/customers/{acme}/adoption/user/?user=ada@acme.example", "200 404 403 403 200 302")
    ],
    "customers/<int:customer_id>/adoption/campaign": [
        ("post", "/customers/{acme}/adoption/campaign", "302 404 403 403 302 302", {"status": "dormant"})
    ],
    "customers/<int:customer_id>/adoption/task": [
        ("post", "/customers/{acme}/adoption/task", "400 404 403 403 400 302", {"rule": "x", "feature": ""})
    ],
    "customers/<int:customer_id>/adoption/training": [
        ("post", "/customers/{acme}/adoption/training", "302 404 403 403 302 302", {"feature": "search"})
    ],
    "customers/<int:customer_id>/adoption/guide": [
        ("post", "/customers/{acme}/adoption/guide", "400 404 403 403 400 302", {"feature": "search", "resource": "1"})
    ],
    "customers/<int:customer_id>/adoption/minutes": [
        ("post", "/customers/{acme}/adoption/minutes", "403 404 403 302 302 302", {"feature": "search", "minutes": "5"})
    ],
    "customers/<int:customer_id>/adoption/notes": [
        (
            "post",
            "/customers/{acme}/adoption/notes",
            "302 404 403 403 302 302",
            {"on": "2026-06-01", "text": "A launch"},
        )
    ],
    "customers/<int:customer_id>/adoption/notes/<int:annotation_id>/remove": [
        ("post", "/customers/{acme}/adoption/notes/999999/remove", "404 404 403 403 404 302")
    ],
    "customers/<int:customer_id>/adoption/report.pdf": [
        ("get", f"/customers/{{acme}}/adoption/report.pdf?edition={edition}", "200 404 403 200 200 302")
        for edition in ("internal", "customer")
    ],
    "customers/<int:customer_id>/adoption/share": [
        ("post", "/customers/{acme}/adoption/share", "200 404 403 403 200 302", {"days": "7"})
    ],
    "customers/<int:customer_id>/adoption/share/<int:link_id>/take-back": [
        ("post", "/customers/{acme}/adoption/share/{link}/take-back", "302 404 403 403 302 302")
    ],
    "customers/<int:customer_id>/adoption/schedule": [
        (
            "post",
            "/customers/{acme}/adoption/schedule",
            "302 404 403 403 302 302",
            {"to": "{marta}", "every": "month", "next_on": "{today}"},
        )
    ],
    "customers/<int:customer_id>/adoption/schedule/<int:schedule_id>/end": [
        ("post", "/customers/{acme}/adoption/schedule/999999/end", "404 404 403 403 404 302")
    ],
    "shared/<str:secret>": [  # whoever has the secret address reads the customer's edition
        ("get", "/shared/{secret}", "200 200 200 200 200 200"),
        ("get", "/shared/wrong", "404 404 404 404 404 404"),
    ],
    "shared/<str:secret>/report.pdf": [
        ("get", "/shared/{secret}/report.pdf", "200 200 200 200 200 200"),
        ("get", "/shared/wrong/report.pdf", "404 404 404 404 404 404"),
    ],
    "portfolio/adoption/": [("get", "/portfolio/adoption/", "200 200 200 200 200 302")],
    "portfolio/adoption/customers/": [
        ("get", "/portfolio/adoption/customers/?cell=customers", "200 200 200 200 200 302"),
        ("get", "/portfolio/adoption/customers/?cell=none", "404 404 404 404 404 302"),
    ],
    "portfolio/adoption/customers/export.<slug:kind>": [
        ("get", "/portfolio/adoption/customers/export.csv?cell=customers", "200 200 403 200 200 302")
    ],
    "portfolio/adoption/export/<slug:table>.<slug:kind>": [
        *(
            ("get", f"/portfolio/adoption/export/{table}.csv", "200 200 403 200 200 302")
            for table in ("groups", "features", "gaps", "over-time", "movers")
        ),
        ("get", "/portfolio/adoption/export/none.csv", "404 404 403 404 404 302"),
    ],
    "charts/": [("get", "/charts/", "200 200 200 200 200 302")],
    "charts/<slug:name>.<slug:kind>": [
        ("get", "/charts/funnel.svg", "200 200 200 200 200 302"),
        ("get", "/charts/none.svg", "404 404 404 404 404 302"),
    ],
    "customers/<int:customer_id>/keep": [
        ("post", "/customers/{acme}/keep", "403 404 403 403 302 302", {"segment": "Small"})
    ],
    "portfolio/give": [("post", "/portfolio/give", "403 403 403 403 409 302", {"owner": "none", "seen": "x"})],
    "customers/<int:customer_id>/rate": [
        ("post", "/customers/{acme}/rate", "302 404 403 403 302 302", {"rating": "70"})
    ],
    "customers/<int:customer_id>/health": [("post", "/customers/{acme}/health", "302 404 403 403 302 302")],
    "customers/<int:customer_id>/task": [
        ("post", "/customers/{acme}/task", "400 404 403 403 400 302", {"rule": "x", "feature": ""})
    ],
    "customers/<int:customer_id>/draft": [("post", "/customers/{acme}/draft", "302 404 403 403 302 302")],
    "signals/": [
        ("get", "/signals/?whose=all", "200 200 200 200 200 302"),
        ("get", "/signals/?customer={acme}", "200 404 200 200 200 302"),
        ("get", "/signals/?whose=all&state=closed", "200 200 200 200 200 302"),
    ],
    "signals/<int:alert_id>/": [
        ("get", "/signals/{alert}/", "200 404 200 200 200 302"),
        ("get", "/signals/{quiet}/", "200 404 200 200 200 302"),
        ("get", "/signals/{held}/", "404 404 404 404 404 302"),
    ],
    "signals/<int:alert_id>/task": [("post", "/signals/{quiet}/task", "302 404 403 403 302 302")],
    "signals/<int:alert_id>/<slug:verb>": [
        ("post", "/signals/{alert}/acknowledge", "302 404 403 403 302 302"),
        ("post", "/signals/{alert}/dismiss", "302 404 403 403 302 302", {"reason": "data"}),
        ("post", "/signals/{alert}/dismiss", "400 404 403 403 400 302", {"reason": "none"}),
        ("post", "/signals/{alert}/snooze", "302 404 403 403 302 302", {"until": "{tomorrow}"}),
        ("post", "/signals/{alert}/wake", "302 404 403 403 302 302"),
        ("post", "/signals/{held}/acknowledge", "404 404 404 404 404 302"),
    ],
    "signals/incidents/<int:incident_id>/<slug:verb>": [
        ("post", "/signals/incidents/{incident}/release", "403 403 403 403 302 302"),
        ("post", "/signals/incidents/{incident}/drop", "403 403 403 403 302 302"),
    ],
    "signals/rules/": [("get", "/signals/rules/", "403 403 403 403 200 302")],
    "signals/rules/budget": [("post", "/signals/rules/budget", "403 403 403 403 302 302", {"per_week": "5"})],
    "signals/rules/<slug:slug>/": [
        ("get", "/signals/rules/usage_drop/", "403 403 403 403 200 302"),
        ("get", "/signals/rules/champion_quiet/", "403 403 403 403 200 302"),
        ("get", "/signals/rules/none/", "403 403 403 403 404 302"),
        ("post", "/signals/rules/usage_drop/", "403 403 403 403 302 302", {"fall": "30"}),
        ("post", "/signals/rules/usage_drop/", "403 403 403 403 400 302", {"fall": "x"}),
    ],
    "tasks/": [("get", "/tasks/", "200 200 200 200 200 302")],
    "tasks/new": [
        ("get", "/tasks/new?customer={acme}", "200 404 403 403 200 302"),
        ("post", "/tasks/new", "302 404 403 403 302 302", {"customer": "{acme}", "title": "Call", "priority": "low"}),
    ],
    "tasks/calendar": [("get", "/tasks/calendar", "200 200 200 200 200 302")],
    "tasks/<int:task_id>/": [("get", "/tasks/{task}/", "200 404 200 200 200 302")],
    "tasks/<int:task_id>/change": [
        ("post", "/tasks/{task}/change", "302 404 403 403 302 302", {"title": "x", "priority": "low"})
    ],
    "tasks/<int:task_id>/tick": [("post", "/tasks/{task}/tick", "302 404 403 403 302 302", {"item": "0", "done": "1"})],
    "tasks/<int:task_id>/<slug:verb>": [
        ("post", f"/tasks/{{task}}/{verb}", "302 404 403 403 302 302") for verb in ("done", "drop", "reopen")
    ],
    "calendar/<str:token>.ics": [  # whoever has the secret address: calendars cannot log in
        ("get", "/calendar/{token}.ics", "200 200 200 200 200 200"),
        ("get", "/calendar/wrong.ics", "404 404 404 404 404 404"),
    ],
    "outreach/": [("get", "/outreach/", "200 200 403 403 200 302")],
    "outreach/new": [
        ("get", "/outreach/new?customer={acme}", "200 404 403 403 200 302"),
        ("post", "/outreach/new", "302 404 403 403 302 302", {"customer": "{acme}", "template": "check_in"}),
    ],
    "outreach/<int:draft_id>/": [("get", "/outreach/{draft}/", "200 404 404 404 200 302")],
    "outreach/<int:draft_id>/attachment.pdf": [("get", "/outreach/{draft}/attachment.pdf", "200 404 404 404 200 302")],
    "outreach/<int:draft_id>/write": [
        (
            "post",
            "/outreach/{draft}/write",
            "302 404 404 404 302 302",
            {"to_name": "M", "to_email": "m@acme.example", "subject": "Hello", "body": "Hello", "seen": "{seen}"},
        )
    ],
    "outreach/<int:draft_id>/<slug:verb>": [
        ("post", "/outreach/{draft}/discard", "302 404 404 404 302 302"),
        ("post", "/outreach/{draft}/take-back", "409 404 404 404 409 302"),
    ],
    "integrations/": [("get", "/integrations/", "200 200 403 403 200 302")],
    "integrations/connect/<str:platform>/": [
        ("get", "/integrations/connect/pendo/", "403 403 403 403 200 302"),
        ("post", "/integrations/connect/amplitude/", "403 403 403 403 400 302", {"key": ""}),
    ],
    "integrations/<int:connection_id>/": [("get", "/integrations/{connection}/", "200 200 403 403 200 302")],
    "integrations/<int:connection_id>/sync": [
        ("post", "/integrations/{connection}/sync", "403 403 403 403 302 302", {"days": "3"})
    ],
    "integrations/<int:connection_id>/check": [("post", "/integrations/{connection}/check", "403 403 403 403 409 302")],
    "integrations/<int:connection_id>/pause": [
        ("post", "/integrations/{connection}/pause", "403 403 403 403 302 302", {"paused": "yes"})
    ],
    "integrations/<int:connection_id>/key": [
        ("get", "/integrations/{connection}/key", "403 403 403 403 200 302"),
        ("post", "/integrations/{connection}/key", "403 403 403 403 400 302", {"region": "nowhere"}),
    ],
    "integrations/<int:connection_id>/remove": [
        ("get", "/integrations/{connection}/remove", "403 403 403 403 200 302"),
        ("post", "/integrations/{connection}/remove", "403 403 403 403 302 302", {"facts": "stay"}),
    ],
    "integrations/live/": [
        ("get", "/integrations/live/", "403 403 403 403 200 302"),
        ("post", "/integrations/live/", "403 403 403 403 400 302", {"name": " "}),
    ],
    "integrations/<int:connection_id>/new-key": [("post", "/integrations/{source}/new-key", "403 403 403 403 200 302")],
    "integrations/guides/": [
        ("get", "/integrations/guides/", "403 403 403 200 200 302"),
        ("post", "/integrations/guides/", "403 403 403 302 302 302"),
    ],
    "integrations/accounts/": [("get", "/integrations/accounts/?show=all", "403 403 403 403 200 302")],
    "integrations/accounts/map": [
        ("post", "/integrations/accounts/map", "403 403 403 403 302 302", {"do": "apart", "account": "{account}"})
    ],
    "integrations/accounts/undo/<int:record_id>": [
        ("post", "/integrations/accounts/undo/999999", "403 403 403 403 404 302")
    ],
    "integrations/accounts/accounts.csv": [("get", "/integrations/accounts/accounts.csv", "403 403 403 403 200 302")],
    "integrations/accounts/upload": [("post", "/integrations/accounts/upload", "403 403 403 403 302 302")],
    "imports/": [("get", "/imports/", "200 200 403 403 200 302")],
    "imports/<int:import_id>/": [
        ("get", "/imports/{live}/", "200 200 403 403 200 302"),
        ("get", "/imports/{waiting}/", "200 404 403 403 404 302"),
        ("get", "/imports/{list}/", "404 404 403 403 200 302"),
    ],
    "imports/<int:import_id>/set-aside.csv": [("get", "/imports/{live}/set-aside.csv", "200 403 403 403 200 302")],
    "imports/<int:import_id>/undo": [
        ("get", "/imports/{live}/undo", "200 200 403 403 200 302"),
        ("post", "/imports/{live}/undo", "302 302 403 403 302 302"),
    ],
    "imports/<int:import_id>/redo": [
        ("get", "/imports/{live}/redo", "200 200 403 403 200 302"),
        ("post", "/imports/{undone}/redo", "302 302 403 403 302 302"),
    ],
    "imports/<int:import_id>/cancel": [("post", "/imports/{waiting}/cancel", "302 404 403 403 404 302")],
    "imports/customers/": [
        ("get", "/imports/customers/", "403 403 403 403 200 302"),
        ("post", "/imports/customers/", "403 403 403 403 400 302"),
    ],
    "imports/<int:import_id>/answer": [("post", "/imports/{list}/answer", "403 403 403 403 302 302")],
    "imports/<int:import_id>/confirm": [("post", "/imports/{list}/confirm", "403 403 403 403 302 302")],
    "settings/": [("get", "/settings/", "200 200 200 200 200 302")],
    "settings/theme": [("post", "/settings/theme", "302 302 302 302 302 302", {"theme": "dark"})],
    "settings/formats/forget": [("post", "/settings/formats/forget", "302 302 302 302 302 302", {"format": "x"})],
    "settings/health/": [
        ("get", "/settings/health/", "403 403 403 403 200 302"),
        ("post", "/settings/health/", "403 403 403 403 400 302", {"adoption": "x", "do": "publish"}),
    ],
    "settings/team/": [
        ("get", "/settings/team/", "403 403 403 403 403 302"),
        ("post", "/settings/team/", "403 403 403 403 403 302", {"email": "eve@us.example", "role": "admin"}),
    ],
    **{
        f"settings/team/<int:teammate_id>/{what}": [
            ("post", f"/settings/team/{{ann}}/{what}", "403 403 403 403 403 302", {"role": "admin"})
        ]
        for what in ("role", "switch", "password")
    },
    "settings/keys/": [
        ("get", "/settings/keys/", "403 403 403 403 403 302"),
        ("post", "/settings/keys/", "403 403 403 403 403 302", {"name": "x", "role": "admin"}),
    ],
    "settings/keys/<int:key_id>/revoke": [("post", "/settings/keys/{key}/revoke", "403 403 403 403 403 302")],
    "settings/webhooks/": [
        ("get", "/settings/webhooks/", "403 403 403 403 403 302"),
        ("post", "/settings/webhooks/", "403 403 403 403 403 302", {"url": "https://x.example", "type": "test"}),
    ],
    "settings/webhooks/<int:endpoint_id>/": [("get", "/settings/webhooks/{webhook}/", "403 403 403 403 403 302")],
    "settings/webhooks/<int:endpoint_id>/<slug:verb>": [
        ("post", f"/settings/webhooks/{{webhook}}/{verb}", "403 403 403 403 403 302") for verb in ("test", "remove")
    ],
    "settings/audit/": [("get", "/settings/audit/", "403 403 403 403 200 302")],
    "healthz": [("get", "/healthz", "200 200 200 200 200 200")],
}

API = {
    "post /api/usage/upload": ("/api/usage/upload?filename=a.csv", "201 201 403 403 201 401", "a,b\n"),
    "get /api/usage/imports": ("/api/usage/imports", "200 200 403 403 200 401"),
    "get /api/usage/imports/{importId}": ("/api/usage/imports/{waiting}", "200 404 404 404 404 401"),
    "get /api/usage/imports/{importId}/set-aside": ("/api/usage/imports/{live}/set-aside", "200 403 403 403 200 401"),
    "delete /api/usage/imports/{importId}": ("/api/usage/imports/{live}", "202 202 404 404 202 401"),
    "post /api/usage/process": ("/api/usage/process", "202 404 404 404 404 401", {"importId": "{waiting}"}),
    "post /api/usage/imports/{importId}/redo": ("/api/usage/imports/{undone}/redo", "202 202 404 404 202 401"),
    "get /api/integrations": ("/api/integrations", "200 200 403 403 200 401"),
    "post /api/integrations/{platform}/connect": (
        "/api/integrations/amplitude/connect",
        "403 403 403 403 400 401",
        {"region": "us"},
    ),
    "post /api/integrations/{platform}/sync": (
        "/api/integrations/pendo/sync",
        "403 403 403 403 202 401",
        {"days": 3},
    ),
    "get /api/integrations/syncs/{syncId}": ("/api/integrations/syncs/{sync}", "200 200 403 403 200 401"),
    "post /api/pendo/sync": ("/api/pendo/sync", "403 403 403 403 202 401", {"days": 3}),
    "get /api/pendo/accounts": ("/api/pendo/accounts", "200 200 200 200 200 401"),
    "get /api/pendo/accounts/{accountId}/usage": ("/api/pendo/accounts/acme%2F1/usage", "200 404 200 200 200 401"),
    "get /api/pendo/accounts/{accountId}/features": (
        "/api/pendo/accounts/acme%2F1/features",
        "200 404 200 200 200 401",
    ),
    "get /api/pendo/accounts/{accountId}/guides": ("/api/pendo/accounts/acme%2F1/guides", "200 404 200 200 200 401"),
    "get /api/pendo/customer/{customerId}/metrics": (
        "/api/pendo/customer/{acme}/metrics",
        "200 404 200 200 200 401",
    ),
    "get /api/adoption/scores": ("/api/adoption/scores", "200 200 200 200 200 401"),
    "get /api/adoption/features/{customerId}": ("/api/adoption/features/{acme}", "200 404 200 200 200 401"),
    "get /api/intelligence/adoption/{customerId}": ("/api/intelligence/adoption/{acme}", "200 404 200 200 200 401"),
    "get /api/intelligence/adoption/{customerId}/behind": (
        "/api/intelligence/adoption/{acme}/behind?key=known",
        "200 404 200 200 200 401",
    ),
    "get /api/intelligence/adoption/{customerId}/report.pdf": (
        "/api/intelligence/adoption/{acme}/report.pdf",
        "200 404 403 200 200 401",
    ),
    "get /api/customers": ("/api/customers", "200 200 200 200 200 401"),
    "get /api/customers/{customerId}": ("/api/customers/{acme}", "200 404 200 200 200 401"),
    "post /api/customers/import": (
        "/api/customers/import?filename=a.csv",
        "403 403 403 403 200 401",
        "Company,Segment\nAcme,Small\n",
    ),
    "post /api/customers/import/{importId}/confirm": (
        "/api/customers/import/{list}/confirm",
        "404 404 404 404 200 401",
        {},
    ),
    "put /api/customers/{customerId}/rating": (
        "/api/customers/{acme}/rating",
        "200 404 403 403 200 401",
        {"rating": 50},
    ),
    "get /api/health": ("/api/health", "200 200 200 200 200 401"),
    "get /api/health/{customerId}": ("/api/health/{acme}", "200 404 200 200 200 401"),
    "post /api/health/update": ("/api/health/update", "200 404 403 403 200 401", {"customerIds": ["{acme}"]}),
    "get /api/insights": ("/api/insights?pageSize=200", "200 200 200 200 200 401"),
    "get /api/recommendations": ("/api/recommendations?customerId={acme}", "200 404 200 200 200 401"),
    "get /api/alerts": ("/api/alerts?state=all", "200 200 200 200 200 401"),
    "post /api/alerts/{alertId}/acknowledge": ("/api/alerts/{quiet}/acknowledge", "200 404 403 403 200 401", {}),
    "post /api/alerts/{alertId}/dismiss": (
        "/api/alerts/{alert}/dismiss",
        "200 404 403 403 200 401",
        {"reason": "data"},
    ),
    "post /api/alerts/{alertId}/snooze": (
        "/api/alerts/{alert}/snooze",
        "200 404 403 403 200 401",
        {"until": "{tomorrow}"},
    ),
    "get /api/alerts/rules": ("/api/alerts/rules", "403 403 403 403 200 401"),
    "post /api/alerts/rules/simulate": (
        "/api/alerts/rules/simulate",
        "403 403 403 403 200 401",
        {"rule": "champion_quiet", "weeks": 1},
    ),
    "get /api/tasks": ("/api/tasks?status=all", "200 200 200 200 200 401"),
    "put /api/customers/{customerId}": ("/api/customers/{acme}", "403 404 403 403 200 401", {"segment": "Small"}),
    "post /api/drafts": ("/api/drafts", "201 404 403 403 201 401", {"customerId": "{acme}", "template": "check_in"}),
    "post /api/drafts/{draftId}/discard": ("/api/drafts/{draft}/discard", "200 404 404 404 200 401", {}),
    "post /api/tasks/{taskId}/drop": ("/api/tasks/{task}/drop", "200 404 403 403 200 401", {}),
    "post /api/tasks/{taskId}/reopen": ("/api/tasks/{task}/reopen", "200 404 403 403 200 401", {}),
    "get /api/health/weights": ("/api/health/weights", "403 403 403 403 200 401"),
    "post /api/health/weights/try": ("/api/health/weights/try", "403 403 403 403 200 401", {"weights": {"rating": 30}}),
    "put /api/health/weights": ("/api/health/weights", "403 403 403 403 200 401", {"weights": {"rating": 30}}),
    "post /api/tasks": ("/api/tasks", "201 404 403 403 201 401", {"customerId": "{acme}", "title": "Call"}),
    "get /api/tasks/{taskId}": ("/api/tasks/{task}", "200 404 200 200 200 401"),
    "post /api/tasks/{taskId}/complete": ("/api/tasks/{task}/complete", "200 404 403 403 200 401", {}),
    "get /api/drafts": ("/api/drafts", "200 200 403 403 200 401"),
    "get /api/drafts/{draftId}": ("/api/drafts/{draft}", "200 404 404 404 200 401"),
    "post /api/drafts/{draftId}/approve": (
        "/api/drafts/{draft}/approve",
        "200 404 404 404 200 401",
        {"seen": "{seen}"},
    ),
}

ACME = {"customers": ["{acme}"]}
TOOLS_TABLE = {  # nobody reaches no tool: the chat is a page
    "upload_help": ({}, "200 200 200 200 200"),
    "scores": ({}, "200 200 200 200 200"),
    "leaders": ({}, "200 200 200 200 200"),
    "laggards": ({}, "200 200 200 200 200"),
    "explain_score": (ACME, "200 404 200 200 200"),
    "why_changed": (ACME, "200 404 200 200 200"),
    "customer_adoption": (ACME, "200 404 200 200 200"),
    "quiet_users": (ACME, "200 404 200 200 200"),
    "guides": (ACME, "200 404 200 200 200"),
    "feature_adoption": (ACME, "200 404 200 200 200"),
    "unused_features": (ACME, "200 404 200 200 200"),
    "heatmap": (ACME, "200 404 200 200 200"),
    "feature_shares": ({}, "200 200 200 200 200"),
    "compare_customers": ({"customers": ["{acme}", "{cobalt}"]}, "404 404 200 200 200"),
    "trend": (ACME, "200 404 200 200 200"),
    "alerts": (ACME, "200 404 200 200 200"),
    "customers_at_risk": ({}, "200 200 200 200 200"),
    "insights": ({}, "200 200 200 200 200"),
    "renewals": (ACME, "200 404 200 200 200"),
    "revenue": ({}, "200 200 200 200 200"),
    "health": (ACME, "200 404 200 200 200"),
    "update_health": (ACME, "200 404 403 403 200"),
    "create_tasks": (ACME, "200 404 403 403 200"),
    "draft_outreach": (ACME, "200 404 403 403 200"),
    "export": (ACME, "200 404 403 200 200"),
    "open_page": ({"page": "customer", **ACME}, "200 404 200 200 200"),
    "what_can_you_do": ({}, "200 200 200 200 200"),
    "several": ({"steps": [["update_health", ACME], ["create_tasks", ACME]]}, "200 404 403 403 200"),
}

NOT_OURS = {
    "accounts/": "login, password and second factor of allauth; each shows the caller to themselves",
    "mail/": "the mail provider's word about sent mail, checked by anymail; answers nothing",
    "api/": "the table of the API has its operations; openapi.json and docs hold no data",
}


TABLE = {
    "name": "x.csv", "platform": "generic", "format": "generic", "title": "Usage table", "grain": "event",
    "confidence": 0.9, "sampled": 1, "alike": 0,
    "columns": [
        {"column": word, "means": word, "confidence": 0.9, "why": "", "examples": ["ada@acme.example"], "distinct": 1}
        for word in ("customer", "visitor", "feature", "timestamp")
    ],
}  # fmt: skip


def alerts_of(acme, marta):
    """A drop of use, Marta gone quiet, and one that is held back with an incident."""
    told = {
        "usage_drop": {
            "as_of": "2026-06-30", "change": -0.5, "change_year_ago": None, "uses": 110, "days": 22, "uses_before": 220,
            "days_before": 22, "working_week": "1111100", "period": 30, "subject": "",
        },
        "champion_quiet": {
            "as_of": "2026-06-30", "last_on": "2026-05-20", "quiet_days": 41, "days_there": 9, "subject": str(marta.pk),
            "people": {"name": marta.name, "role": marta.role, "visitor_key": marta.email},
        },
        "no_login": {
            "as_of": "2026-06-30", "last_on": "2026-06-01", "quiet_days": 29, "known_users": 2, "subject": "",
        },
    }  # fmt: skip
    day = date(2026, 6, 30)
    incident = Incident.objects.create(as_of=day, fallen=4, customers=9)
    made = [
        Alert.objects.create(
            customer=acme,
            rule=rule,
            subject=found["subject"],
            severity="high",
            evidence=found,
            raised_on=day,
            as_of=day,
        )
        for rule, found in told.items()
    ]
    Alert.objects.filter(pk=made[2].pk).update(status=AlertStatus.HELD, incident=incident)
    return *made, incident


@pytest.fixture
def world(workspace):
    """Acme with people, work, an e-mail, a conversation and imports in every state."""
    acme, ann = workspace.acme, workspace.ann
    marta = Stakeholder.objects.create(
        customer=acme, name="Marta Heinze", email="marta@acme.example", role="COO", is_champion=True
    )
    Stakeholder.objects.create(customer=acme, name="Ada Martasdottir", email="ada@acme.example", is_champion=True)
    task = create_task(
        customer=acme, title="Call Marta Heinze", why="ada@acme.example is gone", checklist=["Ask Marta"], by=ann
    )
    attached = Attached("report.pdf", b"%PDF-")
    draft = draft_email(customer=acme, template="check_in", facts={}, to=marta, by=ann, attached=attached)
    link, secret = share_report(ann, acme.pk, days=7)
    Import.objects.update(step="", begun_by=ann)
    alert, quiet, held, incident = alerts_of(acme, marta)
    preview = {"tables": [TABLE], "rows": 1, "questions": [], "warnings": []}
    waiting = Import.objects.create(begun_by=ann, report={"preview": preview})
    listed = workspace.folder / "list.csv"
    listed.write_text(
        "Company,Segment,Contact,Contact email\nAcme,Mid,Marta Heinze,marta@acme.example\n", encoding="utf-8"
    )
    a_list = start_list([listed], ListAnswers())
    Import.objects.filter(pk=a_list.pk).update(begun_by=workspace.lea)
    undone = Import.objects.create(state=Import.State.UNDONE, report=workspace.batch.report)
    for batch in (workspace.batch, waiting):
        path = set_aside_path(batch.pk)
        path.parent.mkdir(exist_ok=True)
        path.write_text("file,row,reason,text\nx.csv,1,no date,ada@acme.example\n", encoding="utf-8")
    talk = Conversation.objects.create(teammate=ann, title="About Marta")
    scores = Buttons((Button("Scores", "scores", {}),))
    message = Message.objects.create(
        conversation=talk,
        author="uptake",
        kind="answer",
        text="Marta Heinze",
        parts={"answer": Answer("Marta Heinze", (scores,)).to_json()},
    )
    told, told_live = (
        Message.objects.create(conversation=talk, author="uptake", kind="import", batch=batch)
        for batch in (waiting, workspace.batch)
    )
    pendo = Connection.objects.create(platform="pendo", name="Pendo", source="pendo", options={"region": "us"})
    day = timezone.localdate()
    sync = SyncRun.objects.create(
        connection=pendo, kind=SyncRun.Kind.DAILY, state=SyncRun.State.DONE, first_day=day, last_day=day
    )
    account = Account.objects.create(source="pendo", account_id="acme/1", customer=acme, matched_by="name")
    return {
        "connection": pendo.pk,
        "source": create_live_source("Web app", None)[0].pk,
        "sync": sync.pk,
        "account": account.pk,
        "webhook": Endpoint.objects.create(url="https://hooks.example/x", sealed="x", types=["test"]).pk,
        "acme": acme.pk,
        "cobalt": workspace.cobalt.pk,
        "ann": ann.pk,
        "task": task.pk,
        "alert": alert.pk,
        "quiet": quiet.pk,
        "held": held.pk,
        "incident": incident.pk,
        "tomorrow": str(timezone.localdate() + timedelta(days=1)),
        "draft": draft.pk,
        "seen": draft.seen,
        "live": workspace.batch.pk,
        "waiting": waiting.pk,
        "list": a_list.pk,
        "undone": undone.pk,
        "talk": talk.pk,
        "message": message.pk,
        "told": told.pk,
        "told_live": told_live.pk,
        "token": calendar_token(ann),
        "marta": marta.pk,
        "today": str(timezone.localdate()),
        "link": link.pk,
        "secret": secret,
        "key": create_key(name="script", role=Role.VIEWER)[0].pk,
        "feature": "search",
        "vega": browser.VERSION,
    }


@pytest.fixture
def persons(world, workspace):
    pia = teammate("pia@ours.example", Role.PRODUCT_MANAGER)
    return SimpleNamespace(ann=workspace.ann, ben=workspace.ben, cem=workspace.vic, pia=pia, lea=workspace.lea)


def filled(what, world):
    """``{acme}`` as the number it stands for, in texts and in what is sent."""
    if isinstance(what, dict):
        return {name: filled(one, world) for name, one in what.items()}
    if isinstance(what, list):
        return [filled(one, world) for one in what]
    if isinstance(what, str) and what.startswith("{") and what.endswith("}"):
        return world[what[1:-1]]
    return what.format(**world) if isinstance(what, str) else what


def asked(person, persons, method, address, sent, kind=None):
    """The status, and the text where it can be read; what it changed is taken back."""
    client = Client(raise_request_exception=False)
    if person != "nobody":
        client.force_login(getattr(persons, person))
    with transaction.atomic():
        more = {"content_type": kind} if kind else {}
        answer = (
            getattr(client, method)(address, sent, **more) if sent is not None else getattr(client, method)(address)
        )
        text = b"" if answer.streaming and address.endswith("stream") else b"".join(answer)
        transaction.set_rollback(True)
    return answer.status_code, text.decode("utf-8", errors="replace").lower()


def named_people(text):
    return [name for name in SECRET_NAMES if name in text]


def differences(world, persons, cases):
    found = []
    for method, address, expected, sent, kind in cases:
        body = filled(sent, world)
        for person, status in zip(PERSONS, expected.split(), strict=True):
            got, text = asked(person, persons, method, filled(address, world), body, kind)
            if got != int(status):
                found.append(f"{method} {address}: {person} gets {got}, not {status}")
            if person in {"cem", "pia", "nobody"} and ".ics" not in address and (names := named_people(text)):
                found.append(f"{method} {address}: {person} reads {names}")
    return found


def report(found):
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_pages(world, persons):
    cases = [
        (method, address, expected, *(more or [None]), None)
        for rows in PAGES.values()
        for method, address, expected, *more in rows
    ]
    report(differences(world, persons, cases))


def test_api(world, persons):
    cases = []
    for operation, (address, expected, *more) in API.items():
        sent = more[0] if more else None
        kind = "text/csv" if isinstance(sent, str) else JSON if sent is not None else None
        cases.append((operation.split()[0], address, expected, sent, kind))
    report(differences(world, persons, cases))


def test_chat_tools(world, persons):
    found = []
    for name, (arguments, expected) in TOOLS_TABLE.items():
        for person, status in zip(PERSONS, expected.split(), strict=False):
            with transaction.atomic():
                try:
                    answer = json.dumps(press(getattr(persons, person), name, filled(arguments, world)).to_json())
                    got = 200
                except ProductError as why:
                    answer, got = str(why), why.status
                transaction.set_rollback(True)
            if got != int(status):
                found.append(f"{name}: {person} gets {got}, not {status} ({answer[:80]})")
            if person in {"cem", "pia"} and (names := named_people(answer.lower())):
                found.append(f"{name}: {person} reads {names}")
    report(found)


def addresses(resolver=None, before=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern, route)
        else:
            yield route


def test_every_address_is_in_the_table():
    ours = {route for route in addresses() if not route.startswith(tuple(NOT_OURS))}
    assert ours == set(PAGES)


def test_every_operation_of_the_api_is_in_the_table():
    paths = api.get_openapi_schema(path_prefix="/api/")["paths"]
    assert {f"{method} {path}" for path, methods in paths.items() for method in methods} == set(API)


def test_every_chat_tool_is_in_the_table():
    assert {tool.name for tool in TOOLS} == set(TOOLS_TABLE)


@pytest.mark.django_db
def test_what_is_not_ours_shows_nobody_anything(client):
    """Login pages and webhooks: open, or a login; never a fault, never data."""
    for route in sorted({route for route in addresses() if route.startswith("accounts/") and "<" not in route}):
        answer = client.get(f"/{route.replace('^', '').replace('$', '')}")
        assert answer.status_code in {200, 301, 302, 400, 401, 404, 405}, route
