"""The platforms that are asked: what a person must say to connect one, and the client that asks it.

Page, API and the sync itself read the same list.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from secrets import token_hex
from zoneinfo import available_timezones

from django.conf import settings

from uptake.kit.errors import ProductError
from uptake.kit.http import Patience
from uptake.pipeline.demo import stand_in
from uptake.pipeline.faults import is_leaving
from uptake.pipeline.sync.models import Platform
from uptake.sources.pull import Client

PATIENCE = Patience()
"""With answers that do not come, or come spoilt."""

Told = Mapping[str, str]
"""What was said, by the field's name."""


class BadConnection(ProductError):
    """Something that a platform needs was not said, or cannot be."""


@dataclass(frozen=True)
class Field:
    """One thing to say. ``choices``: value -> words; of anything else any text is taken."""

    name: str
    label: str
    help: str = ""
    is_secret: bool = False
    is_required: bool = True
    is_switch: bool = False
    choices: Mapping[str, str] | None = None
    default: str = ""


@dataclass(frozen=True)
class Asked:
    """A platform that is asked."""

    platform: str
    title: str
    needs: str  # where the key is found, in a sentence
    fields: tuple[Field, ...]
    client: Callable[[Told, Told, Patience], Client]  # of secrets and options
    holds_days_whole: bool  # its answer for a day is all of that day; else rows know themselves by an id of their own
    key_field: str  # the secret whose last characters tell keys apart
    has_pseudonyms: bool = False  # whether people can be replaced by pseudonyms
    ready_after: timedelta = timedelta()  # how long after an instant all of it is surely there

    def checked(self, told: Told) -> tuple[dict[str, str], dict[str, str]]:
        """(secrets, options) of what was said. Raises BadConnection."""
        secrets: dict[str, str] = {}
        options: dict[str, str] = {}
        for field in self.fields:
            value = told.get(field.name, "").strip() or field.default
            if field.is_required and not value:
                raise BadConnection(f"{self.title} needs this as well: {field.label}.")
            if len(value) > 500 or not value.isprintable():
                raise BadConnection(f"{field.label} cannot be that.")
            if value and field.choices is not None and value not in field.choices:
                raise BadConnection(f"{field.label} is one of {', '.join(field.choices)}.")
            if value and field.name == "time_zone" and value not in available_timezones():
                raise BadConnection(f"“{value}” is no time zone; use a name such as Europe/Berlin.")
            (secrets if field.is_secret else options)[field.name] = value
        return secrets, options


def _pendo(secrets: Told, options: Told, patience: Patience) -> Client:
    from uptake.sources.pendo.api import PendoClient

    return PendoClient(
        secrets["key"],
        region=options["region"],
        address=stand_in.address() if options["region"] == stand_in.REGION else settings.UPTAKE.pendo_url,
        visitors=options["people"] != "none",
        pseudonym=_pseudonym(salt_of(secrets)) if options["people"] == "pseudonyms" else None,
        patience=patience,
        should_stop=is_leaving,
    )


SALT = "salt"
"""Among a connection's secrets: what its pseudonyms are made with."""


def salted(asked: Asked, secrets: Told, *, before: Told | None) -> dict[str, str]:
    """The secrets with the salt of a connection: by chance once, then the same whatever its key becomes.

    ``before``: its secrets so far; None: it is new.
    """
    if not asked.has_pseudonyms:
        return dict(secrets)
    return {**secrets, SALT: token_hex(32) if before is None else salt_of(before)}


def salt_of(secrets: Told) -> str:
    """Connections made before there were salts keep their pseudonyms: those came of the key."""
    return secrets.get(SALT) or hashlib.sha256(f"pseudonyms {secrets['key']}".encode()).hexdigest()


def _pseudonym(salt: str) -> Callable[[str], str]:
    """The same person is the same pseudonym as long as the salt is; nobody without it can tell who it is."""

    def hidden(text: str) -> str:
        return "user-" + hmac.new(bytes.fromhex(salt), text.encode(), hashlib.sha256).hexdigest()[:20]

    return hidden


def _amplitude(secrets: Told, options: Told, patience: Patience) -> Client:
    from uptake.sources.amplitude.api import AmplitudeClient

    return AmplitudeClient(
        secrets["key"],
        secrets["secret"],
        region=options["region"],
        address=settings.UPTAKE.amplitude_url,
        patience=patience,
        should_stop=is_leaving,
    )


