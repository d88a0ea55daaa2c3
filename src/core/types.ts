/**
 * What the WebAssembly build of the board's core offers to the rest of `src/`: the board's own features and the
 * board's own int8 arithmetic, bit for bit.
 */

/** Block numbers and the order of their parameters are part of firmware/MODEL_SLOT.md; never renumber. */
export const dspKinds = ['raw', 'flatten', 'spectral', 'spectrogram', 'mfe', 'mfcc', 'image'] as const;
export type DspKind = (typeof dspKinds)[number];

export interface DspBlock {
  readonly kind: DspKind;
  /** Values in the order of the block's parameter table; `dspParameters(kind)` names them. */
  readonly params: readonly number[];
}

export interface DspParameter {
  /** The field's own name, as in `impulse --set fft-length=32`. */
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly default: number;
  /** A closed set of allowed values, where there is one; otherwise `min` and `max` bound it. */
  readonly choices?: readonly { readonly value: number; readonly label: string }[];
  readonly min?: number;
  readonly max?: number;
}

/** The shape of one window: `frames` points in time of `axes` values each, interleaved, in physical units. */
export interface WindowShape {
  readonly frames: number;
  readonly axes: number;
  readonly rateHz: number;
  /** Pixels to a row where the window is a picture (frames = width * height); nothing else has it. */
  readonly width?: number;
}

export type TensorType = 'int8' | 'uint8' | 'int16' | 'int32' | 'float32' | 'bool';

