"""Bundling of ES modules into one script."""

from __future__ import annotations

from collections.abc import Iterator

import _quickjs
import pytest

from mpgraph.errors import InternalError
from mpgraph.visualizer import bundle as bundle_module
from mpgraph.visualizer.bundle import bundle


def script(files: dict[str, str], entry: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(bundle_module, "source_of", files.__getitem__)
    bundle.cache_clear()
    return bundle(entry, "made")


@pytest.fixture(autouse=True)
def no_leftovers() -> Iterator[None]:
    yield
    bundle.cache_clear()


def value(text: str) -> object:
    return _quickjs.Context().eval(f"{text}\nmade.result")


def test_imports_by_name_renamed_and_as_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "a.js": 'import { one, two as three } from "./b/b.js";\nimport * as all from "./b/b.js";\n'
        "export const result = [one(), three, new all.Four().x].join();\n",
        "b/b.js": 'import {\n  base,\n} from "../c.js";\nexport function one() { return base; }\n'
        "export let two = 2;\nexport class Four { x = 4; }\n",
        "c.js": "const hidden = 1;\nexport const base = hidden;\nexport {};\n",
    }
    assert value(script(files, "a.js", monkeypatch)) == "1,2,4"


def test_names_of_modules_do_not_collide(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "a.js": 'import { get } from "./b.js";\nconst x = 1;\nexport const result = x + get();\n',
        "b.js": "const x = 2;\nexport function get() { return x; }\n",
    }
    assert value(script(files, "a.js", monkeypatch)) == 3


def test_exports_of_another_module_are_passed_on() -> None:
    files = {
        "a.js": 'export { one, Two } from "./b.js";\nexport const result = 3;\n',
        "b.js": "export const one = 1;\nexport class Two { x = 2; }\n",
    }
    made = bundle("a.js", "made", files.__getitem__)
    assert _quickjs.Context().eval(f"{made}\n[made.one, new made.Two().x, made.result].join()") == "1,2,3"


def test_unsupported_syntax_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InternalError, match="export default"):
        script({"a.js": "export default 3;\n"}, "a.js", monkeypatch)
    with pytest.raises(InternalError, match="circle"):
        script(
            {"a.js": 'import { b } from "./b.js";\n', "b.js": 'import { a } from "./a.js";\n'},
            "a.js",
            monkeypatch,
        )


def test_shipped_modules_can_be_bundled() -> None:
    assert "mpgraphVisualizer" in bundle("static.js")
    assert len(bundle("page/main.js")) > len(bundle("static.js"))
