/** Tables of ports and options, for the inspector and the hover card. */

import { el } from "./dom.js";

/** @typedef {import("./structure.js").Port} Port */
/** @typedef {import("./structure.js").OptionRow} OptionRow */

/**
 * A name with line break opportunities before its words.
 * @param {string} name
 * @returns {(Node | string)[]}
 */
export function breakable(name) {
  return name.split(/(?<=[a-z0-9])(?=[A-Z])|(?<=_)(?=[^_])/).flatMap((word, at) => (at ? [el("wbr"), word] : [word]));
}

/**
 * @param {string} title
 * @param {Port[]} ports
 * @param {(port: Port) => void} [choose] Called with a port to select its stream.
 * @returns {HTMLElement[]}
 */
export function portTable(title, ports, choose) {
  if (!ports.length) return [];
  const rows = ports.map((port) => {
    const name = choose ? el("button", { class: "link", click: () => choose(port) }, port.name) : port.name;
    const label = port.tag ? `${port.tag}${port.index ? `:${port.index}` : ""}` : port.index ? `:${port.index}` : "";
    const notes = [port.back_edge ? "back edge" : "", port.implied ? "from outside" : ""].filter(Boolean).join(", ");
    const tag = label ? [el("span", { class: "tag" }, label), " "] : [];
    return el("tr", { class: port.implied ? "implied" : "" },
      el("td", {}, ...tag, name), el("td", { class: "type" }, port.type, notes && ` (${notes})`));
  });
  return [el("h3", {}, title), el("table", { class: "ports" }, el("tbody", {}, ...rows))];
}

/**
 * @param {string} title
 * @param {OptionRow[]} options Options that the text leaves out are grey.
 * @returns {HTMLElement[]}
 */
export function optionTable(title, options) {
  if (!options.length) return [];
  const rows = options.map((option) => el("tr", { class: option.default ? "default" : "set" },
    el("td", {}, option.name), el("td", { class: "value" }, option.value)));
  return [el("h3", {}, title), el("table", { class: "options" }, el("tbody", {}, ...rows))];
}

/**
 * @param {[string, string | number][]} facts Facts without a value are left out.
 * @returns {HTMLElement[]}
 */
export function factTable(facts) {
  const known = facts.filter(([, value]) => value !== "" && value !== 0);
  if (!known.length) return [];
  const rows = known.map(([name, value]) => el("tr", {}, el("td", {}, name), el("td", { class: "value" }, String(value))));
  return [el("table", { class: "facts" }, el("tbody", {}, ...rows))];
}
