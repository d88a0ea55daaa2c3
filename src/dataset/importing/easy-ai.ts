/**
 * The settings of an ESP Easy AI project (pypi.org/project/esp-easy-ai): a JSON file that says how the lines of the CSV
 * files in its data set are to be read. Only what describes the data is looked at.
 */
import type { SignalLayout } from './signal-lines';
import type { SourceFile } from './sources';

export interface EasyAiSettings {
  /** The file itself, which is no recording. */
  readonly path: string;
  /** undefined where each line is a point in time (`continuous_per_class_csv`). */
  readonly layout: SignalLayout | undefined;
}

const MAX_SETTINGS = 1 << 20;
const formats = ['windowed_per_class_csv', 'windowed_regression_csv', 'continuous_per_class_csv'];

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function settingsIn(value: unknown): Omit<EasyAiSettings, 'path'> | undefined {
  const dataset = isFields(value) ? value['dataset'] : undefined;
  if (!isFields(dataset) || !formats.includes(String(dataset['format']))) return undefined;
  if (dataset['format'] === 'continuous_per_class_csv') return { layout: undefined };
  const shape = dataset['input_shape'];
  const axes = Number(dataset['num_features'] ?? (Array.isArray(shape) ? shape[0] : undefined));
  if (!Number.isInteger(axes) || axes < 1 || axes > 1024) return { layout: undefined };
  const [from, to] = [Number(dataset['label_start_col']), Number(dataset['label_end_col'])];
  const targets = Number.isInteger(from) && Number.isInteger(to) ? ([from, to] as const) : undefined;
  const interleaved = (dataset['feature_layout'] ?? 'interleaved') === 'interleaved';
  return { layout: { axes, interleaved, ...(targets && { targets }) } };
}

/** The first such file among them; undefined where there is none. */
export async function readEasyAiSettings(files: readonly SourceFile[]): Promise<EasyAiSettings | undefined> {
  for (const file of files) {
    if (!/\.json$/i.test(file.path) || file.size > MAX_SETTINGS) continue;
    try {
      const text = new TextDecoder().decode(await file.read(MAX_SETTINGS));
      // Most JSON files are recordings: those are not worth parsing twice.
      if (!text.includes('_csv"')) continue;
      const settings = settingsIn(JSON.parse(text));
      if (settings) return { path: file.path, ...settings };
    } catch {
      // Whatever it is, its reader says what is wrong with it.
      continue;
    }
  }
  return undefined;
}
