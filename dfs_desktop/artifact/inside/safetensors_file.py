"""The header of a safetensors file: a JSON table behind eight bytes of length."""

from typing import Any, TypeGuard

from dfs_desktop.artifact.source import Source, read_exactly
from dfs_desktop.artifact.strict_json import load

from .tensors import MAX_AXES, MAX_TENSORS, Tensor, Weights, damaged, product

MAX_HEADER = 4 * 1024 * 1024  # some 50 000 tensors
_BITS = {"BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "I16": 16,
         "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64,
         "F64": 64, "C64": 64, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6}  # fmt: skip


def read_safetensors(source: Source) -> Weights:
    """The tensors that the header names, in the order of their bytes."""
    if source.size < 8:
        raise damaged(source, "is no safetensors file")
    length = int.from_bytes(read_exactly(source, 0, 8), "little")
    if not 2 <= length <= source.size - 8:
        raise damaged(source, "has a header that is longer than the file")
    if length > MAX_HEADER:
        raise damaged(source, f"has a header of more than {MAX_HEADER:,} bytes")
    header = load(read_exactly(source, 8, length), f"the header of {source.name}", to_send=False)
    if not isinstance(header, dict) or len(header) > MAX_TENSORS:
        raise damaged(source, "has a header that is no table, or too long a one")
    notes = header.pop("__metadata__", {})
    room = source.size - 8 - length
    found = sorted(
        (_tensor(source, name, value, room) for name, value in header.items()),
        key=lambda each: each[0],
    )
    metadata = notes.items() if isinstance(notes, dict) else ()
    return Weights.of(
        "safetensors",
        (tensor for _, tensor in found),
        {key: value[:1000] for key, value in metadata if isinstance(value, str)},
    )


def _tensor(source: Source, name: str, value: Any, room: int) -> tuple[int, Tensor]:
    """The tensor, and where its bytes begin."""
    fields = value if isinstance(value, dict) else {}
    dtype, shape, place = fields.get("dtype"), fields.get("shape"), fields.get("data_offsets")
    if not isinstance(dtype, str) or not _counts(shape) or not _counts(place) or len(place) != 2:
        raise damaged(source, "has a tensor without type, shape or place")
    start, end = place
    bits = _BITS.get(dtype)
    if not start <= end <= room or (bits and product(shape) * bits != (end - start) * 8):
        raise damaged(source, "has a tensor whose bytes do not fit its shape or the file")
    return start, Tensor(name, dtype[:40], tuple(shape), end - start)


def _counts(value: Any) -> TypeGuard[list[int]]:
    return (
        isinstance(value, list)
        and len(value) <= MAX_AXES
        and all(type(each) is int and each >= 0 for each in value)
    )
