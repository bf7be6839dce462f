"""A message to the webhook, over real HTTP: what arrives, and what each answer means."""

import pytest

from uptake.actions.delivery import DeliveryError, MayHaveBeenSent
from uptake.actions.slack import posting
from uptake.actions.slack.drawing import MOST, Line, drawn
from uptake.actions.slack.posting import post


def line(number=1, headline="Use at Acme fell"):
    return Line("High", headline, "110 uses, 220 before.", f"https://up.example/signals/{number}/")


def say(slack, **more):
    post(slack.url, text="1 new alert", blocks=drawn("1 new alert", [line(**more)], more="<https://up.example|All>"))


def test_text_and_blocks_arrive(slack):
    say(slack)
    [sent] = slack.posts
    assert sent["text"] == "1 new alert"
    assert [block["type"] for block in sent["blocks"]] == ["header", "divider", "section", "context"]
    assert "<https://up.example/signals/1/|Use at Acme fell>" in sent["blocks"][2]["text"]["text"]


def test_a_customer_called_like_a_mention_calls_nobody(slack):
    say(slack, headline="<!channel> & <https://evil.example|Acme>")
    text = slack.posts[0]["blocks"][2]["text"]["text"]
    assert "&lt;!channel&gt; &amp; &lt;https://evil.example¦Acme&gt;" in text
    assert "<!channel>" not in text


def test_many_long_ones_keep_to_slacks_limits(slack):
    lines = [Line("High", "x" * 4000, "y" * 4000, "https://up.example/1/")] * 40
    post(slack.url, text="many", blocks=drawn("t" * 200, lines, more="z" * 9000))
    blocks = slack.posts[0]["blocks"]
    assert len(blocks) == 2 + 2 * MOST <= 50
    assert len(blocks[0]["text"]["text"]) == 150
    assert max(len(block["text"]["text"]) for block in blocks if block["type"] == "section") == 3000


@pytest.mark.parametrize(
    ("answer", "words", "permanent"),
    [
        ((404, "channel_not_found"), "the channel is gone (“channel_not_found”)", True),
        ((410, "channel_is_archived"), "the channel is archived", True),
        ((403, "action_prohibited"), "does not allow it", True),
        ((404, "no_service"), "switched off", True),
        ((400, "invalid_payload"), "cannot read the message", True),
        ((500, "rollup_error"), "something broke at Slack", False),
        ((503, "<html>"), "it answered 503", False),
        ((201, "fine"), "it answered 201", True),
    ],
)
def test_a_refusal_is_told_in_words(slack, answer, words, permanent):
    slack.answers = [answer]
    with pytest.raises(DeliveryError) as refused:
        say(slack)
    assert words in str(refused.value)
    assert refused.value.permanent is permanent
    assert "secret" not in str(refused.value)
    assert slack.posts == []


def test_200_without_ok_is_no_success(slack):
    slack.answers = [(200, "no_text")]
    with pytest.raises(DeliveryError, match="no text"):
        say(slack)


def test_throttled_it_says_how_long(slack):
    slack.answers = [(429, "rate limited", {"Retry-After": "17"})]
    with pytest.raises(DeliveryError) as refused:
        say(slack)
    assert (refused.value.after, refused.value.permanent) == (17.0, False)


def test_nobody_there_is_a_failure_and_silence_is_doubt(slack, monkeypatch):
    slack.answers = [(0, "")]
    with pytest.raises(MayHaveBeenSent):
        say(slack)
    monkeypatch.setattr(posting, "TIMEOUT_SECONDS", 0.2)
    slack.stall = 1.0
    with pytest.raises(MayHaveBeenSent):
        say(slack)
    slack.close()
    with pytest.raises(DeliveryError, match="cannot be reached") as refused:
        say(slack)
    assert not refused.value.permanent
