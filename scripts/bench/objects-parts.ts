/** What scripts/bench/objects.mjs and anomaly.mjs measure: whole projects, as the command line drives them. */
export { loadCore } from '../../src/core';
export { Project, testProject, trainProject } from '../../src/project';
