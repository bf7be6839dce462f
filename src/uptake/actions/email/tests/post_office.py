"""A real SMTP server on a free port, which keeps what it is given and can be told to refuse."""

import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class PostOffice:
    """``mail``: what arrived, parsed. ``answers``: what to say to the next messages instead of taking them."""

    def __init__(self) -> None:
        self.mail: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.answers: list[str] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answers:
            answer = self.answers.pop(0)
            if answer == "hang up":
                session.loop.call_soon(server.transport.abort)
            return answer
        self.mail.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(envelope.rcpt_tos)
        return "250 taken"
