export interface FoundElectron {
  readonly executable: string;
  readonly dist: string;
  readonly version: string;
  readonly source: string;
}
export declare function findElectron(): Promise<FoundElectron>;
export declare function describeElectron(electron: FoundElectron): string;
