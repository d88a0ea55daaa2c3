/**
 * The part of the contract that is about captures: listing and editing them, import, export, the map. And the schemas
 * that other parts share. Pure: no Node, no DOM.
 */
import * as v from 'valibot';
import type { Axis, Capture, CaptureSummary, ImportReport, Words } from '../dataset/types';
import type { ProjectState } from './contract-states';
import type { ExplorerMap } from './explorer/types';

export const shortText = v.pipe(v.string(), v.maxLength(200));
/** A label is what people see and what folder names are made of: no control characters, nothing empty. */
export const labelSchema = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, 'A label needs at least one character.'),
  v.maxLength(64, 'A label has at most 64 characters.'),
  // eslint-disable-next-line no-control-regex
  v.regex(/^[^\u0000-\u001f\u007f]+$/, 'A label has no control characters.'),
);
export const idSchema = v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,120}$/, 'Not a capture id.'));
export const idsSchema = v.pipe(v.array(idSchema), v.maxLength(100_000));
export const splitSchema = v.picklist(['training', 'testing']);
export const whole = (low: number, high: number) => v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));
export const within = (low: number, high: number) => v.pipe(v.number(), v.finite(), v.minValue(low), v.maxValue(high));
const boxSchema = v.object({
  label: labelSchema,
  x: within(-1e6, 1e6),
  y: within(-1e6, 1e6),
  width: within(1e-3, 1e6),
  height: within(1e-3, 1e6),
});
/** In frames of a capture, `end` exclusive. */
const rangeSchema = v.object({ start: whole(0, 1e9), end: whole(1, 1e9) });
const nothing = v.undefined();

export const captureQuerySchema = v.object({
  label: v.optional(shortText),
  split: v.optional(splitSchema),
  person: v.optional(shortText),
  session: v.optional(shortText),
  text: v.optional(shortText),
  ids: v.optional(idsSchema),
});

/** A secret between the tools that write and read: never stored, never shown. */
const keySchema = v.pipe(v.string(), v.minLength(1), v.maxLength(1000));
export const exportFormats = ['zip', 'acquisition', 'acquisition-json', 'csv', 'wav', 'coco', 'voc', 'yolo'] as const;

/** Request name -> schema of its argument. */
export const dataRequests = {
  'data.list': v.object({ query: captureQuerySchema, offset: whole(0, 1e9), limit: whole(1, 1000) }),
  'data.get': v.object({ id: idSchema }),
  'data.label': v.object({ ids: idsSchema, label: labelSchema }),
  'data.split': v.object({ ids: idsSchema, split: splitSchema }),
  'data.person': v.object({ ids: idsSchema, person: v.optional(shortText), session: v.optional(shortText) }),
  'data.autoSplit': v.object({ by: v.picklist(['person', 'session', 'capture']), testing: within(0, 0.9) }),
  'data.trim': v.object({ id: idSchema, start: whole(0, 1e9), end: whole(1, 1e9) }),
  /** Replaces all boxes of a picture; its label becomes that of the largest, or 'background' where none is left. */
  'data.boxes': v.object({ id: idSchema, boxes: v.pipe(v.array(boxSchema), v.maxLength(10_000)) }),
  /** `size`: the longer side, in pixels. */
  'data.thumbnail': v.object({ id: idSchema, size: whole(8, 1024) }),
  /** The recording in at most `points` frames: of each stretch its smallest and its largest values. */
  'data.outline': v.object({ id: idSchema, points: whole(8, 4096) }),
  'data.delete': v.object({ ids: idsSchema }),
  /** Where words are in a long take of sound; changes nothing. */
  'data.words': v.object({
    id: idSchema,
    wordMs: v.optional(within(100, 10_000)),
    /** 0 to 1; 0.5 where it is left out. */
    sensitivity: v.optional(within(0, 1)),
  }),
  /** Makes captures of the parts, labelled as the whole where they say nothing, and deletes the whole: undone at once. */
  'data.splitWords': v.object({
    id: idSchema,
    segments: v.pipe(
      v.array(v.object({ ...rangeSchema.entries, label: v.optional(labelSchema) })),
      v.maxLength(10_000),
    ),
  }),
  /** Labels parts of a capture; none = its own label holds everywhere. */
  'data.segments': v.object({
    id: idSchema,
    segments: v.pipe(v.array(v.object({ ...rangeSchema.entries, label: labelSchema })), v.maxLength(10_000)),
  }),
  'data.import': v.object({
    paths: v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(4096))), v.minLength(1), v.maxLength(10_000)),
    label: v.optional(labelSchema),
    /** Checks the signatures of acquisition files. */
    hmacKey: v.optional(keySchema),
  }),
  /** What was imported until then stays. */
  'import.cancel': nothing,
  'data.export': v.object({
    format: v.picklist(exportFormats),
    path: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)),
    /** Signs acquisition files. */
    hmacKey: v.optional(keySchema),
  }),
  'export.cancel': nothing,

  /** Answers with the finished map; where the points are by then comes as events. */
  'explorer.start': v.object({ method: v.picklist(['pca', 'umap']) }),
  'explorer.cancel': nothing,
} as const;

/** False where nothing ran. What is cancelled rejects with the code 'cancelled', unless it was done before it noticed. */
export interface Cancelled {
  readonly cancelled: boolean;
}

/** Drawn as a recording of its own, it looks like the whole one. */
export interface Outline {
  readonly axes: readonly Axis[];
  /** Of the whole recording. */
  readonly rateHz: number;
  readonly frames: number;
  /** Frames of all axes, interleaved; the recording itself where it is no longer than asked for. */
  readonly values: Float32Array;
}

export interface DataOutputs {
  'data.list': { readonly total: number; readonly items: readonly CaptureSummary[] };
  'data.get': Capture;
  'data.label': ProjectState;
  'data.split': ProjectState;
  'data.person': ProjectState;
  'data.autoSplit': ProjectState;
  'data.trim': ProjectState;
  'data.boxes': ProjectState;
  'data.thumbnail': { readonly width: number; readonly height: number; readonly pixels: Uint8Array };
  'data.outline': Outline;
  'data.delete': ProjectState;
  'data.words': Words;
  'data.splitWords': ProjectState;
  'data.segments': ProjectState;
  'data.import': ImportReport;
  'import.cancel': Cancelled;
  'data.export': { readonly files: number; readonly path: string };
  'export.cancel': Cancelled;
  'explorer.start': ExplorerMap;
  'explorer.cancel': Cancelled;
}
