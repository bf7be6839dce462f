"""What stands in a PDF."""

import io

from pypdf import PdfReader

from uptake.pipeline.report.document import NO_WIDTH_SPACE


def pages_of(pdf: bytes) -> list[str]:
    """Each page's text, without places to break."""
    return [page.extract_text().replace(NO_WIDTH_SPACE, "") for page in PdfReader(io.BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    """All of it in one line."""
    return " ".join(" ".join(pages_of(pdf)).split())


def squeezed(text: str) -> str:
    """Without any white space: a long name breaks over lines."""
    return "".join(text.split())
