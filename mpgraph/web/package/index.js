// What `import ... from 'mpgraph'` offers.

export { Graph } from './graph.js';
export { GraphError } from './runtime/errors.js';
