/** Dispatch of keyboard commands, and the help that lists them. */

import { el } from "./dom.js";

/** @typedef {{keys: string[], does: string, run: (event: KeyboardEvent) => void}} Command keys: as `name` gives them */

/** @param {KeyboardEvent} event @returns {string} Such as "Ctrl+s", "Shift+ArrowUp", "?". */
export function name(event) {
  const control = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  const shift = event.shiftKey && event.key.length > 1 ? "Shift+" : "";
  return `${control}${event.altKey ? "Alt+" : ""}${shift}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
}

/** @param {Command[]} commands */
export function listen(commands) {
  const byKey = new Map(commands.flatMap((command) => command.keys.map((key) => [key, command])));
  document.addEventListener("keydown", (event) => {
    const key = name(event);
    const command = byKey.get(key);
    if (!command || event.defaultPrevented) return;
    // Plain keys belong to the focused text field, and to widgets that handle them.
    const at = event.target instanceof Element ? event.target : null;
    if (at?.closest("dialog")) return;
    if (!key.startsWith("Ctrl+") && key !== "Escape" && at?.closest("textarea, input, select, [role=tree], [role=tablist], [role=separator]")) return;
    if ((key === "Enter" || key === " ") && at?.closest("button, summary, a")) return;
    event.preventDefault();
    command.run(event);
  });
}

/** @param {HTMLDialogElement} dialog @param {Command[]} commands */
export function help(dialog, commands) {
  const rows = commands.map((command) => el("tr", {},
    el("td", {}, ...command.keys.flatMap((key, at) => [at ? " or " : "", el("kbd", {}, shown(key))])), el("td", {}, command.does)));
  dialog.replaceChildren(el("h2", {}, "Keys"), el("table", {}, el("tbody", {}, ...rows)),
    el("form", { method: "dialog" }, el("button", { class: "strong" }, "Close")));
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.showModal();
}

/** @param {string} key */
function shown(key) {
  if (key === " ") return "Space";
  const arrows = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };
  return Object.entries(arrows).reduce((text, [long, short]) => text.replace(long, short), key).replace("Ctrl+", "Ctrl ").replace("Shift+", "Shift ");
}
