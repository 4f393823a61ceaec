"""The service behind the connection `growth.api`: it notes which credentials it was shown."""

from __future__ import annotations

import base64
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class DataService:
    """An HTTP server on loopback; `logins` holds the decoded basic credentials of each call."""

    def __init__(self) -> None:
        logins = self.logins = list[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shown = self.headers.get("Authorization", "").removeprefix("Basic ")
                logins.append(base64.b64decode(shown).decode())
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"[]")

            def log_message(self, *args: object) -> None:
                """Keep the test's output free of access lines."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
