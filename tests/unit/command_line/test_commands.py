"""Commands in a terminal, on the registry of a window that is open."""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.artifacts import model_files

from dfs_desktop import __main__
from dfs_desktop.command_line import run
from dfs_desktop.command_line.arguments import parser
from dfs_desktop.registry_process import RegistryProcess
from dfs_desktop.settings import HOME_VARIABLE, Places

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of the program whose local registry runs beside a window."""
    folder = tmp_path_factory.mktemp("home")
    room = RegistryProcess(Places(*(folder / name for name in Places.__struct_fields__)))
    room.start()
    yield folder
    room.stop()


@pytest.fixture
def command(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Runs one; its exit code, standard output and standard error."""
    monkeypatch.setenv(HOME_VARIABLE, str(home))

    def call(*words: str | Path) -> tuple[int, str, str]:
        code = __main__.main([str(word) for word in words])
        return code, *capsys.readouterr()

    return call


def test_a_file_goes_up_is_found_tagged_copied_fetched_and_deleted(
    command: Command, tmp_path: Path
) -> None:
    first = model_files.write(tmp_path, "first", accuracy=0.9)
    second = model_files.write(tmp_path, "second", accuracy=0.8, weights=5000)
    code, out, _ = command("put", first, second, "--tag", "prod", "--description", "d", "--json")
    sent = json.loads(out)
    assert (code, [each["model_name"] for each in sent]) == (0, ["first", "second"])
    assert command("put", first, second, "--name", "x")[0] == 2
    one = sent[0]["id"]
    # Listed
    code, out, err = command("ls", "-m", "accuracy", "-s", "accuracy", "-f", "tag:prod")
    names = [line.split()[0] for line in out.splitlines()]
    assert (code, names) == (0, ["NAME", "second", "first"])
    assert "0.9000" in out
    assert command("ls", "-f", "accuracy > 0.85", "--json")[1].count('"id"') == 1
    # Tagged: what is so already is not sent
    assert command("tag", "first", "--add", "best", "--remove", "prod")[1].endswith("[best]\n")
    assert command("tag", "first")[0] == 2
    assert json.loads(command("tag", one, "--set", "", "--json")[1])[0]["tags"] == []
    # Fetched: nothing is replaced unasked, and the others are fetched all the same
    out_folder = tmp_path / "out"
    out_folder.mkdir()
    (out_folder / "first.fnnx").write_text("mine")
    code, out, err = command("get", "*", "-o", out_folder)
    assert (code, out) == (1, f"{out_folder / 'second.fnnx'}\n")
    assert "exists already" in err
    assert (out_folder / "first.fnnx").read_text() == "mine"
    assert command("get", one, "-o", out_folder, "--force")[0] == 0
    # Verified and compared
    assert command("verify", out_folder / "first.fnnx", "--with", "first")[1].startswith("right")
    code, out, _ = command("verify", second, "--with", "first", "--json")
    assert (code, json.loads(out)[0]["verdict"]) == (1, "differs")
    assert command("verify", second)[1].startswith("unknown")
    code, out, _ = command("diff", "first", second)
    assert (code, "accuracy" in out) == (1, True)
    assert command("diff", "first", first)[0] == 0
    # Copied to another collection, and deleted after a question that nobody answers
    code, out, err = command("cp", "first", "second", "local:/My organization/Main orbit/Nowhere")
    assert (code, "Not found: collection" in err) == (1, True)
    code, _, err = command("rm", "first")
    assert (code, "add --yes" in err) == (2, True)
    assert json.loads(command("rm", "first", "second", "--yes", "--json")[1]) == [
        each["id"] for each in sent
    ]
    assert command("get", "first")[2].startswith("There is no such artifact")


