"""What may be set, read once from the environment (and ``UPTAKE_HOME/uptake.env``).

Every field stands as a row in docs/settings.md; a test compares the two.
"""

import os
from pathlib import Path
from typing import Annotated, Literal
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

    @field_validator("allowed_hosts", "internal_domains", mode="before")
    @classmethod
    def split_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("time_zone")
    @classmethod
    def known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"“{value}” is no time zone; use a name such as Europe/Berlin")
        return value
