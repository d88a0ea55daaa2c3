/**
 * The board's own arithmetic in this process: features and int8 inference, bit for bit as a board computes them.
 * Everything is synchronous and copies in and out; nothing outlives a call but opened models.
 */
import { scoreRows } from './anomaly';
import { openModel, planModel } from './core-model';
import { dspNumbers, dspParameterTables } from './dsp-parameters';
import { CoreError } from './errors';
import { findObjects } from './objects';
import { Pictures } from './pictures';
import { openSound, soundStateBytes } from './sound';
import type {
  AnomalyDetector,
  AutoencoderRows,
  Core,
  CoreModel,
  DspBlock,
  DspKind,
  DspParameter,
  FoundObject,
  ImageGeometry,
  Normalisation,
  ObjectGrid,
  Picture,
  SoundStream,
  WindowShape,
} from './types';
import { CoreInstance, coreModule } from './wasm';

/** How much of one call's windows is in WebAssembly memory at a time. */
const CHUNK_BYTES = 16 * 1024 * 1024;

const UNKNOWN_BLOCK = -1;
const BAD_PARAMETER = -2;
const TOO_LARGE = -3;
const NOT_FINITE = -5;

function describe(block: DspBlock, shape: WindowShape): string {
  const settings = dspParameterTables[block.kind]
    .map((parameter, index) => `${parameter.name} ${block.params[index] ?? parameter.default}`)
    .join(', ');
  return `the ${block.kind} block (${settings}) on ${shape.frames} frames of ${shape.axes} axes at ${shape.rateHz} Hz`;
}

function dspError(status: number, block: DspBlock, shape: WindowShape, window = 0): CoreError {
  switch (status) {
    case UNKNOWN_BLOCK:
    case BAD_PARAMETER:
      return new CoreError('bad-parameter', `These parameters do not fit: ${describe(block, shape)}.`);
    case TOO_LARGE:
      return new CoreError('too-large', `A window of ${shape.frames} frames of ${shape.axes} axes is too large.`);
    case NOT_FINITE:
      return new CoreError(
        'not-finite',
        `Window ${window + 1} holds values that are not finite numbers, or too large.`,
      );
    default:
      return new CoreError('bad-parameter', `Failed with status ${status}: ${describe(block, shape)}.`);
  }
}

type BlockArguments = [
  kind: number,
  count: number,
  params: number,
  frames: number,
  axes: number,
  rateHz: number,
  width: number,
];

class WasmCore implements Core {
  private readonly core: CoreInstance;
  private readonly pictures: Pictures;

  constructor(private readonly module: WebAssembly.Module) {
    this.core = new CoreInstance(module);
    this.pictures = new Pictures(this.core);
  }

  dspParameters(kind: DspKind): readonly DspParameter[] {
    return dspParameterTables[kind];
  }

  featureCount(block: DspBlock, shape: WindowShape): number {
    this.core.exports.core_reset();
    return this.positive(this.core.exports.core_dsp_count(...this.blockArguments(block, shape)), block, shape);
  }

  dspScratchBytes(block: DspBlock, shape: WindowShape): number {
    this.core.exports.core_reset();
    return this.positive(this.core.exports.core_dsp_scratch(...this.blockArguments(block, shape)), block, shape);
  }

  features(block: DspBlock, shape: WindowShape, window: Float32Array): Float32Array {
    return this.featuresOfMany(block, shape, window, 1);
  }

  featuresOfMany(block: DspBlock, shape: WindowShape, windows: Float32Array, count: number): Float32Array {
    const width = this.featureCount(block, shape);
    const scratchBytes = this.dspScratchBytes(block, shape);
    const values = shape.frames * shape.axes;
    if (windows.length !== count * values)
      throw new CoreError('bad-input', `${count} windows of ${values} values are not ${windows.length} values.`);
    const features = new Float32Array(count * width);
    const chunk = Math.max(1, Math.floor(CHUNK_BYTES / (4 * (values + width))));
    for (let first = 0; first < count; first += chunk) {
      const some = Math.min(chunk, count - first);
      this.core.exports.core_reset();
      const call = this.blockArguments(block, shape);
      const window = this.core.putFloats(windows.subarray(first * values, (first + some) * values));
      const out = this.core.allocate(some * width * 4);
      const scratch = this.core.allocate(Math.max(scratchBytes, 16));
      const done = this.core.allocate(4);
      const status = this.core.exports.core_dsp_run(...call, window, some, out, scratch, scratchBytes, done);
      if (status !== 0) throw dspError(status, block, shape, first + this.core.words(done, 1)[0]);
      features.set(this.core.floats(out, some * width), first * width);
    }
    return features;
  }