export interface TensorInfo {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** Per-tensor quantization; scale 0 means none. value = scale * (q - zeroPoint). */
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface CoreModel {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Bytes of RAM that a board uses for tensors while this model runs, from the planner that the board uses. */
  readonly arenaBytes: number;
  /** Bytes of RAM for the interpreter's own bookkeeping of this model, beside the arena. */
  readonly persistentBytes: number;
  readonly operators: readonly string[];
  /** Multiplications with weights in one inference. */
  readonly macs: number;
  /** Raw little-endian tensor bytes in, raw tensor bytes out (copies). */
  invoke(inputs: readonly Uint8Array[]): Uint8Array[];
  /** Forgets what recurrent operators (SVDF, LSTM) keep from one inference to the next. */
  reset(): void;
  /** As invoke(), and shows the first output of each operator right after it ran. */
  invokeByOperator(
    inputs: readonly Uint8Array[],
    after: (index: number, operator: string, output: TensorInfo, bytes: Uint8Array) => void,
  ): Uint8Array[];
  /**
   * The kernels that one inference calls, with all that they are given, for code without an interpreter: the same on every
   * processor.
   */
  kernelCalls(): KernelCalls;
  close(): void;
}

/** Where a tensor or an operator's working memory lies in the arena. */
export interface ArenaPlace {
  readonly arena: number;
  /** In C++, of the values. */
  readonly type: string;
}

/** A constant of the model's file: an offset in bytes. */
export interface FilePlace {
  readonly file: number;
  readonly type: string;
  readonly bytes: number;
}

/** What a kernel of firmware/dormouse/src/nn/kernels/ is given; fields of a struct in their order. */
export type KernelArgument =
  | number
  | boolean
  | null
  | ArenaPlace
  | FilePlace
  | { readonly struct: string; readonly fields: readonly KernelArgument[] }
  | { readonly values: readonly number[]; readonly type: string }
  /** Bits of a float32. */
  | { readonly float: number }
  | readonly KernelArgument[];

export interface KernelCall {
  readonly kernel: string;
  readonly arguments: readonly KernelArgument[];
}

export interface KernelCalls {
  readonly inputs: readonly (ArenaPlace | FilePlace)[];
  readonly outputs: readonly (ArenaPlace | FilePlace)[];
  readonly calls: readonly KernelCall[];
  /** What brings back the state before the first inference; none where nothing is kept. */
  readonly reset: readonly KernelCall[];
}

/** Standardises and quantises features as the board does: q = clamp(round(((x - mean) * inverseStd) / scale) + zeroPoint). */
export interface Normalisation {
  /** One value per feature, or one per axis for raw windows (then repeated along time). */
  readonly mean: Float32Array;
  readonly inverseStd: Float32Array;
}

/** A picture as a camera gives it or a file holds it, row by row without padding, 1, 2 or 3 bytes to a pixel. */
export interface Picture {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** rgb565: little-endian, red in the highest bits. */
  readonly format: 'gray8' | 'rgb565' | 'rgb888';
}

/** Which part of a picture the image block takes, and where in its output that part lies; pixels, top left is 0, 0. */
export interface ImageGeometry {
  readonly crop: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly place: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/**
 * What normal rows taught, for rows of normalised features: clusters (score = the least distance * factor), a mixture
 * of Gaussians with diagonal covariances (score = sqrt(-2 ln of the sum of e^(offset - half the squared distance in
 * standard deviations)); take the offsets so that their own e^ sum to 1), or an autoencoder (score = root of the mean
 * squared difference). A score above the threshold is unusual.
 */
export type AnomalyDetector =
  | {
      readonly kind: 'kmeans';
      readonly features: number;
      readonly threshold: number;
      readonly parts: readonly { readonly factor: number; readonly centre: Float32Array }[];
    }
  | {
      readonly kind: 'mixture';
      readonly features: number;
      readonly threshold: number;
      readonly parts: readonly {
        readonly offset: number;
        readonly mean: Float32Array;
        readonly inverseStd: Float32Array;
      }[];
    }
  | { readonly kind: 'reconstruction'; readonly features: number; readonly threshold: number };

/** What an int8 autoencoder made of rows, and the quantization of its output. */
export interface AutoencoderRows {
  readonly rows: Int8Array;
  readonly scale: number;
  readonly zeroPoint: number;
}

/** A detector's int8 output: rows * columns cells of 1 + labels scores each, "nothing here" first. */
export interface ObjectGrid {
  readonly rows: number;
  readonly columns: number;
  readonly labels: number;
  /** Of the scores. */
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface FoundObject {
  /** Index of the label, background not counted. */
  readonly label: number;
  /** int8, as the model put it out. */
  readonly score: number;
  /** Centre, 0 to 1 of the picture's width and height, from the top left. */
  readonly x: number;
  readonly y: number;
}

/** Features of sound that keeps coming, as a board computes them. */
export interface SoundStream {
  /** The features of each window that got whole with these samples, one after the other. */
  push(values: Int16Array): Float32Array;
  /** Forgets what came, as behind a gap: the next sample is the first of a window. */
  restart(): void;
}

export interface Core {
  dspParameters(kind: DspKind): readonly DspParameter[];
  featureCount(block: DspBlock, shape: WindowShape): number;
  /** Bytes of scratch RAM that the block needs on a board. */
  dspScratchBytes(block: DspBlock, shape: WindowShape): number;
  /** `window` has frames*axes values; throws CoreError for impossible parameters or non-finite input. */
  features(block: DspBlock, shape: WindowShape, window: Float32Array): Float32Array;
  /** Many windows at once, one after the other; returns count*featureCount values. */
  featuresOfMany(block: DspBlock, shape: WindowShape, windows: Float32Array, count: number): Float32Array;
  normalise(features: Float32Array, normalisation: Normalisation): Float32Array;
  quantise(normalised: Float32Array, scale: number, zeroPoint: number): Int8Array;
  /** What features() gives for the picture's pixels as a window, without making that window; sides up to 4096 pixels. */
  imageFeatures(block: DspBlock, picture: Picture): Float32Array;
  /**
   * The model's int8 input straight from a picture, as a board makes it: to the bit imageFeatures(), normalise() (if
   * there is a normalisation) and quantise().
   */
  imageInput(
    block: DspBlock,
    picture: Picture,
    normalisation: Normalisation | undefined,
    scale: number,
    zeroPoint: number,
  ): Int8Array;
  imageGeometry(block: DspBlock, width: number, height: number): ImageGeometry;
  /** Bytes of scratch RAM that a board needs for imageInput() of pictures like this one; its bytes do not matter. */
  imageScratchBytes(block: DspBlock, picture: Omit<Picture, 'bytes'>, normalisationPeriod: number): number;
  /** Bytes of RAM of a board's stream of sound in place of whole windows; undefined where the block or stride has none. */
  soundStateBytes(block: DspBlock, shape: WindowShape, strideFrames: number): number | undefined;
  /** `unit`: what one raw count is worth. @throws CoreError `bad-parameter` where soundStateBytes() is undefined. */
  openSound(block: DspBlock, shape: WindowShape, strideFrames: number, unit: number): SoundStream;
  /**
   * score / threshold of rows of normalised features, as the board computes it: above 1 is unusual. A reconstruction
   * needs what the autoencoder made of the rows. @throws CoreError `bad-parameter`, `bad-input`.
   */
  anomalyScore(detector: AnomalyDetector, rows: Float32Array, outputs?: AutoencoderRows): Float32Array;
  /** Objects in one output of a detector, from the top on; `thresholds` 0 to 1, one per label. */
  objects(output: Int8Array, grid: ObjectGrid, thresholds: readonly number[]): FoundObject[];
  openModel(tflite: Uint8Array): CoreModel;
  /**
   * Where each tensor of a .tflite might lie in the arena, 16-aligned; -1 for those that lie elsewhere. Found by looking longer
   * than a board does, the same every time; never needs more than a board's own plan. @throws CoreError as openModel().
   */
  planModel(tflite: Uint8Array): Int32Array;
  crc32(bytes: Uint8Array, seed?: number): number;
}