def _mixpanel(secrets: Told, options: Told, patience: Patience) -> Client:
    from uptake.sources.mixpanel.api import MixpanelClient

    return MixpanelClient(
        secrets["user"],
        secrets["secret"],
        project=options["project"],
        region=options["region"],
        address=settings.UPTAKE.mixpanel_url,
        patience=patience,
        should_stop=is_leaving,
    )


ACCOUNT = Field(
    "account",
    "Property that names the customer",
    "As it stands in your events, such as company_id. Empty: it is found out.",
    is_required=False,
)
PEOPLE = Field(
    "people",
    "Users",
    "Pseudonyms keep users apart without telling who they are; without users, adoption by people is not known.",
    choices={"names": "as Pendo has them", "pseudonyms": "as pseudonyms", "none": "not at all"},
    default="names",
)

PLATFORMS: Mapping[str, Asked] = {
    Platform.PENDO: Asked(
        Platform.PENDO,
        "Pendo",
        "Pendo shows the integration key under Settings, Integrations, Integration keys; it needs to read only.",
        (
            Field("key", "Integration key", is_secret=True),
            Field(
                "region",
                "Region",
                "Where you log in to Pendo.",
                choices={
                    "us": "app.pendo.io",
                    "eu": "app.eu.pendo.io",
                    "us1": "us1.app.pendo.io",
                    "japan": "app.jpn.pendo.io",
                    "australia": "app.au.pendo.io",
                },
                default="us",
            ),
            PEOPLE,
        ),
        _pendo,
        holds_days_whole=True,
        key_field="key",
        has_pseudonyms=True,
    ),
    Platform.AMPLITUDE: Asked(
        Platform.AMPLITUDE,
        "Amplitude",
        "Amplitude shows both keys under Settings, Projects, your project.",
        (
            Field("key", "API key", is_secret=True),
            Field("secret", "Secret key", is_secret=True),
            Field(
                "region",
                "Region",
                "Where your project is kept.",
                choices={"us": "United States", "eu": "European Union"},
                default="us",
            ),
            ACCOUNT,
        ),
        _amplitude,
        holds_days_whole=False,
        key_field="key",
        ready_after=timedelta(hours=3),  # as sources.amplitude.api has it, which is heavy
    ),
    Platform.MIXPANEL: Asked(
        Platform.MIXPANEL,
        "Mixpanel",
        "A service account is made under Organization settings, Service accounts; it needs to read the project.",
        (
            Field("user", "User name of a service account", is_secret=True),
            Field("secret", "Secret of the service account", is_secret=True),
            Field("project", "Project id", "The number in the project's address."),
            Field(
                "region",
                "Region",
                "Where your project is kept.",
                choices={"us": "United States", "eu": "European Union", "in": "India"},
                default="us",
            ),
            Field(
                "time_zone",
                "Time zone of the project",
                "Only for projects made before 2023, which write local time.",
                is_required=False,
            ),
            ACCOUNT,
        ),
        _mixpanel,
        holds_days_whole=False,
        key_field="user",
        ready_after=timedelta(hours=1),
    ),
}


def platform_named(name: str) -> Asked:
    """Raises BadConnection naming those there are."""
    if name not in PLATFORMS:
        raise BadConnection(f"“{name[:40]}” cannot be connected; {', '.join(PLATFORMS)} can.")
    return _with_stand_in(PLATFORMS[name]) if name == Platform.PENDO and stand_in.is_here() else PLATFORMS[name]


def name_of(asked: Asked, options: Told) -> str:
    """What a connection is called: nobody shall take made-up data for Pendo's."""
    return f"{asked.title} (stand-in)" if options.get("region") == stand_in.REGION else asked.title


def _with_stand_in(asked: Asked) -> Asked:
    """In a demo home the made-up Pendo can be connected too, and is what is meant unless something else is said."""
    fields = [
        replace(
            field, choices={stand_in.REGION: "the demo's stand-in", **(field.choices or {})}, default=stand_in.REGION
        )
        if field.name == "region"
        else field
        for field in asked.fields
    ]
    needs = f"{asked.needs} This demo has a stand-in for Pendo on this machine; its key is {stand_in.KEY}."
    return replace(asked, fields=tuple(fields), needs=needs)
