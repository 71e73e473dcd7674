"""One package as pip writes it, taken apart with the reference parser, within limits."""

import re

import msgspec

MAX_REQUIREMENT = 1000  # characters; the parser calls itself for every parenthesis
_SYSTEMS = {"linux": ("linux", "posix", "Linux"), "darwin": ("darwin", "posix", "Darwin"),
            "windows": ("win32", "nt", "Windows")}  # fmt: skip
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,40}")
# What no shell, no YAML and no other line of a file can be made of.
_VERSIONS = re.compile(r"[A-Za-z0-9<>=!~.,*+_-]*")
_URL = re.compile(r"[A-Za-z0-9+._~:/?#@!&()*,;=%-]+")


class Requirement(msgspec.Struct, frozen=True):
    """The parts of "name[extras]>=1 ; marker"; `versions` is "" for any, `url` for an index."""

    name: str
    extras: tuple[str, ...]
    versions: str
    url: str
    marker: str

    def applies(self, os: str, platform: str, python_version: str) -> bool:
        """Whether its marker holds on such a machine, for this Python or for any 3.11."""
        from packaging.markers import Marker

        sys_platform, os_name, system = _SYSTEMS.get(os, (os, "posix", os.capitalize()))
        full = python_version if re.fullmatch(r"\d+\.\d+(\.\d+)?", python_version) else "3.11.0"
        values = {
            "sys_platform": sys_platform,
            "os_name": os_name,
            "platform_system": system,
            "platform_machine": platform.upper() if os == "windows" else platform,
            "python_version": ".".join(full.split(".")[:2]),
            "python_full_version": full if full.count(".") == 2 else f"{full}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "extra": "",
        }
        try:
            return bool(Marker(self.marker).evaluate(values))
        except (ValueError, KeyError, RecursionError):
            return True  # rather one package too many than one too few

    def line(
        self, *, os: tuple[str, ...] = (), platform: tuple[str, ...] = (), with_marker: bool = True
    ) -> str:
        """As a line of a requirements file, on these systems and platforms only."""
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        base = self.name + extras + (f" @ {self.url}" if self.url else self.versions)
        conditions = [f"({self.marker})"] if self.marker and with_marker else []
        systems = [_SYSTEMS[each.lower()][2] for each in os if each.lower() in _SYSTEMS]
        for key, words in (("platform_system", systems), ("platform_machine", platform)):
            if tests := [f'{key} == "{word}"' for word in words if _WORD.fullmatch(word)]:
                conditions.append(f"({' or '.join(tests)})")
        return f"{base} ; {' and '.join(conditions)}" if conditions else base


def parse_requirement(text: str) -> Requirement | None:
    """The parts of one requirement, or None when pip would not understand it."""
    # Late: the parser is for those who look at environments.
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Parsed
    from packaging.utils import canonicalize_name

    if len(text) > MAX_REQUIREMENT or not text.isprintable():
        return None
    try:
        parsed = Parsed(text)
        marker = str(parsed.marker) if parsed.marker else ""
    except (InvalidRequirement, RecursionError, ValueError):
        return None
    url = parsed.url or ""
    versions = str(parsed.specifier)
    if not _VERSIONS.fullmatch(versions) or (url and not _URL.fullmatch(url)):
        return None
    extras = tuple(sorted(parsed.extras))
    return Requirement(canonicalize_name(parsed.name), extras, versions, url, marker)
