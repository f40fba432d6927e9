"""The calls that a run of the program made, made again by boto3, one after the other.

Ids differ from run to run: those in the answers of the replay take the place of the recorded ones.
"""

import re
import time

IDENTIFIER = re.compile(r"\b(?:vpc|subnet|sg|sgr|rtb|rtbassoc|igw|dopt|acl|eni|vpce|eipalloc|nat)-[0-9a-f]{8,}\b")


def wire_name(member):
    name = member.serialization.get("queryName") or member.serialization.get("name", "")
    return name[:1].upper() + name[1:]


def structured(shape, prefix, flat):
    """The member at `prefix` of EC2's flat parameters, as boto3 takes it; None if nothing of it is there."""
    if shape.type_name == "structure":
        found = {}
        for name, member in shape.members.items():
            value = structured(member, f"{prefix}.{wire_name(member) or name}".lstrip("."), flat)
            if value is not None:
                found[name] = value
        return found or None
    if shape.type_name == "list":
        found = []
        while (value := structured(shape.member, f"{prefix}.{len(found) + 1}", flat)) is not None:
            found.append(value)
        return found or None
    text = flat.get(prefix)
    if text is None:
        return None
    if shape.type_name == "boolean":
        return text == "true"
    return int(text) if shape.type_name in ("integer", "long") else text


class Replay:
    """A sequence of recorded EC2 calls, ready to be made by `client`."""

    def __init__(self, client, log):
        self.client = client
        model = client.meta.service_model
        methods = {operation: method for method, operation in client.meta.method_to_api_mapping.items()}
        self.calls = []
        for request in log:
            operation = request["parameters"]["Action"]
            flat = {k: v for k, v in request["parameters"].items() if k not in ("Action", "Version")}
            shape = model.operation_model(operation).input_shape
            self.calls.append((getattr(client, methods[operation]), structured(shape, "", flat) or {},
                               IDENTIFIER.findall(request["answer"])))

    def run(self):
        """Makes the calls; returns the seconds they took together."""
        known, seconds = {}, 0.0
        for method, parameters, recorded in self.calls:
            arguments = renamed(parameters, known)
            begin = time.perf_counter()
            answer = method(**arguments)
            seconds += time.perf_counter() - begin
            answer.pop("ResponseMetadata")
            for old, new in zip(recorded, self.identifiers_in_order(answer, recorded)):
                known.setdefault(old, new)
        return seconds

    @staticmethod
    def identifiers_in_order(answer, recorded):
        """The ids of the answer, those of each kind in the order in which the recorded ones of that kind came."""
        fresh = {}
        for identifier in IDENTIFIER.findall(str(answer)):
            fresh.setdefault(identifier.rsplit("-", 1)[0], []).append(identifier)
        for old in recorded:
            same_kind = fresh.get(old.rsplit("-", 1)[0], [])
            yield same_kind.pop(0) if same_kind else old


def renamed(value, known):
    if isinstance(value, dict):
        return {key: renamed(item, known) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, known) for item in value]
    return known.get(value, value) if isinstance(value, str) else value
