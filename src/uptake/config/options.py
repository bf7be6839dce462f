"""What may be set, read once from the environment (and ``UPTAKE_HOME/uptake.env``).

Every field stands as a row in docs/settings.md; a test compares the two.
"""

import os
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DEFAULT_HOME = "uptake-data"


def home() -> Path:
    """The folder that holds everything, whether or not it exists yet."""
    return Path(os.environ.get("UPTAKE_HOME") or DEFAULT_HOME).expanduser().absolute()


class Options(BaseSettings):
    """The workspace's settings. An odd value stops the start with a sentence."""

    model_config = SettingsConfigDict(env_prefix="UPTAKE_", extra="ignore", env_file_encoding="utf-8")

    debug: bool = Field(False, description="Show error pages with code. Never in production.")
    secret_key: str = Field("", description="Signs sessions and tokens. Made at first start and kept in the home.")
    allowed_hosts: Annotated[list[str], NoDecode] = Field(
        ["127.0.0.1", "localhost"], description="Host names the web server answers to, separated by commas."
    )
    time_zone: str = Field("UTC", description="The workspace's time zone: where a day begins and ends.")
    working_days: Literal["mon-fri", "all days"] = Field(
        "mon-fri", description="Days on which use is expected, for ratios over days."
    )
    csm_sees: Literal["own", "all"] = Field(
        "own", description="Whether a CSM sees `own` customers only, or `all` of them, the others read-only."
    )
    internal_domains: Annotated[list[str], NoDecode] = Field(
        [], description="E-mail domains of your own people, separated by commas; they are not counted as users."
    )
    engine: str = Field("duckdb", description="`duckdb`, or a Spark cluster as `spark://host:port` or `local[2]`.")
    engine_threads: int = Field(0, ge=0, description="Threads for DuckDB; 0 = one per core.")
    engine_memory: str = Field("2GB", pattern=r"^\d+(\.\d+)? ?[KMGT]i?B$", description="Memory limit for DuckDB.")
    engine_spill: str = Field("", description="Folder for what does not fit in memory; default inside the home.")
    lake: str = Field("", description="Where the fact files are: a path; default `lake` inside the home.")
    max_file_size: str = Field(
        "20GB",
        pattern=r"^\d+(\.\d+)? ?[KMGT]i?B$",
        description="Largest file that is read, before and after unpacking.",
    )
    max_archive_ratio: int = Field(
        200, ge=1, description="A compressed file may unpack to at most this many times its size (over 100 MB)."
    )

    max_upload_size: str = Field(
        "2GB", pattern=r"^\d+(\.\d+)? ?[KMGT]i?B$", description="Largest file that is taken through the browser."
    )
    live_spool: str = Field(
        "2GB",
        pattern=r"^\d+(\.\d+)? ?[KMGT]i?B$",
        description="Live events that may wait to become facts; over that, senders are asked to come back later.",
    )
    live_memory: str = Field(
        "64MB",
        pattern=r"^\d+(\.\d+)? ?[KMGT]i?B$",
        description="Live events that may be in memory while they are taken; over that, senders are asked to come back later.",
    )
    https: bool = Field(
        False,
        description="Pages are served under https, behind a proxy that says so; cookies are then sent there only.",
    )
    pendo_url: str = Field("", description="Where Pendo is asked instead of its region's own address.")
    amplitude_url: str = Field("", description="Where Amplitude is asked instead of its region's own address.")
    mixpanel_url: str = Field("", description="Where Mixpanel is asked instead of its region's own address.")
    webhook_private: bool = Field(
        False, description="Webhooks may go to addresses in private networks, and by plain http."
    )
    oidc_server: str = Field("", description="Single sign-on: the OpenID Connect provider's address.")
    oidc_name: str = Field("Single sign-on", description="What the login page calls that provider.")
    oidc_client_id: str = Field("", description="Uptake's client id at that provider.")
    oidc_client_secret: str = Field("", description="Uptake's client secret at that provider.")
    mail_backend: str = Field(
        "django.core.mail.backends.smtp.EmailBackend",
        description="How mail goes out: SMTP, or a provider's class of django-anymail.",
    )
    mail_host: str = Field("", description="The mail server; empty: no mail is sent, drafts stay ready.")
    mail_port: int = Field(587, ge=1, le=65535, description="The mail server's port.")
    mail_user: str = Field("", description="User at the mail server.")
    mail_password: str = Field("", description="Password at the mail server.")
    mail_tls: bool = Field(True, description="Speak to the mail server by STARTTLS.")
    mail_from: str = Field("", description="The sender's address of mail to customers.")
    logo: str = Field("", description="Picture on reports: the path of an SVG or PNG file.")
    colour: str = Field("#1f5a9e", pattern=r"^#[0-9a-fA-F]{6}$", description="Colour of the rules on reports.")
    slack_webhook: str = Field(
        "",
        description="Slack's incoming webhook: where new alerts are told. Whoever has it can post there; keep it secret.",
    )
    address: str = Field(
        "",
        pattern=r"^(https?://[^\s/]+)?$",
        description="Where people open Uptake, such as `https://uptake.example.com`: for links in mail and Slack.",
    )
    anymail: dict[str, Any] = Field({}, description="Keys of a mail provider, as JSON in django-anymail's own words.")

    @field_validator("allowed_hosts", "internal_domains", mode="before")
    @classmethod
    def split_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("slack_webhook")
    @classmethod
    def whole_address(cls, value: str) -> str:
        if value and not (value.startswith(("https://", "http://")) and value.isprintable() and " " not in value):
            raise ValueError("it is a whole address, as Slack shows it: https://hooks.slack.com/services/…")
        return value

    @field_validator("time_zone")
    @classmethod
    def known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"“{value}” is no time zone; use a name such as Europe/Berlin")
        return value
