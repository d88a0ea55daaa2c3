/** Runs the forward pass of training that simulates the int8 engine, and hands out the whole numbers it ends in. */
import { foldBatchNorm, type QuantizeOptions } from '../../src/compress';
import { simulatedQuantisation } from '../../src/compress/qat-ranges';
import { shapesOf, type LayerSpec, type ModelSpec, type ModelWeights } from '../../src/model';
import { kernelHeapBase, kernelModule, Machine, reserveMemory } from '../../src/train/machine';
import { planProgram } from '../../src/train/plan';

export interface Simulated {
  /** count * outputs values: what goes into the loss. */
  readonly int8: Int8Array;
  /** Whether every layer's sums fitted float32. */
  readonly exactInFloat: boolean;
}

/** The same network with an end that can be trained: a classifier over all the outputs. */
function withLoss(spec: ModelSpec, weights: ModelWeights): { spec: ModelSpec; weights: ModelWeights } {
  const shape = shapesOf(spec)[spec.layers.length - 1];
  const end: LayerSpec[] = shape.length > 1 ? [{ kind: 'flatten' }, { kind: 'softmax' }] : [{ kind: 'softmax' }];
  return { spec: { ...spec, layers: [...spec.layers, ...end] }, weights: [...weights, ...end.map(() => ({}))] };
}

/** @param spec a network without softmax; batch norm is folded here. */
export function simulatedForward(
  headless: ModelSpec,
  trained: ModelWeights,
  rows: Float32Array,
  count: number,
  options: QuantizeOptions,
): Simulated {
  const folded = foldBatchNorm(headless, trained);
  const { spec, weights } = withLoss(folded.spec, folded.weights);
  const { fake: fakeQuantisation } = simulatedQuantisation(spec, weights, options);
  const plan = planProgram({
    spec,
    batch: count,
    threads: 1,
    training: { count },
    validation: { count: 0 },
    base: kernelHeapBase(),
    fakeQuantisation,
  });
  const machine = new Machine(kernelModule(), reserveMemory(plan.bytes), plan);
  machine.install();
  machine.setWeights(spec, weights, 0);
  machine.setRows(plan.training, { x: rows });
  machine.run({ mode: 'evaluate', rows: plan.training, from: 0, count });
  const { quantised } = plan;
  if (!quantised) throw new Error('not planned as the int8 engine computes');
  const { at, quantisation } = quantised.output;
  const zeroPoint = machine.wholes[quantisation / 4 + 1];
  const end = at / 4 + count * shapesOf(spec)[spec.layers.length - 1][0];
  const flags = quantised.records.filter(({ values }) => values['weights']).map((record) => record.at + 17 * 4);
  return {
    int8: Int8Array.from(machine.floats.subarray(at / 4, end), (whole) => whole + zeroPoint),
    exactInFloat: flags.every((flag) => machine.wholes[flag / 4] === 1),
  };
}
