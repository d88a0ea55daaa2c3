/** What the benchmark of the core measures. */
export { loadCore } from '../../src/core';
