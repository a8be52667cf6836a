// The memory of a wasm instance, handed out in pieces.

const ALIGNMENT = 64;
const PAGE = 65536;

/** First fit, with neighbours that are free joined. Addresses are multiples of 64. */
export class Heap {
  /** Free pieces by address. @type {{start: number, size: number}[]} */
  #free = [];
  /** @type {Map<number, number>} */
  #sizes = new Map();
  #end;

  /** @param {WebAssembly.Memory} memory @param {number} start The first address that is not in use. */
  constructor(memory, start) {
    this.memory = memory;
    this.#end = roundUp(start);
  }

  /** The bytes in use. */
  get used() {
    return [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  /** @param {number} bytes @returns {number} Its address; the bytes are undefined. */
  allocate(bytes) {
    const size = roundUp(Math.max(bytes, 1));
    const at = this.#free.findIndex((piece) => piece.size >= size);
    let start;
    if (at >= 0) {
      const piece = this.#free[at];
      start = piece.start;
      piece.start += size;
      piece.size -= size;
      if (!piece.size) this.#free.splice(at, 1);
    } else {
      start = this.#end;
      this.#end += size;
      const missing = this.#end - this.memory.buffer.byteLength;
      if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    }
    this.#sizes.set(start, size);
    return start;
  }

  /** @param {number} start */
  release(start) {
    const size = this.#sizes.get(start) ?? 0;
    this.#sizes.delete(start);
    const found = this.#free.findIndex((piece) => piece.start > start);
    const at = found < 0 ? this.#free.length : found;
    this.#free.splice(at, 0, { start, size });
    for (const i of [at, at - 1]) {
      const [piece, next] = this.#free.slice(Math.max(i, 0), i + 2);
      if (i >= 0 && next && piece.start + piece.size === next.start) {
        piece.size += next.size;
        this.#free.splice(i + 1, 1);
      }
    }
  }
}

/** @param {number} size */
const roundUp = (size) => Math.ceil(size / ALIGNMENT) * ALIGNMENT;
