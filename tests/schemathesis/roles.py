"""Asks as each kind of caller, each on a server of its own: what one of them ends is there for the next."""

import json
import os
import pathlib
import subprocess
import sys
import time

import world

HERE = pathlib.Path(__file__).parent
ROLES = ["admin", "host", "collaborator", "viewer", "nobody"]
# Without `use_after_free`: what is deleted here is closed, revoked or withdrawn and stays to be read, as history. That it
# takes nothing more is what the table of routes, callers and states says (tests/it/matrix).
CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "unsupported_method", "ignored_auth", "ensure_resource_availability",
]
# Not asked at all, and why.
NOT_ASKED = {
    "streamSession": "it does not end: the stories of the tests check each frame",
    "streamInbox": "the same",
    "streamHostEvents": "the same",
    "getOpenApi": "schemathesis leaves out the document that it reads, unless that is asked for alone",
    "connectHost": "a WebSocket, which is no question with an answer",
}
# Asked at the end: afterwards the caller is nobody, or their browsers are signed out.
AT_THE_END = ["leaveSession", "signOut", "setPassword"]
# What may succeed for none of them, and why.
NEVER_DONE = {
    "callTool": "a tool is offered by a program on a WebSocket, as in the stories of the tests",
    "setUp": "the secret has been used to set the server up",
    "actOnDispatch": "whether a turn is running at that moment is up to the demo agent",
}


def run(role, url, facts, arguments):
    """One run of schemathesis; whether it found nothing."""
    token = facts["tokens"][role]
    command = [
        pathlib.Path(sys.executable).parent / "st", "run", f"{url}/api/openapi.json",
        "--checks", ",".join(CHECKS), "--mode", "all", "--workers", "1", "--request-timeout", "30",
        "--seed", "7337", "--generation-deterministic", "--continue-on-failure",
        "--no-color", "--warnings", "off", *arguments,
    ]
    for operation in NOT_ASKED:
        command += ["--exclude-operation-id", operation]
    if token:
        command += ["--header", f"Authorization: Bearer {token}"]
    environment = {**os.environ, "WARDROOM_WORLD": json.dumps(facts), "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE)}
    done = subprocess.run(command, env=environment, cwd=facts["home"], capture_output=True, text=True)
    for secret in filter(None, facts["tokens"].values()):
        done.stdout = done.stdout.replace(secret, "[token]")
    failed = done.returncode != 0
    summary = [line.strip() for line in done.stdout.splitlines() if "generated" in line or "in " in line[-20:]]
    print(done.stdout + done.stderr if failed else "\n".join(summary), flush=True)
    return not failed


def answers(facts):
    """What was answered, as pairs of an operation and a status."""
    lines = pathlib.Path(facts["home"], "answers").read_text().split("\n")
    return {tuple(line.split()) for line in lines if line}


def main():
    roles = sys.argv[1:] or ROLES
    fine, seen, operations = True, set(), set()
    for role in roles:
        started = time.monotonic()
        with world.Server() as server:
            facts = {**world.furnish(server), "home": str(server.home)}
            last = [f"--exclude-operation-id={it}" for it in AT_THE_END]
            print(f"-- as {role}", flush=True)
            fine &= run(role, server.url, facts, ["--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "12", *last])
            if facts["tokens"][role]:
                server.ask("GET", "/api/me", token=facts["tokens"][role])
            last = [f"--include-operation-id={it}" for it in AT_THE_END]
            fine &= run(role, server.url, facts, ["--phases", "examples,fuzzing", "--max-examples", "5", *last])
            assert server.process.poll() is None, server.log.read_text()[-4000:]
            seen |= answers(facts)
            paths = server.ask("GET", "/api/openapi.json")["paths"].values()
            operations = {it["operationId"] for methods in paths for it in methods.values()} - set(NOT_ASKED)
        print(f"   {time.monotonic() - started:.0f} s", flush=True)
    never_asked = operations - {operation for operation, _ in seen}
    never_done = operations - {operation for operation, status in seen if status.startswith("2")} - set(NEVER_DONE)
    if never_asked or (roles == ROLES and never_done):
        print(f"never asked: {sorted(never_asked)}; never done: {sorted(never_done)}")
        fine = False
    sys.exit(0 if fine else 1)


main()
