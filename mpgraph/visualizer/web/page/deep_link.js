/** The selected node in the page's address, after the "#": a link to a node opens the page there. */

/** @param {import("./app.js").App} app Call it after the first drawing. */
export function deepLink(app) {
  const follow = () => {
    const id = decoded(location.hash.slice(1));
    if (app.index.nodes.has(id)) app.select({ kind: "node", id }, { centre: true, from: "panel" });
  };
  follow();
  addEventListener("hashchange", follow);
  app.on("select", (target) => {
    const hash = target?.kind === "node" ? `#${target.id.split("/").map(encodeURIComponent).join("/")}` : "";
    // An entry for each selection would flood the browser's history.
    history.replaceState(null, "", hash || location.pathname + location.search);
  });
}

/** @param {string} hash */
function decoded(hash) {
  try {
    return decodeURIComponent(hash);
  } catch {
    return "";
  }
}
