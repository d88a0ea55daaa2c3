/** Made-up files for imports: written, imported into a new dataset and read back. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Capture, type Dataset, type ImportOptions, type ImportReport } from '../../src/dataset';
import { temporaryFolders } from './support';

export const folders = temporaryFolders();

export type Files = Record<string, string | Uint8Array>;

export function write(files: Files): string {
  const root = join(folders.folder(), 'import');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

export async function importFiles(
  files: Files,
  options?: ImportOptions,
): Promise<{ dataset: Dataset; report: ImportReport; captures: Capture[] }> {
  const dataset = await folders.dataset();
  const report = await dataset.importPaths([write(files)], options);
  const captures = await Promise.all(
    dataset
      .list()
      .items.sort((a, b) => (a.source < b.source ? -1 : 1))
      .map(({ id }) => dataset.get(id)),
  );
  return { dataset, report, captures };
}

export const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** An acquisition file of three frames of two axes. */
export const acquisition = (
  more: object = {},
  values: unknown = [
    [1, 2],
    [3, 4],
    [5, 6],
  ],
): string =>
  JSON.stringify({
    protected: { ver: 'v1', alg: 'none', iat: 1_700_000_000 },
    signature: '',
    payload: {
      device_name: 'ac:87',
      device_type: 'NANO',
      interval_ms: 10,
      sensors: [
        { name: 'accX', units: 'm/s2' },
        { name: 'accY', units: 'm/s2' },
      ],
      values,
    },
    ...more,
  });

export const csv = (seed: number): string => `timestamp,accX\n${lines(10, (i) => `${i * 20},${i + seed}`)}`;
