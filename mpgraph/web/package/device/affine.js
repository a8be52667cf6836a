// Affine maps of the plane: (x, y) becomes (a x + b y + c, d x + e y + f). The centres of pixels are at halves.

/** @typedef {[a: number, b: number, c: number, d: number, e: number, f: number]} Affine */

/** The map that applies `first`, then `second`. @param {Affine} second @param {Affine} first @returns {Affine} */
export function after([a, b, c, d, e, f], first) {
  const [A, B, C, D, E, F] = first;
  return [a * A + b * D, a * B + b * E, a * C + b * F + c, d * A + e * D, d * B + e * E, d * C + e * F + f];
}

/** @param {...Affine} maps Applied from the first to the last. @returns {Affine} */
export const inOrder = (...maps) => maps.reduce((done, next) => after(next, done));

/** @param {number} x @param {number} y @returns {Affine} */
export const scaling = (x, y) => [x, 0, 0, 0, y, 0];

/** @param {number} x @param {number} y @returns {Affine} */
export const shift = (x, y) => [1, 0, x, 0, 1, y];

/** Turns an image of this height upside down. @param {number} height @returns {Affine} */
export const upsideDown = (height) => [1, 0, 0, 0, -1, height];

/** About the origin, clockwise where y points downwards. @param {number} radians @returns {Affine} */
export function rotation(radians) {
  const quarters = radians / (Math.PI / 2);
  // Exact: a sine of 1e-16 would sample the neighbour.
  const [sine, cosine] =
    quarters === Math.round(quarters)
      ? [[0, 1], [1, 0], [0, -1], [-1, 0]][((quarters % 4) + 4) % 4]
      : [Math.sin(radians), Math.cos(radians)];
  return [cosine, -sine, 0, sine, cosine, 0];
}
