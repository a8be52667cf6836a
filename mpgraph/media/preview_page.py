"""The preview's web page: the frame as large as the window; `q` or Esc ends it."""

from __future__ import annotations

import html
from string import Template

_PAGE = Template("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>$title</title>
<style nonce="$nonce">
  html, body { margin: 0; height: 100%; background: #15181c; color: #d5d9de; }
  body { font: 15px system-ui, sans-serif; display: flex; flex-direction: column; }
  main { flex: 1; min-height: 0; display: flex; align-items: center; justify-content: center; }
  img { width: 100%; height: 100%; object-fit: contain; }
  footer { display: flex; gap: 1em; align-items: center; padding: .5em 1em; background: #20252b; }
  footer span { flex: 1; }
  button { font: inherit; color: inherit; background: #3a424c; border: 0; border-radius: 4px; }
  button { padding: .3em 1em; }
</style>
<main><img src="frames" alt="live preview"></main>
<footer><span id="message">$title: press q or Esc to end</span><button id="end">End</button></footer>
<script nonce="$nonce">
  const message = document.getElementById("message");
  let over = false;
  function finish() {
    over = true;
    document.getElementById("end").remove();
    message.textContent = "The preview has ended; this tab can be closed.";
  }
  function end() {
    if (!over) fetch("end", { method: "POST" }).catch(finish);
  }
  document.getElementById("end").onclick = end;
  document.onkeydown = (event) => {
    if (event.key === "q" || event.key === "Q" || event.key === "Escape") end();
  };
  async function waitForEnd() {
    try {
      while ((await fetch("wait")).status === 204);
    } catch (error) { /* the program has exited: treat it as the end */ }
    finish();
  }
  waitForEnd();
</script>
</html>
""")


def page_html(title: str, nonce: str) -> str:
    """Return the page; `nonce` marks its own script and style for the content security policy."""
    return _PAGE.substitute(title=html.escape(title), nonce=nonce)
