"""Pages of the documentation site that are generated: mkdocs calls the functions here while it builds.

- `reference/calculators/`: a page for each family of calculators, from the registry.
- `cookbook.md`: the examples in graphs/examples, each with its graph, drawing and code.
- `architecture.md`, `contributing.md`, `security.md`, `changelog.md`: the files at the top of the checkout.
- `images/`: the screenshots that the README shows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from mpgraph.config.describe.description import PORT_TITLES, SUBGRAPH, Description, PortDescription
from mpgraph.config.describe.example_node import example_node
from mpgraph.config.describe.option_descriptions import OptionDescription
from mpgraph.config.describe.registered import describe_all

CHECKOUT = Path(__file__).resolve().parent.parent
EXAMPLES = CHECKOUT / "graphs" / "examples"
TOP_LEVEL_PAGES = ("ARCHITECTURE", "CHANGELOG", "CONTRIBUTING", "SECURITY")
CALCULATORS = "reference/calculators"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those in docs/."""
    for path, text in {**calculator_pages(), "cookbook.md": cookbook(), **top_level_pages()}.items():
        files.append(File.generated(config, path, content=text))
    drawings = [*EXAMPLES.glob("*/*.svg"), *(CHECKOUT / "graphs" / "selfie_effects").glob("*.svg")]
    for image in [*drawings, *(CHECKOUT / ".github").rglob("*.[jp][pn]g")]:
        files.append(File.generated(config, f"images/{image.name}", abs_src_path=str(image)))
    return files


def top_level_pages() -> dict[str, str]:
    """The contributors' files, with their links to files of the checkout as plain code."""
    pages = {}
    for name in TOP_LEVEL_PAGES:
        text = (CHECKOUT / f"{name}.md").read_text(encoding="utf-8")
        pages[f"{name.lower()}.md"] = _relinked(text)
    return pages


def _relinked(text: str) -> str:
    def link(match: re.Match[str]) -> str:
        label, target = match[1], match[2]
        path, _, anchor = target.partition("#")
        if target.startswith(("http", "#")):
            return match[0]
        if path.removesuffix(".md") in TOP_LEVEL_PAGES:
            return f"[{label}]({path.lower()}{'#' + anchor if anchor else ''})"
        if path.startswith("docs/"):
            return f"[{label}]({target.removeprefix('docs/')})"
        return label if label.startswith("`") else f"`{path}`"

    return re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", link, text)


# Calculators


def calculator_pages() -> dict[str, str]:
    """A page for each family, and an index of all names."""
    descriptions, errors = describe_all()
    shipped = [one for one in descriptions if one.origin.startswith("mpgraph, ")]
    if errors or not shipped:
        raise RuntimeError(f"The calculators cannot be described: {errors}")
    ordered = sorted(shipped, key=lambda one: (one.origin, one.name))
    pages = {}
    index = [
        "# Calculators",
        "",
        "Everything that a graph can name, by family; `mpgraph calculators NAME` prints",
    ]
    index += ["the same page in a terminal, for your own calculators too."]
    for origin, group in groupby(ordered, lambda one: one.origin):
        family = origin.removeprefix("mpgraph, ")
        members = list(group)
        pages[f"{CALCULATORS}/{family}.md"] = "\n".join(_family_page(family, members))
        index += ["", f"## {family}", "", "| | |", "|---|---|"]
        index += [
            f"| [{one.name}]({family}.md#{one.name.lower()}) | {_cell(one.summary)} |" for one in members
        ]
    return {f"{CALCULATORS}/index.md": "\n".join(index), **pages}


