/** The connection to the loopback server of a served page, below the page's secret address. */

/** Thrown if the server does not answer, because it was stopped. */
export class Gone extends Error {
  constructor() {
    super("mpgraph has stopped. Download keeps the text.");
  }
}

/** @returns {import("./app.js").Connection} */
export function connect() {
  const url = (/** @type {string} */ name) => new URL(name, document.baseURI).href;
  return {
    url,
    async post(name, value) {
      const request = fetch(url(name), {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value), cache: "no-store",
      });
      const answer = await request.catch(() => {
        throw new Gone();
      });
      const type = answer.headers.get("Content-Type") ?? "";
      const body = type.startsWith("application/json") ? await answer.json() : await answer.text();
      if (!answer.ok) throw new Error(typeof body?.error === "string" ? body.error : `The server responded with status ${answer.status}.`);
      return body;
    },
  };
}
