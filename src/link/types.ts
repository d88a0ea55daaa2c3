/** How bytes get to a board and back. */

export type TransportEvent =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  /** The line is gone: unplugged, or the other side closed it. */
  | { readonly kind: 'closed'; readonly reason: string };

/** The lowest layer: moves bytes, knows nothing of frames. One contract suite runs over every implementation. */
export interface Transport {
  /** 'COM4', '/dev/ttyACM0', 'sim'. */
  readonly path: string;
  open(): Promise<void>;
  /** Resolves when the operating system has taken the bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** The speed that the port was told, of a port that can be told one; whether it means anything only the board knows. */
  readonly baud?: number;
  /** Changes the speed of a UART bridge; does nothing where speed means nothing. */
  setBaud(baud: number): Promise<void>;
  close(): Promise<void>;
  /** Returns the function that stops listening. */
  listen(listener: (event: TransportEvent) => void): () => void;
}

/** Of a serial port: the two lines with which boards are reset. Does nothing where the port has none. */
export interface ControlLines {
  setLines(lines: { readonly dtr: boolean; readonly rts: boolean }): Promise<void>;
}

export interface PortInfo {
  readonly path: string;
  /** What a person recognises: "Arduino Nano 33 BLE Sense", "Simulated board", "USB serial port". */
  readonly title: string;
  /** From the USB ids; '' where unknown. */
  readonly boardId: string;
  readonly usbVendor: string;
  readonly usbProduct: string;
  readonly serialNumber: string;
  readonly bootloader: boolean;
  readonly simulated: boolean;
}

export interface SensorAxis {
  readonly name: string;
  readonly units: string;
  /** value in units = raw int16 * scale. */
  readonly scale: number;
}

export interface SensorInfo {
  readonly id: number;
  /** 'imu', 'microphone', 'camera'. */
  readonly name: string;
  readonly kind: 'motion' | 'audio' | 'camera' | 'other';
  readonly axes: readonly SensorAxis[];
  /** Rates that the sensor offers, in Hz, the default first; of a camera, pictures per second. */
  readonly ratesHz: readonly number[];
  /** Of a camera: what each of its pictures is. */
  readonly picture?: PictureShape;
}

export interface PictureShape {
  readonly width: number;
  readonly height: number;
  readonly format: 'gray' | 'rgb';
}

export interface SlotInfo {
  readonly slot: number;
  readonly state: 'empty' | 'writing' | 'valid' | 'active' | 'failed' | 'revoked';
  readonly sequence: number;
  readonly bytes: number;
  readonly crc: number;
  readonly name: string;
}

export interface DeviceInfo {
  /** False for a sketch that only prints numbers. */
  readonly dormouse: boolean;
  readonly board: string;
  readonly mcu: string;
  readonly firmware: string;
  readonly protocol: number;
  readonly uid: string;
  /** What people call the board's button; left out where it has none. */
  readonly button?: string;
  readonly freeRam: number;
  readonly slotBytes: number;
  readonly maxPayload: number;
  readonly sensors: readonly SensorInfo[];
  readonly slots: readonly SlotInfo[];
  /** -1 = no model runs. */
  readonly activeSlot: number;
}

/** A run of consecutive frames from a sensor. */
export interface SampleBlock {
  readonly sensor: number;
  /** Index of the first frame since the stream began, lost ones counted. */
  readonly index: number;
  /** The device's clock at the first frame, microseconds. */
  readonly micros: number;
  /** Frames known to be missing right before this block: dropped by the device or lost on the way. */
  readonly lost: number;
  /** frames * axes, in the axes' units. */
  readonly values: Float32Array;
  readonly frames: number;
}

/** A whole picture from a camera. */
export interface PictureBlock extends PictureShape {
  readonly sensor: number;
  /** Since the stream began, lost ones counted. */
  readonly number: number;
  /** The device's clock when it was taken, microseconds. */
  readonly micros: number;
  /** Pictures known to be missing right before this one: dropped by the device or damaged on the way. */
  readonly lost: number;
  /** 8 bits a value, row by row from the top left: one gray value a pixel, or red, green, blue. */
  readonly pixels: Uint8Array;
}

