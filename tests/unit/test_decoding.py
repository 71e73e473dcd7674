"""Text and JSON are read in whatever encoding a person's editor saved them; companions are known."""

import io
import json
import random
import tarfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.artifacts.makers import make_pyfunc

from dfs_desktop.artifact.archive.system_files import is_companion
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.card import find_cards
from dfs_desktop.artifact.experiment.attachments import members_called
from dfs_desktop.artifact.formats.weights import has_weights
from dfs_desktop.artifact.preflight import preflight
from dfs_desktop.artifact.safety.code_risks import facts_of
from dfs_desktop.artifact.safety.pickle_imports import pickles_of
from dfs_desktop.settings import Settings, SettingsFile
from dfs_desktop.text.decoding import Decoded, decode_json, decode_text
from dfs_desktop.workspace.uploads.uploads import find_files

UNICODE = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be",
)  # fmt: skip
TEXTS = {
    "cp932": "これはモデルの精度です。精度,名前\nデータ,値\n",
    "euc-jp": "名前,値\n東京,1\nカメラの値,2\n",
    "euc-kr": "이름,값\n정확도,0.9\n모델은 좋다\n",
    "gb18030": "模型的名字,值\n这是一个很大的数据\n",
    "big5": "這個模型的名字,值\n對數據的說明\n",
    "cp1251": "Имя,Значение\nточность,0.9\nМосква,1\n",
    "koi8-r": "Имя,Значение\nточность,0.9\nМосква,1\n",
    "cp1252": "Größe;Gewicht\nMüller;3,5\n“café”;1\n",
}
PLAIN_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("aé漢😀"), inner, max_size=3)
    ),
)


