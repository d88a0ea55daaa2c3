/**
 * What the window is given: the services of `src/project/contract.ts` and the few things only a desktop shell can
 * do. Types only; the shell puts the real one on `window.dormouse`, the development page a fake.
 */
import type { Services } from '../../src/project/contract';

export interface DormouseBridge extends Services {
  readonly platform: string;
  /** The folder chosen, or null where the person cancelled. */
  pickFolder(title: string): Promise<string | null>;
  pickFiles(options: { title: string; extensions: readonly string[] }): Promise<readonly string[]>;
  savePath(options: { title: string; defaultName: string }): Promise<string | null>;
  /** Where a dropped file lies on disk. */
  pathOf(file: File): string;
}

declare global {
  interface Window {
    readonly dormouse: DormouseBridge;
  }
}
