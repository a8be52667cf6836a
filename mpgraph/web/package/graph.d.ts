/** A frame: anything that shows an image. */
export type Frame =
  | HTMLVideoElement
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | ImageBitmap
  | ImageData
  | VideoFrame;

/** Where graphs compute: on a GPU, or on the CPU in SIMD WebAssembly. */
export type DeviceName = "webgpu" | "wasm";

export interface Packet<T = any> {
  value: T;
  /** Microseconds, a whole number. */
  timestamp: number;
}

/**
 * The addresses of the package's and a graph's files: a folder, a table, or a function of the name. Files that
 * a table lacks, or for which the function returns nothing, are where they are by default.
 */
export type Resources = string | URL | Record<string, string | URL> | ((name: string) => string | URL | undefined);

export interface LoadOptions {
  /** "auto", the default: a real GPU if there is one, else wasm. "webgpu" accepts a GPU in software, too. */
  device?: "auto" | DeviceName;
  /** Whether the graph computes in a separate worker. Default: true, except inside a worker. */
  worker?: boolean;
  resources?: Resources;
}

export interface Port {
  tag: string;
  index: number;
  name: string;
  backEdge?: boolean;
}

export interface NodeDescription {
  name: string;
  calculator: string;
  inputs: Port[];
  outputs: Port[];
  sideInputs: Port[];
  options: Record<string, any>;
  handler?: string;
  model?: string;
}

/** A graph as `mpgraph web` exports it: validated, expanded, its nodes in order. */
export interface GraphDescription {
  version: number;
  name: string;
  inputs: string[];
  outputs: string[];
  /** Side packets that are known already, by name. */
  sidePackets: Record<string, any>;
  /** Side packets that startRun needs. */
  requiredSidePackets: string[];
  nodes: NodeDescription[];
  /** By name: the files of each model. */
  models: Record<string, { plan: string; weights: string }>;
  /** The members of each kernel's parameters: name, WGSL type, offset in bytes. */
  parameters: Record<string, [string, string, number][]>;
}

/** How the images of an output stream arrive: as ImageBitmap, as ImageData, or not converted at all. */
export type OutputFormat = "bitmap" | "image-data" | "none";

export interface NodeStatistics {
  name: string;
  calculator: string;
  calls: number;
  /** All calls together. Of a GPU's work only the recording counts. */
  milliseconds: number;
}

export class GraphError extends Error {
  /** The name of the node that failed, if one did. */
  readonly node?: string;
  readonly timestamp?: number;
}

/** A graph that runs in this page, by default in a worker. */
export class Graph {
  private constructor();

  /** The device that `load` would use: "auto" is a GPU, unless it is one in software; else wasm. */
  static deviceFor(wanted: "auto" | DeviceName): Promise<DeviceName>;

  /** Loads a graph and the models in it. Rejects with a GraphError that names what is missing or wrong. */
  static load(graph: string | URL | GraphDescription, options?: LoadOptions): Promise<Graph>;

  readonly description: GraphDescription;

  /** The device in use. */
  readonly device: DeviceName;

  /** Called when the graph continues on another device because the first one was lost. */
  onDeviceChange: ((device: DeviceName) => void) | null;

  /**
   * Calls `callback` with each packet of a stream; before startRun. Images arrive as ImageBitmaps, which belong
   * to the callback: close them. A promise that it returns delays waitUntilIdle.
   */
  observeOutputStream(
    stream: string,
    callback: (packet: Packet) => unknown,
    options?: { format?: OutputFormat },
  ): void;

  /** Starts a run. sidePackets: those that the graph requires, or other values for those that it knows. */
  startRun(sidePackets?: Record<string, unknown>): Promise<void>;

  /**
   * Sends a packet into the graph. Timestamps, in whole microseconds, increase from packet to packet of a stream.
   *
   * Resolves when the value may be changed again. An image remains yours unless `transfer` gives it away.
   */
  addPacketToInputStream(
    stream: string,
    value: unknown,
    timestamp: number,
    options?: { transfer?: boolean },
  ): Promise<void>;

  /** Ends an input stream. */
  closeInputStream(stream: string): Promise<void>;

  /** Ends all input streams, so that the run ends with its work. */
  closeAllInputStreams(): Promise<void>;

  /** Resolves when everything sent so far is through, and rejects if the run failed. */
  waitUntilIdle(): Promise<void>;

  /** Resolves when the run has ended, and rejects if it failed. */
  waitUntilDone(): Promise<void>;

  /** Ends the run at once and drops what is under way. */
  cancel(): Promise<void>;

  /** What each node has taken since the run started. */
  statistics(): Promise<NodeStatistics[]>;

  /** Frees all memory, and ends the worker. Afterwards every call but this one is an error. */
  close(): void;
}
