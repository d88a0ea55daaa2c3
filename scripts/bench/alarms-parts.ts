/** What scripts/bench/alarms.mjs measures, as one module it can load. */
export { Project, replayProject, trainProject } from '../../src/project';
