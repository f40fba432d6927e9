"""Things that take their time: not visible yet, or still in an earlier state."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from ..error_forms import error_reply
from ..http_server import Reply
from ..settings import BoxError
from .call import Call
from .effects import Effect
from ..paging import JsonDocument, XmlDocument, parse
from .resources import INSTANCE_STATES, ids_in, items, kind_of_id, remove_items
from .rules import Rule

_IAM_NAMES = ("InstanceProfileName", "RoleName", "UserName", "GroupName")


class Invisible(Effect):
    """What a call made is unknown to the next calls: those that name it fail, lists leave it out."""

    def __init__(self, rule: Rule) -> None:
        self._reads = rule.invisible or 0
        self._is_about = rule.is_about
        self._hidden: Counter[str] = Counter()

    def after(self, call: Call, reply: Reply) -> Reply:
        """Hides what is new in the answer."""
        if reply.status != 200:
            return reply
        if call.service == "iam":
            new = {call.parameter(name) for name in _IAM_NAMES} - {None}
        else:
            new = ids_in(reply.content.decode(errors="replace")) - ids_in(call.body.decode("latin-1"))
        for resource in new:
            self._hidden[str(resource)] = self._reads
        return reply

    def watch(self, call: Call) -> Reply | None:
        """The error of a call that names something hidden."""
        if not self._hidden or not self._is_about(call.agent):
            return None
        if call.service == "iam":
            named = {call.parameter(name) for name in _IAM_NAMES} & self._hidden.keys()
            for name in named:
                self._seen(str(name))
                return error_reply("iam", "NoSuchEntity", f"The name {name} cannot be found.")
            return None
        for resource in sorted(ids_in(call.body.decode("latin-1")) & self._hidden.keys()):
            self._seen(resource)
            kind = kind_of_id(resource)
            message = f"The {kind.noun} '{resource}' does not exist"
            return error_reply(call.service, kind.not_found, message)
        return None

    def show(self, call: Call, reply: Reply) -> Reply:
        """A list without what is hidden."""
        if not self._hidden or call.kind != "read" or not self._is_about(call.agent):
            return reply
        document = parse(reply) if call.service == "ec2" and reply.status == 200 else None
        if not isinstance(document, XmlDocument):
            return reply
        removed = remove_items(document, self._hidden.__contains__)
        for resource in removed:
            self._seen(resource)
        return replace(reply, content=document.text()) if removed else reply

    def _seen(self, resource: str) -> None:
        self._hidden[resource] -= 1
        if self._hidden[resource] <= 0:
            del self._hidden[resource]


class States(Effect):
    """Answers show given states one after the other before the true one, for each resource."""

    def __init__(self, rule: Rule) -> None:
        self._states = [state.strip() for state in (rule.states or "").split(",")]
        if not all(self._states):
            raise BoxError("--states needs words with commas between them, such as pending,pending.")
        self._field = rule.field
        self._shown: Counter[str] = Counter()

    def after(self, call: Call, reply: Reply) -> Reply:
        """The answer with the state of its turn."""
        document = parse(reply) if reply.status == 200 else None
        if document is None:
            return reply
        if self._field is None and isinstance(document, XmlDocument):
            changed = self._change_items(document)
        else:
            changed = self._change_field(document, self._field or "")
        return replace(reply, content=document.text()) if changed else reply

    def _turn(self, resource: str) -> str | None:
        number = self._shown[resource]
        self._shown[resource] += 1
        return self._states[number] if number < len(self._states) else None

    def _change_items(self, document: XmlDocument) -> bool:
        changed = False
        for kind, resource, item in items(document):
            path = "/".join(document.tag(part) for part in (kind.state or "").split("/"))
            found = item.find(path) if kind.state else None
            state = self._turn(resource) if found is not None else None
            if found is None or state is None:
                continue
            found.text = state
            code = item.find(f"{document.tag('instanceState')}/{document.tag('code')}")
            if code is not None and state in INSTANCE_STATES:
                code.text = str(INSTANCE_STATES[state])
            changed = True
        return changed

    def _change_field(self, document: XmlDocument | JsonDocument, name: str) -> bool:
        state = self._turn("")
        if state is None:
            return False
        if isinstance(document, XmlDocument):
            found = document.named(name)
            for element in found:
                element.text = state
            return bool(found)
        return _set_everywhere(document.root, name, state)


def _set_everywhere(node: object, name: str, text: str) -> bool:
    changed = False
    if isinstance(node, dict):
        if isinstance(node.get(name), str):
            node[name] = text
            changed = True
        for child in node.values():
            changed = _set_everywhere(child, name, text) or changed
    elif isinstance(node, list):
        for child in node:
            changed = _set_everywhere(child, name, text) or changed
    return changed
