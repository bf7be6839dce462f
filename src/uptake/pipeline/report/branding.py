"""The workspace's logo and colour on its reports."""

import base64
import struct
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from uptake.kit.errors import ProductError

PNG = b"\x89PNG\r\n\x1a\n"
MOST_BYTES = 2_000_000


class NoLogo(ProductError):
    """UPTAKE_LOGO names no picture that can be printed."""

    status = 409


@dataclass(frozen=True)
class Branding:
    """``svg`` is the logo, empty for none."""

    svg: str
    colour: str  # “#1f5a9e”


def branding() -> Branding:
    """What the settings say. Raises NoLogo."""
    return Branding(logo(settings.UPTAKE.logo), settings.UPTAKE.colour)


def logo(path: str) -> str:
    """The picture as SVG; a PNG is wrapped in one."""
    if not path:
        return ""
    try:
        content = Path(path).expanduser().read_bytes()
    except OSError as why:
        raise NoLogo(f"The logo {path} (UPTAKE_LOGO) cannot be read: {why.strerror}.") from why
    if len(content) > MOST_BYTES:
        raise NoLogo(f"The logo {path} (UPTAKE_LOGO) is over {MOST_BYTES // 1_000_000} MB.")
    if content.startswith(PNG) and len(content) > 24:
        return _wrapped(content)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = ""
    if "<svg" not in text:
        raise NoLogo(f"The logo {path} (UPTAKE_LOGO) is neither an SVG nor a PNG picture.")
    return text


def _wrapped(png: bytes) -> str:
    wide, high = struct.unpack(">II", png[16:24])
    data = base64.b64encode(png).decode()
    size = f'width="{wide}" height="{high}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {wide} {high}">'
        f'<image {size} href="data:image/png;base64,{data}"/></svg>'
    )
