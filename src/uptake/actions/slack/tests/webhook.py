"""Slack's side of an incoming webhook: a real HTTP server on loopback that keeps what it is sent."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class SlackServer:
    """``posts``: the messages taken. ``answers``: (status, text[, headers]) to the next posts instead of taking them."""

    def __init__(self) -> None:
        server = self
        self.posts: list[dict] = []
        self.answers: list[tuple] = []
        self.stall = 0.0

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(server.stall)
                status, text, *headers = server.answers.pop(0) if server.answers else (200, "ok")
                if status == 0:  # hang up without a word
                    self.connection.close()
                    return
                if status == 200:
                    server.posts.append(json.loads(sent))
                self.send_response(status)
                for name, value in (headers[0] if headers else {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None: ...

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.handle_error = lambda *_: None  # whoever asked has given up waiting
        self.url = f"http://127.0.0.1:{self.http.server_port}/services/T0/B0/secret"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
