/**
 * Where a .tflite's tensors lie in the arena, worked out beforehand and written into the file as the metadata that TensorFlow
 * Lite Micro calls OfflineMemoryAllocation. The board checks it before it believes it. Knows nothing of how plans are made.
 *
 * The plan lets an output lie over its input where the board's own kernels allow it. Those of TensorFlow Lite Micro do not
 * ask the plan and would read what they have already written over, so only model images carry planned files; what is
 * exported as .tflite has no plan.
 */
import type { Core } from '../core';
import { badFile } from './errors';
import { fileIdentifier, slots } from './schema/facts';

const planName = 'OfflineMemoryAllocation';
const planVersion = 1;
/** Fields of the schema's Model table. */
const modelFields = 8;

/** Positions in a FlatBuffer: a table's fields, and where their offsets lead. */
class Positions {
  constructor(private readonly view: DataView) {}

  field(table: number, slot: number): number {
    const vtable = table - this.view.getInt32(table, true);
    const entry = 4 + 2 * slot;
    const offset = entry + 2 > this.view.getUint16(vtable, true) ? 0 : this.view.getUint16(vtable + entry, true);
    return offset === 0 ? 0 : table + offset;
  }

  behind(position: number): number {
    return position + this.view.getUint32(position, true);
  }

  /** Where each element of a vector of tables leads. */
  elements(table: number, slot: number): number[] {
    const position = this.field(table, slot);
    if (position === 0) return [];
    const vector = this.behind(position);
    const count = this.view.getUint32(vector, true);
    if (count > this.view.byteLength / 4) throw new RangeError();
    return Array.from({ length: count }, (_, i) => this.behind(vector + 4 + 4 * i));
  }

  text(table: number, slot: number): string {
    const position = this.field(table, slot);
    if (position === 0) return '';
    const text = this.behind(position);
    const bytes = new Uint8Array(this.view.buffer, this.view.byteOffset + text + 4, this.view.getUint32(text, true));
    return String.fromCharCode(...bytes.subarray(0, 64));
  }
}

/** What stands before the file: words and bytes, with offsets that are filled in once their targets are known. */
class Front {
  private readonly words: number[] = [];
  /** Offsets into what follows the front, by their position. */
  private readonly open: [at: number, target: number][] = [];

  get position(): number {
    return this.words.length * 4;
  }

  word(value: number): number {
    this.words.push(value);
    return this.position - 4;
  }

  halves(low: number, high: number): void {
    this.word(low | (high << 16));
  }

  /** An offset to a position in the file that follows. */
  into(target: number): void {
    this.open.push([this.word(0), target]);
  }

  /** Lets the offset at `at` lead to what comes next. */
  here(at: number): void {
    this.words[at / 4] = this.position - at;
  }

  /** Comes next at a multiple of 16, but for `lead` bytes. */
  align(lead = 0): void {
    while ((this.position + lead) % 16 !== 0) this.word(0);
  }

  text(value: string): void {
    this.word(value.length);
    const bytes = [...new TextEncoder().encode(value), 0];
    for (let i = 0; i < bytes.length; i += 4)
      this.word(bytes.slice(i, i + 4).reduce((sum, byte, k) => sum | (byte << (8 * k)), 0));
  }

  before(file: Uint8Array): Uint8Array {
    this.align();
    for (const [at, target] of this.open) this.words[at / 4] = this.position + target - at;
    const whole = new Uint8Array(this.position + file.length);
    const view = new DataView(whole.buffer);
    this.words.forEach((word, i) => view.setUint32(4 * i, word >>> 0, true));
    whole.set(file, this.position);
    return whole;
  }
}

/**
 * The same model with a plan, one offset per tensor of its graph (-1: the board finds a place). The file's own bytes follow,
 * unchanged, a new Model table before them: FlatBuffers' offsets count from where they stand. A plan that was there is left
 * out. @throws CompressError `bad-file`.
 */
export function withMemoryPlan(tflite: Uint8Array, offsets: Int32Array): Uint8Array {
  try {
    return withPlan(tflite, offsets);
  } catch (error) {
    if (error instanceof RangeError) throw badFile('part of it lies outside of the file', error);
    throw error;
  }
}

function withPlan(tflite: Uint8Array, offsets: Int32Array): Uint8Array {
  const view = new DataView(tflite.buffer, tflite.byteOffset, tflite.byteLength);
  const file = new Positions(view);
  const model = file.behind(0);
  const front = new Front();
  const root = front.word(0);
  front.word(new DataView(new TextEncoder().encode(fileIdentifier).buffer).getUint32(0, true));
  // The Model table: all its fields are 4 bytes long.
  const present = Array.from({ length: modelFields }, (_, slot) => file.field(model, slot));
  for (const slot of [slots.model.buffers, slots.model.metadata]) present[slot] ||= model;
  const vtable = front.position;
  front.halves(4 + 2 * modelFields, 4 + 4 * modelFields);
  for (let slot = 0; slot < modelFields; slot += 2) {
    const [low, high] = [slot, slot + 1].map((each) => (present[each] === 0 ? 0 : 4 + 4 * each));
    front.halves(low, high);
  }
  front.here(root);
  front.word(front.position - vtable);
  const own: number[] = [];
  for (let slot = 0; slot < modelFields; slot++) {
    if (present[slot] === 0 || slot === slots.model.buffers || slot === slots.model.metadata) own[slot] = front.word(0);
    else if (slot === slots.model.version) front.word(view.getUint32(present[slot], true));
    else front.into(file.behind(present[slot]));
  }
  const buffers = file.elements(model, slots.model.buffers);
  const metadata = file
    .elements(model, slots.model.metadata)
    .filter((entry) => file.text(entry, slots.metadata.name) !== planName);
  const vector = (at: number, elements: readonly number[]): number => {
    front.here(at);
    front.word(elements.length + 1);
    elements.forEach((element) => front.into(element));
    return front.word(0);
  };
  const buffer = vector(own[slots.model.buffers], buffers);
  const entry = vector(own[slots.model.metadata], metadata);
  writeEntry(front, entry, buffers.length);
  writePlan(front, buffer, offsets);
  return front.before(tflite);
}

/** A Metadata table: its name and the number of its buffer. */
function writeEntry(front: Front, at: number, buffer: number): void {
  front.halves(8, 12);
  front.halves(4, 8);
  front.here(at);
  front.word(8);
  const name = front.word(0);
  front.word(buffer);
  front.here(name);
  front.text(planName);
}

/** A Buffer table and its bytes, which begin at a multiple of 16. */
function writePlan(front: Front, at: number, offsets: Int32Array): void {
  front.halves(6, 8);
  front.halves(4, 0);
  front.here(at);
  front.word(8);
  const data = front.word(0);
  front.align(4);
  front.here(data);
  front.word(12 + 4 * offsets.length);
  [planVersion, 0, offsets.length, ...offsets].forEach((value) => front.word(value));
}

const planned = new WeakMap<Uint8Array, Uint8Array>();

/**
 * The file as it travels to a board: with the plan that the core finds, which needs no more memory than the board's own
 * planning, and less for some networks. An empty file (no network) stays empty. @throws CoreError for a file that no board runs.
 */
export function plannedTflite(core: Core, tflite: Uint8Array): Uint8Array {
  if (tflite.length === 0) return tflite;
  const known = planned.get(tflite);
  if (known) return known;
  const made = withMemoryPlan(tflite, core.planModel(tflite));
  planned.set(tflite, made);
  return made;
}
