/** Principal components of the descriptions: what is left after their scales and repetitions are taken out. */
import { Matrix } from 'ml-matrix';
import { PCA } from 'ml-pca';

/** Dimensions that neighbours are looked for in: beyond these there is mostly noise. */
const mostComponents = 24;

export interface Components {
  /** count * width, by falling variance. */
  readonly values: Float32Array;
  readonly width: number;
  /** Share of the variation in the first two. */
  readonly shown: number;
}

/** Each column to mean 0 and deviation 1; what never changes stays 0. */
function standardised(values: Float32Array, count: number, width: number): Matrix {
  const matrix = Matrix.zeros(count, width);
  for (let column = 0; column < width; column++) {
    let sum = 0;
    for (let row = 0; row < count; row++) sum += values[row * width + column];
    const mean = sum / count;
    let squares = 0;
    for (let row = 0; row < count; row++) squares += (values[row * width + column] - mean) ** 2;
    const deviation = Math.sqrt(squares / count);
    if (deviation <= 1e-6 * (Math.abs(mean) + 1e-6)) continue;
    for (let row = 0; row < count; row++) matrix.set(row, column, (values[row * width + column] - mean) / deviation);
  }
  return matrix;
}

/** `values`: count rows of `width`. At least two columns come back, the second 0 where there is only one direction. */
export function principalComponents(values: Float32Array, count: number, width: number): Components {
  const matrix = standardised(values, count, width);
  if (count < 3 || width < 2) {
    const flat = new Float32Array(count * 2);
    for (let row = 0; row < count; row++) flat[row * 2] = width > 0 ? matrix.get(row, 0) : 0;
    return { values: flat, width: 2, shown: 1 };
  }
  const pca = new PCA(matrix, { method: 'covarianceMatrix', center: false });
  const kept = Math.max(2, Math.min(mostComponents, width, count - 1));
  const found = pca.predict(matrix, { nComponents: kept });
  const shares = pca.getExplainedVariance();
  const loadings = pca.getLoadings();
  const out = new Float32Array(count * kept);
  for (let k = 0; k < kept; k++) {
    // A component's sign is arbitrary; its largest weight is made positive, so that the same data gives the same map.
    const weights = loadings.getRow(k);
    const sign = weights.reduce((best, weight) => (Math.abs(weight) > Math.abs(best) ? weight : best), 0) < 0 ? -1 : 1;
    for (let row = 0; row < count; row++) out[row * kept + k] = sign * found.get(row, k);
  }
  return { values: out, width: kept, shown: (shares[0] ?? 0) + (shares[1] ?? 0) };
}
