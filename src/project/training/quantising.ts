/** From floats to int8: rounded after training, or trained on with the rounding in view where that is asked for or pays. */
import {
  balancedCalibration,
  fineTuneQuantised,
  quantiseModel,
  rangesInSteps,
  type QuantizedModel,
} from '../../compress';
import type { LabelledRows, TrainOptions } from '../../train';
import { int8InSteps, rightShare, thresholdOf } from '../scoring';
import { optionsFor } from './engine';
import { teachingRows } from './rows';
import type { Shrinking, Weighted } from './shrinking';
import { cancelled, giveWay } from './work';

const calibrationRows = 512;
/** Accuracy on the watched rows that int8 may cost before training goes on with int8 in view. */
const bearableLoss = 0.005;
/** Rows that decide it, where nothing else watches. */
const watchedRows = 512;

export interface Quantised extends Weighted {
  readonly quantized: QuantizedModel;
  readonly warning?: string;
}

function calibrationOf({ prepared, settings }: Shrinking) {
  return balancedCalibration(prepared.training, prepared.labels.length, calibrationRows, settings.seed);
}

/** Balanced over the labels, cancellable between any few rows. */
export async function quantiseAfterTraining(
  shrinking: Shrinking,
  { spec, weights }: Weighted,
): Promise<QuantizedModel> {
  const { work, name } = shrinking;
  work.onTrain?.({ phase: 'quantise' });
  await giveWay(work);
  const calibration = calibrationOf(shrinking);
  const ranges = await rangesInSteps(spec, weights, calibration, () => giveWay(work));
  return quantiseModel(spec, weights, { ...calibration, ranges, name });
}

/**
 * The rows that decide between two forms of a model: those kept aside to watch; where the captures for testing drew the
 * curves, some that taught, so that nothing is chosen by the score.
 */
function watched({ prepared }: Shrinking): LabelledRows {
  if (prepared.validation && !prepared.watchesHeldOut) return prepared.validation;
  const { training } = prepared;
  const count = Math.min(training.count, watchedRows);
  const width = training.x.length / training.count;
  const some = { count, x: new Float32Array(count * width), y: new Int32Array(count) };
  for (let i = 0; i < count; i++) {
    const row = Math.floor((i * training.count) / count);
    some.x.set(training.x.subarray(row * width, (row + 1) * width), i * width);
    some.y[i] = training.y[row];
  }
  return some;
}

/** Accuracy that the rounding costs on the watched rows; below 0 where it happens to gain. */
async function lossOf(shrinking: Shrinking, { spec, weights }: Weighted, plain: QuantizedModel): Promise<number> {
  const { core, engine, settings, work } = shrinking;
  const rows = watched(shrinking);
  const threshold = thresholdOf(settings);
  const float = await engine.predict(spec, weights, rows.x, rows.count);
  const int8 = await int8InSteps(core, plain, rows.x, rows.count, () => giveWay(work));
  return rightShare(rows, float, threshold) - rightShare(rows, int8.scores, threshold);
}

/** Null where it is not asked for, or (with 'auto') would not pay. @throws ProjectError `cancelled`; TrainError `unsupported`. */
export async function quantiseAware(
  shrinking: Shrinking,
  model: Weighted,
  plain: QuantizedModel,
): Promise<Quantised | null> {
  const { core, engine, settings, work, name } = shrinking;
  if (settings.quantisation === 'afterTraining') return null;
  if (settings.quantisation === 'auto') {
    if (engine.id !== 'core' || (await lossOf(shrinking, model, plain)) <= bearableLoss) return null;
  }
  const rows = teachingRows(core, shrinking.prepared);
  const began = performance.now();
  const tuned = await fineTuneQuantised(engine, model.spec, model.weights, rows, watched(shrinking), {
    core,
    quantisation: { ...calibrationOf(shrinking), name },
    training: trainingOptions(shrinking, rows),
    signal: work.signal,
    onEpoch: ({ epoch, epochs }) => {
      const secondsEach = (performance.now() - began) / 1000 / epoch;
      work.onTrain?.({ phase: 'aware', epoch, epochs, secondsLeft: secondsEach * (epochs - epoch) });
    },
  });
  if (tuned.stopped === 'cancelled') throw cancelled();
  const { spec, weights, quantized, kept } = tuned;
  if (kept === 'aware') return { spec, weights, quantized };
  const warning =
    'Training on with int8 in view made the model no better on the rows that decide it, so the plain rounding stayed.';
  return { ...model, quantized: plain, ...(settings.quantisation === 'aware' ? { warning } : {}) };
}

/** As it was trained; `sparsity` tells the fine-tuning to keep zeros as they are. */
function trainingOptions({ settings, prepared, work }: Shrinking, rows: LabelledRows): TrainOptions {
  const options = optionsFor(settings, prepared, rows, work);
  const { prune, epochs } = settings;
  if (prune.kind !== 'synapses') return options;
  return { ...options, sparsity: { target: prune.target, fromEpoch: 1, toEpoch: epochs } };
}
