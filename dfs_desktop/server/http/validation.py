"""Checks on JSON bodies, with reports in the shape that the API's clients know (pydantic's).

By hand: pydantic costs a start 0.25 s of processor time, 17 MiB of memory and 10 MB on the disk,
takes 800 MiB for a hostile body of 4 MB, since its reports have no end, and words them otherwise in
each version, while the servers' words are recorded.
"""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

Location = tuple[str | int, ...]
MOST_PROBLEMS = 100  # that a report tells of; a body of megabytes may have millions
_INT64 = 1 << 63


class Invalid(Exception):  # noqa: N818  an answer, not a fault
    """The request does not fit the schema; ``report`` becomes the body of a 422."""

    def __init__(self, report: list[dict[str, Any]]) -> None:
        super().__init__("invalid request")
        self.report = report


class Enough(Exception):  # noqa: N818  an answer, not a fault
    """The report is full: there is no need to look at the rest of the body."""


def problem(kind: str, at: Location, message: str, value: Any, **context: Any) -> dict[str, Any]:
    """One entry of a report."""
    entry: dict[str, Any] = {"type": kind, "loc": at, "msg": message, "input": value}
    if context:
        entry["ctx"] = context
    return entry


class Report(list[dict[str, Any]]):
    """What is wrong with a request. It ends the check, by :class:`Enough`, when it is full."""

    def append(self, entry: dict[str, Any]) -> None:
        """Take an entry."""
        if len(self) >= MOST_PROBLEMS:
            raise Enough
        super().append(entry)

    def add(self, kind: str, at: Location, message: str, value: Any, **context: Any) -> None:
        """Take a new problem."""
        self.append(problem(kind, at, message, value, **context))


# A check takes a value, says in the report what is wrong with it, and returns the clean value.
Check = Callable[[Any, Location, Report], Any]


def anything(value: Any, at: Location, report: Report) -> Any:  # noqa: ARG001
    """Any JSON value."""
    return value


def text(pattern: str | None = None, *, shortest: int = 0, longest: int | None = None) -> Check:
    """A string, wholly matching *pattern* (shown as it is, so without anchors of Python's own)."""
    matcher = re.compile(pattern.removeprefix("^").removesuffix("$")) if pattern else None

    def check(value: Any, at: Location, report: Report) -> Any:
        if not isinstance(value, str):
            report.add("string_type", at, "Input should be a valid string", value)
        elif "\0" in value:
            message = "Value error, NUL characters cannot be stored"
            report.add("value_error", at, message, value)
        elif matcher and not matcher.fullmatch(value):
            message = f"String should match pattern '{pattern}'"
            report.add("string_pattern_mismatch", at, message, value, pattern=pattern)
        elif longest is not None and len(value) > longest:
            message = f"String should have at most {longest} characters"
            report.add("string_too_long", at, message, value, max_length=longest)
        elif len(value) < shortest:
            message = f"String should have at least {shortest} character{'s'[: shortest - 1]}"
            report.add("string_too_short", at, message, value, min_length=shortest)
        return value

    return check


def identifier(value: Any, at: Location, report: Report) -> Any:
    """A UUID in any of its spellings; gives the usual one."""
    if not isinstance(value, str):
        message = "UUID input should be a string, bytes or UUID object"
        report.add("uuid_type", at, message, value)
        return value
    try:
        return str(uuid.UUID(value))
    except ValueError:
        why = _why_no_uuid(value)
        message = f"Input should be a valid UUID, {why}"
        report.add("uuid_parsing", at, message, value, error=why)
        return value


def _why_no_uuid(value: str) -> str:
    if strange := re.search("[^0-9a-fA-F-]", value):
        return (
            "invalid character: expected an optional prefix of `urn:uuid:` followed by "
            f"[0-9a-fA-F-], found `{strange[0]}` at {strange.start() + 1}"
        )
    if "-" in value:
        return f"invalid group count: expected 5, found {value.count('-') + 1}"
    return f"invalid length: expected length 32 for simple format, found {len(value)}"


def integer(value: Any, at: Location, report: Report) -> Any:
    """A whole number; also written as a float without fraction or as a string of digits."""
    if isinstance(value, str):
        if re.fullmatch(r"\s*[+-]?[0-9]{1,30}\s*", value):
            value = int(value)
        else:
            message = "Input should be a valid integer, unable to parse string as an integer"
            report.add("int_parsing", at, message, value)
            return value
    if isinstance(value, float):
        if not value.is_integer():
            message = "Input should be a valid integer, got a number with a fractional part"
            report.add("int_from_float", at, message, value)
            return value
        value = int(value)
    if not isinstance(value, int):
        report.add("int_type", at, "Input should be a valid integer", value)
        return value
    return int(value)


