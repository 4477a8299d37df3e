"""A client of wardroom's HTTP API, written from docs/api.md and /api/openapi.json alone; the standard library suffices."""

import http.client
import json
import socket
import threading
import time
import urllib.parse
import uuid

# How long to wait, in seconds, before something that should happen counts as not happening.
PATIENCE = 30


class Refused(Exception):
    """An answer that is not a success. `code` is what to go by; `hint` is what to show."""

    def __init__(self, status, body, headers):
        self.status, self.code, self.hint = status, body["code"], body["hint"]
        self.details, self.request_id = body.get("details"), body["requestId"]
        self.retry_after = int(headers["Retry-After"]) if "Retry-After" in headers else None
        super().__init__(f"{status} {self.code}: {body['error']} {self.hint}")


class Answer(dict):
    """The JSON of a success, with its status, and whether it repeats an earlier one."""

    def __init__(self, status, body, headers):
        super().__init__(body or {})
        self.status, self.headers = status, headers
        self.is_replay = headers.get("Idempotent-Replay") == "true"


class Api:
    """A server, as one person reaches it: by a bearer token, by `seat` (participantId, participantToken), or unknown."""

    def __init__(self, url, token=None, seat=None):
        self.where, self.token, self.seat = urllib.parse.urlsplit(url), token, seat
        self.url = url

    def headers(self):
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def get(self, path, **query):
        return self.ask("GET", path, query=query)

    def post(self, path, key=None, **body):
        return self.ask("POST", path, body, key=key or str(uuid.uuid4()))

    def patch(self, path, **body):
        return self.ask("PATCH", path, body)

    def delete(self, path, **body):
        return self.ask("DELETE", path, body)

    def ask(self, method, path, body=None, query=None, key=None):
        """One request. What the server says is only for now is asked again when it says so, by the same key."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self.once(method, path, body, query, key)
            except Refused as refused:
                wait = refused.retry_after
                if refused.code not in ("RATE_LIMITED", "BUSY") or time.monotonic() + wait > until:
                    raise
                time.sleep(wait)

    def once(self, method, path, body=None, query=None, key=None, headers=None):
        """One request, sent once."""
        sent = {**self.headers(), "Content-Type": "application/json", **(headers or {})}
        if key:
            sent["Idempotency-Key"] = key
        if self.seat and method != "GET":
            body = {**(body or {}), **dict(zip(("participantId", "participantToken"), self.seat))}
        if query:
            path += "?" + urllib.parse.urlencode(query)
        connection = http.client.HTTPConnection(self.where.netloc, timeout=PATIENCE)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        is_json = response.headers.get_content_type() == "application/json"
        body = json.loads(text) if is_json else {"text": text.decode()}
        if response.status >= 400:
            raise Refused(response.status, body, response.headers)
        return Answer(response.status, body, response.headers)

    def pages(self, path, name, limit=2, **query):
        """Everything in a list, in pages."""
        while True:
            page = self.get(path, limit=limit, **query)
            assert len(page[name]) <= limit, page
            yield from page[name]
            if page["nextCursor"] is None:
                return
            query["cursor"] = page["nextCursor"]

    def events(self, path, limit=3, after="0"):
        """All events of a session, in pages."""
        while page := self.get(path, limit=limit, after=after)["events"]:
            yield from page
            after = self.get(path, limit=limit, after=after)["nextAfter"]


class Stream(threading.Thread):
    """A stream that is read in the background; after a cut it is taken up where it was, unless it is read `once`."""

    def __init__(self, api, path, after=None, once=False):
        super().__init__(daemon=True)
        self.api, self.path, self.after, self.last_id = api, path, after, None
        self.frames, self.news, self.connections, self.is_last = [], threading.Condition(), 0, once
        self.start()

    def run(self):
        self.connect()
        while not self.is_last and not self.is_over():
            self.connect()

    def end(self):
        """Reads no more of it."""
        self.is_last = True
        self.socket.shutdown(socket.SHUT_RDWR)

    def connect(self):
        headers = self.api.headers()
        if self.last_id:
            headers["Last-Event-ID"] = self.last_id
        query = f"?after={self.after}" if self.after and not self.last_id else ""
        # A heartbeat comes every 15 seconds; 45 without a byte are a dead stream.
        self.connection = http.client.HTTPConnection(self.api.where.netloc, timeout=45)
        self.connection.request("GET", self.path + query, headers=headers)
        response = self.connection.getresponse()
        if response.status != 200:
            raise Refused(response.status, json.load(response), response.headers)
        self.connections += 1
        self.socket, fields = self.connection.sock, {}
        try:
            for line in response:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    fields[name] = value
                elif "data" in fields:
                    self.take(fields.get("id"), json.loads(fields["data"]))
                    fields = {}
        except (OSError, AttributeError, http.client.HTTPException):
            pass

    def take(self, frame_id, frame):
        with self.news:
            self.last_id = frame_id or self.last_id
            self.frames.append((frame_id, frame))
            self.news.notify_all()

    def is_over(self):
        return bool(self.frames) and self.frames[-1][1]["type"] == "end"

    def wait(self, kind, count=1):
        """The payload of the frame of this type that is the `count`-th."""
        def found():
            return [frame["payload"] for _, frame in self.frames if frame["type"] == kind]
        with self.news:
            assert self.news.wait_for(lambda: len(found()) >= count, PATIENCE), f"no {kind}: {self.frames}"
            return found()[count - 1]

    def seqs(self):
        return [frame["seq"] for _, frame in self.frames if "seq" in frame]