  normalise(features: Float32Array, normalisation: Normalisation): Float32Array {
    const period = normalisation.mean.length;
    if (period === 0 || features.length % period !== 0 || normalisation.inverseStd.length !== period)
      throw new CoreError('bad-input', `${features.length} features cannot be normalised with ${period} means.`);
    const result = new Float32Array(features.length);
    const chunk = Math.max(period, Math.floor(CHUNK_BYTES / 4 / period) * period);
    for (let first = 0; first < features.length; first += chunk) {
      this.core.exports.core_reset();
      const some = features.subarray(first, first + chunk);
      const pointer = this.core.putFloats(some);
      const mean = this.core.putFloats(normalisation.mean);
      const inverseStd = this.core.putFloats(normalisation.inverseStd);
      this.core.exports.core_normalise(pointer, 1, some.length, mean, inverseStd, period);
      result.set(this.core.floats(pointer, some.length), first);
    }
    return result;
  }

  quantise(normalised: Float32Array, scale: number, zeroPoint: number): Int8Array {
    const result = new Int8Array(normalised.length);
    const chunk = CHUNK_BYTES / 4;
    for (let first = 0; first < normalised.length; first += chunk) {
      this.core.exports.core_reset();
      const some = normalised.subarray(first, first + chunk);
      const pointer = this.core.putFloats(some);
      const out = this.core.allocate(some.length);
      this.core.exports.core_quantise(pointer, some.length, scale, zeroPoint, out);
      result.set(new Int8Array(this.core.bytes(out, some.length).buffer), first);
    }
    return result;
  }

  imageFeatures(block: DspBlock, picture: Picture): Float32Array {
    return this.pictures.features(block, picture);
  }

  imageInput(
    block: DspBlock,
    picture: Picture,
    normalisation: Normalisation | undefined,
    scale: number,
    zeroPoint: number,
  ): Int8Array {
    return this.pictures.input(block, picture, normalisation, scale, zeroPoint);
  }

  imageGeometry(block: DspBlock, width: number, height: number): ImageGeometry {
    return this.pictures.geometry(block, width, height);
  }

  imageScratchBytes(block: DspBlock, picture: Omit<Picture, 'bytes'>, normalisationPeriod: number): number {
    return this.pictures.scratchBytes(block, picture, normalisationPeriod);
  }

  soundStateBytes(block: DspBlock, shape: WindowShape, strideFrames: number): number | undefined {
    return soundStateBytes(this.core, block, shape, strideFrames);
  }

  openSound(block: DspBlock, shape: WindowShape, strideFrames: number, unit: number): SoundStream {
    return openSound(this.module, this.featureCount(block, shape), block, shape, strideFrames, unit);
  }

  anomalyScore(detector: AnomalyDetector, rows: Float32Array, outputs?: AutoencoderRows): Float32Array {
    return scoreRows(this.core, detector, rows, outputs);
  }

  objects(output: Int8Array, grid: ObjectGrid, thresholds: readonly number[]): FoundObject[] {
    return findObjects(this.core, output, grid, thresholds);
  }

  openModel(tflite: Uint8Array): CoreModel {
    return openModel(this.module, tflite);
  }

  planModel(tflite: Uint8Array): Int32Array {
    return planModel(this.module, tflite);
  }

  crc32(bytes: Uint8Array, seed = 0): number {
    let crc = seed;
    for (let first = 0; first < bytes.length; first += CHUNK_BYTES) {
      this.core.exports.core_reset();
      const some = bytes.subarray(first, first + CHUNK_BYTES);
      crc = this.core.exports.core_crc32(this.core.putBytes(some), some.length, crc);
    }
    return crc >>> 0;
  }

  private blockArguments(block: DspBlock, shape: WindowShape): BlockArguments {
    const number = dspNumbers[block.kind] as number | undefined;
    if (number === undefined) throw new CoreError('bad-parameter', `There is no DSP block "${String(block.kind)}".`);
    const { frames, axes, rateHz, width = 0 } = shape;
    if (!isCount(frames) || !isCount(axes) || (width !== 0 && !isCount(width)))
      throw dspError(BAD_PARAMETER, block, shape);
    return [number, block.params.length, this.core.putFloats(block.params), frames, axes, rateHz, width];
  }

  private positive(result: number, block: DspBlock, shape: WindowShape): number {
    if (result < 0) throw dspError(result, block, shape);
    return result;
  }
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value < 2 ** 31;
}

let loaded: Promise<Core> | undefined;

/** The core of this process; the module is read and compiled once. Throws CoreError 'core-missing'. */
export function loadCore(): Promise<Core> {
  loaded ??= coreModule()
    .then((module) => new WasmCore(module))
    .catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
  return loaded;
}
