// The calculators that graphs in pages may use, by their names in graphs.

import { PassThroughCalculator } from './pass_through.js';

/** @type {Record<string, import('../runtime/node.js').CalculatorClass>} */
export const CALCULATORS = {
  PassThroughCalculator,
};
