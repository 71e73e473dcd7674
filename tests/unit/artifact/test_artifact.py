"""What is read from well-formed artifacts, judged by fnnx's own reader and by Python's tarfile."""

import hashlib
import io
import json
import os
import subprocess
import tarfile
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from fnnx.extras.builder import PyfuncBuilder, PyFuncSpec
from fnnx.extras.pydantic_models.manifest import NDJSON, Var
from fnnx.extras.reader import Reader

from dfs_desktop.artifact import (
    ArtifactError,
    Contents,
    Fingerprint,
    extension,
    hash_file,
    read_contents,
)
from dfs_desktop.artifact.archive import file_fingerprint

REGISTRY = "dataforce.studio::registry_metrics:v1"
CLASSIFICATION = "falcon.beastbyte.ai::tabular_classification_metrics:v1"


def write_tar(path: Path, members: dict[str, bytes | str], **options: Any) -> Path:
    with tarfile.open(path, "w", **options) as archive:
        for name, content in members.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def by_tarfile(path: Path) -> dict[str, tuple[int, int]]:
    with tarfile.open(path, "r:") as archive:
        return {m.name: (m.offset_data, m.size) for m in archive if m.isfile()}


def entry(tag: str, metrics: Any, key: str = "producer_tags") -> dict[str, Any]:
    return {"id": "1", "producer": "p", "producer_version": "1", key: [tag],
            "payload": {"metrics": metrics}}  # fmt: skip


def no_check() -> None:
    """Never stops."""


def test_variants_made_by_fnnx_agree_with_its_reader(tmp_path: Path) -> None:
    source = tmp_path / "model_code.py"
    source.write_text("from fnnx.variants.pyfunc import PyFunc\nclass M(PyFunc): ...\n")
    weights = tmp_path / "weights.bin"
    weights.write_bytes(os.urandom(3000))
    long_target = "deep/" + "ä" * 120 + "/weights.bin"
    path = tmp_path / "variant.fnnx"

    def meta(archive: Any) -> None:
        archive.create_file("meta.json", json.dumps([entry(REGISTRY, {"rmse": 0.25})]))
        archive.create_file("meta-b.json", json.dumps([entry("other", {"rmse": 9})]))
        archive.create_file(
            "manifest-2.patch.json", '[{"op": "replace", "path": "/version", "value": "3"}]'
        )
        archive.create_file(
            "manifest-10.patch.json",
            '[{"op": "replace", "path": "/version", "value": "2"},'
            '{"op": "add", "path": "/producer_tags/-", "value": "a~b"},'
            '{"op": "add", "path": "/inputs/0/tags", "value": ["t"]}]',
        )

    builder = PyfuncBuilder(PyFuncSpec(str(source), "M"), "naïve", "1", create_meta_callback=meta)
    builder.add_input(NDJSON(name="x", content_type="NDJSON", dtype="Array[float32]", shape=["n"]))
    builder.add_env_var(Var(name="LEVEL", description="…"))
    builder.add_file(str(weights), long_target)
    builder.save(str(path))

    contents = read_contents(path)
    assert contents.manifest == Reader(str(path)).manifest.model_dump()
    assert contents.manifest["version"] == "3"
    assert contents.manifest["producer_tags"] == ["a~b"]
    assert contents.metrics == {"rmse": 0.25}
    assert contents.index == by_tarfile(path)
    offset, size = contents.index[f"variant_artifacts/extra_files/{long_target}"]
    assert path.read_bytes()[offset : offset + size] == weights.read_bytes()


