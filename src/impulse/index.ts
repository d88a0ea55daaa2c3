/** An impulse: how captures are cut into windows and what is computed from each. */
export type * from './types';
export { ImpulseError, type ImpulseErrorCode } from './errors';
export { defaultImpulse, resolveImpulse, strideStep } from './resolve';
export { cutWindow, windowStarts } from './windows';
export { featuresAt, windowAt } from './features';
export { isPictureImpulse, pictureOf } from './pictures';
export { balancedStarts, type Balanced } from './balance';
export { computeRows, fitNormalisation, splitRows, type RowChoice, type RowSplit } from './rows';
export type { SoundVariation } from './sound';
export { featureNames } from './names';
