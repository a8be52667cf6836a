from __future__ import annotations

import json

from mpgraph.cli.diagnostic_formats import as_github, as_sarif
from mpgraph.config.validation.diagnostics import Diagnostic
from mpgraph.errors import Location

ODD = Diagnostic(
    "error", "cycle", "100 %\nof a", "Do b.", "a,b:c.pbtxt", 3, 4, used_at=(Location("u", 5, 6),)
)


def test_annotations_are_escaped() -> None:
    assert as_github([ODD]) == "::error file=a%2Cb%3Ac.pbtxt,line=3,col=4,title=cycle::100 %25%0Aof a Do b."
    whole = Diagnostic("warning", "no-file", "gone", file="x.pbtxt")
    assert as_github([ODD, whole]).splitlines()[1] == "::warning file=x.pbtxt,title=no-file::gone"


def test_sarif_has_the_uses_of_a_subgraph() -> None:
    log = json.loads(as_sarif([ODD], "1.2"))
    (run,) = log["runs"]
    assert run["tool"]["driver"]["version"] == "1.2"
    (use,) = run["results"][0]["relatedLocations"]
    assert use["physicalLocation"]["region"] == {"startLine": 5, "startColumn": 6}
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "a,b:c.pbtxt"}
