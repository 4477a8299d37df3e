"""Leads most of what is asked to something that is there, so that it is not 404 that is tested.

What ends something for good is led to something that is there for that."""

import json
import os
import re
import zlib

import schemathesis

WORLD = json.loads(os.environ["WARDROOM_WORLD"])
# What the id in a path is one of; by operation, else by the beginning of the path.
OF_OPERATION = {
    "closeSession": ["spareSession"], "deleteSession": ["endedSession"], "handOver": ["talk"],
    "changeAgentSession": ["spareAgent"], "restartAgent": ["spareAgent"], "sendInput": ["talkative"],
    "extendApproval": ["waiting"], "withdrawAction": ["questions"],
}
OF_PATH = {
    "/api/shared-sessions/{id}": ["session"], "/api/agent-sessions/{id}": ["agent"], "/api/approvals/{id}": ["approvals"],
    "/api/users/{id}": ["spareUser"], "/api/tokens/{id}": ["spareTokens"], "/api/me/devices/{id}": ["devices"],
    "/api/hosts/{id}": ["machines"], "/api/agents/{id}": ["agents"],
}
OF_NAME = {
    "participant": ["spareParticipants"], "invite": ["spareInvites"], "approval": ["approvals"], "dispatch": ["dispatch"],
}
# What the callers themselves stand on, and what is taken in its place: an answer about tokens, users or people names it
# too, and what follows from that answer would end the one who asks.
OWN = {"token": ["spareTokens"], "user": ["spareUser"], "participant": ["spareParticipants"]}
OF_FIELD = {
    "inviteToken": ["invite"], "hostSessionId": ["freeAgents"], "draftId": ["draft"],
    "participantId": ["heir"], "token": ["hostToken"],
}


# The same of fields that mean other things elsewhere.
OF_FIELD_OF = {"grantAtHost": {"name": ["names"]}}


def known(keys):
    """What there is under these keys."""
    values = [WORLD[key] for key in keys]
    return [it for value in values for it in (value if isinstance(value, list) else [value])]


def pick(keys, made_up):
    """One of what there is, most of the time: always the same for what was made up."""
    number = zlib.crc32(str(made_up).encode())
    choices = known(keys)
    return made_up if number % 5 == 0 else choices[number // 5 % len(choices)]


def spare(value):
    """A spare of the same kind, if this is what a caller stands on."""
    kind = next((it for it in OWN if value in WORLD["own"][it]), None)
    return known(OWN[kind])[0] if kind else value


def is_id(value):
    return isinstance(value, str) and len(value) == 36


@schemathesis.hook
def before_call(context, case, kwargs):
    operation = case.operation
    name = operation.definition.raw.get("operationId")
    if case.method.upper() in ["DELETE", "PATCH"]:
        case.path_parameters = {it: spare(value) for it, value in (case.path_parameters or {}).items()}
    # Nobody decides here: what is waited for would not come.
    if re.fullmatch(r"\d+\s*\w*", str((case.query or {}).get("wait", ""))):
        case.query["wait"] = "1ms"
    # What follows from an answer is about what that answer gave.
    if case.meta and "stateful" in str(case.meta.phase.name).lower():
        return
    for parameter, value in list((case.path_parameters or {}).items()):
        if parameter == "id":
            keys = OF_OPERATION.get(name) or next((it for at, it in OF_PATH.items() if operation.path.startswith(at)), None)
        elif name == "suggestDecision" and parameter == "approval":
            keys = ["waiting"]
        else:
            keys = OF_NAME.get(parameter)
        if keys and is_id(value):
            case.path_parameters[parameter] = pick(keys, value)
    if isinstance(case.body, dict):
        for field, keys in {**OF_FIELD, **OF_FIELD_OF.get(name, {})}.items():
            if isinstance(case.body.get(field), str):
                case.body[field] = pick(keys, case.body[field])


@schemathesis.hook
def after_call(context, case, response):
    """Notes what was answered: a run in which nothing ever succeeds proves little."""
    with open(os.path.join(WORLD["home"], "answers"), "a") as file:
        file.write(f"{case.operation.definition.raw.get('operationId')} {response.status_code}\n")
