"""The official description of the Bot API, as far as a request can be held against it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

_SIZES = re.compile(r"(\d+)-(\d+) (characters|bytes)")
_INTEGER = re.compile(r"-?\d+", re.ASCII)
_SIMPLE: dict[str, Callable[[Any], bool]] = {
    "Integer": lambda value: not isinstance(value, bool) and _INTEGER.fullmatch(str(value)) is not None,
    "Float": lambda value: not isinstance(value, bool) and re.fullmatch(r"-?\d+(\.\d+)?", str(value)) is not None,
    "Boolean": lambda value: str(value).lower() in {"true", "false"},
    "String": lambda value: isinstance(value, str),
    "InputFile": lambda value: isinstance(value, dict) and "size" in value,
}


class Description:
    """Knows every method and type with their fields."""

    def __init__(self, official: Mapping[str, Any]) -> None:
        self._methods, self._types = official["methods"], official["types"]

    def faults(self, method: str, params: Mapping[str, Any]) -> list[str]:
        """What is wrong with a request; empty if nothing is."""
        if method not in self._methods:
            return [f"there is no method {method}"]
        return self._fields(method, self._methods[method].get("fields", []), params)

    def _fields(self, where: str, fields: list[dict[str, Any]], given: Mapping[str, Any]) -> list[str]:
        known = {field["name"]: field for field in fields}
        faults = [f"{where} has no {name}" for name in given if name not in known]
        faults += [f"{where} needs {name}" for name, field in known.items() if field["required"] and name not in given]
        for name in given.keys() & known.keys():
            faults += self._field(f"{where}.{name}", known[name], given[name], marked="parse_mode" in given)
        return faults

    def _field(self, where: str, field: dict[str, Any], value: Any, *, marked: bool) -> list[str]:
        found = [self._value(where, kind, value) for kind in field["types"]]
        if all(found):  # no type fits: the one that fits best says why not
            return min(found, key=len)
        sizes = _SIZES.search(field["description"])
        return _size(where, sizes, value, marked=marked) if sizes and isinstance(value, str) else []

    def _value(self, where: str, kind: str, value: Any) -> list[str]:
        if kind in _SIMPLE:
            return [] if _SIMPLE[kind](value) else [f"{where} is no {kind}: {value!r}"]
        plain = _unpacked(value)
        if kind.startswith("Array of "):
            if not isinstance(plain, list):
                return [f"{where} is no list: {value!r}"]
            return [fault for each in plain for fault in self._value(where, kind.removeprefix("Array of "), each)]
        described = self._types[kind]
        if described.get("subtypes"):
            return min((self._value(where, each, plain) for each in described["subtypes"]), key=len)
        if not isinstance(plain, dict):
            return [f"{where} is no {kind}: {value!r}"]
        return self._fields(f"{where}:{kind}", described.get("fields", []), plain)


def _unpacked(value: Any) -> Any:
    """What is sent as JSON within a form."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _size(where: str, sizes: re.Match[str], value: str, *, marked: bool) -> list[str]:
    least, most, unit = int(sizes[1]), int(sizes[2]), sizes[3]
    plain = html.unescape(re.sub(r"<[^>]+>", "", value)) if marked else value
    size = len(plain.encode()) if unit == "bytes" else len(plain.encode("utf-16-le")) // 2
    return [] if least <= size <= most else [f"{where} has {size} {unit}, not {least} to {most}"]
