export class CheckedOptions {
    selfieMode: boolean;
    /** @type {Model} */
    model: Model;
    /** @type {Device} */
    device: Device;
    /** Set all options or, if one is wrong, none. @param {Options} values */
    set(values: Options): void;
    #private;
}
export type Model = "general" | "landscape";
export type Device = "auto" | "webgpu" | "wasm";
export type Options = {
    /**
     * Whether images are mirrored, as people expect of a selfie; false at first.
     */
    selfieMode?: boolean | undefined;
    /**
     * 0 (at first): the general model, 256x256; 1: the landscape model, 256 wide and
     * 144 high, faster and for wide images.
     */
    modelSelection?: number | undefined;
    /**
     * true: as `device: "wasm"`; false: as "auto". The original has it, undocumented.
     */
    useCpuInference?: boolean | undefined;
    /**
     * "auto" (at first): WebGPU where the browser has a real one, else WebAssembly. Not in
     * the original.
     */
    device?: Device | undefined;
};
