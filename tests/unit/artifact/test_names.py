"""Foreign names on this disk (S-01 to S-03), on the screen, and the server's own rule for them."""

import itertools
import json
import random
import unicodedata
from pathlib import Path

import pytest

from dfs_desktop.artifact import ArtifactError, check_registered_name, numbered, safe_name, visible

MATRIX = Path(__file__).parents[2] / "wire" / "dataforce" / "matrix-file-names.json"


@pytest.mark.fault("S-01")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("model.fnnx", "model.fnnx"),
        ("../x.fnnx", "x.fnnx"),
        ("../../etc/passwd", "passwd"),
        ("/etc/x", "x"),
        ("a/b\\c.fnnx", "c.fnnx"),
        ("..\\..\\x.fnnx", "x.fnnx"),
        ("C:\\Windows\\m.fnnx", "m.fnnx"),
        ("C:m.fnnx", "C_m.fnnx"),
        ("\\\\server\\share\\m.fnnx", "m.fnnx"),
        ("\\\\?\\C:\\m.fnnx", "m.fnnx"),
        ("a\0b.fnnx", "ab.fnnx"),
        ("folder/", "folder"),
        ("", "artifact"),
        (".", "artifact"),
        ("..", "artifact"),
        ("...", "artifact"),
        ("/", "artifact"),
        (" . ", "artifact"),
        ("..fnnx", "_fnnx"),
        (".bashrc", "_bashrc"),
    ],
)
def test_s01_traversal_absolute_drive_unc_nul_empty_dots(name: str, expected: str) -> None:
    assert safe_name(name) == expected


@pytest.mark.fault("S-02")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("NUL.tar.gz", "_NUL.tar.gz"),
        ("con", "_con"),
        ("con .x", "_con.x"),
        ("COM¹.fnnx", "_COM¹.fnnx"),
        ("lpt9.fnnx", "_lpt9.fnnx"),
        ("conin$", "_conin$"),
        ("console.fnnx", "console.fnnx"),
        ("com10.fnnx", "com10.fnnx"),
        ("dir/aux.fnnx", "_aux.fnnx"),
        ("a.fnnx.", "a.fnnx"),
        ("a.fnnx. . ", "a.fnnx"),
        ("a.fnnx ", "a.fnnx"),
        (" a.fnnx", "a.fnnx"),
        ("a.fnnx\u00a0", "a.fnnx"),
        ("a:b.fnnx", "a_b.fnnx"),
        ("a.fnnx::$DATA", "a.fnnx__$DATA"),
        ('<a>"b|c?d*.fnnx', "_a__b_c_d_.fnnx"),
        ("a\r\nb\x1b[31m\x7f.fnnx", "ab[31m.fnnx"),
    ],
)
def test_s02_devices_trailing_dots_streams_and_control_characters(name: str, expected: str) -> None:
    assert safe_name(name) == expected


@pytest.mark.fault("S-03")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("model\u202exnnf.exe", "modelxnnf.exe"),
        ("mo\u200bdel\ufeff.fnnx", "model.fnnx"),
        ("mo\u00addel.fnnx", "model.fnnx"),
        ("a\u2028b\u2029.fnnx", "ab.fnnx"),
        ("tag\U000e0041ged.fnnx", "tagged.fnnx"),
        ("\u3164\u2800.fnnx", "_fnnx"),
        ("e\u0301.fnnx", "é.fnnx"),
        ("e\u200d\u0301.fnnx", "é.fnnx"),
        ("\ud800.fnnx", "_fnnx"),
        ("a\uffff.fnnx", "a_.fnnx"),
        ("模型.fnnx", "模型.fnnx"),
    ],
)
def test_s03_bidi_zero_width_and_composition(name: str, expected: str) -> None:
    assert safe_name(name) == expected


@pytest.mark.fault("S-03")
@pytest.mark.parametrize(
    ("stem", "kept"),
    [
        ("x" * 400, "x" * 195),
        ("é" * 300, "é" * 97),
        ("x" * 193 + "a\u0323\u0307" + "y" * 9, "x" * 193),
        ("x" * 190 + "👍🏽" + "y" * 9, "x" * 190),
        ("🇩🇪" * 100, "🇩🇪" * 24),
        ("x" * 190 + "     yyyyyyy", "x" * 190),
        ("\u0301" * 400, "\u0301" * 97),
    ],
)
def test_s03_long_names_keep_their_extension_and_whole_characters(stem: str, kept: str) -> None:
    assert safe_name(stem + ".fnnx") == kept + ".fnnx"


