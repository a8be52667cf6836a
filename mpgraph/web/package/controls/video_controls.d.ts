export class VideoControls {
    /** @param {HTMLVideoElement} video */
    constructor(video: HTMLVideoElement);
    root: HTMLDivElement;
    /** @param {boolean} visible */
    set visible(visible: boolean);
    #private;
}
