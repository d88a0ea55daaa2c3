/** Throwaway project folders for tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dataset, type NewCapture, type OpenOptions } from '../../src/dataset';

export interface TemporaryFolders {
  folder(): string;
  /** A new project; closed and removed by `clean`. */
  dataset(options?: OpenOptions): Promise<Dataset>;
  clean(): Promise<void>;
}

export function temporaryFolders(): TemporaryFolders {
  const made: string[] = [];
  const open: Dataset[] = [];
  return {
    folder() {
      const path = mkdtempSync(join(tmpdir(), 'dormouse-test-'));
      made.push(path);
      return path;
    },
    async dataset(options) {
      const dataset = await Dataset.create(join(this.folder(), 'project'), options);
      open.push(dataset);
      return dataset;
    },
    async clean() {
      for (const dataset of open.splice(0)) await dataset.close();
      for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
    },
  };
}

export const motionAxes = ['accX', 'accY', 'accZ'].map((name) => ({ name, units: 'm/s2' }));

/** A capture of three axes whose values depend on `seed`. */
export function motionCapture(
  label: string,
  seed: number,
  notes: Partial<NewCapture['notes']> = {},
  frames = 50,
): NewCapture {
  const values = new Float32Array(frames * 3).map((_, i) => Math.fround(Math.sin(i * 0.1 + seed) * 9.81));
  return { values, axes: motionAxes, rateHz: 50, kind: 'motion', notes: { label, ...notes } };
}
