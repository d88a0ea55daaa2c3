/**
 * What the sensors of a simulated board sense: generated gestures, machines, words and objects, or recordings and
 * pictures of a folder that are played in a loop. Makes raw int16 frames at any rate, and pictures of any size. Knows
 * sensors by their axes, not the board nor any clock but frame counts.
 */
import { Random } from '../../base';
import { LinkError } from '../errors';
import { packRgb565 } from '../pictures';
import type { PictureShape, SensorInfo } from '../types';
import { GestureMotion, gestureAxes, gestureNames } from './gestures';
import { allSimulatedNames, isObject, isVibration, isWord, simulatedNames, type SimulatedTask } from './names';
import { SceneView, sceneLabels, type SimulatedBox } from './objects';
import { FolderView } from './folder-view';
import { readRecordings, type Recording } from './recordings';
import { HeardSound } from './sound';
import { VibrationMotion } from './vibration';

/** Beeps that go with each gesture, so that the microphone shows something too: Hz, 0 for silence. */
const tones: Readonly<Record<string, number>> = { idle: 0, wave: 440, 'up-down': 660, circle: 880 };
const toneAmplitude = 6000;
const hiss = 40;

interface SensorState {
  /** Seconds since play() changed what is played. */
  seconds: number;
  recording: number;
  /** Position in the recording, in its own frames; of the test signal, in values. */
  position: number;
  /** Frames of silence since the recording ended. */
  quiet: number;
}

/** Seconds of quiet behind a word, so that words come one by one; long sounds and motion go on without end. */
function pauseAfter({ kind, values, rateHz }: Recording): number {
  const seconds = values.length / rateHz;
  return kind === 'audio' && seconds > 0.1 && seconds < 3 ? 0.6 : 0;
}

export class Player {
  private name: string = gestureNames[0];
  private recordings: readonly Recording[] = [];
  private motion: GestureMotion | VibrationMotion;
  private sound: HeardSound | undefined;
  private view: SceneView | FolderView | undefined;
  private readonly noise: Random;
  private readonly states = new Map<number, SensorState>();
  private readonly reading = new Float32Array(gestureAxes.length);
  private occasion: number;
  private scene: readonly string[] | undefined;

  constructor(
    private person: string | number = 1,
    seed = 1,
  ) {
    this.occasion = seed;
    this.noise = new Random(seed);
    this.motion = new GestureMotion(this.name, person, seed);
  }

  /** What can be played for a project of this kind, or the labels of the folder. `play` takes those of every kind. */
  gestures(task: SimulatedTask = 'motion'): string[] {
    if (this.recordings.length === 0) return simulatedNames(task);
    return [...new Set(this.recordings.map((recording) => recording.label))].sort();
  }

  get playing(): string {
    return this.name;
  }

  /** Another play of the same name is another try. Throws LinkError 'no-such-gesture'. */
  play(name: string, person?: string | number): void {
    const known = this.recordings.length === 0 ? allSimulatedNames : this.gestures();
    if (!known.includes(name))
      throw new LinkError(
        'no-such-gesture',
        `The simulated board cannot play "${name}".`,
        `Choose one of: ${known.join(', ')}.`,
      );
    this.name = name;
    if (person !== undefined) this.person = person;
    this.occasion++;
    this.motion = isVibration(name)
      ? new VibrationMotion(name, this.person, this.occasion)
      : new GestureMotion(name, this.person, this.occasion);
    this.sound = undefined;
    this.view = undefined;
    this.scene = undefined;
    this.states.clear();
  }

  /** Shows the camera several things at once from now on, on another occasion each time. */
  showScene(person: string | number, most = 4): void {
    this.play('background', person);
    this.scene = sceneLabels(person, this.occasion, most);
  }

  /** Plays what lies in `folder` from now on, its first label first. */
  async playFolder(folder: string): Promise<void> {
    this.recordings = await readRecordings(folder);
    this.play(this.gestures()[0]);
  }

  private state(sensor: number): SensorState {
    let state = this.states.get(sensor);
    if (!state) this.states.set(sensor, (state = { seconds: 0, recording: 0, position: 0, quiet: 0 }));
    return state;
  }

  /** The next picture of a camera, `seconds` after the one before, in the camera's own pixels, and where things are in it. */
  picture(shape: PictureShape, sensor: number, seconds: number): { bytes: Uint8Array; boxes: readonly SimulatedBox[] } {
    const state = this.state(sensor);
    this.view ??= this.viewOf(shape);
    const { pixels, boxes } = this.view.picture(shape.width, shape.height, state.seconds);
    state.seconds += seconds;
    return { bytes: shape.format === 'rgb' ? packRgb565(pixels) : gray(pixels), boxes };
  }

  private viewOf(shape: PictureShape): SceneView | FolderView {
    const files = this.recordings.flatMap(({ label, file }) => (file && label === this.name ? [file] : []));
    if (files.length > 0) return new FolderView(files, this.occasion);
    return new SceneView(this.shown(), this.person, this.occasion, shape.width / shape.height);
  }

  private shown(): readonly string[] {
    if (this.scene) return this.scene;
    return isObject(this.name) && this.name !== 'background' ? [this.name] : [];
  }

