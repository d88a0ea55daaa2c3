/** What the dataset benchmark drives, as one module. */
export { loadCore } from '../../src/core';
export { Dataset } from '../../src/dataset';
export { prepareCapture } from '../../src/dataset/store';
export { formatNotes, newId } from '../../src/dataset/notes';
export { computeRows, defaultImpulse, resolveImpulse } from '../../src/impulse';
