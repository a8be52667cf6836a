// Timestamps: whole microseconds, with MediaPipe's special values.

/** The largest timestamp of a packet. */
export const MAX = Number.MAX_SAFE_INTEGER - 1;

/** The least timestamp of a packet. */
export const MIN = -MAX;

/** Before the first packet. */
export const UNSTARTED = MIN - 1;

/** No timestamp at all. */
export const UNSET = -Infinity;

/** The bound of a stream that has ended. */
export const DONE = Infinity;

/** @param {number} t @returns {number} The least timestamp that a stream may have after `t`. */
export const nextAllowed = (t) => (t >= MAX ? DONE : t + 1);

/** @param {number} bound @returns {number} The last time that is settled below a bound. */
export const previousAllowed = (bound) => (bound === DONE ? MAX : bound - 1);
