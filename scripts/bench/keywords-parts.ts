/** What scripts/bench/keywords.mjs measures beside the command line, as one module it can load. */
export { loadCore } from '../../src/core';
export { Dataset } from '../../src/dataset';
export { computeRows, fitNormalisation, resolveImpulse } from '../../src/impulse';
export { coreEngine } from '../../src/train';
