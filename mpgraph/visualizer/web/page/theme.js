/** Dark or light theme: the system's until the switch is used, which is remembered if possible. */

const KEY = "mpgraph-theme";

/** @param {import("./app.js").App} app @param {HTMLButtonElement} button */
export function themes(app, button) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let choice = remembered() ?? (app.page.dark ? "dark" : null);
  const apply = () => {
    const theme = choice ?? (system.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    button.setAttribute("aria-pressed", String(theme === "dark"));
    app.emit("theme", theme);
  };
  button.addEventListener("click", () => {
    choice = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(KEY, choice);
    } catch { /* A file opened from disk may have no storage. */ }
    apply();
  });
  system.addEventListener("change", apply);
  apply();
}

/** @returns {"dark" | "light" | null} */
function remembered() {
  try {
    const value = localStorage.getItem(KEY);
    return value === "dark" || value === "light" ? value : null;
  } catch {
    return null;
  }
}