def test_one_file_that_cannot_be_read_or_written_keeps_no_other_from_it(
    command: Command, tmp_path: Path
) -> None:
    good = model_files.write(tmp_path, "good")
    gone, folder, link = tmp_path / "gone.fnnx", tmp_path / "made" / "here", tmp_path / "link"
    code, out, err = command("put", gone, good)
    assert (code, out.split()[0], err.splitlines()[0]) == (1, "good", f"{gone}: it does not exist")
    code, out, err = command("verify", tmp_path, gone, good)
    assert (code, out.split()[::2]) == (1, ["unknown", str(good)])
    assert err.startswith(f"{tmp_path}: Not a file: ")
    # A folder is what ends like one, and a link to what is away just now is not replaced unasked
    assert command("get", "good", "-o", f"{folder}{os.sep}")[0] == 0
    assert (folder / good.name).read_bytes() == good.read_bytes()
    link.symlink_to(tmp_path / "away" / "model")
    code, _, err = command("get", "good", "-o", link)
    assert (code, link.is_symlink(), "exists already" in err) == (1, True, True)
    assert command("put", good, "--name", "goods", "--tag", "")[0] == 0
    assert "not unique" in command("verify", good, "--with", "good*")[2]
    assert json.loads(command("tag", "goods", "--add", "a", "--json")[1])[0]["tags"] == ["a"]
    assert command("rm", "good*", "--yes")[0] == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_kill_and_a_closed_terminal_leave_no_record_without_a_file(
    command: Command, tmp_path: Path, name: str
) -> None:
    model, number = model_files.write(tmp_path, "large", weights=30_000_000), getattr(signal, name)
    before = signal.signal(number, signal.SIG_DFL)  # the tests may run behind nohup
    process = subprocess.Popen(
        [sys.executable, "-m", "dfs_desktop", "put", str(model)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    signal.signal(number, before)
    assert process.stderr is not None
    assert "is missing" in process.stderr.readline()  # it has been looked into, and is on its way
    process.send_signal(number)
    assert process.communicate(timeout=20)[1].endswith("Interrupted.\n")
    assert process.returncode == 130
    assert command("ls", "--json")[1] == "[]\n"


def test_places_are_listed_by_their_names(command: Command) -> None:
    assert "My organization" in command("ls", "/")[1]
    assert "Main orbit" in command("ls", "local:/My organization")[1]
    assert "Models" in command("ls", "/My organization/Main orbit")[1]
    assert command("ls", "/My organization/Main orbit/Models", "--json")[:2] == (0, "[]\n")
    assert command("ls", "/a/b/c/d")[0] == 1
    assert "local" in command("ls", "--servers")[1]


def test_what_others_named_reaches_the_terminal_without_its_control_characters(
    command: Command, tmp_path: Path
) -> None:
    model = model_files.write(tmp_path, "evil")
    name = "\x1b]0;owned\x07\u202egnp"
    assert command("put", model, "--name", name)[0] == 0
    for words in (("ls",), ("show", name), ("diff", name, model), ("tag", name, "-a", "\x1b[31m")):
        _, out, err = command(*words)
        assert not {"\x1b", "\x07", "\u202e"} & set(out + err), words
    assert command("rm", "*gnp", "-y")[0] == 0


def test_a_file_that_should_not_be_sent_says_why_and_how_all_the_same(
    command: Command, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.luml"
    broken.write_bytes(b"no archive at all")
    code, _, err = command("put", broken, tmp_path / "absent.luml")
    assert code == 1
    assert "broken.luml" in err
    assert "absent.luml" in err


def test_a_server_of_the_environment_needs_no_saved_one(
    command: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DFS_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("DFS_API_KEY", "dfs_none")
    code, _, err = command("ls")
    assert code == 1
    assert "cannot be reached" in err


def test_the_manual_page_says_what_the_parser_does() -> None:
    packaging = Path(__file__).parents[3] / "packaging"
    told = (packaging / "dfs-desktop.1").read_text("utf-8")
    made = runpy.run_path(str(packaging / "manual_page.py"))["page"]()
    assert told == made, "run packaging/manual_page.py"


def test_the_program_knows_all_of_its_commands() -> None:
    (choices,) = (each.choices for each in parser()._actions if isinstance(each.choices, dict))
    assert set(choices) == set(__main__.COMMANDS), "dfs_desktop/__main__.py names them"
    ran_elsewhere = {"completion", "serve"}
    assert set(run._COMMANDS) == set(choices) - ran_elsewhere, "run.py names their work"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell's handle 8")
def test_a_shell_completes_commands_and_options(tmp_path: Path) -> None:
    def offered(line: str) -> set[str]:
        answer = tmp_path / "words"
        environment = os.environ | {
            "_ARGCOMPLETE": "1",
            "COMP_LINE": line,
            "COMP_POINT": str(len(line)),
            "COMP_TYPE": "9",
            "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
            "_ARGCOMPLETE_IFS": "\n",
        }
        subprocess.run([sys.executable, "-m", "dfs_desktop"], env=environment, check=False)
        return {word.strip() for word in answer.read_text().split("\n")}

    assert "verify" in offered("dfs-desktop v")
    assert {"--sort", "--servers"} <= offered("dfs-desktop ls --s")