@pytest.mark.parametrize("style", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_tar_format_gives_the_offsets_of_tarfile(tmp_path: Path, style: int) -> None:
    members: dict[str, bytes | str] = {
        "manifest.json": "{}",
        "empty": b"",
        "exactly-a-block": b"x" * 512,
        "d" * 90 + "/" + "n" * 95: b"long",
        "one-over": b"y" * 513,
    }
    if style != tarfile.USTAR_FORMAT:
        members["ü" * 150] = b"longer than a header's field"
    path = write_tar(tmp_path / "a.dfs", members, format=style)
    index = read_contents(path).index
    assert index == by_tarfile(path)
    assert list(index) == list(members)


def test_archive_made_by_the_tar_program_with_dot_names(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    (folder / "sub").mkdir(parents=True)
    (folder / "manifest.json").write_text('{"variant": "pyfunc"}')
    (folder / "sub" / "w").write_bytes(b"12345")
    path = tmp_path / "m.pyfnx"
    subprocess.run(["tar", "-cf", path, "-C", folder, "."], check=True)
    contents = read_contents(path)
    assert set(contents.index) == {"manifest.json", "sub/w"}
    offset, size = contents.index["sub/w"]
    assert path.read_bytes()[offset : offset + size] == b"12345"


def test_a_repeated_member_counts_with_its_last_copy(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "m.fnnx", {"manifest.json": '{"version": "1"}', "w": b"a"})
    with tarfile.open(path, "a") as archive:
        info = tarfile.TarInfo("manifest.json")
        info.size = 16
        archive.addfile(info, io.BytesIO(b'{"version": "2"}'))
    contents = read_contents(path)
    assert contents.manifest == {"version": "2"}
    assert contents.index == by_tarfile(path)


def test_sizes_over_8_gib_are_read_from_headers_alone_in_milliseconds(tmp_path: Path) -> None:
    size = 9 * 1024**3
    path = tmp_path / "huge.fnnx"
    info = tarfile.TarInfo("weights.bin")
    info.size = size
    with path.open("wb") as file:
        write_tar(tmp_path / "small", {"manifest.json": "{}"})
        file.write((tmp_path / "small").read_bytes()[:1024])
        file.write(info.tobuf(tarfile.GNU_FORMAT))
        file.truncate(1024 + 512 + size + 1024)
    started = time.process_time()
    contents = read_contents(path)
    assert time.process_time() - started < 0.25
    assert contents.index["weights.bin"] == (1536, size)


TABULAR = entry(CLASSIFICATION, {"performance": {"eval_holdout": {"ACC": 0.5, "N_SAMPLES": 9},
                                                 "eval_cv": {"ACC": 0.1}}})  # fmt: skip
FOLDS = entry(CLASSIFICATION, {"performance": {"eval_holdout": {}, "eval_cv": {"ACC": 0.1}}})
MODEL = {"producer_tags": ["dataforce.studio::tabular_classification:v1"]}


@pytest.mark.parametrize(
    ("manifest", "documents", "expected"),
    [
        ({}, {"meta.json": [entry(REGISTRY, {"f1": 1})]}, {"f1": 1}),
        ({}, {"meta.json": [TABULAR]}, {"ACC": 0.5}),
        ({}, {"meta.json": [FOLDS]}, {"ACC": 0.1}),
        (MODEL, {"meta.json": [entry(REGISTRY, {"f1": 1}), TABULAR]}, {"ACC": 0.5}),
        ({}, {"meta.json": [TABULAR, entry(REGISTRY, {"f1": 1})]}, {"f1": 1}),
        (MODEL, {"meta.json": [entry(REGISTRY, {"f1": 1})]}, {"f1": 1}),
        ({}, {"meta-z.json": [entry(REGISTRY, {"f1": 2}, "tags")], "meta.json": []}, {"f1": 2}),
        ({}, {"meta-b.json": [entry(REGISTRY, {"f1": 2})],
              "meta-a.json": [entry(REGISTRY, {"f1": 3})]}, {"f1": 3}),
        ({}, {"sub/meta.json": [entry(REGISTRY, {"f1": 1})]}, {}),
        ({}, {"meta.json": [1, {"producer_tags": 7}, {"producer_tags": [REGISTRY]}]}, {}),
        ({}, {"meta.json": [entry("other", {"x": 1})]}, {}),
        ({}, {}, {}),
    ],
)  # fmt: skip
def test_metrics_follow_the_registry_rule(
    tmp_path: Path, manifest: Any, documents: dict[str, Any], expected: dict[str, Any]
) -> None:
    members: dict[str, bytes | str] = {"manifest.json": json.dumps(manifest)}
    members |= {name: json.dumps(value) for name, value in documents.items()}
    assert read_contents(write_tar(tmp_path / "m.fnnx", members)).metrics == expected


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_metric_that_is_no_number_is_named(tmp_path: Path, value: str) -> None:
    text = json.dumps([entry(REGISTRY, {"good": 1.0, "val_loss": 0})])
    members: dict[str, bytes | str] = {
        "manifest.json": "{}",
        "meta.json": text.replace('"val_loss": 0', f'"val_loss": {value}'),
    }
    with pytest.raises(ArtifactError, match="val_loss"):
        read_contents(write_tar(tmp_path / "m.fnnx", members))


def test_nan_outside_the_metrics_does_no_harm(tmp_path: Path) -> None:
    chart = {"producer_tags": ["chart"], "payload": {"series": [float("nan")]}}
    text = json.dumps([chart, entry(REGISTRY, {"f1": 0.5})])
    path = write_tar(tmp_path / "m.fnnx", {"manifest.json": "{}", "meta.json": text})
    assert read_contents(path).metrics == {"f1": 0.5}


def test_an_experiment_without_model_files_is_read(tmp_path: Path) -> None:
    text = '{"artifact_type": "experiment", "variant": "default", "payload": {}}'
    path = write_tar(tmp_path / "e.luml", {"manifest.json": text, "exp.db.zip": b"PK"})
    assert read_contents(path).manifest["artifact_type"] == "experiment"


def test_a_wish_to_stop_is_seen_at_every_member(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "m.fnnx", {"manifest.json": "{}"} | dict.fromkeys("abcdef", b"x"))
    calls = 0

    def stop_at_fourth() -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        read_contents(path, check=stop_at_fourth)
    assert calls == 4


def big_file(tmp_path: Path, mebibytes: int = 5) -> tuple[Path, Contents]:
    path = write_tar(
        tmp_path / "m.fnnx", {"manifest.json": "{}", "w": os.urandom(mebibytes * 1024**2)}
    )
    return path, read_contents(path)


def test_hash_equals_hashlib_and_reports_every_byte(tmp_path: Path) -> None:
    path, contents = big_file(tmp_path)
    steps: list[int] = []
    found = hash_file(path, fingerprint=contents.fingerprint, advance=steps.append, check=no_check)
    assert found == hashlib.sha256(path.read_bytes()).hexdigest()
    assert sum(steps) == contents.size
    assert max(steps) == file_fingerprint.BLOCK


def test_hash_stops_at_the_next_block(tmp_path: Path) -> None:
    path, contents = big_file(tmp_path)
    steps: list[int] = []

    def stop_after_two() -> None:
        if len(steps) == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        hash_file(
            path, fingerprint=contents.fingerprint, advance=steps.append, check=stop_after_two
        )
    assert len(steps) == 2


@pytest.mark.parametrize(
    ("change", "when"),
    [
        ("append", "before"),
        ("truncate", "before"),
        ("touch", "before"),
        ("replace", "before"),
        ("append", "during"),
        ("truncate", "during"),
        ("touch", "during"),
    ],
)
def test_hash_refuses_a_file_that_changed(tmp_path: Path, change: str, when: str) -> None:
    path, contents = big_file(tmp_path)

    def apply() -> None:
        if change == "append":
            with path.open("ab") as file:
                file.write(bytes(3 * 1024**2))
        elif change == "truncate":
            os.truncate(path, contents.size // 2)
        elif change == "touch":
            os.utime(path, ns=(1, 1))
        else:
            copy = path.with_suffix(".copy")
            copy.write_bytes(path.read_bytes())
            copy.replace(path)

    pending = [apply]
    if when == "before":
        pending.pop()()

    def advance(count: int) -> None:
        if pending:
            pending.pop()()

    with pytest.raises(ArtifactError, match="changed while reading"):
        hash_file(path, fingerprint=contents.fingerprint, advance=advance, check=no_check)


@pytest.mark.fault("U-08")
def test_what_is_written_within_one_tick_of_the_disks_clock_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_fingerprint, "TICK", 0.1)
    path, _ = big_file(tmp_path, 1)

    def write() -> Fingerprint:
        with path.open("r+b") as file:
            file.seek(-1, os.SEEK_END)
            file.write(os.urandom(1))
        tenth = int(time.time() * 10) * 100_000_000
        os.utime(path, ns=(tenth, tenth))  # as on a disk that counts tenths of seconds
        return Fingerprint.of(path)

    write()
    contents = read_contents(path)
    assert write() != contents.fingerprint
    with pytest.raises(ArtifactError, match="changed while reading"):
        hash_file(path, fingerprint=write(), advance=lambda _: write(), check=no_check)


def test_hashing_leaves_the_interpreter_to_others(tmp_path: Path) -> None:
    path, contents = big_file(tmp_path, 64)
    done = threading.Event()

    def work() -> None:
        hash_file(path, fingerprint=contents.fingerprint, advance=lambda _: None, check=no_check)
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    turns = 0
    while not done.wait(0.001):
        turns += 1
    thread.join()
    assert turns > 3


def test_fingerprints_of_path_and_descriptor_are_equal(tmp_path: Path) -> None:
    path, contents = big_file(tmp_path, 1)
    with path.open("rb") as file:
        assert Fingerprint.of(path) == Fingerprint.of(file.fileno()) == contents.fingerprint


@pytest.mark.parametrize(
    ("name", "expected"),
    [("my.model.v2.FNNX", ".fnnx"), ("MODEL.FNNX", ".fnnx"), ("a", ""), ("a.", ""), (".fnnx", ""),
     ("a.tar.gz", ".gz"), ("d.x/plain", ""), ("C:\\d.x\\m.Dfs", ".dfs")],
)  # fmt: skip
def test_extension(name: str, expected: str) -> None:
    assert extension(name) == expected
