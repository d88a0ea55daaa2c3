/** What the benchmark of a keyword model on a board measures. */
export { ArmKeywords } from '../../test/support/arm-keywords';
export { loadCore } from '../../src/core';
export { parseImage } from '../../src/deploy';
export { fitProject, imageOf, Project, testProject, trainProject } from '../../src/project';
export { recordSimulatedTakes } from '../../src/project/simulated-takes';
