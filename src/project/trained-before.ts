/** Reads the model file of earlier versions (format 1), which knew neither pruning nor a compression report. */
import type { QuantizedModel } from '../compress';
import type { ResolvedImpulse } from '../impulse';
import type { LayerWeights, ModelSpec, ModelWeights } from '../model';
import type { TrainReport } from './contract';
import { laterSettings } from './train-settings';
import type { TrainedModel } from './trained';

interface Stored {
  readonly report: Omit<TrainReport, 'quantisation' | 'compression'>;
  readonly fingerprint: string;
  readonly resolved: string;
  readonly spec: string;
  readonly mean: Uint8Array;
  readonly inverseStd: Uint8Array;
  readonly weights: readonly Record<keyof LayerWeights, Uint8Array>[];
  readonly tflite: Uint8Array;
  readonly quantization: string;
  readonly golden: readonly { input: Uint8Array; output: Uint8Array; window?: Uint8Array }[];
}

/** Copies, since a byte string inside a file need not be aligned. */
const floatsOf = (bytes: Uint8Array): Float32Array => new Float32Array(new Uint8Array(bytes).buffer);
const wholesOf = (bytes: Uint8Array): Int8Array => new Int8Array(new Uint8Array(bytes).buffer);

/** @throws where it is none; whoever reads takes that for a damaged file. */
export function upgradeTrained(file: unknown): TrainedModel {
  const stored = file as Stored;
  const spec = JSON.parse(stored.spec) as ModelSpec;
  const weights: ModelWeights = stored.weights.map((layer) =>
    Object.fromEntries(Object.entries(layer).map(([name, bytes]) => [name, floatsOf(bytes)])),
  );
  const quantized: QuantizedModel = {
    ...(JSON.parse(stored.quantization) as Omit<QuantizedModel, 'tflite'>),
    tflite: new Uint8Array(stored.tflite),
  };
  const { report } = stored;
  return {
    report: {
      ...report,
      settings: { ...laterSettings, ...report.settings },
      quantisation: 'afterTraining',
      compression: null,
    },
    fingerprint: stored.fingerprint,
    resolved: JSON.parse(stored.resolved) as ResolvedImpulse,
    spec,
    normalisation: { mean: floatsOf(stored.mean), inverseStd: floatsOf(stored.inverseStd) },
    weights,
    quantized,
    golden: stored.golden.map((vector) => ({
      input: wholesOf(vector.input),
      output: wholesOf(vector.output),
      window: vector.window ? floatsOf(vector.window) : undefined,
    })),
    variants: [
      { id: 'float', spec, weights, quantized: null },
      { id: 'int8', spec, weights, quantized },
    ],
  };
}
