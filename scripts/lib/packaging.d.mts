import type { FoundElectron } from '../electron.mjs';

export declare const electronFuses: Readonly<Record<string, boolean>>;
export declare const fuseNames: Readonly<Record<string, string>>;
export declare function packagingConfig(options: {
  electron: FoundElectron;
  withInstallers: boolean;
}): Record<string, unknown>;
