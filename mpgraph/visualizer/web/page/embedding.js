/** The page that shows this one in a frame and runs the graph: it answers questions as a server would. */

const ANSWER_MILLISECONDS = 2000;

/** @returns {import("./app.js").Connection | null} Null if this page is not in a frame. */
export function embeddingPage() {
  if (window.parent === window) return null;
  return {
    url: (name) => name,
    post(name) {
      const { port1, port2 } = new MessageChannel();
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error("The page around this one does not answer.")), ANSWER_MILLISECONDS);
        port1.onmessage = ({ data }) => {
          clearTimeout(timer);
          port1.close();
          resolve(data);
        };
        window.parent.postMessage({ ask: name }, location.origin, [port2]);
      });
    },
  };
}
