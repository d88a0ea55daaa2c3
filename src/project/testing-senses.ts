/**
 * The held-out windows on the board itself, one inference each over the wire, compared with the app's own answer byte for
 * byte. Sound goes as raw samples and pictures as pixels, so that the board computes features too; motion goes as the
 * model's input, since its recordings may be of another rate than the board's (its golden vectors prove its features).
 */
import type { LongWork } from '../base';
import { runInt8 } from '../compress';
import type { Core, Picture } from '../core';
import { cutWindow, isPictureImpulse, pictureOf, type FeatureRows, type ResolvedImpulse } from '../impulse';
import { LinkError, type Device, type DeviceInference, type LinkErrorCode } from '../link';
import type { Capture } from '../dataset';
import { ratiosOf } from './anomaly-scoring';
import { otherModel, testOnDevice, type BoardTest } from './testing-device';
import type { TrainedModel } from './trained';

const isRefusal = (error: unknown, code: LinkErrorCode): boolean => error instanceof LinkError && error.code === code;

/** What the app says of one window. */
interface Expected {
  readonly input: Int8Array;
  readonly output: Int8Array;
  /** Where the model tells what is unusual. */
  readonly ratio: number | undefined;
}

interface BoardRow {
  readonly expected: Expected;
  readonly answer: DeviceInference;
  /** The board computed the features. */
  readonly sensed: boolean;
}

export interface HeldOut {
  readonly rows: FeatureRows;
  /** The rows, normalised. */
  readonly x: Float32Array;
  /** The app's own int8 answers to them. */
  readonly outputs: Int8Array;
  readonly captureOf: (id: string) => Promise<Capture>;
}

export interface BoardAnswers extends BoardTest {
  readonly outputs: Int8Array;
  /** Windows of which the board computed the features; the others were sent as the model's input. */
  readonly sensed: number;
}

const pictureFormats: readonly Picture['format'][] = ['gray8', 'rgb565', 'rgb888'];

/** INFER_DATA kind 3 (firmware/PROTOCOL.md). */
function pictureData({ bytes, width, height, format }: Picture): Uint8Array {
  const data = new Uint8Array(8 + bytes.length);
  const view = new DataView(data.buffer);
  view.setUint16(0, width, true);
  view.setUint16(2, height, true);
  view.setUint8(4, pictureFormats.indexOf(format));
  data.set(bytes, 8);
  return data;
}

const asBytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

class BoardRows {
  /** Rows of a capture follow each other: one is kept. */
  private latest: Capture | undefined;
  /** The board said that pictures as large as these do not fit into its memory. */
  private tooLarge = Infinity;

  constructor(
    private readonly core: Core,
    private readonly device: Device,
    private readonly model: TrainedModel,
    private readonly held: HeldOut,
  ) {}

  async row(row: number): Promise<BoardRow> {
    const { resolved } = this.model;
    if (isPictureImpulse(resolved)) return this.pictureRow(row);
    if (resolved.axes.length === 1 && (await this.capture(row)).kind === 'audio') return this.soundRow(row, resolved);
    return this.inputRow(row);
  }

  private async inputRow(row: number) {
    const expected = this.expectedOf(row);
    return { expected, answer: await this.device.infer('input', asBytes(expected.input)), sensed: false };
  }

  /** A microphone gives whole counts; where the window lies between them, what is expected is computed of what is sent. */
  private async soundRow(row: number, resolved: ResolvedImpulse) {
    const { core, model, held } = this;
    const window = cutWindow(await this.capture(row), held.rows.starts[row], resolved);
    const counts = Int16Array.from(window, (value) => Math.max(-32768, Math.min(32767, Math.round(value))));
    let expected = this.expectedOf(row);
    if (counts.some((count, i) => count !== window[i])) {
      const features = core.features(resolved.block, resolved.shape, Float32Array.from(counts));
      const x = core.normalise(features, model.normalisation);
      expected = this.expected(x, runInt8(core, model.quantized, x, 1).int8);
    }
    return { expected, answer: await this.device.infer('sound', asBytes(counts)), sensed: true };
  }

  private async pictureRow(row: number) {
    const data = pictureData(pictureOf(await this.capture(row)));
    if (data.length >= this.tooLarge) return this.inputRow(row);
    try {
      return { expected: this.expectedOf(row), answer: await this.device.infer('picture', data), sensed: true };
    } catch (error) {
      if (!isRefusal(error, 'device-too-large')) throw error;
      this.tooLarge = data.length;
      return this.inputRow(row);
    }
  }

  private async capture(row: number): Promise<Capture> {
    const id = this.held.rows.captureIds[row];
    if (this.latest?.id !== id) this.latest = await this.held.captureOf(id);
    return this.latest;
  }

  private expectedOf(row: number): Expected {
    const { x, outputs, rows } = this.held;
    const classes = outputs.length / rows.count;
    const width = x.length / rows.count;
    return this.expected(
      x.subarray(row * width, (row + 1) * width),
      outputs.subarray(row * classes, (row + 1) * classes),
    );
  }

  private expected(x: Float32Array, output: Int8Array): Expected {
    const { core, model } = this;
    const { quantized, anomaly } = model;
    return {
      input: core.quantise(x, quantized.inputScale, quantized.inputZeroPoint),
      output,
      ratio: anomaly ? ratiosOf(core, anomaly.detector, quantized, x)[0] : undefined,
    };
  }
}

const differ = (a: Int8Array, b: Int8Array): boolean => a.length !== b.length || a.some((value, i) => value !== b[i]);

/** A board whose answer would be too long leaves its input out; of a bare input it can tell no anomaly score. */
const isSame = ({ expected, answer, sensed }: BoardRow): boolean =>
  !differ(answer.output, expected.output) &&
  (answer.input.length === 0 || !differ(answer.input, expected.input)) &&
  (!sensed || expected.ratio === answer.anomaly);

/** Rejects with ProjectError `device-cannot` where another model runs on the board, `cancelled`. */
export async function rowsOnDevice(
  core: Core,
  device: Device,
  model: TrainedModel,
  held: HeldOut,
  work: LongWork,
): Promise<BoardAnswers> {
  const { count } = held.rows;
  const classes = held.outputs.length / count;
  const outputs = new Int8Array(held.outputs.length);
  const board = new BoardRows(core, device, model, held);
  let sensed = 0;
  let latest: BoardRow | undefined;
  const ask = async (row: number): Promise<DeviceInference> => {
    latest = await board.row(row).catch((error: unknown) => {
      // Data of a kind that the board's model does not take.
      throw isRefusal(error, 'device-bad-request') ? otherModel() : error;
    });
    return latest.answer;
  };
  const same = (answer: DeviceInference, row: number): boolean => {
    if (answer.output.length !== classes) throw otherModel();
    outputs.set(answer.output, row * classes);
    if (latest?.sensed) sensed++;
    return latest !== undefined && isSame(latest);
  };
  const tested = await testOnDevice(count, ask, same, work);
  return { ...tested, outputs, sensed };
}
