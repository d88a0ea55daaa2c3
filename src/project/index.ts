/** One project = all of the steps; and the services that stand behind the app and the command line alike. */
export * from './contract';
export { ProjectError, type ProjectErrorCode } from './errors';
export { soundRateOf } from './defaults';
export { Project, type ProjectSettings } from './project';
export { createServices, type ServiceOptions } from './services';
export { Devices } from './devices';
export { DeviceHub } from './hub';
export { Recorder, type RecordingPlan } from './recording';
export { trainProject, type TrainWork } from './training';
export { testCompression, testProject } from './testing';
export { deployProject, fitProject, imageOf, needBoard } from './deploying';
export { exportModel } from './exporting';
export { changeImpulse, impulseState } from './impulse-view';
export { passTime } from './simulated-studio';
export { exploreProject, type ExploreOptions } from './explorer';
export { makeExample } from './example';
export { liveModelOf } from './recognition';
export type { TrainedModel } from './trained';
