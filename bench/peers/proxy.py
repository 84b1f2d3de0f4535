"""A loopback proxy that counts what a client asks of a model server; it changes nothing that passes through.

Every system has a proxy of its own, so that tokens and the server's own durations are counted in the same way for all,
from the answers of the server, whatever the client's library makes of them.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "host", "content-length"}
ANSWERING = ("/api/chat", "/api/generate", "/v1/chat/completions", "/v1/completions")


@dataclass
class Call:
    """One answer of the model server. Durations are in seconds; those of the server are 0 where it tells none."""

    path: str
    status: int
    seconds: float
    prompt_tokens: int = 0
    output_tokens: int = 0
    load_seconds: float = 0.0
    prompt_seconds: float = 0.0
    output_seconds: float = 0.0
    done_reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Proxy:
    """Listens on a free port of 127.0.0.1 and passes everything on to the server at upstream."""

    def __init__(self, upstream: str, timeout: float) -> None:
        parts = urlsplit(upstream)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"not an http address: {upstream}")
        self.host, self.port, self.prefix = parts.hostname, parts.port or 80, parts.path.rstrip("/")
        self.timeout = timeout
        self.unreachable = ""  # why the server could not be asked, if so
        self.example: dict[str, str] | None = None  # the first request of an answer, and the answer
        self._calls: list[Call] = []
        self._under_way = 0
        self._idle = threading.Condition()
        handler = type("BoundHandler", (Handler,), {"proxy": self})
        self._server = Server(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def take(self) -> list[Call]:
        """The calls since the last take. A client has its answer a moment before the answer is counted: this waits."""
        with self._idle:
            self._idle.wait_for(lambda: self._under_way == 0, timeout=10)
            calls, self._calls = self._calls, []
            return calls

    def begin(self) -> None:
        with self._idle:
            self._under_way += 1

    def end(self) -> None:
        with self._idle:
            self._under_way -= 1
            self._idle.notify_all()

    def note(self, call: Call, request: bytes, answer: bytes) -> None:
        with self._idle:
            self._calls.append(call)
            if self.example is None and call.status == 200:
                self.example = {"path": call.path, "request": request.decode(), "answer": answer.decode()}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Server(ThreadingHTTPServer):
    """A client that ends with an open connection is no event worth a stack trace."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Passes one request on and its answer back, piece by piece, as the server sends it."""

    proxy: Proxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.proxy.begin()
        try:
            self.forward()
        finally:
            self.proxy.end()

    do_POST = do_HEAD = do_DELETE = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: a request line would stand in the middle of the progress."""

    def forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server = http.client.HTTPConnection(self.proxy.host, self.proxy.port, timeout=self.proxy.timeout)
        started = time.perf_counter()
        status, answer = 0, b""
        try:
            response = self.ask(server, body)
            if response is None:
                return
            status = response.status
            answer = self.relay(response)
        except (OSError, http.client.HTTPException):  # too slow, or one side hung up; the client notices by itself
            self.close_connection = True
        finally:
            server.close()
            self.count(Call(self.path, status, time.perf_counter() - started), body, answer)

    def ask(self, server: http.client.HTTPConnection, body: bytes) -> http.client.HTTPResponse | None:
        try:
            server.connect()
        except OSError as error:
            self.proxy.unreachable = str(error)
            self.send_error(502, "the model server cannot be reached")
            return None
        headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
        server.request(self.command, self.proxy.prefix + self.path, body or None, headers)
        return server.getresponse()

    def relay(self, response: http.client.HTTPResponse) -> bytes:
        length = response.headers.get("Content-Length")
        self.send_response_only(response.status, response.reason)
        for name, value in response.headers.items():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header(*(("Content-Length", length) if length else ("Transfer-Encoding", "chunked")))
        self.end_headers()
        whole = bytearray()
        while piece := response.read1(65536):
            whole += piece
            self.wfile.write(piece if length else b"%x\r\n%s\r\n" % (len(piece), piece))
        if not length:
            self.wfile.write(b"0\r\n\r\n")
        return bytes(whole)

    def count(self, call: Call, request: bytes, answer: bytes) -> None:
        if self.path.split("?")[0] in ANSWERING:
            read_counts(call, answer)
            self.proxy.note(call, request, answer)


def read_counts(call: Call, answer: bytes) -> None:
    """Fills in what the last object of the answer tells: Ollama's own fields, or the usage of the OpenAI shape."""
    last = last_object(answer)
    usage = last.get("usage") or {}
    call.prompt_tokens = last.get("prompt_eval_count") or usage.get("prompt_tokens") or 0
    call.output_tokens = last.get("eval_count") or usage.get("completion_tokens") or 0
    call.load_seconds = (last.get("load_duration") or 0) / 1e9
    call.prompt_seconds = (last.get("prompt_eval_duration") or 0) / 1e9
    call.output_seconds = (last.get("eval_duration") or 0) / 1e9
    call.done_reason = last.get("done_reason") or ""


def last_object(answer: bytes) -> dict[str, Any]:
    """The last JSON object of a whole answer, of lines of JSON, or of server-sent events; empty if there is none."""
    for line in reversed(answer.splitlines()):
        line = line.removeprefix(b"data:").strip()
        if not line or line == b"[DONE]":
            continue
        try:
            found = json.loads(line)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}
    return {}
