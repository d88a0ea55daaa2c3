/** Whether what should go into an image fits together, before it is built. */
import { readTflite, type TfliteTensor } from '../compress';
import { DeployError } from './errors';
import type { ModelManifest } from './types';

export interface ModelEnds {
  /** Features that the board makes of a window. */
  readonly features: number;
  /** Shape of the model's output; undefined where there is no model. */
  readonly output?: readonly number[] | undefined;
}

const product = (shape: readonly number[]): number => shape.reduce((all, side) => all * side, 1);

/**
 * The one int8 input, which a board's features must fill, and the one int8 output. An image without a model has the
 * features of its anomaly section.
 */
export function modelEnds(tflite: Uint8Array, anomaly: ModelManifest['anomaly']): ModelEnds {
  if (tflite.length === 0) {
    if (anomaly) return { features: anomaly.features };
    throw new DeployError(
      'bad-manifest',
      'There is neither a model nor what is normal.',
      'Train the model again, then deploy it.',
    );
  }
  const { inputs, outputs, tensors } = readTflite(tflite);
  const input = tensors[inputs[0]] as TfliteTensor | undefined;
  const output = tensors[outputs[0]] as TfliteTensor | undefined;
  if (inputs.length !== 1 || outputs.length !== 1 || input?.type !== 'int8' || output?.type !== 'int8')
    throw new DeployError(
      'bad-manifest',
      'A board runs models with one int8 input and one int8 output; this model has another form.',
      'Train the model with Dormouse, or quantise it to full int8.',
    );
  return { features: input.bytes, output: output.shape };
}

function fail(problem: string): never {
  throw new DeployError('bad-manifest', problem, 'Train the model again, then deploy it.');
}

/** What the model puts out must be what the manifest says of it. */
function checkHead(
  { head = 'classes', labels, anomaly, sensor }: ModelManifest,
  { features, output }: ModelEnds,
): void {
  if (labels.length < 1 || labels.length > 127) fail(`The model has ${labels.length} labels; 1 to 127 are possible.`);
  const onlyAnomaly = output === undefined || anomaly?.kind === 'reconstruction';
  if (onlyAnomaly !== (head === 'none'))
    fail('The model names labels, or only what is unusual, but not what it is said to.');
  if (anomaly && sensor === 'camera') fail('What is unusual in pictures cannot be told by a board.');
  if (anomaly && anomaly.features !== features)
    fail(`Normal was learned from ${anomaly.features} features, but the model reads ${features}.`);
  if (output === undefined) return;
  const scores = product(output);
  if (head === 'none') {
    if (scores !== features) fail(`The autoencoder gives ${scores} features back, not ${features}.`);
  } else if (head === 'objects') {
    if (output.length !== 4 || output[0] !== 1 || output[3] !== labels.length + 1)
      fail(`The model's output is no grid with a score for each of ${labels.length} labels and the background.`);
  } else if (labels.length !== scores) fail(`The model answers ${scores} scores but has ${labels.length} labels.`);
}

function checkNumbers(manifest: ModelManifest): void {
  const { shape, live } = manifest;
  const { width } = shape;
  const wholes: [string, number, number, number][] = [
    ['window', shape.frames, 1, 2 ** 20],
    ['stride', manifest.strideFrames, 1, 2 ** 24],
    ['smoothing', live.smoothing, 1, 32],
    ['suppression', live.suppress ?? 0, 0, 65535],
    ['width', width ?? 1, 1, 4096],
    ['arena', manifest.arenaBytes, 0, 2 ** 31],
  ];
  for (const [what, value, low, high] of wholes)
    if (!Number.isInteger(value) || value < low || value > high) fail(`The model has ${value} as its ${what}.`);
  if (width !== undefined && shape.frames % width !== 0) fail('The picture is not made of whole rows.');
  if (!(shape.rateHz >= 0.001 && shape.rateHz < 2 ** 31 / 1000))
    fail(`The model wants ${shape.rateHz} samples a second.`);
  const thresholds = [live.threshold, ...(live.thresholds ?? [])];
  if (!thresholds.every((threshold) => threshold >= 0 && threshold <= 1)) fail('The threshold is not between 0 and 1.');
  if (live.thresholds && live.thresholds.length !== manifest.labels.length)
    fail(`There are ${live.thresholds.length} thresholds for ${manifest.labels.length} labels.`);
}

/** @throws DeployError `bad-manifest`. */
export function checkManifest(manifest: ModelManifest, ends: ModelEnds): void {
  const { normalisation: n, shape, axes, units } = manifest;
  if (axes.length !== shape.axes || units.length !== shape.axes)
    fail(`The model reads ${shape.axes} axes, but ${axes.length} names and ${units.length} units are given.`);
  if (shape.axes < 1 || shape.axes > 16) fail(`The model reads ${shape.axes} axes; a board offers 1 to 16.`);
  if (manifest.block.params.length > 16) fail('The features have more than 16 parameters.');
  if (n.mean.length !== n.inverseStd.length || (n.mean.length > 0 && ends.features % n.mean.length !== 0))
    fail(
      `The normalisation has ${n.mean.length} means and ${n.inverseStd.length} deviations for ${ends.features} features.`,
    );
  const numbers = [...n.mean, ...n.inverseStd, ...manifest.block.params];
  if (!numbers.every(Number.isFinite)) fail('The normalisation or the features hold values that are not numbers.');
  checkHead(manifest, ends);
  checkNumbers(manifest);
}