  /** The next `frames` raw frames of a sensor that is no camera. */
  next(sensor: SensorInfo, rateHz: number, frames: number): Int16Array {
    const out = new Int16Array(frames * sensor.axes.length);
    const state = this.state(sensor.id);
    if (sensor.kind === 'other') return count(state, out);
    const kind = sensor.kind === 'audio' ? 'audio' : 'motion';
    const mine = this.recordings.filter((recording) => recording.kind === kind && recording.label === this.name);
    if (mine.length > 0) this.fromRecordings(mine, state, sensor, rateHz, out);
    else if (kind === 'audio' && isWord(this.name)) this.hear(rateHz, out, sensor.axes.length);
    else if (kind === 'audio') this.beep(state, rateHz, out, sensor.axes.length);
    else this.gesture(state, sensor, rateHz, out);
    return out;
  }

  private hear(rateHz: number, out: Int16Array, width: number): void {
    this.sound ??= new HeardSound(this.name, this.person, this.occasion, rateHz);
    this.sound.next(out.length / width).forEach((value, i) => out.fill(value, i * width, (i + 1) * width));
  }

  private gesture(state: SensorState, sensor: SensorInfo, rateHz: number, out: Int16Array): void {
    const sources = sensor.axes.map((axis) => gestureAxes.indexOf(axis.name as (typeof gestureAxes)[number]));
    const width = sources.length;
    const start = state.seconds;
    const frames = out.length / width;
    for (let i = 0; i < frames; i++) {
      this.motion.sample(start + i / rateHz, this.reading);
      for (let j = 0; j < width; j++)
        out[i * width + j] = sources[j] < 0 ? 0 : raw(this.reading[sources[j]] / sensor.axes[j].scale);
    }
    state.seconds = start + frames / rateHz;
  }

  private beep(state: SensorState, rateHz: number, out: Int16Array, width: number): void {
    const hz = this.recordings.length > 0 ? 0 : (tones[this.name] ?? 0);
    const start = state.seconds;
    for (let i = 0; i < out.length; i++) {
      const t = start + Math.floor(i / width) / rateHz;
      // Half a second of tone that swells and fades, half a second of quiet.
      const swell = hz > 0 && t % 1 < 0.5 ? Math.sin(2 * Math.PI * (t % 1)) : 0;
      out[i] = raw(
        toneAmplitude * swell * Math.sin(2 * Math.PI * hz * t) +
          hiss * 2 * (this.noise.uniform() + this.noise.uniform() - 1),
      );
    }
    state.seconds = start + out.length / width / rateHz;
  }

  /** One recording after the other, resampled to the sensor's rate by straight lines between its frames. */
  private fromRecordings(
    mine: readonly Recording[],
    state: SensorState,
    sensor: SensorInfo,
    rateHz: number,
    out: Int16Array,
  ): void {
    const width = sensor.axes.length;
    for (let i = 0; i < out.length / width; i++) {
      let current = mine[state.recording % mine.length];
      if (state.position > current.values.length / current.axes.length - 1) {
        const pause = pauseAfter(current);
        if (pause > 0 && state.quiet < pause * rateHz) {
          state.quiet++;
          out.fill(raw(hiss * (this.noise.uniform() - 0.5)), i * width, (i + 1) * width);
          continue;
        }
        state.recording++;
        state.position = state.quiet = 0;
        current = mine[state.recording % mine.length];
      }
      const columns = current.axes.length;
      const before = Math.floor(state.position);
      const after = Math.min(before + 1, current.values.length / columns - 1);
      const part = state.position - before;
      for (let j = 0; j < width; j++) {
        const column = columnFor(current, sensor.axes[j].name, j);
        if (column < 0) continue;
        const a = current.values[before * columns + column];
        const b = current.values[after * columns + column];
        out[i * width + j] = raw((a + (b - a) * part) / sensor.axes[j].scale);
      }
      state.position += current.rateHz / rateHz;
    }
  }
}

/** Each value one more than the one before, modulo 2^16: what arrives can be checked to the last bit. */
function count(state: SensorState, out: Int16Array): Int16Array {
  for (let i = 0; i < out.length; i++) out[i] = state.position + i;
  state.position = (state.position + out.length) & 0xffff;
  return out;
}

/** By name; recordings whose columns have other names are taken in order. -1 = not in the recording. */
function columnFor(recording: Recording, axis: string, position: number): number {
  const named = recording.axes.indexOf(axis);
  if (named >= 0) return named;
  const anyNamed = recording.axes.some((name) => /^(acc|gyr)[XYZ]$|^audio$/.test(name));
  return !anyNamed && position < recording.axes.length ? position : -1;
}

/** As boards make gray of colour: (77 r + 150 g + 29 b + 128) / 256. */
function gray(pixels: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(pixels.length / 3);
  for (let i = 0, at = 0; i < bytes.length; i++, at += 3)
    bytes[i] = (77 * pixels[at] + 150 * pixels[at + 1] + 29 * pixels[at + 2] + 128) >> 8;
  return bytes;
}

function raw(value: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(value)));
}
