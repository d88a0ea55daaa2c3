/**
 * Anomaly detection on real vibration: a ceiling fan at low speed, and the same with a coin on a blade. Half of the
 * normal recordings teach, the other half and all with the coin are scored.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { loadCore, type DspBlock } from '../../src/core';
import { buildModel } from '../../src/model';
import {
  areaUnderCurve,
  coreEngine,
  fitGaussianMixture,
  fitKMeans,
  reconstructionErrors,
  scoreAnomaly,
  thresholdOf,
  type FeatureTable,
} from '../../src/train';
import { dataFolder, describeWith, needsData } from '../support/needs';

const fan = ['vibration', 'ceiling_fan'] as const;
/** One second at 200 Hz, as every recording of the set is. */
const shape = { frames: 200, axes: 3, rateHz: 200 };

/** Each recording in m/s2. */
function recordings(condition: string): Float32Array[] {
  const folder = dataFolder(...fan, condition);
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const lines = readFileSync(join(folder, name), 'utf8').trim().split('\n').slice(1);
      return Float32Array.from(lines.flatMap((line) => line.split(',').slice(1)).map((g) => Number(g) * 9.80665));
    });
}

describeWith(needsData(...fan), 'a coin on a blade of a fan', () => {
  let normal: FeatureTable;
  let heldOut: FeatureTable;
  let coin: FeatureTable;

  beforeAll(async () => {
    const core = await loadCore();
    // What an anomaly project begins with: the spectral block of 64 points, all else as it comes.
    const params = core
      .dspParameters('spectral')
      .map(({ name, default: usual }) => (name === 'fft-length' ? 64 : usual));
    const block: DspBlock = { kind: 'spectral', params };
    const width = core.featureCount(block, shape);
    const featuresOf = (windows: Float32Array[]): Float32Array[] =>
      windows.map((window) => core.features(block, shape, window));
    const low = featuresOf(recordings('fan_0_low_0_weight'));
    const teaching = low.filter((_, index) => index % 2 === 0);
    const mean = new Float32Array(width);
    const inverseStd = new Float32Array(width);
    for (let i = 0; i < width; i++) {
      const values = teaching.map((row) => row[i]);
      mean[i] = values.reduce((a, b) => a + b) / values.length;
      const variance = values.reduce((a, b) => a + (b - mean[i]) ** 2, 0) / values.length;
      inverseStd[i] = variance > 0 ? 1 / Math.sqrt(variance) : 0;
    }
    const tableOf = (rows: Float32Array[]): FeatureTable => {
      const joined = new Float32Array(rows.length * width);
      rows.forEach((row, index) => joined.set(row, index * width));
      return { count: rows.length, width, x: core.normalise(joined, { mean, inverseStd }) };
    };
    normal = tableOf(teaching);
    heldOut = tableOf(low.filter((_, index) => index % 2 === 1));
    coin = tableOf(featuresOf(recordings('fan_0_low_1_weight')));
  });

  /** How well scores tell the coin, and what the threshold of half of the held-out rows does to the other half and to the coin. */
  function judge(held: Float64Array, unusual: Float64Array) {
    const threshold = thresholdOf(
      held.filter((_, index) => index % 2 === 0),
      { quantile: 1 },
    );
    const share = (scores: Float64Array) => scores.filter((score) => score > threshold).length / scores.length;
    return { auc: areaUnderCurve(held, unusual), found: share(unusual), alarms: share(held.filter((_, i) => i % 2)) };
  }

  it.each([1, 4, 16])('is told by k-means with %d clusters and by a mixture of as many', (parts) => {
    for (const model of [
      fitKMeans(normal, { clusters: parts, seed: 1 }),
      fitGaussianMixture(normal, { components: parts, seed: 1 }),
    ]) {
      const { auc, found, alarms } = judge(scoreAnomaly(model, heldOut), scoreAnomaly(model, coin));
      console.log(
        `${model.kind} of ${parts}: AUC ${auc.toFixed(4)}, found ${found}, false alarms ${alarms.toFixed(3)}`,
      );
      expect(auc).toBeGreaterThanOrEqual(0.99);
      expect(found).toBeGreaterThan(0.95);
      expect(alarms).toBeLessThan(0.15);
    }
  });

  it('is told by an autoencoder that has only seen normal rows', async () => {
    const engine = coreEngine({ workerScript: null });
    const spec = buildModel({ kind: 'autoencoder', size: 'medium', inputShape: [normal.width], classes: 1 });
    const rows = { count: normal.count, x: normal.x, y: new Int32Array(0), targets: 'input' as const };
    const options = { epochs: 60, batchSize: 32, learningRate: 0.003, seed: 1, threads: 1, patience: 0 };
    const { weights, history } = await engine.train(spec, rows, undefined, options);
    expect(history[history.length - 1].loss).toBeLessThan(history[0].loss / 2);
    const scoresOf = async (table: FeatureTable) =>
      reconstructionErrors(table, await engine.predict(spec, weights, table.x, table.count));
    const { auc, found, alarms } = judge(await scoresOf(heldOut), await scoresOf(coin));
    console.log(`autoencoder: AUC ${auc.toFixed(4)}, found ${found}, false alarms ${alarms.toFixed(3)}`);
    expect(auc).toBeGreaterThanOrEqual(0.99);
    expect(found).toBeGreaterThan(0.95);
  });
});