@pytest.mark.fault("S-03")
def test_s03_what_is_too_long_for_an_extension_is_cut_too() -> None:
    assert safe_name("a." + "x" * 300) == "a." + "x" * 198


def test_safe_names_of_random_texts_are_safe_and_stay_as_they_are(
    pytestconfig: pytest.Config,
) -> None:
    generator = random.Random(1)
    alphabet = ["/", "\\", ".", " ", ":", "\0", "\u202e", "CON", "nul", "e", "\u0301", "é", "🇩", "👍",
                "🏽", ".fnnx", "~", "x" * 60, "\ud800", "\n", "?", "\ufeff", "𐐀", "_"]  # fmt: skip
    devices = {"CON", "NUL"}
    for _ in range(20_000 if pytestconfig.getoption("slow") else 4000):
        name = safe_name("".join(generator.choices(alphabet, k=generator.randint(0, 12))))
        assert 0 < len(name.encode()) <= 200
        assert not set(name) & set('/\\:*?"<>|')
        assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in name)
        assert name[0] not in ". "
        assert name[-1] not in ". "
        assert name.split(".")[0].rstrip().upper() not in devices
        assert unicodedata.is_normalized("NFC", name)
        assert safe_name(name) == name


def test_the_fallback_is_made_safe_as_well() -> None:
    assert safe_name("..", "../b.fnnx") == "b.fnnx"
    assert safe_name("..", "..") == "artifact"


@pytest.mark.fault("S-03")
def test_s03_collisions_get_a_number_before_the_extension() -> None:
    assert numbered("model.fnnx", 1) == "model (1).fnnx"
    assert numbered("LICENSE", 2) == "LICENSE (2)"
    long = numbered(safe_name("é" * 300 + ".fnnx"), 12)
    assert long.endswith("é (12).fnnx")
    assert len(long.encode()) <= 200


@pytest.mark.fault("S-03")
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – ünïcode 模型 👍🏽 ❤️", "plain – ünïcode 模型 👍🏽 ❤️"),
        ("a\nb\tc\x00", "a␊b␉c␀"),
        ("model\u202exnnf.exe", "model⟨U+202E⟩xnnf.exe"),
        ("a\u200bb\u2028\x7f\x85", "a⟨U+200B⟩b⟨U+2028⟩␡⟨U+0085⟩"),
        ("\ud800\U000e0041", "⟨U+D800⟩⟨U+E0041⟩"),
    ],
)
def test_s03_what_cannot_be_seen_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_descriptions_keep_their_lines() -> None:
    assert visible("a\n\tb\r\u202e", multiline=True) == "a\n\tb␍⟨U+202E⟩"


def matrix_rows() -> list[tuple[str, bool]]:
    rows = json.loads(MATRIX.read_text(encoding="utf-8"))["rows"]
    names = []
    for row in rows:
        name = row["file_name"]
        if name.startswith("x*"):  # "x*890 + .fnnx" stands for 890 letters
            name = "x" * int(name[2:].split(" ")[0]) + ".fnnx"
        names.append((name, row["create"] == 200 and row["same"]))
    return names


@pytest.mark.parametrize(("name", "works"), matrix_rows())
def test_file_names_pass_exactly_when_the_recorded_server_took_them(name: str, works: bool) -> None:
    if works:
        check_registered_name(name)
    else:
        with pytest.raises(ArtifactError):
            check_registered_name(name)


@pytest.mark.parametrize("name", ["../../x", "a/../b.fnnx", "a\ud800.fnnx", "é" * 450 + ".fnnx"])
def test_names_that_the_server_takes_and_then_fails_on(name: str) -> None:
    with pytest.raises(ArtifactError):
        check_registered_name(name)


def test_the_refused_character_is_named() -> None:
    for character in ":\"*`~#%;'^":
        with pytest.raises(ArtifactError) as caught:
            check_registered_name(f"a{character}b.fnnx")
        assert f"the character {character}" in caught.value.detail


def test_no_two_kinds_of_name_give_the_same_error() -> None:
    details = []
    for name in ("a:b.fnnx", "model", "a.b c", "../../x.y", "x" * 3000 + ".fnnx"):
        with pytest.raises(ArtifactError) as caught:
            check_registered_name(name)
        details.append(caught.value.detail)
    for one, other in itertools.combinations(details, 2):
        assert one.split("”")[1] != other.split("”")[1]
