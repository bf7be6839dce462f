"""A list of findings as Block Kit, within Slack's limits."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block, ContextBlock, DividerBlock, HeaderBlock, MarkdownTextObject, SectionBlock

HEADER, SECTION, MOST = 150, 3000, 10


@dataclass(frozen=True)
class Line:
    """One finding: a headline that opens, a sentence, and what stands before it."""

    label: str
    headline: str
    sentence: str
    url: str


def drawn(title: str, lines: Sequence[Line], *, more: str = "") -> list[Block]:
    """The first ten, and ``more`` beneath."""
    blocks: list[Block] = [HeaderBlock(text=cut(title, HEADER))]
    for line in lines[:MOST]:
        words = f"*{escaped(line.label)}*  <{line.url}|{escaped(line.headline)}>\n{escaped(line.sentence)}"
        blocks += [DividerBlock(), SectionBlock(text=MarkdownTextObject(text=cut(words, SECTION)))]
    if more:
        blocks.append(ContextBlock(elements=[MarkdownTextObject(text=cut(more, SECTION))]))
    return blocks


def escaped(text: str) -> str:
    """As Slack wants it; a name like “<!channel>” calls nobody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "¦")


def cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
