/** The way to the loopback server of a served page, whose secret address the page itself has. */

/** The server does not answer: whoever started it has ended it. */
export class Gone extends Error {
  constructor() {
    super("mpgraph has ended. Download keeps the text.");
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
      if (!answer.ok) throw new Error(typeof body?.error === "string" ? body.error : `The server said ${answer.status}.`);
      return body;
    },
  };
}
