/**
 * The Arduino library that Edge Impulse exports: a model and no recordings. What its headers say of the model is told, so
 * that a person knows what is missing here. Layout: github.com/edgeimpulse/example-standalone-inferencing-multi-impulse-
 * arduino-esp32; names of the macros are those of its `src/model-parameters/model_metadata.h`.
 */
import type { SourceFile } from './sources';

export interface EiLibrary {
  /** All files of the library begin so. */
  readonly folder: string;
  /** What it is and what of it was not taken, in plain sentences. */
  readonly sentence: string;
}

const header = /^(.*?)src\/model-parameters\/model_metadata\.h$/;
const mostHeader = 1 << 20;

async function textOf(file: SourceFile | undefined): Promise<string> {
  if (!file) return '';
  // A header that cannot be read says nothing; what the library is stays true.
  return file.read(mostHeader).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => '',
  );
}

function macro(text: string, name: string): number {
  const found = new RegExp(`^\\s*#define\\s+EI_CLASSIFIER_${name}\\s+\\(?([-+0-9.eE]+)f?\\)?\\s*$`, 'm').exec(text);
  return found ? Number(found[1]) : NaN;
}

function labelsIn(text: string): string[] {
  const list = /ei_classifier_inferencing_categories\w*\s*\[[^\]]*\]\s*=\s*\{([^}]*)\}/.exec(text)?.[1] ?? '';
  return [...list.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, label]) => label.slice(0, 64)).slice(0, 100);
}

/** "3 values, 62.5 times a second, for 2 s"; '' where the header does not say it. */
function inputIn(metadata: string): string {
  const axes = macro(metadata, 'RAW_SAMPLES_PER_FRAME');
  const frames = macro(metadata, 'RAW_SAMPLE_COUNT');
  const interval = macro(metadata, 'INTERVAL_MS');
  if (![axes, frames, interval].every((value) => Number.isFinite(value) && value > 0)) return '';
  const rate = Number((1000 / interval).toPrecision(4));
  const seconds = Number(((frames * interval) / 1000).toPrecision(3));
  return `${axes} ${axes === 1 ? 'value' : 'values'}, ${rate} times a second, for ${seconds} s`;
}

/** undefined where there is no such library among the files. */
export async function findEiLibrary(files: readonly SourceFile[]): Promise<EiLibrary | undefined> {
  const metadataFile = files.find(({ path }) => header.test(path));
  if (!metadataFile) return undefined;
  const folder = header.exec(metadataFile.path)?.[1] ?? '';
  const variables = files.find(({ path }) => path === `${folder}src/model-parameters/model_variables.h`);
  const metadata = await textOf(metadataFile);
  const labels = labelsIn((await textOf(variables)) + metadata);
  const input = inputIn(metadata);
  const name = folder.split('/').at(-2) ?? metadataFile.path;
  const tells = labels.length > 0 ? ` It tells ${labels.join(', ')} apart` : '';
  const from = tells && input ? ` by ${input}.` : tells ? '.' : input ? ` It looks at ${input}.` : '';
  const sentence = `${name} is an Arduino library from Edge Impulse: a model, and no recordings.${tells}${from} Nothing of it was taken; export the recordings there and import those.`;
  return { folder, sentence };
}
