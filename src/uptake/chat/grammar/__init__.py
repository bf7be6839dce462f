"""Questions in words, without a language model: names and days first, then what is asked about them.

``words`` makes tokens, ``names`` and ``periods`` find what is named, ``concepts`` says which words mean what, ``intents``
which concepts ask for which tool; ``understanding`` decides.
"""

from uptake.chat.grammar.understanding import NotUnderstood, Reply, Unclear, Understood, understand

__all__ = ["NotUnderstood", "Reply", "Unclear", "Understood", "understand"]