def stored_integer(maximum: int, message: str) -> Check:
    """A whole number up to *maximum* that fits the table."""

    def check(value: Any, at: Location, report: Report) -> Any:
        number = integer(value, at, report)
        if isinstance(number, int) and not -_INT64 <= number <= maximum:
            report.add("value_error", at, f"Value error, {message}", value, error={})
        return number

    return check


def between(above: int, most: int) -> Check:
    """A whole number greater than *above* and at most *most*."""

    def check(value: Any, at: Location, report: Report) -> Any:
        number = integer(value, at, report)
        if not isinstance(number, int):  # told already
            return number
        if number <= above:
            report.add("greater_than", at, f"Input should be greater than {above}", value, gt=above)
        elif number > most:
            message = f"Input should be less than or equal to {most}"
            report.add("less_than_equal", at, message, value, le=most)
        return number

    return check


def boolean(value: Any, at: Location, report: Report) -> Any:
    """true or false."""
    if not isinstance(value, bool):
        report.add("bool_type", at, "Input should be a valid boolean", value)
    return value


def optional(inner: Check) -> Check:
    """null, or what *inner* takes."""

    def check(value: Any, at: Location, report: Report) -> Any:
        return None if value is None else inner(value, at, report)

    return check


def items(inner: Check, *, most: int | None = None) -> Check:
    """A list of what *inner* takes."""
    return _several(inner, "List", 0, most)


def pair(inner: Check) -> Check:
    """A list of exactly two values that *inner* takes."""
    return _several(inner, "Tuple", 2, 2)


def _several(inner: Check, name: str, least: int, most: int | None) -> Check:
    def check(value: Any, at: Location, report: Report) -> Any:
        kind = name.lower()
        if not isinstance(value, list):
            report.add(f"{kind}_type", at, f"Input should be a valid {kind}", value)
            return value
        if most is not None and len(value) > most:
            message = f"{name} should have at most {most} items after validation, not {len(value)}"
            context = {"field_type": name, "max_length": most, "actual_length": len(value)}
            report.add("too_long", at, message, value, **context)
            return value
        for missing in range(len(value), least):
            report.add("missing", (*at, missing), "Field required", value)
        return [inner(each, (*at, number), report) for number, each in enumerate(value)]

    return check


def mapping(inner: Check) -> Check:
    """An object with any keys and values that *inner* takes."""

    def check(value: Any, at: Location, report: Report) -> Any:
        if not isinstance(value, dict):
            report.add("dict_type", at, "Input should be a valid dictionary", value)
            return value
        return {key: inner(each, (*at, key), report) for key, each in value.items()}

    return check


def one_of(*values: str, kind: str = "enum", shown: Sequence[str] = ()) -> Check:
    """One of a few words. *kind* and *shown* follow how the server declares them."""
    names = shown or [f"'{value}'" for value in values]
    expected = " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))

    def check(value: Any, at: Location, report: Report) -> Any:
        if not isinstance(value, str) or value not in values:
            message = f"Input should be {expected}"
            report.add(kind, at, message, value, expected=expected)
        return value

    return check


def either(**kinds: Check) -> Check:
    """The first kind that fits. When none does, the report lists the complaints of each."""

    def check(value: Any, at: Location, report: Report) -> Any:
        complaints: list[dict[str, Any]] = []
        for name, kind in kinds.items():
            own = Report()
            with suppress(Enough):
                clean = kind(value, (*at, name), own)
                if not own:
                    return clean
            complaints += own
        for complaint in complaints:
            report.append(complaint)
        return value

    return check


class Field(NamedTuple):
    """A member of an object that may be left out."""

    check: Check
    default: Any = None


Fields = Mapping[str, Check | Field]


def maybe(check: Check) -> Field:
    """A member that may be null, or left out, which is the same."""
    return Field(optional(check))


def fields(members: Fields, *, partial: bool = False) -> Check:
    """An object with these members; others are dropped. *partial* keeps only what was sent."""
    plain = {name: m.check if isinstance(m, Field) else m for name, m in members.items()}
    defaults = {name: m.default for name, m in members.items() if isinstance(m, Field)}

    def check(value: Any, at: Location, report: Report) -> Any:
        if not isinstance(value, dict):
            kind, message = "dict_type", "Input should be a valid dictionary"
            if len(at) == 1:
                kind, message = (
                    "model_attributes_type",
                    f"{message} or object to extract fields from",
                )
            report.add(kind, at, message, value)
            return value
        clean: dict[str, Any] = {}
        for name, inner in plain.items():
            if name in value:
                clean[name] = inner(value[name], (*at, name), report)
            elif name not in defaults:
                report.add("missing", (*at, name), "Field required", value)
            elif not partial:
                clean[name] = defaults[name]
        return clean

    return check
