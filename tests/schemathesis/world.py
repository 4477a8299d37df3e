"""A server on a fresh data directory, with a session that has something of everything."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

# How long anything may take, in seconds; far more than it does.
PATIENCE = 60
# What is counted is no part of the document: whoever asks this often would hear of nothing else.
HIGH = [
    "PENDING_OF_AUTHOR", "PENDING_OF_SESSION", "PROMPTS_A_MINUTE", "FAILED_JOINS_A_MINUTE", "FAILED_JOINS_AN_HOUR",
    "FAILED_LOGINS_A_MINUTE",
]


def until(what, ask):
    """Asks again until there is an answer."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.05)
    raise TimeoutError(f"in {PATIENCE} s, not: {what}")


class Server:
    """A server that ends with the block, and its host process with it."""

    def __enter__(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="wardroom-schemathesis-"))
        self.log = self.home / "log"
        places = {name: str(self.home) for name in ["HOME", "TMPDIR", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"]}
        limits = {f"WARDROOM_LIMITS_{name}": "1000000" for name in HIGH}
        own = {"WARDROOM_DATA_DIR": str(self.home / "data"), "WARDROOM_DEMO_SPEED": "100"}
        environment = {"PATH": os.environ["PATH"], **places, **limits, **own}
        with open(self.log, "wb") as log:
            command = [os.environ["WARDROOM_BIN"], "serve", "--listen", "127.0.0.1:0"]
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        link = until("the server starts", lambda: re.search(r"(http\S+?)/setup#(wr_set_\S+)", self.log.read_text()))
        self.url, self.setup = link.groups()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        lock = self.home / "data" / "host.lock"
        found = re.match(r"process (\d+)", lock.read_text()) if lock.exists() else None
        if found:
            os.kill(int(found[1]), signal.SIGTERM)
            until("the host process ends", lambda: not pathlib.Path(f"/proc/{found[1]}").exists())
        shutil.rmtree(self.home, ignore_errors=True)

    def ask(self, method, path, body=None, token=None, headers=()):
        """The JSON of a success."""
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Content-Type", "application/json")
        for name, value in headers:
            request.add_header(name, value)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, data, timeout=PATIENCE) as answer:
                self.cookie = answer.headers.get("Set-Cookie")
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()}") from None


def furnish(server):
    """Fills a server, and gives what callers and hooks need to know of it."""
    ask = server.ask
    ask("POST", "/api/setup", {"secret": server.setup, "name": "Ada", "password": "correct horse"})
    cookie = server.cookie.split(";")[0]
    ours = [("Cookie", cookie), ("Sec-Fetch-Site", "same-origin")]
    admin = ask("POST", "/api/tokens", {"scope": "full"}, headers=ours)["secret"]
    host = ask("POST", "/api/users", {"name": "Hana"}, admin)["token"]
    spare_user = ask("POST", "/api/users", {"name": "Zoe"}, admin)["user"]["id"]
    ask("POST", "/api/login", {"token": host})
    devices = ask("GET", "/api/me/devices", token=host)["devices"]
    until("the demo agent is there", lambda: ask("GET", "/api/agents", token=host)["agents"])

    def share():
        agent = ask("POST", "/api/agent-sessions", {"agent": "demo", "agentOutput": True}, host)["agentSession"]["id"]
        # It outlives its approvals, so that they can be extended.
        body = {"hostSessionId": agent, "invite": {"maxUses": 1000}, "expiresInMinutes": 10080}
        made = ask("POST", "/api/shared-sessions", body, host)
        return agent, made["session"]["id"], made["inviteToken"]

    agent, session, invite = share()
    spare_agent, spare_session, _ = share()
    _, ended_session, _ = share()
    talkative, talk, talk_invite = share()
    free_agents = [
        ask("POST", "/api/agent-sessions", {"agent": "demo"}, host)["agentSession"]["id"] for _ in range(3)
    ]
    room = f"/api/shared-sessions/{session}"

    def join(name, **more):
        body = {"inviteToken": invite, "displayName": name, **more}
        return ask("POST", f"{room}/join", body)["participant"]

    sam, vic = join("Sam"), join("Vic", role="viewer")
    # Whoever is removed takes the invite along by which they came.
    theirs = ask("POST", f"{room}/invites", {"maxUses": 3}, host)["invite"]["token"]
    spare_participants = [join(f"Pat {n}", inviteToken=theirs)["id"] for n in range(3)]
    by_sam = sam["accessToken"]
    heir = ask("POST", f"/api/shared-sessions/{talk}/join", {"inviteToken": talk_invite})["participant"]["id"]
    ask("POST", f"{room}/messages", {"text": "hello"}, by_sam)
    asked = ask("POST", f"{room}/prompts", {"prompt": "ask cargo test"}, by_sam)["approval"]["id"]
    decided = ask("POST", f"/api/approvals/{asked}", {"action": "approve"}, host)["approval"]
    waits = lambda: [it for it in ask("GET", "/api/approvals", token=host)["approvals"] if it["kind"] == "permission"]
    permission = until("the agent asks", waits)[0]["id"]
    prompts = [
        ask("POST", f"{room}/prompts", {"prompt": f"prompt {n}"}, by_sam)["approval"]["id"] for n in range(12)
    ]
    draft = {"summary": "Sort", "artifacts": [{"uri": "a.rs", "diff": "-a\n+b\n"}, {"uri": "b.rs", "diff": "+c\n"}]}
    draft = ask("POST", f"/api/agent-sessions/{agent}/drafts", draft, host)["draft"]
    own = {
        "token": [it["id"] for by in [admin, host] for it in ask("GET", "/api/tokens", token=by)["tokens"]],
        "user": [it["user"]["id"] for it in [ask("GET", "/api/me", token=by) for by in [admin, host]]],
        "participant": [it["id"] for it in ask("GET", room, token=host)["participants"] if it["id"] not in spare_participants],
    }
    questions = [
        ask("POST", "/api/approvals", {"action": f"Push {n}?"}, by)["approval"]["id"] for by in [admin, host] for n in range(4)
    ]
    machines = [it["id"] for it in ask("GET", "/api/hosts", token=admin)["hosts"]]
    agents = [it["id"] for it in ask("GET", "/api/agents", token=admin)["agents"]]
    spare_invites = [ask("POST", f"{room}/invites", {}, host)["invite"]["id"] for _ in range(3)]
    spare_tokens = [ask("POST", "/api/tokens", {"scope": "read"}, host)["token"]["id"] for _ in range(3)]
    return {
        "tokens": {"admin": admin, "host": host, "collaborator": by_sam, "viewer": vic["accessToken"], "nobody": None},
        "own": own, "session": session, "spareSession": spare_session, "endedSession": ended_session,
        "agent": agent, "spareAgent": spare_agent,
        "freeAgents": free_agents, "invite": invite, "spareInvites": spare_invites, "spareTokens": spare_tokens,
        "spareUser": spare_user, "devices": [it["id"] for it in devices], "spareParticipants": spare_participants,
        "approvals": [asked, permission, draft["approvalId"], *prompts[4:]], "waiting": prompts[:4],
        "questions": questions, "machines": machines, "agents": agents, "names": ["Zoe"],
        "dispatch": decided["dispatch"]["id"], "draft": draft["id"], "talkative": talkative, "talk": talk, "heir": heir, "hostToken": host,
    }
