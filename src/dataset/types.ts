/**
 * What a dataset holds. A capture is one recording; windows are cut from it later by the impulse. All times are in
 * milliseconds, all positions are frame indices (one frame = one point in time over all axes), `end` exclusive.
 */
export interface Axis {
  readonly name: string;
  /** 'm/s2', 'deg/s', 'g', 'mg', 'wav', 'N/A' ... as in the public acquisition format. */
  readonly units: string;
}

export type Split = 'training' | 'testing';

/** A place where frames are known to be missing: `lost` frames before frame `at`. Never closed up silently. */
export interface Gap {
  readonly at: number;
  readonly lost: number;
}

export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** A thing in a picture: pixels of that picture, fractions allowed, the top left corner of the picture is 0,0. */
export interface Box {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is said about a capture: the small JSON beside the data file. */
export interface CaptureNotes {
  readonly label: string;
  readonly split: Split;
  /** True where a person (or the import) chose the split; automatic splitting leaves it alone. */
  readonly splitPinned: boolean;
  readonly person: string;
  readonly session: string;
  readonly device: string;
  readonly sensor: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Where it came from, for imports: the path inside what was imported. */
  readonly source: string;
  readonly gaps: readonly Gap[];
  /** Labels of parts, where one label does not fit the whole. */
  readonly segments: readonly Segment[];
  /** Things in a picture; [] for everything that is no picture, and for pictures that show none. */
  readonly boxes: readonly Box[];
  /** The part that is used; undefined = all of it. Trimming never touches the data file. */
  readonly trim?: { readonly start: number; readonly end: number } | undefined;
  readonly note: string;
}

/** One line of a list: everything but the values. */
export interface CaptureSummary extends CaptureNotes {
  readonly id: string;
  readonly kind: 'motion' | 'audio' | 'image' | 'other';
  readonly axes: readonly Axis[];
  readonly rateHz: number;
  /** Frames in the data file; of a picture its pixels, row by row. */
  readonly frames: number;
  /** Pixels in each row of a picture (frames / width rows); only pictures have it. */
  readonly width?: number | undefined;
  /**
   * 16 hex digits of the SHA-256 of the recording (axes, rate, values; not of what is said about it): the same for
   * two imports of one file, so it orders and groups captures where ids, which are random, must not.
   */
  readonly hash: string;
}

export interface Capture extends CaptureSummary {
  /** frames * axes values, interleaved, in the axes' units (whole recording, trim not applied). */
  readonly values: Float32Array;
}

export interface NewCapture {
  readonly values: Float32Array;
  readonly axes: readonly Axis[];
  readonly rateHz: number;
  readonly kind: CaptureSummary['kind'];
  /** Pixels in each row; pictures only. */
  readonly width?: number | undefined;
  /** The bytes of a JPEG or PNG that `values` were read from: they are kept as they are. Pictures only. */
  readonly picture?: Uint8Array | undefined;
  readonly notes: Partial<CaptureNotes> & { readonly label: string };
}

export interface CaptureQuery {
  readonly label?: string | undefined;
  readonly split?: Split | undefined;
  readonly person?: string | undefined;
  readonly session?: string | undefined;
  readonly text?: string | undefined;
  readonly ids?: readonly string[] | undefined;
}

export interface ImportOptions {
  /** Overrides the label found in the files. */
  readonly label?: string | undefined;
  readonly split?: Split | undefined;
  readonly person?: string | undefined;
  readonly session?: string | undefined;
  /** For text files without timestamps. */
  readonly rateHz?: number | undefined;
  /** For text files in which each line is a whole signal: so many numbers side by side are one point in time. */
  readonly axes?: number | undefined;
  /** Sounds are mixed to one channel and brought to this rate, as the project's microphone sends them; left out: kept as they are. */
  readonly soundRateHz?: number | undefined;
  /** Checks the signatures of acquisition files; without it they are taken as they are, and the report says so. */
  readonly hmacKey?: string | undefined;
}

export interface ImportReport {
  readonly imported: number;
  /** Identical to one already there. */
  readonly duplicates: number;
  readonly labels: Readonly<Record<string, number>>;
  /** One plain sentence each: what was not taken, or taken with a repair, and why. */
  readonly warnings: readonly string[];
  readonly ids: readonly string[];
}

export type SplitBy = 'person' | 'session' | 'capture';

export interface AutoSplitOptions {
  /** What must stay on one side. */
  readonly by: SplitBy;
  /** Wished share of testing captures, 0 to 0.9. */
  readonly testing: number;
  readonly seed: number;
}

export interface DatasetSummary {
  readonly captures: number;
  /** Sorted by label. */
  readonly labels: readonly {
    readonly label: string;
    readonly training: number;
    readonly testing: number;
    readonly seconds: number;
  }[];
  readonly persons: readonly string[];
  readonly sessions: readonly string[];
}

/** The last three are for pictures with boxes: COCO's JSON, Pascal VOC's XML, YOLO's folders. */
export type ExportFormat = 'acquisition' | 'acquisition-json' | 'csv' | 'wav' | 'zip' | 'coco' | 'voc' | 'yolo';

export interface ExportOptions {
  /** Acquisition files are signed with it (HMAC-SHA256); without one they say that they are not signed. */
  readonly hmacKey?: string | undefined;
}

/** Words found in a long take. */
export interface Words {
  /** In frames of the take, in order, `end` exclusive; shorter than a word's length where the next one is near. */
  readonly segments: readonly { readonly start: number; readonly end: number }[];
  /** Loudness of each stretch of `levelMs`, in dB of full scale (0 = as loud as 16 bits can say), for drawing. */
  readonly level: readonly number[];
  readonly levelMs: number;
}
