// PreviousLoopbackCalculator: feeds an earlier result back to the next input.

import { release, retain } from "../runtime/lifetime.js";
import { UNSET, UNSTARTED, nextAllowed } from "../runtime/timestamp.js";

/** @typedef {import("../runtime/context.js").CalculatorContext} CalculatorContext */

/** PREV_LOOP: at each packet of MAIN, the packet that LOOP, a back edge, had at the time of the previous one. */
export class PreviousLoopbackCalculator {
  static handler = "ImmediateInputStreamHandler";
  static processTimestampBounds = true;

  /** Times of MAIN, each with the time of the LOOP packet to send then; UNSET where only a bound follows. */
  #mains = /** @type {{t: number, wanted: number}[]} */ ([]);
  #loops = /** @type {{timestamp: number, value: any, isEmpty: boolean}[]} */ ([]);
  #lastMain = UNSTARTED;
  #lastMainPacket = UNSTARTED;
  #lastLoop = UNSET;

  /** @param {CalculatorContext} cc */
  process(cc) {
    const main = cc.settled("MAIN");
    if (main > this.#lastMain) {
      this.#lastMain = main;
      if (cc.packet("MAIN")) {
        this.#mains.push({ t: main, wanted: this.#lastMainPacket });
        this.#lastMainPacket = main;
      } else {
        this.#mains.push({ t: main, wanted: UNSET });
      }
    }
    const loop = cc.settled("LOOP");
    if (loop > this.#lastLoop) {
      this.#lastLoop = loop;
      const packet = cc.packet("LOOP");
      this.#loops.push({ timestamp: loop, value: retain(packet?.value), isEmpty: !packet });
    }
    this.#match(cc);
  }

  /** @param {CalculatorContext} cc */
  #match(cc) {
    while (this.#mains.length && this.#loops.length) {
      const { t, wanted } = this.#mains[0];
      const candidate = this.#loops[0];
      if (wanted > candidate.timestamp) {
        release(candidate.value);
        this.#loops.shift();
        continue;
      }
      this.#mains.shift();
      const fits = wanted === candidate.timestamp;
      if (fits) this.#loops.shift();
      if (fits && !candidate.isEmpty) cc.emit("PREV_LOOP", candidate.value, { timestamp: t });
      else cc.output("PREV_LOOP")?.settle(nextAllowed(t));
    }
  }
}
