#!/usr/bin/env python3
"""What a stranger's program does with wardroom: python3 client.py URL TOKEN

It knows docs/api.md and /api/openapi.json and nothing else. TOKEN is a user token of scope full; the server's own host
runs the demo agent. It says what it did, line by line, and ends with 0 if everything was as documented.
"""

import socket
import sys
import time
import uuid

from api import PATIENCE, Api, Refused, Stream

URL, TOKEN = sys.argv[1:]
ana, nobody = Api(URL, TOKEN), Api(URL)


def equal(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


def refused(status, code, ask):
    """That this is refused so; gives the refusal."""
    try:
        answer = ask()
    except Refused as refusal:
        equal((refusal.status, refusal.code), (status, code))
        assert refusal.hint and refusal.request_id
        return refusal
    raise AssertionError(f"{code} expected, not {answer}")


def share(mode="prompt_with_approval"):
    """Starts an agent and shares it: the path of the session, and its invite."""
    until = time.monotonic() + PATIENCE
    while not any(agent["name"] == "demo" for agent in ana.get("/api/agents")["agents"]):
        assert time.monotonic() < until, "no host offers the demo agent"
        time.sleep(0.1)
    agent = ana.post("/api/agent-sessions", agent="demo", title="Fix the tests", channel="api")["agentSession"]
    made = ana.post("/api/shared-sessions", hostSessionId=agent["id"], mode=mode)
    equal((made["session"]["mode"], made["session"]["approvalRequired"]), (mode, mode == "prompt_with_approval"))
    return "/api/shared-sessions/" + made["session"]["id"], made["inviteToken"]


def join(session, invite, name):
    """Joins as a guest: their id, and themselves by bearer."""
    joined = nobody.post(session + "/join", inviteToken=invite, displayName=name)
    equal(joined["session"].get("inviteToken"), None)
    guest = joined["participant"]
    return guest["id"], Api(URL, guest["accessToken"])


def letting_people_in(session, invite):
    preview = nobody.post(session + "/invites/preview", inviteToken=invite)
    equal((preview["agent"], preview["role"]), ("Demo agent", "collaborator"))
    equal(preview["may"], ["watch", "comment", "prompt_with_approval"])
    # The answer of a join was lost: the repetition gives the same seat another token in place of the unused one.
    key, body = str(uuid.uuid4()), {"inviteToken": invite, "displayName": "Sam"}
    lost = nobody.post(session + "/join", key=key, **body)["participant"]
    again = nobody.post(session + "/join", key=key, **body)["participant"]
    equal(again["id"], lost["id"])
    refused(401, "UNAUTHENTICATED", lambda: Api(URL, lost["accessToken"]).get(session))
    sam = Api(URL, again["accessToken"])
    equal([seat["participantId"] for seat in sam.get("/api/me")["seats"]], [again["id"]])
    refused(409, "TOKEN_ALREADY_USED", lambda: nobody.post(session + "/join", key=key, **body))
    # An invite for one viewer.
    made = ana.post(session + "/invites", role="viewer", maxUses=1, expiresInMinutes=5)["invite"]
    _, viewer = join(session, made["token"], "Vic")
    refused(403, "COMMENT_NOT_ALLOWED", lambda: viewer.post(session + "/messages", text="hm"))
    refused(403, "INVITE_USED_UP", lambda: join(session, made["token"], "Vic's friend"))
    ana.delete(f"{session}/invites/{made['id']}")
    refused(403, "INVITE_REVOKED", lambda: join(session, made["token"], "Vic's friend"))
    refused(403, "INVALID_INVITE_TOKEN", lambda: join(session, "wr_inv_nonsense", "Mallory"))
    bo_id, bo = join(session, invite, "Bo")
    # Whoever can send nothing but a body is known by it.
    by_body = Api(URL, seat=(again["id"], again["accessToken"]))
    said = by_body.post(session + "/messages", text="hello from the body")["message"]
    equal(said["participantId"], again["id"])
    wrong = Api(URL, seat=(bo_id, again["accessToken"]))
    refused(403, "INVALID_PARTICIPANT_TOKEN", lambda: wrong.post(session + "/messages", text="I am Bo"))
    return again["id"], sam, bo_id, bo


def talking(session, sam, bo, stream):
    key = str(uuid.uuid4())
    first = sam.post(session + "/messages", key=key, text="does this cover refunds?")
    again = sam.post(session + "/messages", key=key, text="does this cover refunds?")
    equal((first.is_replay, again.is_replay, dict(first)), (False, True, dict(again)))
    refused(422, "IDEMPOTENCY_MISMATCH", lambda: sam.post(session + "/messages", key=key, text="something else"))
    event = stream.wait("participant_joined")
    seq = next(frame["seq"] for _, frame in stream.frames if frame["payload"] == event)
    question = first["message"]["id"]
    reply = bo.post(session + "/messages", text="  it does  ", replyTo=question, anchor={"seq": seq})["message"]
    equal((reply["text"], reply["replyTo"], reply["anchor"]), ("it does", question, {"seq": seq}))
    refused(404, "NOT_FOUND", lambda: bo.post(session + "/messages", text="?", anchor={"seq": 100000}))
    bo.post(session + "/signals", state="typing")
    equal(stream.wait("presence")["participantId"], reply["participantId"])


def resuming(stream, sam, session):
    """A cut in mid-stream: what was missed comes, and nothing comes twice."""
    before, position = len(stream.frames), stream.last_id
    stream.socket.shutdown(socket.SHUT_RDWR)
    for number in range(3):
        sam.post(session + "/messages", text=f"said in the tunnel {number}")
    last = sam.get(session)["asOf"]
    until = time.monotonic() + PATIENCE
    while stream.last_id != last:
        assert time.monotonic() < until, f"{stream.last_id} is not {last}"
        time.sleep(0.05)
    equal((stream.connections, stream.frames[before][1]["type"]), (2, "connected"))
    # A position of another history is noticed.
    seq, _, _ = position.partition(".")
    other = Stream(sam, session + "/stream", after=f"{seq}.{'0' * 16}", once=True)
    equal(other.wait("reset"), {"reason": "diverged", "asOf": last})
    ahead = Stream(sam, session + "/stream", after="100000", once=True)
    equal(ahead.wait("reset"), {"reason": "ahead", "asOf": last})


def deciding(session, sam, bo_id, bo, stream):
    inbox = Stream(ana, "/api/inbox/stream")
    inbox.wait("inbox")
    sent = sam.post(session + "/prompts", prompt="ask cargo test")
    equal((sent.status, sent["status"]), (202, "pending"))
    card = inbox.wait("inbox_changed")["approvals"][0]
    equal(card, sent["approval"])
    assert card in ana.pages("/api/approvals", "approvals", status="pending")
    path = f"{session}/approvals/{card['id']}"
    advised = bo.post(path + "/suggestions", action="approve", note="I ran it here")["approval"]
    equal([(it["action"], it["note"]) for it in advised["suggestions"]], [("approve", "I ran it here")])
    refused(403, "DECISION_NOT_ALLOWED", lambda: bo.post(path, action="approve"))
    refused(403, "DECISION_NOT_ALLOWED", lambda: sam.post(path, action="approve"))
    stale = refused(409, "DIGEST_MISMATCH", lambda: ana.post(path, action="approve", digest="0" * 64))
    equal(stale.details["approval"]["digest"], card["digest"])
    yes = {"action": "approve", "editedPrompt": "ask cargo test --workspace", "digest": card["digest"]}
    approved = ana.post(path, **yes)["approval"]
    equal((approved["status"], approved["editedPrompt"]), ("approved", "ask cargo test --workspace"))
    equal(ana.post(path, **yes)["approval"]["id"], card["id"])
    late = refused(409, "APPROVAL_ALREADY_RESOLVED", lambda: ana.post(path, action="reject"))
    equal(late.details["approval"]["status"], "approved")

    # The agent's own question, answered by somebody who may decide.
    question = stream.wait("approval_requested")["approval"]
    ana.patch(f"{session}/participants/{bo_id}", canDecide=True)
    question = bo.get(f"/api/approvals/{question['id']}")["approval"]
    equal(question["details"]["toolCall"]["rawInput"]["command"], "cargo test --workspace")
    options = {option["kind"]: option["id"] for option in question["options"]}

    def answer(action, option):
        path = f"/api/approvals/{question['id']}"
        return bo.post(path, action=action, optionId=option, digest=question["digest"])["approval"]
    refused(400, "INVALID_OPTION", lambda: answer("approve", "no-such-option"))
    refused(400, "INVALID_OPTION", lambda: answer("reject", options["allow_once"]))
    refused(403, "DECISION_NOT_ALLOWED", lambda: answer("approve", options["allow_always"]))
    equal(answer("approve", options["allow_once"])["optionId"], options["allow_once"])
    done = stream.wait("prompt_dispatch_completed")
    equal((done["approvalId"], done["dispatch"]["state"]), (card["id"], "succeeded"))

    # A no, and a change of mind.
    no = sam.post(session + "/prompts", prompt="echo no")["approval"]
    rejected = bo.post(f"{session}/approvals/{no['id']}", action="reject", reason="not now")["approval"]
    equal((rejected["status"], rejected["reason"]), ("rejected", "not now"))
    back = sam.post(session + "/prompts", prompt="echo back")["approval"]
    equal(sam.delete(f"{session}/approvals/{back['id']}")["approval"]["status"], "withdrawn")
    inbox.end()


def limits(session, sam):
    """Five of one's prompts wait; the sixth is told how long to wait before it asks again."""
    waiting = [sam.post(session + "/prompts", prompt=f"echo {number}")["approval"] for number in range(5)]
    sixth = refused(429, "RATE_LIMITED", lambda: sam.once("POST", session + "/prompts", {"prompt": "echo 6"}))
    assert sixth.retry_after > 0
    for approval in waiting:
        sam.delete(f"{session}/approvals/{approval['id']}")


def refusals(session, sam):
    message = session + "/messages"
    refused(401, "UNAUTHENTICATED", lambda: nobody.get(session))
    refused(404, "SESSION_NOT_FOUND", lambda: sam.get(f"/api/shared-sessions/{uuid.uuid4()}"))
    refused(404, "NOT_FOUND", lambda: sam.get("/api/nothing"))
    refused(405, "METHOD_NOT_ALLOWED", lambda: sam.once("PUT", session))
    refused(403, "HOST_REQUIRED", lambda: sam.patch(session, mode="prompt_direct"))
    refused(400, "INVALID_BODY", lambda: sam.post(message, text="hi", color="red"))
    refused(400, "EMPTY_MESSAGE", lambda: sam.post(message, text="  "))
    refused(400, "INVALID_CURSOR", lambda: sam.get(message, cursor="nonsense"))
    refused(400, "TOKEN_IN_URL", lambda: sam.get(session, token=sam.token))
    refused(413, "TOO_LARGE", lambda: sam.post(message, text="x" * (65 * 1024)))
    refused(415, "UNSUPPORTED_MEDIA_TYPE",
            lambda: sam.once("POST", message, {"text": "hi"}, headers={"Content-Type": "text/plain"}))
    refused(421, "WRONG_HOST", lambda: sam.once("GET", session, headers={"Host": "evil.example"}))
    reader = Api(URL, ana.post("/api/tokens", scope="read", name="reads", expiresInMinutes=5)["secret"])
    equal(reader.get(session)["session"]["status"], "active")
    refused(403, "COMMENT_NOT_ALLOWED", lambda: reader.post(message, text="hi"))


def reading_all(session):
    """Every list in small pages is the list as a whole; events have neither gap nor double."""
    lists = [("/api/shared-sessions", "sessions"), ("/api/agent-sessions", "agentSessions"), ("/api/agents", "agents"),
             ("/api/approvals", "approvals"), (session + "/approvals", "approvals"), (session + "/messages", "messages"),
             (session + "/invites", "invites"), ("/api/tokens", "tokens"), ("/api/users", "users"),
             ("/api/me/devices", "devices")]
    for path, name in lists:
        whole = ana.get(path, limit=200)
        equal(whole["nextCursor"], None)
        equal([it["id"] for it in ana.pages(path, name)], [it["id"] for it in whole[name]])
    turned = [it["id"] for it in ana.pages(session + "/messages", "messages", order="desc")]
    equal(turned, [it["id"] for it in ana.pages(session + "/messages", "messages")][::-1])
    events = list(ana.events(session + "/events"))
    equal([event["seq"] for event in events], list(range(1, ana.get(session)["session"]["lastSeq"] + 1)))
    return events


def changing(session, sam_id, sam, bo_id, bo, stream):
    ana.patch(session, mode="view_only")
    refused(403, "COMMENT_NOT_ALLOWED", lambda: sam.post(session + "/messages", text="hi"))
    ana.patch(session, mode="prompt_direct")
    sent = sam.post(session + "/prompts", prompt="echo at once")
    equal((sent.status, sent["status"]), (200, "approved"))
    stream.wait("prompt_dispatch_completed", 2)
    # A running turn is stopped by who asked for it.
    hanging = sam.post(session + "/prompts", prompt="hang")["approval"]
    dispatch = stream.wait("prompt_dispatch_started", 3)["dispatch"]
    equal(dispatch["approvalId"], hanging["id"])
    sam.post(f"{session}/dispatches/{dispatch['id']}", action="cancel")
    stream.wait("prompt_dispatch_cancelled")
    # The last word goes to Bo and back; Bo removes Sam meanwhile.
    refused(409, "HOST_MUST_HAND_OVER", lambda: ana.post(session + "/leave"))
    ana.post(session + "/host", participantId=bo_id)
    refused(403, "HOST_REQUIRED", lambda: ana.patch(session, mode="view_only"))
    theirs = Stream(sam, session + "/stream")
    theirs.wait("connected")
    equal(bo.delete(f"{session}/participants/{sam_id}")["participant"]["leftReason"], "removed")
    equal(theirs.wait("end"), {"reason": "removed"})
    refused(409, "PARTICIPANT_INACTIVE", lambda: sam.get(session))
    me = ana.get("/api/me")["user"]["id"]
    people = ana.get(session + "/participants")["participants"]
    bo.post(session + "/host", participantId=next(it["id"] for it in people if it["userId"] == me))
    equal(bo.post(session + "/leave")["participant"]["leftReason"], "left")
    equal(stream.wait("end"), {"reason": "left"})


def ending(session):
    stream = Stream(ana, session + "/stream", after="0")
    equal(ana.post(session + "/close")["session"]["status"], "closed")
    equal(stream.wait("end"), {"reason": "closed"})
    refused(409, "SESSION_INACTIVE", lambda: ana.post(session + "/messages", text="too late"))
    events = reading_all(session)
    equal(stream.seqs(), [event["seq"] for event in events])
    equal([frame for _, frame in stream.frames if "seq" in frame], events)
    replayed = Stream(ana, session + "/stream", after="0")
    equal(replayed.wait("end"), {"reason": "closed"})
    equal(replayed.frames[1:], [frame for frame in stream.frames[1:] if frame[1]["type"] != "presence"])


def main():
    session, invite = share()
    sam_id, sam, bo_id, bo = letting_people_in(session, invite)
    print("people came in")
    stream = Stream(bo, session + "/stream", after="0")
    talking(session, sam, bo, stream)
    resuming(stream, sam, session)
    print("they talked, also through a tunnel")
    deciding(session, sam, bo_id, bo, stream)
    print("a prompt was edited and approved, and the agent's question answered")
    limits(session, sam)
    refusals(session, sam)
    reading_all(session)
    print("what is refused says why; every list was read to its end")
    changing(session, sam_id, sam, bo_id, bo, stream)
    seqs = stream.seqs()
    equal(seqs, list(range(1, seqs[-1] + 1)))
    print("the last word went round, somebody was removed, somebody left")
    ending(session)
    print("the session ended, and its stream with it")


main()
