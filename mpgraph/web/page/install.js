/** Installation and offline use. */

/** Offer installation where the browser does, and keep the page's files for use without a network. @param {HTMLElement} button */
export function setUpInstallation(button) {
  /** @type {any} */
  let offer = null;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event;
    button.hidden = false;
  });
  button.onclick = () => offer?.prompt();
  addEventListener("appinstalled", () => (button.hidden = true));
  // Refused with a certificate that nobody vouches for; then the page needs its server.
  navigator.serviceWorker?.register("sw.js").catch((error) => console.info(`Not available offline: ${error.message}`));
}
