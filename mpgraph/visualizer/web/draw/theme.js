/** Colours and fonts of drawings, light and dark. */

/** @typedef {"auto" | "light" | "dark" | "variables"} Theme */

/** @type {Record<string, string>} */
export const LIGHT = {
  paper: "#ffffff",
  node: "#ffffff",
  "node-line": "#b8c1ce",
  text: "#18212f",
  muted: "#667085",
  faint: "#a2abb8",
  tag: "#2757a6",
  wire: "#62718a",
  side: "#b57a1a",
  back: "#8a4fd0",
  accent: "#4f7fd0",
  group: "#f4f6fb",
  "group-2": "#e9eef8",
  "group-line": "#a9b8d2",
  subgraph: "#f3eefe",
  "subgraph-line": "#9378dd",
  unknown: "#f7f7f8",
  "unknown-line": "#9aa1ac",
  generator: "#fff6e5",
  "generator-line": "#d5a040",
  input: "#e7f5ec",
  "input-line": "#4f9d67",
  output: "#e8f1fd",
  "output-line": "#4f86cf",
  packet: "#fdf3e0",
  "packet-line": "#c78f2d",
  badge: "#eceff4",
  error: "#d92d20",
  warning: "#c4720a",
};

/** @type {Record<string, string>} */
export const DARK = {
  paper: "#11151c",
  node: "#1c222c",
  "node-line": "#465264",
  text: "#e8edf5",
  muted: "#9aa7ba",
  faint: "#657184",
  tag: "#86b2ff",
  wire: "#8395af",
  side: "#dea84d",
  back: "#bb93f5",
  accent: "#6d9bee",
  group: "#161c26",
  "group-2": "#1a2230",
  "group-line": "#3c4c66",
  subgraph: "#251f38",
  "subgraph-line": "#8d75d8",
  unknown: "#191c22",
  "unknown-line": "#6d7684",
  generator: "#2b2415",
  "generator-line": "#b78a35",
  input: "#15281c",
  "input-line": "#4d9c68",
  output: "#15233a",
  "output-line": "#4f86cf",
  packet: "#2a2213",
  "packet-line": "#b98a35",
  badge: "#2a3240",
  error: "#ff6a5e",
  warning: "#f0a541",
};

const SANS = "Inter,'Segoe UI',Roboto,'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif";
const MONO = "ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";

/** What a page has to define for the theme "variables". @param {Record<string, string>} colours */
export function variables(colours) {
  return Object.entries(colours)
    .map(([name, value]) => `--mpg-${name}:${value};`)
    .join("");
}

/** @param {Theme} theme The text of the style element. */
export function style(theme) {
  if (theme === "variables") return `${shapes()}${paint((name) => `var(--mpg-${name})`)}`;
  if (theme === "dark") return `${shapes()}${paint((name) => DARK[name])}`;
  const light = `${shapes()}${paint((name) => LIGHT[name])}`;
  return theme === "light"
    ? light
    : `${light}@media (prefers-color-scheme:dark){${paint((name) => DARK[name])}}`;
}

function shapes() {
  return [
    `.mpg text{font-family:${SANS}}`,
    `.mpg .tag,.mpg .option{font-family:${MONO}}`,
    ".mpg .title{font-size:12.5px;font-weight:600}",
    ".mpg .name{font-size:10.5px}",
    ".mpg .tag{font-size:9px;font-weight:600}",
    ".mpg .caption{font-size:10.5px}",
    ".mpg .port-name,.mpg .type,.mpg .option,.mpg .more{font-size:9.5px}",
    ".mpg .badge text{font-size:9px}",
    ".mpg .pill{font-size:11px;font-weight:500}",
    ".mpg .centre{text-anchor:middle}",
    ".mpg .end{text-anchor:end}",
    ".mpg .wire path{fill:none;stroke-width:1.4;stroke-linejoin:round}",
    ".mpg .wire .hit{stroke:transparent;stroke-width:10}",
    ".mpg .wire.back .line{stroke-dasharray:5 3}",
    ".mpg .box>.frame{stroke-width:1.2}",
    ".mpg .implied>.frame{stroke-dasharray:4 3}",
    ".mpg .badge rect{stroke:none}",
    ".mpg .toggle{stroke-width:1.2;stroke-linecap:round}",
  ].join("");
}

/** @param {(name: string) => string} colour */
function paint(colour) {
  const box = (/** @type {string} */ selector, /** @type {string} */ name) =>
    `.mpg ${selector}>.frame{fill:${colour(name)};stroke:${colour(`${name}-line`)}}`;
  return [
    `.mpg .paper{fill:${colour("paper")}}`,
    box(".box", "node"),
    box(".group", "group"),
    box(".kind-subgraph", "subgraph"),
    box(".kind-unknown", "unknown"),
    box(".kind-generator", "generator"),
    box(".input", "input"),
    box(".output", "output"),
    box(".side_input", "packet"),
    box(".side_output", "packet"),
    `.mpg .group>.frame{fill:${colour("group")};stroke:${colour("group-line")}}`,
    `.mpg .group.even>.frame{fill:${colour("group-2")}}`,
    `.mpg .bar{fill:${colour("accent")}}.mpg .kind-subgraph>.bar{fill:${colour("subgraph-line")}}`,
    `.mpg .kind-unknown>.bar{fill:${colour("unknown-line")}}.mpg .kind-generator>.bar{fill:${colour("generator-line")}}`,
    `.mpg text{fill:${colour("text")}}`,
    `.mpg .tag{fill:${colour("tag")}}`,
    `.mpg .type{fill:${colour("faint")};font-style:italic}`,
    `.mpg .name,.mpg .caption,.mpg .port-name,.mpg .option .key,.mpg .more{fill:${colour("muted")}}`,
    `.mpg .option.dim,.mpg .option.dim .key{fill:${colour("faint")}}`,
    `.mpg .badge rect{fill:${colour("badge")}}`,
    `.mpg .wire path{stroke:${colour("wire")}}.mpg .wire.side path{stroke:${colour("side")}}.mpg .wire.back path{stroke:${colour("back")}}`,
    ".mpg .wire .hit,.mpg .wire.side .hit,.mpg .wire.back .hit{stroke:transparent}",
    `.mpg .joint{fill:${colour("wire")}}.mpg .side>.joint{fill:${colour("side")}}.mpg .back>.joint{fill:${colour("back")}}`,
    `.mpg .port .mark{fill:${colour("wire")}}.mpg .port.side_in .mark,.mpg .port.side_out .mark{fill:${colour("side")}}`,
    `.mpg .port.back .mark{fill:${colour("back")}}`,
    `.mpg .port.loose .mark{fill:${colour("paper")};stroke:${colour("faint")}}`,
    `.mpg .toggle{fill:none;stroke:${colour("subgraph-line")}}.mpg .alarm rect{fill:${colour("error")}}.mpg .alarm text{fill:${colour("paper")}}`,
    `.mpg .alarm.warning rect{fill:${colour("warning")}}`,
    `.mpg .has-error>.frame{stroke:${colour("error")}}`,
  ].join("");
}
