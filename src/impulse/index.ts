/** An impulse: how captures are cut into windows and what is computed from each. */
export type * from './types';
export { ImpulseError, type ImpulseErrorCode } from './errors';
export { defaultImpulse, resolveImpulse, strideStep } from './resolve';
export { cutWindow, windowStarts } from './windows';
export { featuresAt, windowAt } from './features';
export { isPictureImpulse, pictureOf } from './pictures';
export { computeRows, fitNormalisation, splitRows, type RowSplit } from './rows';
export { featureNames } from './names';