def _family_page(family: str, members: Iterable[Description]) -> Iterator[str]:
    yield f"# Calculators: {family}"
    for one in members:
        kind = "subgraph" if one.kind == SUBGRAPH else "calculator"
        yield from ("", f"## {one.name}", "", f"*{kind}*", "", _prose(one.doc), "")
        for port_list, title in PORT_TITLES.items():
            if ports := one.ports_of(port_list):
                yield from (f"**{title}**", "", "| port | type | |", "|---|---|---|")
                yield from (
                    f"| `{_port_name(port)}` | {_port_type(port)} | {_port_notes(port)} |" for port in ports
                )
                yield ""
        if one.contract:
            yield from (f"**Contract**: {one.contract}", "")
        if one.options_type:
            yield from (f"**Options**: `{one.options_type}`", "", one.options_doc, "")
            if rows := list(_option_rows(one.options)):
                yield from ("| field | type | default | |", "|---|---|---|---|", *rows, "")
        yield from ("```", example_node(one).rstrip(), "```")


def _prose(doc: str) -> str:
    """A docstring as Markdown: what it says of each port becomes an item of a list."""
    paragraphs = []
    for paragraph in doc.split("\n\n"):
        lines = paragraph.split("\n")
        if re.match(r"[A-Z][A-Z_]+\b.*:", lines[0]) and not paragraph.startswith("Raises"):
            lines = [line if line.startswith(" ") else f"- {line}" for line in lines]
        paragraphs.append("\n".join(re.sub(r"^ +", "  ", line) for line in lines))
    return "\n\n".join(paragraphs)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _port_name(port: PortDescription) -> str:
    label = port.label or "(untagged)"
    return f"{label} ..." if port.repeated else label


def _port_type(port: PortDescription) -> str:
    if port.same_as is not None:
        return f"same as `{port.same_as}`" if port.same_as else "same as the untagged input"
    return " or ".join(f"`{name}`" for name in port.types) or "any type"


def _port_notes(port: PortDescription) -> str:
    notes = ["any number" if port.repeated else "", "optional" if port.optional else "", port.doc]
    return _cell("; ".join(note for note in notes if note))


def _option_rows(options: Iterable[OptionDescription], prefix: str = "") -> Iterator[str]:
    for option in options:
        kind = f"list of {option.type}" if option.repeated else option.type
        notes = [
            "required" if option.required else "",
            f"one of {', '.join(option.choices)}" if option.choices else "",
            f"at most one of the group `{option.one_of}`" if option.one_of else "",
            option.doc,
        ]
        default = f"`{option.default}`" if option.default else ""
        note = _cell("; ".join(filter(None, notes)))
        yield f"| `{prefix}{option.name}` | {_cell(kind)} | {default} | {note} |"
        yield from _option_rows(option.fields, f"{prefix}{option.name}{'[]' if option.repeated else ''}.")


# Cookbook


def cookbook() -> str:
    """The examples, in the order of their table in graphs/examples/README.md."""
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \d+ \| \[(.+?)\]\((\w+)/\w+\.py\) \| (.+?) \|", readme, re.MULTILINE)
    blocks = ["# Cookbook", COOKBOOK_INTRODUCTION]
    for title, name, idea in rows:
        folder = EXAMPLES / name
        code = (folder / f"{name}.py").read_text(encoding="utf-8")
        documentation = ast.get_docstring(ast.parse(code)) or ""
        idea = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", idea)
        blocks += [f"## {title}", f"*{idea}*", documentation, f"![The graph of {name}](images/{name}.svg)"]
        blocks += [_folded(f"{name}.pbtxt", (folder / f"{name}.pbtxt").read_text(encoding="utf-8"), "")]
        blocks += [_folded(f"{name}.py", code, "python")]
    return "\n\n".join(blocks)


COOKBOOK_INTRODUCTION = """\
One idea each. Every example is a folder of `graphs/examples` in the repository and runs on the plain
install, without a camera: `python custom_blur/custom_blur.py`.
"""


def _folded(title: str, code: str, language: str) -> str:
    body = "\n".join(f"    {line}".rstrip() for line in ("```" + language, *code.rstrip().split("\n"), "```"))
    return f'??? example "{title}"\n\n{body}'
