"""Requests of a served page: analysis of texts and access to files."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from mpgraph.config.source import load_graph
from mpgraph.errors import ConfigError, InvalidArgumentError, MediaError, ResourceNotFoundError
from mpgraph.visualizer.page_session import MAX_CHARACTERS, PageSession

GOOD = 'node { name: "one" calculator: "PassThroughCalculator" }\n'


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    path = tmp_path / "graph.pbtxt"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_save_replaces_the_file_without_leftovers(graph: Path) -> None:
    PageSession([graph]).save(str(graph), "# é\n")
    assert graph.read_text(encoding="utf-8") == "# é\n"
    assert list(graph.parent.iterdir()) == [graph]


def test_save_keeps_line_ends_and_byte_order_mark(graph: Path) -> None:
    graph.write_bytes(codecs.BOM_UTF8 + b"# a\r\n# b\r\n")
    PageSession([graph]).save(str(graph), "# c\n# d\n")
    assert graph.read_bytes() == codecs.BOM_UTF8 + b"# c\r\n# d\r\n"


def test_save_keeps_the_mode(graph: Path) -> None:
    graph.chmod(0o640)
    PageSession([graph]).save(str(graph), "")
    assert graph.stat().st_mode & 0o777 == 0o640


def test_save_refuses_other_files(graph: Path) -> None:
    other = graph.with_name("other.pbtxt")
    session = PageSession([graph])
    for file in (str(other), "/etc/passwd", "graph.pbtxt", ""):
        with pytest.raises(InvalidArgumentError, match="not a file that this page may write"):
            session.save(file, "x")
    assert not other.exists()


def test_missing_folder_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    session = PageSession([folder / "new.pbtxt"])
    folder.rmdir()
    with pytest.raises(MediaError):
        session.save(str(folder / "new.pbtxt"), "")


def test_new_file_is_empty_until_saved(tmp_path: Path) -> None:
    path = tmp_path / "new.pbtxt"
    session = PageSession([path])
    answer = session.examine(str(path), {})
    assert answer["graph"]["structure"]["graph"]["nodes"] == []
    assert not path.exists()
    session.save(str(path), GOOD)
    assert path.read_text(encoding="utf-8") == GOOD


def test_unreadable_file_is_an_error_before_serving(tmp_path: Path) -> None:
    with pytest.raises(ResourceNotFoundError, match="no folder"):
        PageSession([tmp_path / "no" / "graph.pbtxt"])
    (tmp_path / "binary.pbtxt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8"):
        PageSession([tmp_path / "binary.pbtxt"])
    with pytest.raises(ResourceNotFoundError):
        PageSession([tmp_path])


def test_examine_returns_diagnostics_with_locations(graph: Path) -> None:
    answer = PageSession([graph]).examine(str(graph), {str(graph): 'node { calculator: "NoSuch" }'})
    (problem,) = answer["diagnostics"]
    assert (problem["severity"], problem["location"]["line"], problem["node"]) == ("error", 1, "NoSuch")
    assert answer["graph"]["structure"]["diagnostics"] == [problem]


def test_unparsable_text_has_no_graph(graph: Path) -> None:
    answer = PageSession([graph]).examine(str(graph), {str(graph): "node {\n  calculator: "})
    assert answer["graph"] is None
    (problem,) = answer["diagnostics"]
    assert problem["location"]["file"] == str(graph) and problem["location"]["line"] == 2


def test_other_files_of_the_session_are_subgraphs(tmp_path: Path) -> None:
    outer, inner = tmp_path / "outer.pbtxt", tmp_path / "far" / "some_part.pbtxt"
    inner.parent.mkdir()
    outer.write_text('node { calculator: "SomePart" }', encoding="utf-8")
    inner.write_text(GOOD, encoding="utf-8")
    session = PageSession([outer, inner])
    answer = session.examine(str(outer), {str(inner): GOOD.replace("one", "edited")})
    (node,) = answer["graph"]["structure"]["graph"]["nodes"]
    assert node["graph"]["nodes"][0]["name"] == "edited"
    infos = {info["name"]: (info["editable"], info["onDisk"]) for info in answer["graph"]["files"]}
    assert infos == {"outer.pbtxt": (True, True), "some_part.pbtxt": (True, True)}


def test_unparsable_subgraph_is_reported_in_its_file(tmp_path: Path) -> None:
    outer, inner = tmp_path / "outer.pbtxt", tmp_path / "inner.pbtxt"
    outer.write_text('node { calculator: "Inner" }', encoding="utf-8")
    inner.write_text(GOOD, encoding="utf-8")
    answer = PageSession([outer, inner]).examine(str(outer), {str(inner): "node {"})
    assert answer["graph"] is None
    assert answer["diagnostics"][0]["location"]["file"] == str(inner)


def test_binary_graphs_are_printed_and_read_only(tmp_path: Path, graph: Path) -> None:
    path = tmp_path / "graph.binarypb"
    path.write_bytes(load_graph(graph).config.SerializeToString())
    session = PageSession([path])
    data = session.examine(str(path), {})["graph"]
    assert "PassThroughCalculator" in data["structure"]["files"][data["files"][0]["file"]]
    assert not data["files"][0]["editable"]
    with pytest.raises(InvalidArgumentError):
        session.save(str(path), "")
    assert "PassThroughCalculator" in session.page()


def test_too_much_text_is_an_error(graph: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="characters"):
        PageSession([graph]).examine(str(graph), {str(graph): " " * (MAX_CHARACTERS + 1)})


def test_unknown_main_file_is_an_error(graph: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="no text"):
        PageSession([graph]).examine("elsewhere", {})


def test_shared_page_has_no_folders(graph: Path) -> None:
    page = PageSession([graph]).share(
        str(graph), {str(graph): 'node { calculator: "NoSuch"\n'.replace("\n", "}")}
    )
    assert "NoSuch" in page
    assert str(graph.parent) not in page


def test_versions_change_when_files_are_written(graph: Path) -> None:
    session = PageSession([graph, graph.with_name("new.pbtxt")])
    before = session.versions()
    assert before[str(graph.with_name("new.pbtxt"))] == ""
    session.save(str(graph), "# longer than before " * 9)
    assert session.versions()[str(graph)] != before[str(graph)]
    assert session.read(str(graph)).startswith("# longer")
    with pytest.raises(InvalidArgumentError):
        session.read("/etc/passwd")


def test_structure_only_leaves_out_diagnostics(tmp_path: Path) -> None:
    path = tmp_path / "graph.pbtxt"
    path.write_text('node { calculator: "PassThroughCalculator" input_stream: "nowhere" }', encoding="utf-8")
    texts = {str(path): path.read_text(encoding="utf-8")}
    assert PageSession([path]).examine(str(path), texts)["diagnostics"]
    assert not PageSession([path], structure_only=True).examine(str(path), texts)["diagnostics"]
