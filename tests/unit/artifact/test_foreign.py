"""Archives as other programs write them: GNU tar, bsdtar and old formats. None is called damaged."""

import io
import os
import shutil
import socket
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.artifacts import makers
from unit.artifact.test_hostile import END, MANIFEST, header, member, pax

from dfs_desktop.artifact import ArtifactError, read_contents
from dfs_desktop.artifact.archive import tar_walk
from dfs_desktop.artifact.archive.byte_source import BytesSource
from dfs_desktop.artifact.artifact_reader import OpenArtifact
from dfs_desktop.artifact.findings import Finding
from dfs_desktop.artifact.preflight import preflight

GNU = "tar"
BSD = "bsdtar"
FOLDERS = "variant_artifacts/extra_files"
LONG = f"{FOLDERS}/{'n' * 90}/{'ü' * 60}.bin"

# Old formats have no room for long names.
SHORT, NO_META = "--exclude=nnn*", "--exclude=meta_artifacts"

Index = dict[str, tuple[int, int]]


def is_gnu_tar() -> bool:
    found = shutil.which(GNU)
    if found is None:
        return False
    run = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    return "GNU tar" in run.stdout


def needs(program: str) -> None:
    missing = not is_gnu_tar() if program == GNU else shutil.which(program) is None
    if missing:
        pytest.skip(f"{program} is not installed here")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder as a person packs it: long names, empty files, a file of many blocks."""
    folder = tmp_path / "model"
    (folder / LONG).parent.mkdir(parents=True)
    artifact = makers.make_pyfunc(tmp_path / "m.fnnx")
    with tarfile.open(artifact) as archive:
        archive.extractall(folder, filter="data")
    (folder / LONG).write_bytes(os.urandom(70_001))
    (folder / FOLDERS / "empty").touch()
    return folder


def made(folder: Path, *command: str) -> Path:
    path = folder.parent / "packed.fnnx"
    subprocess.run([*command, "-cf", path, "-C", folder, "."], check=True, capture_output=True)
    return path


def by_tarfile(path: Path) -> Index:
    with tarfile.open(path, "r:") as archive:
        return {
            each.name.removeprefix("./"): (each.offset_data, each.size)
            for each in archive
            if each.isreg()
        }


def is_long(path: Path) -> bool:
    return path.parts[0] == "meta_artifacts" or any(part.startswith("nnn") for part in path.parts)


def errors(path: Path) -> list[Finding]:
    return [each for each in preflight(path) if each.level == "error"]


WRITERS = {
    "gnu label": (GNU, "-V", "my label"),
    "gnu label in pax": (GNU, "--format=posix", "-V", "my label"),
    "gnu incremental": (GNU, "-G"),
    "gnu incremental, posix": (GNU, "-G", "--format=posix"),
    "gnu v7": (GNU, "--format=v7", SHORT, NO_META),
    "gnu oldgnu": (GNU, "--format=oldgnu"),
    "gnu gnu": (GNU, "--format=gnu"),
    "gnu ustar": (GNU, "--format=ustar", SHORT, NO_META),
    "gnu pax": (GNU, "--format=pax", "--pax-option=exthdr.name=%d/PaxHeaders/%f,comment=hello"),
    "gnu pax global": (GNU, "--format=pax", "--pax-option=globexthdr.name=g,comment=hi"),
    "gnu xattrs": (GNU, "--format=pax", "--xattrs"),
    "gnu blocks": (GNU, "-b", "200"),
    "gnu one block": (GNU, "-b", "1"),
    "gnu numeric": (GNU, "--numeric-owner", "--owner=4294967290", "--group=4294967290"),
    "gnu old date": (GNU, "--mtime=@-5000000000", "--format=gnu"),
    "gnu index": (GNU, "--show-transformed-names", "--transform=s,^,./,"),
    "bsd default": (BSD,),
    "bsd pax": (BSD, "--format=pax", "--xattrs", "--no-read-sparse"),
    "bsd ustar": (BSD, "--format=ustar", SHORT, NO_META),
    "bsd gnutar": (BSD, "--format=gnutar"),
    "bsd v7": (BSD, "--format=v7tar", SHORT, NO_META),
    "bsd acls": (BSD, "--format=pax", "--acls", "--fflags"),
}


@pytest.mark.fault("RL-16")
@pytest.mark.parametrize("writer", sorted(WRITERS))
def test_every_archive_of_other_programs_opens_and_gives_every_byte(
    model: Path, writer: str
) -> None:
    needs(WRITERS[writer][0])
    path = made(model, *WRITERS[writer])
    files = {
        each.relative_to(model).as_posix(): each.read_bytes()
        for each in model.rglob("*")
        if each.is_file() and not (SHORT in WRITERS[writer] and is_long(each.relative_to(model)))
    }
    assert read_contents(path).manifest["variant"] == "pyfunc"
    with OpenArtifact.local(path) as opened:
        assert {name: opened.read(name) for name in opened.index} == files
    assert not errors(path)


@pytest.mark.fault("RL-16")
def test_links_and_pipes_are_left_out_with_a_warning_and_do_not_stop_the_file(model: Path) -> None:
    needs(GNU)
    (model / "link").symlink_to("manifest.json")
    os.link(model / "meta.json", model / "zz-hard")
    os.mkfifo(model / "pipe")
    path = made(model, GNU, "--sort=name")
    index = read_contents(path).index
    hard = {name: index.pop(name) for name in ("zz-hard",)}
    assert index == by_tarfile(path)
    assert hard["zz-hard"] == index["meta.json"]
    titles = " ".join(each.title for each in preflight(path) if each.level == "warning")
    for words in ("“link” in the archive: a symbolic link", "a named pipe"):
        assert words in titles
    assert not errors(path)


@pytest.mark.fault("RL-16")
@pytest.mark.parametrize("form", ["gnu", "pax", "ustar"])
def test_a_document_that_is_a_hard_link_is_read_where_its_bytes_are(model: Path, form: str) -> None:
    needs(GNU)
    first = f"a{'a' * (20 if form == 'ustar' else 150)}"
    os.link(model / "meta.json", model / first)  # packed first, meta.json as a link to it
    flags = [NO_META, SHORT] if form == "ustar" else []
    path = made(model, GNU, "--sort=name", f"--format={form}", *flags)
    with tarfile.open(path) as archive:
        assert archive.getmember("./meta.json").islnk()
    with OpenArtifact.local(path) as opened:
        assert opened.read("meta.json") == (model / "meta.json").read_bytes()
        assert opened.metrics()


SPARSE = {
    "gnu": (GNU, "--sparse"),
    "pax 0.0": (GNU, "--sparse", "--format=pax", "--sparse-version=0.0"),
    "pax 0.1": (GNU, "--sparse", "--format=pax", "--sparse-version=0.1"),
    "pax 1.0": (GNU, "--sparse", "--format=pax", "--sparse-version=1.0"),
    "bsdtar": (BSD, "--read-sparse"),
}


@pytest.mark.fault("RL-17")
@pytest.mark.parametrize("writer", sorted(SPARSE))
def test_a_sparse_member_is_named_with_the_remedy_for_each_program(
    model: Path, writer: str
) -> None:
    needs(SPARSE[writer][0])
    with (model / "holes.bin").open("wb") as file:
        file.seek(4 << 20)
        file.write(b"w" * 4096)
    path = made(model, *SPARSE[writer])
    with tarfile.open(path) as archive:
        (found,) = [each for each in archive if each.name.endswith("holes.bin")]
    if not found.issparse():
        pytest.skip("the file system keeps no holes")
    with pytest.raises(ArtifactError) as caught:
        read_contents(path)
    for words in ("“holes.bin” inside it is a sparse file", "--sparse", "--no-read-sparse"):
        assert words in caught.value.detail


HAND_MADE = {
    "label of kind V": member("my label", b"", b"V"),
    "label with data": member("my label", b"volume 1", b"V"),
    "folder list of kind D": member("./", b"Ymanifest.json\0\0", b"D"),
    "names of kind N": member("././@LongName", b"Rename a to b\n", b"N"),
    "a part of kind M": member("old.bin", b"rest", b"M"),
    **{f"vendor kind {kind}": member("x", b"abc", kind.encode()) for kind in "ABCEFHIOPQRTUWYZ"},
    "unknown kind": member("x", b"abc", b"\xe9"),
    "solaris extended header": pax(mtime="1")[:156] + b"X" + pax(mtime="1")[157:],
    "two extended headers": pax(mtime="1") + pax(comment="x"),
    "many global headers": member("g", b"13 comment=a\n", b"g") * 40,
    "hard link": member("l", b"", b"1"),
    "hard link with data": member("l", b"data" * 300, b"1"),
    "symbolic link": member("l", b"", b"2"),
    "device": member("d", b"", b"3") + member("b", b"", b"4") + member("p", b"", b"6"),
    "folder with a size": header("d/", 4096, b"5"),
    "folder with data": member("d/", b"abc" * 400, b"5"),
    "folder by its name": header("old/", 0, b"\0"),
    "name that is not UTF-8": member(b"mod\xe9l.bin", b"abc"),
    "base 256 size": header("w", b"\x80" + bytes(10) + b"\3") + b"abc" + bytes(509),
    "size with blanks": header("w", b"         3 \0") + b"abc" + bytes(509),
    "size ended by a blank": header("w", b"00000000003 ") + b"abc" + bytes(509),
    "size of no digits": header("w", bytes(12)),
    "star prefix": header("w", 0, b"0", prefix=b"p" * 131)[:508] + b"tar\0",
}


def mended(block: bytes) -> bytes:
    """The header with its checksum made right."""
    whole = block[:148] + b" " * 8 + block[156:]
    return block[:148] + b"%06o\0 " % sum(whole[:512]) + block[156:]


@pytest.mark.fault("RL-16")
@pytest.mark.parametrize("place", ["before", "behind"])
@pytest.mark.parametrize("what", sorted(HAND_MADE))
def test_odd_entries_before_and_behind_good_ones_hide_nothing(
    tmp_path: Path, what: str, place: str
) -> None:
    odd = mended(HAND_MADE[what])
    good = member("w.bin", b"weights")
    path = tmp_path / "m.fnnx"
    path.write_bytes((odd + MANIFEST if place == "before" else MANIFEST + odd) + good + END)
    offset, size = read_contents(path).index["w.bin"]
    assert path.read_bytes()[offset : offset + size] == b"weights"
    assert not [each for each in errors(path) if "archive" in each.title.lower()]


ENDS = {
    "no end mark": b"",
    "half an end mark": bytes(512),
    "a cut block of zeros": bytes(100),
    "garbage behind": END + b"garbage",
    "another archive": END + MANIFEST + END,
    "one zero block, then more": bytes(512) + MANIFEST + END,
    "much padding": bytes(1 << 20),
}


@pytest.mark.fault("RL-16")
@pytest.mark.parametrize("end", sorted(ENDS))
def test_whatever_follows_the_last_member_is_a_warning_at_most(tmp_path: Path, end: str) -> None:
    path = tmp_path / "m.fnnx"
    path.write_bytes(MANIFEST + ENDS[end])
    assert read_contents(path).index == {"manifest.json": (512, 21)}
    odd = [each for each in preflight(path) if "end mark" in each.title]
    assert [each.level for each in odd] == (["warning"] if end not in QUIET else [])


QUIET = ("much padding", "half an end mark")


def test_the_last_member_may_lack_its_padding(tmp_path: Path) -> None:
    path = tmp_path / "m.fnnx"
    path.write_bytes((MANIFEST + member("w", b"abc"))[:-509])
    assert list(read_contents(path).index) == ["manifest.json", "w"]


@pytest.mark.fault("RL-15")
def test_extension_headers_of_any_size_and_number_are_walked_past(tmp_path: Path) -> None:
    one = pax(**{"SCHILY.xattr.com.apple.ResourceFork": "r" * 1_200_000})
    many = pax(**{f"SCHILY.xattr.user.k{number}": "v\n=" for number in range(1100)})
    tiny = b"".join(pax(mtime="1.5") + member(f"f{n}", b"") for n in range(3000))
    last = pax(path="name of many", **{f"k{number}": "v" * 300 for number in range(500)})
    path = tmp_path / "m.fnnx"
    path.write_bytes(MANIFEST + one + many + tiny + last + member("x", b"12") + END)
    index = read_contents(path).index
    assert len(index) == 3002
    offset, size = index["name of many"]
    assert path.read_bytes()[offset : offset + size] == b"12"


@pytest.mark.fault("RL-15")
def test_members_and_headers_are_counted_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tar_walk, "MAX_MEMBERS", 1000)
    path = tmp_path / "m.fnnx"
    path.write_bytes(MANIFEST + (pax(mtime="1") + member("d/", b"", b"5")) * 600 + END)
    assert list(read_contents(path).index) == ["manifest.json"]


NAMES = st.lists(
    st.text(
        st.characters(codec="utf-8", exclude_characters="/\\\0:", exclude_categories=["Cs"]),
        min_size=1, max_size=60,
    ).filter(lambda part: part not in (".", "..")),
    min_size=1, max_size=6,
).map("/".join)  # fmt: skip
KINDS = st.sampled_from([*"01234567", "\0", "V", "D", "N", "A", "Z"])
RECORDS = st.dictionaries(st.sampled_from(["mtime", "comment", "LIBARCHIVE.x", "uname"]),
                          st.text(st.characters(exclude_categories=["Cs"]), max_size=300))  # fmt: skip


@pytest.mark.fault("RL-16")
@given(
    entries=st.lists(st.tuples(NAMES, KINDS, st.binary(max_size=1200), RECORDS), max_size=8),
    style=st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]),
)
def test_archives_of_any_kinds_are_read_as_tarfile_reads_them(
    entries: list[tuple[str, str, bytes, dict[str, str]]], style: int
) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=style) as archive:
        for name, kind, data, records in [("manifest.json", "0", b"{}", {}), *entries]:
            info = tarfile.TarInfo(name)
            info.type = kind.encode()
            info.linkname = "manifest.json" if kind in "12" else ""
            info.pax_headers = records
            info.size = 0 if kind in "123456" else len(data)
            archive.addfile(info)
            if info.size:
                buffer.write(data + bytes(-len(data) % 512))
                archive.offset = buffer.tell()
    data = buffer.getvalue()
    opened = OpenArtifact.walk(BytesSource(data, "a.tar"))
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        expected: Index = {}
        for each in archive:
            if each.type in (b"0", b"\0", b"7"):
                expected[each.name] = each.offset_data, each.size
            elif each.islnk():
                expected[each.name] = expected["manifest.json"]
    assert {name: tuple(each[1:]) for name, each in opened.index.items()} == expected


def test_a_socket_in_the_folder_does_not_matter(model: Path) -> None:
    needs(GNU)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(model / "s"))
        path = made(model, GNU)
    assert read_contents(path).index == by_tarfile(path)
