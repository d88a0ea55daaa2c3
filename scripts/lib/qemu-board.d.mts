export interface TapePiece {
  readonly sensor: number;
  readonly rateHz: number;
  readonly frameBytes: number;
  readonly values: Int16Array | Uint8Array;
}
export interface QemuBoard {
  readonly path: string;
  readonly ended: Promise<unknown>;
  close(): Promise<void>;
}
export declare function buildQemuImages(folder: string, programs: readonly string[]): Promise<string[]>;
/** Of the device's own code by the image's linker map. */
export declare function coreBytes(image: string): { readonly flash: number; readonly ram: number };
export declare function buildQemuBoard(folder: string): Promise<string>;
export declare function tapeBytes(pieces: readonly TapePiece[]): Uint8Array;
export declare function startQemuBoard(options: {
  readonly image: string;
  readonly path: string;
  readonly tape?: Uint8Array;
  readonly tapeFile?: string;
}): Promise<QemuBoard>;
