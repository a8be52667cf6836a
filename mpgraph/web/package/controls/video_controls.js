/** Pause and position of a video file. */

import { element, icon, iconButton } from "./dom.js";

export class VideoControls {
  #button = iconButton("pause", "Pause");
  #track = element("input", "video-track");
  #time = element("span", "video-time", ["00:00"]);

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    const track = this.#track;
    track.type = "range";
    track.min = "0";
    track.max = "1";
    track.step = "any";
    track.value = "0";
    track.setAttribute("aria-label", "Position in the video");
    this.root = element("div", "video-controls", [this.#button, track, this.#time]);
    this.#button.onclick = () => void (video.paused ? video.play() : video.pause());
    video.addEventListener("play", () => this.#show("pause", "Pause"));
    video.addEventListener("pause", () => this.#show("play", "Play"));
    video.addEventListener("timeupdate", () => {
      if (!Number.isFinite(video.duration)) return; // A camera.
      track.value = String(video.currentTime / video.duration);
      this.#time.textContent = clock(video.currentTime);
      track.setAttribute("aria-valuetext", `${clock(video.currentTime)} of ${clock(video.duration)}`);
    });
    track.oninput = () => {
      if (Number.isFinite(video.duration)) video.currentTime = Number(track.value) * video.duration;
    };
  }

  /** @param {boolean} visible */
  set visible(visible) {
    this.root.style.display = visible ? "flex" : "none";
  }

  /** @param {"pause" | "play"} name @param {string} label */
  #show(name, label) {
    this.#button.replaceChildren(icon(name));
    this.#button.title = label;
    this.#button.setAttribute("aria-label", label);
  }
}

/** Minutes and seconds, such as 01:05. @param {number} seconds */
function clock(seconds) {
  const parts = [Math.floor(seconds / 60), Math.floor(seconds % 60)];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