@pytest.mark.fault("RL-10")
@given(st.dictionaries(st.text("aé漢", max_size=3), PLAIN_JSON) | st.lists(PLAIN_JSON))
def test_every_json_document_is_read_in_every_unicode_encoding(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    for encoding in UNICODE:
        found = decode_json(text.encode(encoding))
        assert (found.text, found.guessed) == (text, False), encoding


@pytest.mark.fault("RL-10")
@pytest.mark.parametrize("encoding", sorted(TEXTS))
def test_the_encoding_of_a_country_is_a_marked_guess(encoding: str) -> None:
    text = TEXTS[encoding]
    assert decode_text(text.encode(encoding), whole=True) == Decoded(text, encoding, guessed=True)
    document = json.dumps({"name": text}, ensure_ascii=False)
    assert decode_json(document.encode(encoding)) == Decoded(document, encoding, guessed=True)


@pytest.mark.fault("RL-10")
@pytest.mark.parametrize("text", sorted(TEXTS.values()))
def test_text_in_utf_16_and_32_is_read_with_and_without_a_mark(text: str) -> None:
    for encoding in UNICODE:
        found = decode_text(text.encode(encoding), whole=True)
        assert found is not None, encoding
        assert found.text == text
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        data = text.encode(encoding)
        half = decode_text(data[: len(data) // 2 + 1], whole=False)
        assert half is not None
        assert text.startswith(half.text)


def test_what_is_no_text_is_not_taken_for_one() -> None:
    generator = random.Random(1)
    noise = [generator.randbytes(generator.randrange(16, 600)) for _ in range(300)]
    numbers = [b"".join(value.to_bytes(4, "little") for value in range(500)), bytes(64)]
    assert [decode_text(data, whole=True) for data in noise + numbers] == [None] * 302


@pytest.mark.fault("RL-05")
@pytest.mark.parametrize("encoding", UNICODE)
def test_settings_that_an_editor_saved_in_unicode_are_kept(tmp_path: Path, encoding: str) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    file.path.write_bytes('{"theme": "dark", "download_folder": "/d/modèles"}'.encode(encoding))
    assert file.load() == Settings(theme="dark", download_folder="/d/modèles")
    assert file.notice == ""
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]


@pytest.mark.fault("RL-05")
def test_damaged_settings_that_stay_where_they_are_are_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    file.path.write_bytes(b"nonsense")

    def refuse(*_: object) -> None:  # a folder of mode 500 does not refuse root
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    file.load()
    assert f"{file.path} could not be kept aside (" in file.notice


@pytest.mark.fault("RL-18")
def test_companions_are_known_by_their_names() -> None:
    for name in ("._a.fnnx", "w/._m.safetensors", "__MACOSX/a.py", "a/__MACOSX/b/c", ".DS_Store",
                 "x/Thumbs.db", "Desktop.ini", "d\\._x", "__MACOSX", ".apdisk", ".LSOverride",
                 ".Trash-1000/files/m.pt", "System Volume Information/x.db", "@eaDir/a.pt/b.jpg",
                 ".DocumentRevisions-V100/m.pt", "lost+found/m.pt", ".fuse_hidden0000ab",
                 ".nfs000000000123", ".~lock.a.csv#", "m.onnx:Zone.Identifier",
                 "d/.directory"):  # fmt: skip
        assert is_companion(name), name
    for name in (
        "a.fnnx",
        "_a",
        ".hidden",
        "a/._b/c.txt",
        "thumbs.db.txt",
        "MACOSX/a",
        "",
        "a._b",
        "trash/a.pt",
        ".nfsd",
        "zone.identifier",
    ):
        assert not is_companion(name), name


@pytest.mark.fault("RL-18")
def test_companions_are_passed_by_wherever_something_is_looked_for(tmp_path: Path) -> None:
    apple = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        \x00\x02" + bytes(137)
    path = tmp_path / "drop" / "m.fnnx"
    path.parent.mkdir()
    extra = "variant_artifacts/extra_files"
    make_pyfunc(path)
    with tarfile.open(path, "a") as archive:
        for name in ("._manifest.json", "._meta.json", f"{extra}/._w.safetensors", "._exp.db.zip",
                     f"{extra}/._s.pkl", "__MACOSX/variant_artifacts/helper.py", "._lib.so",
                     f"{extra}/__MACOSX/._m.onnx", ".DS_Store", "Thumbs.db", "._card.zip"):  # fmt: skip
            info = tarfile.TarInfo(name)
            info.size = len(apple)
            archive.addfile(info, io.BytesIO(apple))
    with OpenArtifact.local(path) as opened:
        assert "._lib.so" in opened.index, "the files are listed all the same"
        assert not [name for name in filter(has_weights, opened.index) if is_companion(name)]
        assert not [name for name in pickles_of(opened) if is_companion(name)]
        assert not [each for each in find_cards(opened) if is_companion(each.member)]
        assert not [name for name in members_called(opened, "exp.db.zip") if is_companion(name)]
        named = [name for fact in facts_of(opened) for name in fact.members]
        assert not [name for name in named if is_companion(name)]
    (found,) = preflight(path)
    assert found.level == "note"
    assert "10 more are companion files" in found.title
    assert "COPYFILE_DISABLE=1" in found.remedy
    for name in ("._m.fnnx", "__MACOSX/m.fnnx", "__MACOSX/deep/._m.fnnx"):
        beside = path.parent / name
        beside.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(apple)
    assert find_files([path.parent]) == [path]
    assert find_files([path, path.parent / "._m.fnnx"]) == [path]


SCRIPTS = {
    "cp1250": "název;město\nPříliš;žluťoučký\nkůň;Řím\n",
    "cp1253": "όνομα;πόλη\nΓιώργος;Αθήνα\n",
    "cp1254": "isim;şehir\nIşık;İstanbul\nğüşıöç;x\n",
    "cp1255": "שם;עיר\nדוד;ירושלים\n",
    "cp1256": "اسم;مدينة\nمحمد;القاهرة\n",
    "cp874": "ชื่อ;เมือง\nสมชาย;กรุงเทพ\n",
    "big5": "姓名;城市\n張三;臺北\n",
    "koi8-r": "имя;город\nИван;Москва\n",
    "cp1251": "имя;город\nИван;Москва\n",
    "cp1252": "name;ort\nMüller;Köln\nStraße;Öl\n",
}


@pytest.mark.fault("RL-20")
@pytest.mark.parametrize("encoding", list(SCRIPTS))
def test_a_short_table_of_any_country_is_text_and_a_guess(encoding: str) -> None:
    found = decode_text(SCRIPTS[encoding].encode(encoding), whole=True)
    assert found == Decoded(SCRIPTS[encoding], encoding, guessed=True)


@pytest.mark.fault("RL-20")
def test_zeros_among_plain_letters_are_no_wide_characters() -> None:
    text = "a,b\n" + "1,2\n" * 200 + "\0\n"
    assert decode_text(text.encode(), whole=True) == Decoded(text, "utf-8", guessed=False)


WORDS = [
    ("id,x\nMüller,Größe\n", "cp850"), ("Straße;Größe\nMüller;1\n", "mac-roman"),
    ("modèle,précision\nforêt,1\n", "cp850"), ("x,Précision\n1,2\n", "cp1252"),
    ("x,Größe\n1,2\n", "cp850"), ("nazwa;wartość\nżółw;łoś\n", "cp1250"),
    ("nazwa;wartość\nżółw;łoś\n", "iso-8859-2"), ("id,город\n1,Москва\n", "cp866"),
    ("temp °C,±0.5\n10 µm,5 €\n", "cp1252"), ("x,doğruluk\n1,2\n", "cp1254"),
    ("the model’s “best” – 5 €\n", "cp1252"), ("الدقة,القيمة\n1,2\n", "cp1256"),
]  # fmt: skip


@pytest.mark.fault("RL-20")
@pytest.mark.parametrize(("text", "encoding"), WORDS)
def test_a_few_foreign_letters_in_a_table_are_read_as_they_were_meant(
    text: str, encoding: str
) -> None:
    found = decode_text(text.encode(encoding), whole=True)
    assert found is not None
    assert (found.text, found.guessed) == (text, True)


@pytest.mark.fault("RL-20")
def test_one_odd_byte_in_utf_8_spoils_nothing_else() -> None:
    data = "Name,Größe\nMüller,1\n".encode() * 2000 + b"x\xe9y,2\n"
    for found in (decode_text(data, whole=True), decode_text(data[:-20000], whole=False)):
        assert found is not None
        assert (found.text[:18], found.encoding) == ("Name,Größe\nMüller,"[:18], "utf-8")
    assert decode_text(data, whole=True) == Decoded(
        data.decode("utf-8", "replace"), "utf-8", guessed=True
    )


@given(st.binary(max_size=300), st.integers(0, 300), st.sampled_from([*range(9), 0x0E, 0x1F]))
def test_bytes_that_are_no_utf_8_are_no_text_with_a_control_character(
    data: bytes, place: int, control: int
) -> None:
    head = b"\xff\xfd" + data[:place] + bytes([control]) + data[place:]
    found = decode_text(head, whole=True)
    assert found is None or found.encoding.startswith("utf-")


def test_a_large_binary_is_told_at_once() -> None:
    began = time.process_time()
    for _ in range(50):
        assert decode_text(bytes(256 * 1024), whole=False) is None
        assert decode_text(bytes(range(255, -1, -1)) * 1024, whole=False) is None
    assert time.process_time() - began < 2  # it took some 60 ms each
