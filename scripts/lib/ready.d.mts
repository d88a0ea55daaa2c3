export declare const root: string;
export declare class Stop extends Error {
  readonly exitCode: number;
}
export declare function atLeast(version: string, floor: string): boolean;
export declare function installed(folder?: string): boolean;
