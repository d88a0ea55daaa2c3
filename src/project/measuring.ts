/** Has a board run the model's golden vectors with a watch on features, model and each layer, and keeps what it says. */
import { createHash } from 'node:crypto';
import { boardById } from '../boards';
import { readTflite } from '../compress';
import type { GoldenVector } from '../deploy';
import { LinkError, type Device, type DeviceInference, type InferKind } from '../link';
import { fitProject } from './deploying';
import { keepMeasured, type BoardMeasurement } from './measured';
import type { Project } from './project';
import type { TrainedModel } from './trained';

/** Inferences timed: enough for a mean, and soon over on a slow line. */
const runs = 8;

const pictureFormats = { gray8: 0, rgb565: 1, rgb888: 2 } as const;

/** What INFER_DATA wants to hear of a golden vector; undefined for one that gives the model's input alone. */
function asked(golden: GoldenVector, { resolved }: TrainedModel): readonly [InferKind, Uint8Array] | undefined {
  const { window, sound, picture } = golden;
  if (window) return ['window', new Uint8Array(window.buffer, window.byteOffset, window.byteLength)];
  if (sound) {
    const whole = Int16Array.from(
      { length: resolved.shape.frames * resolved.shape.axes },
      (_, i) => sound[i % sound.length],
    );
    return ['sound', new Uint8Array(whole.buffer)];
  }
  if (!picture) return undefined;
  const bytes = new Uint8Array(8 + picture.bytes.length);
  const head = new DataView(bytes.buffer);
  head.setUint16(0, picture.width, true);
  head.setUint16(2, picture.height, true);
  head.setUint8(4, pictureFormats[picture.format]);
  bytes.set(picture.bytes, 8);
  return ['picture', bytes];
}

const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length;

/** A board may have too many layers for its answer. */
function noLayers(error: unknown): number[] {
  if (error instanceof LinkError && error.code.startsWith('device-')) return [];
  throw error;
}

/** A simulated board's times are those of this computer. */
const isReal = ({ port, info }: Device): boolean => !port.simulated && info.uid !== 'simulated';

/** The board runs the project's model. undefined where it cannot be timed. */
export async function measureOnDevice(project: Project, device: Device): Promise<BoardMeasurement | undefined> {
  const model = await project.needTrained();
  const { tflite } = model.quantized;
  const questions = model.golden.flatMap((golden) => {
    const question = asked(golden, model);
    return question ? [question] : [];
  });
  if (questions.length === 0 || tflite.length === 0) return undefined;
  const answers: DeviceInference[] = [];
  const watched: (readonly number[])[] = [];
  for (let i = 0; i < runs; i++) {
    const [kind, bytes] = questions[i % questions.length];
    answers.push(await device.infer(kind, bytes));
    watched.push(await device.inferLayers(kind, bytes).catch(noLayers));
  }
  const { operators } = readTflite(tflite);
  const told = watched.every((layers) => layers.length === operators.length);
  const { board, uid, firmware } = device.info;
  const measurement: BoardMeasurement = {
    board,
    uid,
    firmware,
    modelSha256: createHash('sha256').update(tflite).digest('hex'),
    dspMicros: mean(answers.map((answer) => answer.dspMicros)),
    modelMicros: mean(answers.map((answer) => answer.modelMicros)),
    layers: told
      ? operators.map(({ name }, i) => ({ operator: name, micros: mean(watched.map((layers) => layers[i])) }))
      : [],
  };
  if (!isReal(device)) return measurement;
  const estimated = boardById(board) ? (await fitProject(project, board, [])).latency : undefined;
  await keepMeasured(project.folder, {
    ...measurement,
    ...(estimated ? { estimated: { dspMicros: estimated.dspMs * 1000, modelMicros: estimated.modelMs * 1000 } } : {}),
  });
  return measurement;
}
