/** What scripts/bench/images-project.mjs measures: a whole project, and the board that runs its model. */
export { decodePicture, resizePicture } from '../../src/dataset';
export { connectDevice, packRgb565, simulatedPort, SimulatedTransport } from '../../src/link';
export { deployProject, Project, testProject, trainProject } from '../../src/project';
