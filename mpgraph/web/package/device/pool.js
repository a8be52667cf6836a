// GPU memory that is handed out again: creating textures and buffers takes longer than a frame has time for.

/** Kept free in all; what has been free for longest goes first. */
const MAX_FREE = 24;

/** @template {{destroy(): void}} T */
export class Pool {
  /** By key, those that are free. @type {{key: string, memory: T}[]} */
  #free = [];

  /** @param {(key: string) => T} create */
  constructor(create) {
    this.create = create;
  }

  /** @param {string} key What the memory is for: its size. @returns {T} */
  take(key) {
    const at = this.#free.findLastIndex((each) => each.key === key);
    return at < 0 ? this.create(key) : this.#free.splice(at, 1)[0].memory;
  }

  /** @param {string} key @param {T} memory */
  give(key, memory) {
    this.#free.push({ key, memory });
    // Commands that are submitted may use destroyed memory to their end.
    if (this.#free.length > MAX_FREE) this.#free.shift()?.memory.destroy();
  }
}
