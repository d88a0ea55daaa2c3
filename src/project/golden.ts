/** What a board must answer before a model is committed: a few windows, through network and detector as far as there are any. */
import type { Core } from '../core';
import { goldenVectors, type GoldenVector } from '../deploy';
import { manifestOf } from './deploying';
import type { ProjectSettings } from './project';
import type { TrainedModel } from './trained';
import { ratiosOf } from './anomaly-scoring';

type Model = Pick<TrainedModel, 'resolved' | 'normalisation' | 'quantized' | 'report' | 'anomaly' | 'thresholds'>;

/** `windows`: frames * axes values each, as windowAt() gives them. */
export function goldenOf(
  settings: ProjectSettings,
  core: Core,
  model: Model,
  windows: readonly Float32Array[],
): GoldenVector[] {
  if (model.quantized.tflite.length > 0)
    return goldenVectors(core, manifestOf(settings, core, model, model.report.labels), model.quantized.tflite, windows);
  const { resolved, normalisation, anomaly, quantized } = model;
  const [window] = windows;
  if (!anomaly || !window) return [];
  const x = core.normalise(core.features(resolved.block, resolved.shape, window), normalisation);
  const [ratio] = ratiosOf(core, anomaly.detector, quantized, x);
  return [{ window, input: new Int8Array(0), output: new Int8Array(0), score: ratio }];
}
