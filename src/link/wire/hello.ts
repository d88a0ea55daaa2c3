/**
 * What a board says of itself, from CBOR that may be damaged, old or hostile into checked types. Nothing that a board
 * sends can make these functions do anything but return or throw LinkError 'bad-answer'. Knows nothing of conversations.
 */
import { decode } from 'cborg';
import * as v from 'valibot';
import { LinkError } from '../errors';
import type { DeviceInfo, SensorInfo, SlotInfo } from '../types';
import { FieldReader } from './messages';

const text = v.pipe(v.string(), v.maxLength(200));
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const whole32 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff));
const slotNumber = v.pipe(v.number(), v.integer(), v.minValue(-1), v.maxValue(255));

/** Larger ones than any board of ours sends: what a board claims is what we set memory aside for. */
const pictureSide = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024));

const axisSchema = v.object({ n: text, u: text, s: v.pipe(v.number(), v.finite(), v.notValue(0)) });
const sensorSchema = v.object({
  id: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
  name: v.pipe(text, v.minLength(1)),
  kind: v.picklist(['motion', 'audio', 'camera', 'other']),
  axes: v.pipe(v.array(axisSchema), v.minLength(1), v.maxLength(64)),
  rates: v.pipe(v.array(v.pipe(whole32, v.minValue(1))), v.minLength(1), v.maxLength(64)),
  w: v.optional(pictureSide),
  h: v.optional(pictureSide),
  px: v.optional(v.picklist([0, 1])),
});
const slotSchema = v.object({
  state: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(5)),
  q: whole32,
  n: whole32,
  c: whole32,
  name: text,
});
const slotsSchema = v.pipe(v.array(slotSchema), v.maxLength(16));
const helloSchema = v.object({
  proto: whole32,
  board: text,
  mcu: text,
  fw: text,
  uid: text,
  btn: v.optional(text),
  clock: whole,
  rx: v.pipe(whole32, v.minValue(16), v.maxValue(1024)),
  ram: whole32,
  slot: whole32,
  sensors: v.pipe(v.array(sensorSchema), v.maxLength(16)),
  slots: slotsSchema,
  active: slotNumber,
});
const slotListSchema = v.object({ slots: slotsSchema, active: slotNumber });
const errorSchema = v.object({ e: whole32, m: v.optional(text, '') });

const slotStates: readonly SlotInfo['state'][] = ['empty', 'writing', 'valid', 'active', 'failed', 'revoked'];

/** Decodes one CBOR map strictly and checks it; `what` names the message in the error. */
export function readControl<S extends v.GenericSchema>(schema: S, payload: Uint8Array, what: string): v.InferOutput<S> {
  let value: unknown;
  try {
    value = decode(payload, {
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowBigInt: false,
      rejectDuplicateMapKeys: true,
    });
  } catch (error) {
    throw badAnswer(what, error);
  }
  const checked = v.safeParse(schema, value);
  if (!checked.success) throw badAnswer(what, new v.ValiError(checked.issues));
  return checked.output;
}

function badAnswer(what: string, cause: unknown): LinkError {
  return new LinkError(
    'bad-answer',
    `The board's ${what} could not be understood.`,
    "Update the board's firmware.",
    cause,
  );
}

/** A map whose values are all whole numbers, as most answers are; a missing key is 'bad-answer'. */
export function readNumbers<K extends string>(
  payload: Uint8Array,
  what: string,
  ...keys: readonly K[]
): Record<K, number> {
  const entries = Object.fromEntries(keys.map((key) => [key, v.pipe(v.number(), v.safeInteger())]));
  return readControl(v.object(entries), payload, what) as Record<K, number>;
}

export function readHello(payload: Uint8Array): DeviceInfo {
  const hello = readControl(helloSchema, payload, 'greeting');
  const ids = new Set(hello.sensors.map((sensor) => sensor.id));
  if (ids.size !== hello.sensors.length) throw badAnswer('greeting', new Error('two sensors with one id'));
  return {
    dormouse: true,
    board: hello.board,
    mcu: hello.mcu,
    firmware: hello.fw,
    protocol: hello.proto,
    uid: hello.uid,
    ...(hello.btn !== undefined && { button: hello.btn }),
    freeRam: hello.ram,
    slotBytes: hello.slot,
    maxPayload: hello.rx,
    sensors: hello.sensors.map(toSensor),
    slots: toSlots(hello.slots),
    activeSlot: hello.active,
  };
}

export function readSlotList(payload: Uint8Array): { slots: readonly SlotInfo[]; active: number } {
  const list = readControl(slotListSchema, payload, 'list of slots');
  return { slots: toSlots(list.slots), active: list.active };
}

/** Never throws: an unreadable refusal is still a refusal. */
export function readRefusal(payload: Uint8Array): { code: number; detail: string } {
  try {
    const refusal = readControl(errorSchema, payload, 'error');
    return { code: refusal.e, detail: refusal.m };
  } catch {
    return { code: 0, detail: '' };
  }
}

/** A BUTTON event: which button, and whether it is down now. */
export function readButton(payload: Uint8Array): { button: number; pressed: boolean } {
  const fields = new FieldReader(payload, 'button event');
  return { button: fields.u8(), pressed: fields.u8() !== 0 };
}

const logSchema = v.object({ l: v.pipe(whole32, v.maxValue(3)), m: v.string() });

export function readLog(payload: Uint8Array): { level: number; message: string } {
  const log = readControl(logSchema, payload, 'log line');
  return { level: log.l, message: log.m };
}

function toSensor(sensor: v.InferOutput<typeof sensorSchema>): SensorInfo {
  return {
    id: sensor.id,
    name: sensor.name,
    kind: sensor.kind,
    axes: sensor.axes.map((axis) => ({ name: axis.n, units: axis.u, scale: axis.s })),
    ratesHz: sensor.rates.map((milliHz) => milliHz / 1000),
    ...(sensor.kind === 'camera' && sensor.w !== undefined && sensor.h !== undefined && sensor.px !== undefined
      ? {
          picture: {
            width: sensor.w,
            height: sensor.h,
            format: sensor.px === 1 ? ('rgb' as const) : ('gray' as const),
          },
        }
      : {}),
  };
}

function toSlots(slots: v.InferOutput<typeof slotsSchema>): SlotInfo[] {
  return slots.map((slot, index) => ({
    slot: index,
    state: slotStates[slot.state],
    sequence: slot.q,
    bytes: slot.n,
    crc: slot.c,
    name: slot.name,
  }));
}
