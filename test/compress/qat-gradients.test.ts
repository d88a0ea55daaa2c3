/** Gradients of quantisation-aware training against the same thing in plain loops, on random networks. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base';
import { foldBatchNorm } from '../../src/compress';
import { simulatedQuantisation } from '../../src/compress/qat-ranges';
import { product, shapesOf, type LayerSpec, type ModelSpec, type ModelWeights } from '../../src/model';
import { coreEngine, type LabelledRows } from '../../src/train';
import { kernelHeapBase, kernelModule, Machine, reserveMemory } from '../../src/train/machine';
import { planProgram } from '../../src/train/plan';
import { randomModel } from './random-models';
import { StraightThrough } from './straight-through';

/** The seed's network with batch norm folded, ending in a classifier; undefined where there is nothing to learn. */
function classifier(seed: number): { spec: ModelSpec; weights: ModelWeights; rows: LabelledRows } | undefined {
  const model = randomModel(seed);
  const folded = foldBatchNorm(model.spec, model.weights);
  const last = folded.spec.layers[folded.spec.layers.length - 1].kind;
  const body = folded.spec.layers.slice(0, last === 'softmax' || last === 'sigmoid' ? -1 : undefined);
  const shape = shapesOf({ ...folded.spec, layers: body })[body.length - 1];
  const end: LayerSpec[] = [{ kind: 'flatten' }, { kind: 'softmax' }];
  const classes = product(shape);
  const random = new Random(seed);
  const y = Int32Array.from({ length: model.count }, () => random.below(classes));
  if (classes < 2 || !folded.weights.some(({ kernel }) => kernel)) return undefined;
  return {
    // Penalties are added to gradients the same way as without quantisation.
    spec: { ...folded.spec, layers: [...body.map((layer) => ({ ...layer, l2: 0 })), ...end] as LayerSpec[] },
    weights: [...folded.weights.slice(0, body.length), ...end.map(() => ({}))],
    rows: { count: model.count, x: model.rows, y },
  };
}

const largestOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => Math.max(a, Math.abs(b)), 0);

describe('gradients straight through the rounding', () => {
  it('are those of plain loops on more than 110 random networks', async () => {
    let worst = 0;
    let compared = 0;
    const engine = coreEngine({ workerScript: null });
    for (let seed = 1; seed <= 160; seed++) {
      // Absurd weights (seeds 6 and 7 of every 8) leave nothing but 0 and infinity to compare.
      const made = seed % 8 < 6 ? classifier(seed) : undefined;
      if (!made) continue;
      const { spec, weights, rows } = made;
      const options = { calibration: rows.x, calibrationCount: rows.count / 2, perChannelDense: seed % 3 === 0 };
      const { fake: fakeQuantisation } = simulatedQuantisation(spec, weights, options);
      const { gradients } = await engine.gradients(spec, weights, rows, { fakeQuantisation });

      const sizes = { batch: rows.count, threads: 1, training: { count: rows.count }, validation: { count: 0 } };
      const plan = planProgram({ spec, ...sizes, base: kernelHeapBase(), fakeQuantisation });
      const machine = new Machine(kernelModule(), reserveMemory(plan.bytes), plan);
      machine.install();
      machine.setWeights(spec, weights, 0);
      machine.setRows(plan.training, rows);
      machine.run({ mode: 'evaluate', rows: plan.training, from: 0, count: rows.count });
      const reference = new StraightThrough(machine, rows.count);
      reference.run(rows.y);

      const pairs = plan.weights.map((spot) => {
        const ours = gradients[spot.layer][spot.name] ?? new Float32Array(0);
        return { ours, theirs: (reference.weights.get(spot.at) ?? new Float64Array(0)).subarray(0, ours.length) };
      });
      const floor = Math.max(...pairs.map(({ theirs }) => largestOf(theirs))) / 100;
      for (const { ours, theirs } of pairs) {
        const apart = largestOf(Array.from(ours, (value, i) => value - theirs[i])) / Math.max(largestOf(theirs), floor);
        worst = Math.max(worst, apart || 0);
        expect(apart || 0, `seed ${seed}: ${JSON.stringify(spec)}`).toBeLessThan(1e-4);
      }
      compared++;
    }
    await engine.close();
    expect(compared).toBeGreaterThan(110);
    console.log(`${compared} networks, largest relative difference of a gradient: ${worst.toExponential(2)}`);
  });
});
