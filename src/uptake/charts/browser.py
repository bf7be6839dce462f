"""The one file with which a browser draws the specs: Vega, Vega-Lite and Vega-Embed, from the installed library."""

import gzip
import os
import tempfile
from importlib.metadata import version
from pathlib import Path

VERSION = version("vl-convert-python")
SNIPPET = "window.vegaEmbed = vegaEmbed;"


def bundle(home: Path) -> Path:
    """The compressed bundle, kept in the home; made by the first who asks."""
    file = home / "charts" / f"vega-{VERSION}.js.gz"
    if not file.exists():
        import vl_convert  # heavy

        file.parent.mkdir(exist_ok=True)
        _write(file, gzip.compress(vl_convert.javascript_bundle(SNIPPET).encode(), mtime=0))
    return file


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all, also when two ask at once."""
    handle, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as written:
        written.write(content)
    Path(name).replace(file)
