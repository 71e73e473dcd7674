"""What an upload would trip over is found before, each with a remedy; and the lines to copy."""

import ast
import gzip
import json
import os
import shlex
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.artifacts import makers

from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.code_snippet import (
    Address,
    Library,
    curl_snippet,
    python_snippet,
    request_snippet,
)
from dfs_desktop.artifact.documents.interface import read_interface
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.artifact.preflight import examine, preflight


@pytest.mark.parametrize(
    "make",
    [makers.make_pyfunc, makers.make_pipeline, makers.make_experiment,
     makers.make_dataset],
)  # fmt: skip
def test_good_artifacts_have_no_findings(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    assert preflight(make(tmp_path / "good.luml")) == []


def changed_pipeline(name: str, change: Callable[[Any], Any]) -> dict[str, Any]:
    value = json.loads(makers.pipeline_members()[name])
    return {name.replace(".", "__"): json.dumps(change(value))}


def put(key: str, value: Any) -> Callable[[Any], Any]:
    return lambda document: document | {key: value}


NODES = [{"op_instance_id": "first", "inputs": ["x"], "outputs": ["other"], "extra_dynattrs": {}}]


@pytest.mark.parametrize(
    ("changes", "level", "word"),
    [
        ({"ops__json": None}, "error", "ops.json is missing"),
        ({"variant_config__json": None}, "error", "variant_config.json is missing"),
        ({"dtypes__json": None}, "warning", "dtypes.json is missing"),
        ({"meta__json": None}, "warning", "meta.json is missing"),
        ({"manifest__json": None}, "error", "Not an artifact file"),
        ({"manifest__json": "{"}, "error", "cannot be read"),
        ({"ops__json": "nonsense"}, "error", "cannot be read"),
        ({"env__json": "[]"}, "error", "cannot be read"),
        ({"meta-a__json": "{}"}, "warning", "no list of metadata"),
        ({"meta-a__json": "{"}, "error", "cannot be read"),
        ({"manifest-a__patch__json": '[{"op": "remove", "path": "/name"}]'}, "error", "cannot be"),
        ({"ops_artifacts/first/model__onnx": None}, "error", "first/model.onnx is missing"),
        ({"ops_artifacts/last/model__onnx": ""}, "error", "last/model.onnx is empty"),
        ({"w__safetensors": b"\x05" + bytes(7) + b"{}"}, "warning", "weights cannot be read"),
        (changed_pipeline("ops.json", lambda ops: [
            op | {"attributes": op["attributes"] | {"has_external_data": True}} for op in ops]),
         "error", "should lie beside it"),
        (changed_pipeline("ops.json", lambda ops: ops[:1]), "error", "“last”, not in ops.json"),
        (changed_pipeline("ops.json", lambda ops: [ops[0] | {"inputs": []}, ops[1]]), "error",
         "gives 1 input to “first”, which has 0"),
        (changed_pipeline("variant_config.json", put("nodes", [])), "error", "no steps"),
        (changed_pipeline("variant_config.json", put("nodes", NODES)), "error", "makes the output"),
        (changed_pipeline("manifest.json", put("variant", "wasm")), "warning", "“wasm” is not known"),
        (changed_pipeline("manifest.json", put("inputs", 5)), "error", "which nothing makes"),
        (changed_pipeline("manifest.json", put("inputs", [
            {"name": "x", "content_type": "JSON", "dtype": "ext::a"}])), "error", "“x” is JSON"),
        (changed_pipeline("manifest.json", lambda m: {k: m[k] for k in m if k != "env_vars"}),
         "error", "no env_vars"),
        ({"env__json": '{"docker": {}}'}, "note", "kind “docker”"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_pipeline_is_told(
    tmp_path: Path, changes: dict[str, Any], level: str, word: str
) -> None:
    findings = preflight(makers.make_pipeline(tmp_path / "p.fnnx", **changes))
    assert any(each.level == level and word in each.title for each in findings), findings
    assert all(each.remedy.endswith(".") for each in findings)
    order = ["error", "warning", "note"]
    assert [each.level for each in findings] == sorted(
        (each.level for each in findings), key=order.index
    )


def test_a_pyfunc_without_its_code_is_told(tmp_path: Path) -> None:
    path = tmp_path / "f.fnnx"
    manifest = '{"variant": "pyfunc"}'
    makers.tar_of({"manifest.json": manifest, "ops.json": "[]"}, path)
    titles = " ".join(each.title for each in preflight(path))
    assert "__pyfunc__.py is missing" in titles
    assert "names no class" in titles


def test_repeated_names_and_a_late_manifest_are_told(tmp_path: Path) -> None:
    path = makers.make_pipeline(tmp_path / "p.fnnx")
    with tarfile.open(path, "a") as archive:
        archive.addfile(tarfile.TarInfo("env-note.txt"))
        archive.addfile(tarfile.TarInfo("env-note.txt"))
    (finding,) = preflight(path)
    assert (finding.level, "2 times" in finding.title) == ("warning", True)
    members = makers.pipeline_members()
    late = {"first": "x", **members}
    makers.tar_of(late, path)
    assert preflight(path) == [
        Finding("note", "manifest.json is not the first file",
                "Everything works, but far-away readers are quicker when it is.")]  # fmt: skip


def test_archives_that_cannot_be_read_and_names_are_errors(tmp_path: Path) -> None:
    good = makers.make_pipeline(tmp_path / "p.fnnx").read_bytes()
    for name, data, word in (
        ("packed.fnnx", gzip.compress(good), "compressed"),
        ("cut.fnnx", good[:3000], "end"),
        ("model#1.fnnx", good, "the character #"),
        ("model", good, "extension"),
    ):
        (tmp_path / name).write_bytes(data)
        (finding,) = preflight(tmp_path / name)
        assert finding.level == "error"
        assert word in finding.remedy
    link = tmp_path / "link.fnnx"
    with tarfile.open(link, "w") as archive:
        info = tarfile.TarInfo("a")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    assert [each.level for each in preflight(link)] == ["error", "warning"]
    assert "a symbolic link" in preflight(link)[1].title
    with pytest.raises(FileNotFoundError):
        preflight(tmp_path / "nothing.fnnx")


def test_a_large_file_is_told_who_may_send_it(tmp_path: Path) -> None:
    path = makers.make_pipeline(tmp_path / "p.fnnx")

    class Large:
        name = "p.fnnx"
        size = 600 * 1024 * 1024

        def read(self, offset: int, length: int) -> bytes:
            return path.read_bytes()[offset : offset + length]

    artifact = OpenArtifact(Large(), makers.index_of(path.read_bytes()))
    (finding,) = examine(artifact)
    assert (finding.level, "owners and admins" in finding.remedy) == ("note", True)
    Large.size = 6 * 10**12
    assert examine(artifact)[0].level == "error"


PLACE = Address("https://key:secret@api.example.com/base?token=t#f", "org", "orb", "col", "a-1",
                "../we'ird \"$(id)\" name.fnnx")  # fmt: skip


def test_the_python_lines_are_python_and_hold_no_secret() -> None:
    library = Library("/a\nimport os/python", "/src\rimport sys")
    text = python_snippet(PLACE, library)
    tree = ast.parse(text)
    strings = [each.value for each in ast.walk(tree) if isinstance(each, ast.Constant)]
    assert "https://api.example.com/base" in strings
    assert not any(word in text for word in ("secret", "token"))
    hostile = Address('http://x"\n', "o'", "b\\", "c\n", 'i"', "x\u202e.fnnx")
    ast.parse(python_snippet(hostile, library))
    assert all(line[0] == "#" for line in text.splitlines()[:4])


@pytest.mark.fault("X-09")
def test_the_curl_lines_fetch_from_a_real_server(tmp_path: Path) -> None:
    """Run by bash against a server of ours that checks the header and then gives the bytes."""
    import http.server
    import threading

    asked: list[tuple[str, str | None]] = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Authorization"]))
            here = f"http://127.0.0.1:{server.server_port}/file"
            body = b"bytes" if self.path == "/file" else json.dumps({"url": here}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Not into the test's output."""

    if os.name == "nt" or not shutil.which("curl") or not shutil.which("python3"):
        pytest.skip("lines for a POSIX shell with curl")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        place = Address(
            f"http://127.0.0.1:{server.server_port}", "o", "b", "c", "a", PLACE.file_name
        )
        script = curl_snippet(place)
        noted, real = tmp_path.parent / "curl-lines.txt", shutil.which("curl")
        wrapper = tmp_path.parent / "bin" / "curl"
        wrapper.parent.mkdir()
        wrapper.write_text(f'#!/bin/sh\necho "$@" >> {noted}\nexec {real} "$@"\n')
        wrapper.chmod(0o755)
        path = f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}"
        environment = {"PATH": path, "DFS_API_KEY": "dfs_k"}
        done = subprocess.run(["bash", "-eu", "-c", script], cwd=tmp_path, env=environment,
                              capture_output=True, timeout=30)  # fmt: skip
        server.shutdown()
        thread.join()
    assert done.returncode == 0, done.stderr
    assert asked == [
        ("/v1/organizations/o/orbits/b/collections/c/artifacts/a/download-url", "Bearer dfs_k"),
        ("/file", None),
    ]
    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == b"bytes"
    assert "secret" not in script
    assert shlex.split(script.splitlines()[-1])[:2] == ["|", "curl"]
    lines = (tmp_path.parent / "curl-lines.txt").read_text()
    assert "--proto =https,http --config -" in lines
    assert "dfs_k" not in lines, "a command line can be read by everybody on the machine"
    assert "/file" not in lines, "a signed address opens the file to whoever has it"


def test_the_body_of_a_request_is_json_even_for_a_thousand_inputs() -> None:
    port = {"content_type": "NDJSON", "dtype": "Array[float32]", "shape": [1, 300]}
    manifest = {"inputs": [port | {"name": f"x{number}"} for number in range(100)]}
    body = json.loads(request_snippet(read_interface(manifest)))
    assert set(body["inputs"]) == {f"x{number}" for number in range(100)}
