/** A small map of a drawing that is larger than the screen; a click or drag goes there. */

/** @typedef {import("./app.js").App} App */

const WIDTH = 168;
const MOST_HEIGHT = 130;

/** @param {App} app @param {import("./drawing.js").Drawing} drawing @param {HTMLCanvasElement} canvas */
export function minimap(app, drawing, canvas) {
  const { viewport } = drawing;
  const context = canvas.getContext("2d");
  let scale = 1;
  let wanted = 0;

  const paint = () => {
    wanted = 0;
    const { width, height } = viewport.room();
    const whole = drawing.width * viewport.scale <= width + 1 && drawing.height * viewport.scale <= height + 1;
    canvas.hidden = whole || !app.drawn || !context;
    if (canvas.hidden || !context) return;
    scale = Math.min(WIDTH / drawing.width, MOST_HEIGHT / drawing.height);
    const dense = devicePixelRatio;
    canvas.width = Math.ceil(drawing.width * scale * dense);
    canvas.height = Math.ceil(drawing.height * scale * dense);
    canvas.style.width = `${canvas.width / dense}px`;
    canvas.style.height = `${canvas.height / dense}px`;
    context.scale(dense, dense);
    const colours = getComputedStyle(canvas);
    const colour = (/** @type {string} */ name) => colours.getPropertyValue(name);
    for (const id of app.index.nodes.keys()) {
      const box = app.drawn?.visible(id) === id ? app.drawn.box(id) : null;
      if (!box) continue;
      const open = app.expanded.has(id);
      context.fillStyle = colour(open ? "--mpg-group-2" : "--mpg-wire");
      context.fillRect(box.x * scale, box.y * scale, Math.max(1, box.width * scale), Math.max(1, box.height * scale));
    }
    context.strokeStyle = colour("--accent");
    context.lineWidth = 1.5;
    const [x, y] = [-viewport.x / viewport.scale, -viewport.y / viewport.scale];
    context.strokeRect(x * scale, y * scale, (width / viewport.scale) * scale, (height / viewport.scale) * scale);
  };
  const later = () => {
    wanted ||= requestAnimationFrame(paint);
  };
  /** @param {PointerEvent} event */
  const go = (event) => {
    const at = canvas.getBoundingClientRect();
    const point = { x: (event.clientX - at.left) / scale, y: (event.clientY - at.top) / scale, width: 0, height: 0 };
    viewport.go(point, viewport.scale, false);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    go(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) go(event);
  });
  drawing.onmove(later);
  app.on("drawn", later);
  app.on("expand", later);
  app.on("theme", later);
  new ResizeObserver(later).observe(drawing.stage);
}
