/** From floats to int8: rounded after training, or trained on with the rounding in view where that is asked for or pays. */
import { balancedCalibration, quantiseModel, rangesInSteps, type QuantizedModel } from '../../compress';
import type { Core } from '../../core';
import type { ModelSpec, ModelWeights } from '../../model';
import type { TrainSettings } from '../contract';
import type { PreparedRows } from './rows';
import { giveWay, type TrainWork } from './work';

const calibrationRows = 512;

export interface Quantising {
  readonly core: Core;
  readonly name: string;
  readonly prepared: PreparedRows;
  readonly settings: TrainSettings;
  readonly work: TrainWork;
}

/** Balanced over the labels, cancellable between any few rows. */
export async function quantiseAfterTraining(
  { name, prepared, settings, work }: Quantising,
  spec: ModelSpec,
  weights: ModelWeights,
): Promise<QuantizedModel> {
  work.onTrain?.({ phase: 'quantise' });
  await giveWay(work);
  const calibration = balancedCalibration(prepared.training, prepared.labels.length, calibrationRows, settings.seed);
  const ranges = await rangesInSteps(spec, weights, calibration, () => giveWay(work));
  return quantiseModel(spec, weights, { ...calibration, ranges, name });
}