export interface StreamHealth {
  readonly frames: number;
  readonly lost: number;
  /** Fitted over the device's clock; NaN until there is enough. */
  readonly measuredRateHz: number;
  readonly damagedWireFrames: number;
}

/** A board's answer to one inference asked for by the app. */
export interface DeviceInference {
  readonly output: Int8Array;
  /** The model input that the board computed; empty where it is too long for one answer. */
  readonly input: Int8Array;
  readonly dspMicros: number;
  readonly modelMicros: number;
  /** score / threshold of a model that tells what is unusual; NaN where it was given no features. */
  readonly anomaly?: number;
}

/** What INFER_DATA carries: float32 sensor values, the model's int8 input, raw int16 sound, or a picture with its head. */
export type InferKind = 'window' | 'input' | 'sound' | 'picture';

export interface DeviceResult {
  readonly window: number;
  readonly micros: number;
  readonly dspMicros: number;
  readonly modelMicros: number;
  /** Index after the board's own smoothing, threshold and suppression, -1 = none, -2 = unusual. */
  readonly label: number;
  /** int8 scores as the model put them out, of a model that finds objects the largest of all cells; one per label. */
  readonly scores: Int8Array;
  /** score / threshold of a model that tells what is unusual. */
  readonly anomaly?: number;
}

/** Where a model that finds objects saw them; comes right after the result of the same window. */
export interface DeviceObjects {
  readonly window: number;
  readonly objects: readonly {
    readonly label: number;
    readonly score: number;
    /** Centre, 0 to 1 of the picture, from the top left. */
    readonly x: number;
    readonly y: number;
  }[];
}

export interface RunInfo {
  readonly strideMicros: number;
  readonly windowFrames: number;
  readonly labels: number;
}

/** A connected board. Every call rejects with LinkError; a lost line ends them all at once. */
export interface Device {
  readonly info: DeviceInfo;
  readonly port: PortInfo;
  /** Of all streams since each was started, or of one sensor; the rate is that of the stream started last. */
  health(sensor?: number): StreamHealth;
  /**
   * Starts one sensor; more than one may stream at once. Answers with the rate really set, in Hz. Frames missing at the
   * very end come, as stopStream ends, in a last block with frames = 0.
   */
  startStream(sensor: number, rateHz: number, onBlock: (block: SampleBlock) => void): Promise<number>;
  /** As startStream, for a camera: whole pictures. `stopStream` ends it; pictures missing at the end are in `health`. */
  startPictures(sensor: number, rateHz: number, onPicture: (picture: PictureBlock) => void): Promise<number>;
  stopStream(sensor: number): Promise<void>;
  listSlots(): Promise<{ slots: readonly SlotInfo[]; active: number }>;
  beginSlot(imageBytes: number, crc: number): Promise<{ slot: number }>;
  /** Writes the whole image in acknowledged chunks, several in flight. */
  writeSlot(image: Uint8Array, onProgress?: (bytes: number) => void, signal?: AbortSignal): Promise<void>;
  verifySlot(): Promise<{ goldenVectors: number; micros: number }>;
  commitSlot(): Promise<void>;
  rollback(): Promise<{ active: number }>;
  eraseSlot(slot: number): Promise<void>;
  startRun(onResult: (result: DeviceResult) => void, onObjects?: (found: DeviceObjects) => void): Promise<RunInfo>;
  stopRun(): Promise<void>;
  infer(kind: InferKind, bytes: Uint8Array): Promise<DeviceInference>;
  /** Microseconds of each of the model's operators, in the order of execution: one inference, timed on the board. */
  inferLayers(kind: InferKind, bytes: Uint8Array): Promise<number[]>;
  reset(mode: 'restart' | 'bootloader'): Promise<void>;
  onLost(listener: (reason: string) => void): () => void;
  onLog(listener: (level: number, message: string) => void): () => void;
  /** Told when the board's button is pressed, and when it is let go. */
  onButton(listener: (pressed: boolean) => void): () => void;
  close(): Promise<void>;
}
