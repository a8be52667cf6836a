/**
 * The demo of the JavaScript Solution API: a control panel, and effects drawn with the mask.
 *
 * It uses the classic scripts and their global names, as MediaPipe's own demo does.
 */
(() => {
  const controls = window;
  const canvas = document.getElementsByClassName("output_canvas")[0];
  const context = canvas.getContext("2d");
  const fps = new controls.FPS();
  let activeEffect = "mask";

  function onResults(results) {
    document.body.classList.add("loaded");
    fps.tick();
    context.save();
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(results.segmentationMask, 0, 0, canvas.width, canvas.height);
    // Paint the people, or everything but the people.
    context.globalCompositeOperation = activeEffect === "mask" ? "source-in" : "source-out";
    context.fillStyle = activeEffect === "mask" ? "#00FF007F" : "#0000FF7F";
    context.fillRect(0, 0, canvas.width, canvas.height);
    // The image where nothing is painted, and through the paint.
    context.globalCompositeOperation = "destination-atop";
    context.drawImage(results.image, 0, 0, canvas.width, canvas.height);
    context.restore();
  }

  const selfieSegmentation = new controls.SelfieSegmentation({
    locateFile: (file) => `https://cdn.jsdelivr.net/npm/@mediapipe/selfie_segmentation@0.1/${file}`,
  });
  selfieSegmentation.onResults(onResults);

  new controls.ControlPanel(document.getElementsByClassName("control-panel-parent")[0], {
    selfieMode: true,
    modelSelection: 1,
    effect: "mask",
  })
    .add([
      new controls.StaticText({ title: "Selfie Segmentation" }),
      fps,
      new controls.Toggle({ title: "Selfie Mode", field: "selfieMode" }),
      new controls.SourcePicker({
        onSourceChanged: () => selfieSegmentation.reset(),
        onFrame: async (input, size) => {
          // As large as the window allows.
          const aspect = size.height / size.width;
          const isWide = window.innerWidth > window.innerHeight;
          const width = Math.round(isWide ? window.innerHeight / aspect : window.innerWidth);
          const height = Math.round(isWide ? window.innerHeight : window.innerWidth * aspect);
          // Setting a size clears the canvas, even if it is the same.
          if (canvas.width !== width) canvas.width = width;
          if (canvas.height !== height) canvas.height = height;
          await selfieSegmentation.send({ image: input });
        },
        examples: { images: [{ name: "Portrait", src: "sample.jpg" }], videos: [] },
      }),
      new controls.Slider({ title: "Model Selection", field: "modelSelection", discrete: ["General", "Landscape"] }),
      new controls.Slider({ title: "Effect", field: "effect", discrete: { background: "Background", mask: "Foreground" } }),
    ])
    .on((options) => {
      activeEffect = options.effect;
      selfieSegmentation.setOptions(options);
    });
})();
