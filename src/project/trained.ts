/**
 * A trained model as it lies in a project: one CBOR file, replaced whole, so that a crash leaves the old model or the
 * new one. Everything in it can be made again by training.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { decode, encode } from 'cborg';
import { replaceFile } from '../base';
import type { Normalisation } from '../core';
import type { QuantizedModel } from '../compress';
import type { GoldenVector } from '../deploy';
import type { ResolvedImpulse } from '../impulse';
import type { LayerWeights, ModelSpec, ModelWeights } from '../model';
import type { TrainReport } from './contract';

export interface TrainedModel {
  readonly report: TrainReport;
  /** Project.fingerprint() of what it was trained on. */
  readonly fingerprint: string;
  readonly resolved: ResolvedImpulse;
  readonly normalisation: Normalisation;
  readonly spec: ModelSpec;
  readonly weights: ModelWeights;
  readonly quantized: QuantizedModel;
  readonly golden: readonly GoldenVector[];
}

const parts = ['kernel', 'bias', 'gamma', 'beta', 'movingMean', 'movingVariance'] as const;

function trainedPath(folder: string): string {
  return join(folder, 'model', 'trained.cbor');
}

/** A view on the same memory; CBOR knows byte strings, not floats. */
function bytesOf(values: Float32Array | Int8Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Copies, since a byte string inside a file need not be aligned. */
function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}

export async function saveTrained(folder: string, model: TrainedModel): Promise<void> {
  const path = trainedPath(folder);
  const stored = {
    format: 1,
    report: model.report,
    fingerprint: model.fingerprint,
    resolved: JSON.stringify(model.resolved),
    spec: JSON.stringify(model.spec),
    mean: bytesOf(model.normalisation.mean),
    inverseStd: bytesOf(model.normalisation.inverseStd),
    weights: model.weights.map((layer) =>
      Object.fromEntries(parts.flatMap((part) => (layer[part] ? [[part, bytesOf(layer[part])]] : []))),
    ),
    tflite: model.quantized.tflite,
    quantization: JSON.stringify({ ...model.quantized, tflite: undefined }),
    golden: model.golden.map((vector) => ({
      input: bytesOf(vector.input),
      output: bytesOf(vector.output),
      ...(vector.window ? { window: bytesOf(vector.window) } : {}),
    })),
  };
  await mkdir(dirname(path), { recursive: true });
  await replaceFile(path, encode(stored));
}

interface Stored {
  readonly format: number;
  readonly report: TrainReport;
  readonly fingerprint: string;
  readonly resolved: string;
  readonly spec: string;
  readonly mean: Uint8Array;
  readonly inverseStd: Uint8Array;
  readonly weights: readonly Record<string, Uint8Array>[];
  readonly tflite: Uint8Array;
  readonly quantization: string;
  readonly golden: readonly { input: Uint8Array; output: Uint8Array; window?: Uint8Array }[];
}

/** null where there is none, or where the file is damaged or of another version: training makes it anew. */
export async function loadTrained(folder: string): Promise<TrainedModel | null> {
  try {
    const stored = decode(await readFile(trainedPath(folder))) as Stored;
    if (stored.format !== 1) return null;
    return {
      report: stored.report,
      fingerprint: stored.fingerprint,
      resolved: JSON.parse(stored.resolved) as ResolvedImpulse,
      spec: JSON.parse(stored.spec) as ModelSpec,
      normalisation: { mean: floatsOf(stored.mean), inverseStd: floatsOf(stored.inverseStd) },
      weights: stored.weights.map((layer): LayerWeights =>
        Object.fromEntries(parts.flatMap((part) => (layer[part] ? [[part, floatsOf(layer[part])]] : []))),
      ),
      quantized: {
        ...(JSON.parse(stored.quantization) as Omit<QuantizedModel, 'tflite'>),
        tflite: stored.tflite.slice(),
      },
      golden: stored.golden.map((vector) => ({
        input: new Int8Array(vector.input.slice().buffer),
        output: new Int8Array(vector.output.slice().buffer),
        window: vector.window ? floatsOf(vector.window) : undefined,
      })),
    };
  } catch {
    return null;
  }
}
