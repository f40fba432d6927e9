"""Where the pages of an operation have their tokens and lists, and answers with these changed. Pure."""

from __future__ import annotations

import functools
import json
import threading
import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.model import OperationNotFoundError, ServiceModel, StructureShape

from .http_server import Reply


@dataclass(frozen=True)
class Paging:
    """Names on the wire."""

    input_token: str
    output_token: str
    lists: tuple[str, ...]
    more: str | None  #: a flag that says that there are more pages
    limit: str | None  #: how many items a page may have
    bounds: tuple[int, int] | None  #: of that number


_LOCK = threading.Lock()


def paging_of(service: str, operation: str) -> Paging | None:
    """How an operation pages; None if it does not, or not by one token."""
    # Calls come at the same time, and reading a model takes long: one reads, the others wait for it.
    with _LOCK:
        return _paging_of(service, operation)


@functools.cache
def _models(service: str) -> tuple[dict[str, Any], ServiceModel]:
    """Its paginators and its operations."""
    loader = Loader()
    paginators = loader.load_service_model(service, "paginators-1")["pagination"]
    return paginators, ServiceModel(loader.load_service_model(service, "service-2"), service)


@functools.cache
def _paging_of(service: str, operation: str) -> Paging | None:
    try:
        paginators, model = _models(service)
        shape = model.operation_model(operation)
    except (UnknownServiceError, OperationNotFoundError):
        return None
    config = paginators.get(operation)
    if config is None or isinstance(config["input_token"], list):
        return None
    results = config["result_key"]
    lists = [results] if isinstance(results, str) else results
    protocol = model.metadata["protocol"]
    return Paging(
        input_token=_wire(shape.input_shape, config["input_token"], protocol, is_input=True),
        output_token=_wire(shape.output_shape, config["output_token"], protocol),
        lists=tuple(_wire(shape.output_shape, name, protocol) for name in lists),
        more=_wire(shape.output_shape, config["more_results"], protocol)
        if config.get("more_results")
        else None,
        limit=_wire(shape.input_shape, config["limit_key"], protocol, is_input=True)
        if config.get("limit_key")
        else None,
        bounds=_bounds(shape.input_shape, config.get("limit_key")),
    )


def _bounds(shape: StructureShape, name: str | None) -> tuple[int, int] | None:
    facts = shape.members[name].metadata if name else {}
    return (facts["min"], facts["max"]) if "min" in facts and "max" in facts else None


def _wire(shape: StructureShape, name: str, protocol: str, is_input: bool = False) -> str:
    name = name.split("||")[0].split("[")[0].strip()
    member = shape.members.get(name)
    wire = str(member.serialization.get("name", name)) if member is not None else name
    if protocol == "ec2" and is_input:
        return wire[0].upper() + wire[1:]
    return wire


def with_token(reply: Reply, paging: Paging, token: str) -> Reply:
    """The page with that token for the next."""
    return _changed(reply, lambda document: document.set_token(paging, token))


def emptied(reply: Reply, paging: Paging) -> Reply:
    """The page without its items."""
    return _changed(reply, lambda document: document.empty(paging))


def _changed(reply: Reply, change: Any) -> Reply:
    if reply.status != 200:
        return reply
    document = parse(reply)
    if document is None:
        return reply
    change(document)
    return replace(reply, content=document.text())


def parse(reply: Reply) -> XmlDocument | JsonDocument | None:
    """The body of an answer, if it is one that can be changed."""
    if reply.content.lstrip()[:1] == b"{":
        return JsonDocument(reply.content)
    if reply.content.lstrip()[:1] == b"<":
        return XmlDocument(reply.content)
    return None


class XmlDocument:
    """An answer in XML."""

    def __init__(self, content: bytes) -> None:
        self.root = ET.fromstring(content)
        self._namespace = self.root.tag[: self.root.tag.find("}") + 1]

    def tag(self, name: str) -> str:
        """A name of an element of this document."""
        return self._namespace + name

    def named(self, name: str) -> list[ET.Element]:
        """All elements of that name."""
        return list(self.root.iter(self.tag(name)))

    def local(self, element: ET.Element) -> str:
        """The name of an element without its namespace."""
        return element.tag.removeprefix(self._namespace)

    def set_token(self, paging: Paging, token: str) -> None:
        """Sets the token where the page has its lists."""
        holder = self._holder()
        self._put(holder, paging.output_token, token)
        if paging.more:
            self._put(holder, paging.more, "true")

    def empty(self, paging: Paging) -> None:
        """Removes the items of all lists: those inside a list's element, or flat ones beside each other."""
        holder = self._holder()
        for name in paging.lists:
            for found in holder.findall(self.tag(name)):
                if found.find(self.tag("item")) is not None or (
                    found.find(self.tag("member")) is not None
                ):
                    found.clear()
                else:
                    holder.remove(found)

    def cut(self, paging: Paging, offset: int, limit: int) -> bool:
        """Keeps `limit` items from `offset` on; whether there are more behind them."""
        more = False
        for name in paging.lists:
            for holder in self._holder().findall(self.tag(name)):
                items = list(holder)
                more = more or len(items) > offset + limit
                for item in items[:offset] + items[offset + limit :]:
                    holder.remove(item)
        return more

    def has_token(self, paging: Paging) -> bool:
        """Whether the page names one for the next."""
        return bool(self._holder().findtext(self.tag(paging.output_token)))

    def _holder(self) -> ET.Element:
        for child in self.root:
            if child.tag.endswith("Result"):
                return child
        return self.root

    def _put(self, holder: ET.Element, name: str, text: str) -> None:
        found = holder.find(self.tag(name))
        if found is None:
            found = ET.SubElement(holder, self.tag(name))
        found.text = text

    def text(self) -> bytes:
        """The document as it goes out."""
        plain = self._namespace.strip("{}")
        if plain:
            ET.register_namespace("", plain)
        return ET.tostring(self.root, encoding="utf-8", xml_declaration=True)


class JsonDocument:
    """An answer in JSON."""

    def __init__(self, content: bytes) -> None:
        self.root = json.loads(content)

    def set_token(self, paging: Paging, token: str) -> None:
        """Sets the token."""
        self.root[paging.output_token] = token
        if paging.more:
            self.root[paging.more] = True

    def empty(self, paging: Paging) -> None:
        """Removes the items of all lists."""
        for name in paging.lists:
            if isinstance(self.root.get(name), list):
                self.root[name] = []

    def text(self) -> bytes:
        """The document as it goes out."""
        return json.dumps(self.root).encode()
