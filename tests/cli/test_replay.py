"""`mpgraph replay`, and the recording that `mpgraph run --record` makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mpgraph as mp


@mp.register("tests.cli.Fussy")
class Fussy(mp.Calculator):
    """Passes frames on but the third, which it refuses if it is told to."""

    frame = mp.Input("", mp.ImageFrame)
    out = mp.Output("", mp.ImageFrame)
    strict = mp.SideInput("STRICT", bool, optional=True)

    def open(self, cc: mp.CalculatorContext) -> None:
        self.count = 0

    def process(self, cc: mp.CalculatorContext) -> None:
        self.count += 1
        if self.count == 3 and cc.get(self.strict):
            raise ValueError("the third is bad")
        cc.emit(self.out, cc[self.frame])


GRAPH = """
input_stream: "input_video"
output_stream: "output_video"
input_side_packet: "strict"
node {
  calculator: "tests.cli.Fussy"
  input_stream: "input_video"
  input_side_packet: "STRICT:strict"
  output_stream: "output_video"
}
"""


@pytest.fixture
def fussy(tmp_path: Path) -> Path:
    file = tmp_path / "fussy.pbtxt"
    file.write_text(GRAPH)
    return file


@pytest.fixture
def recorded(cli: Any, fussy: Path, clip: Path) -> Path:
    """The recording of a run that failed."""
    file = fussy.with_name("bug.mpgrec")
    target = clip.with_name("out.mp4")
    code, out, err = cli("run", fussy, "-i", clip, "-o", target, "-s", "strict=true", "--record", file)
    assert code == 1
    assert "the third is bad" in err
    assert out == f"{file}: 3 packets (mpgraph replay {file})\n"
    return file


def test_a_failed_run_fails_again(cli: Any, recorded: Path) -> None:
    code, out, err = cli("replay", recorded)
    assert code == 1
    assert "the third is bad" in err
    assert out == f"output_video: 2 packets\n{recorded}: 3 packets replayed\n"


def test_it_passes_in_a_mended_graph(cli: Any, recorded: Path, fussy: Path) -> None:
    mended = fussy.with_name("mended.pbtxt")
    mended.write_text(GRAPH.replace('  input_side_packet: "STRICT:strict"\n', ""))
    code, out, err = cli("replay", recorded, "--graph", mended, "--print-output", "--pace", "1000")
    assert (code, err) == (0, "")
    assert out.count("output_video @") == 3
    assert "ImageFrame 64x48 SRGB" in out


def test_files_are_not_replaced_by_accident(cli: Any, recorded: Path, fussy: Path, clip: Path) -> None:
    before = recorded.read_bytes()
    code, _, err = cli(
        "run", fussy, "-i", clip, "-o", clip.with_name("b.mp4"), "-s", "strict=0", "--record", recorded
    )
    assert code == 1
    assert "exists already; --force replaces it" in err
    assert recorded.read_bytes() == before


def test_a_cut_off_recording_is_replayed_as_far_as_it_is_whole(cli: Any, recorded: Path) -> None:
    recorded.write_bytes(recorded.read_bytes()[:-40])
    code, out, err = cli("replay", recorded)
    assert "warning:" in err
    assert "is damaged: it is cut off at byte" in err
    assert "packets replayed" in out
    assert code == 1


def test_files_that_cannot_be_replayed(cli: Any, tmp_path: Path, fussy: Path) -> None:
    assert cli("replay", tmp_path / "none.mpgrec")[2].startswith("error: There is no recording")
    code, _, err = cli("replay", fussy)
    assert code == 1
    assert "is not a recording of mpgraph" in err


def test_recording_goes_with_one_run(cli: Any, fussy: Path, clip: Path) -> None:
    code, _, err = cli("run", fussy, "-i", clip, "--watch", "--record", clip.with_name("x.mpgrec"))
    assert code == 2
    assert "leave out --watch" in err
