export type * from './types';
export { fitKMeans, scoreKMeans } from './k-means';
export { fitGaussianMixture, scoreGaussianMixture } from './gaussian-mixture';
export { areaUnderCurve, reconstructionErrors, scoreAnomaly, thresholdOf } from './scores';
