/**
 * Which files of the board's core an exported library needs: followed from a few headers through their includes, so that
 * nothing else goes along. Knows nothing of models.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { installRoot } from '../../base';

export interface SourceFile {
  /** With `/`, below the core's folder. */
  readonly path: string;
  readonly text: string;
}

export interface Wanted {
  /** Headers of the core that the library's own code includes. */
  readonly headers: readonly string[];
  /** As CoreModel.operators names them; none where there is no network. */
  readonly operators: readonly string[];
  readonly wavelets: boolean;
  readonly pictures: boolean;
}

/** Headers whose code does not stand in the one file of the same name beside them. */
const codeOf: Readonly<Record<string, readonly string[]>> = {
  'dsp/dsp.h': ['dsp/scaling.cpp'],
  'dsp/picture.h': ['dsp/image.cpp'],
  'nn/nn.h': ['nn/model.cpp'],
  'nn/loader.h': ['nn/loader.cpp', 'nn/loader_plan.cpp'],
  'nn/operators/common.h': ['nn/operators/common.cpp', 'nn/operators/registry.cpp'],
  // Of these only what stands in the header is used.
  'slot/image.h': [],
  'wire/cbor.h': [],
};

/** Forms of a kernel for one kind of processor; each compiles to nothing on the others. */
const formsOf = (header: string): string[] =>
  header.endsWith('_forms.h')
    ? ['arm_dsp', 'arm_small'].map((form) => header.replace(/forms\.h$/, `${form}.cpp`)).filter(exists)
    : [];

const firmware = (): string => join(installRoot(), 'firmware');
const corePath = (path: string): string => join(firmware(), 'dormouse', 'src', path);
const exists = (path: string): boolean => existsSync(corePath(path));

export const coreText = (path: string): string => readFileSync(corePath(path), 'utf8');
/** A file that stands beside the core for exported libraries only. */
export const libraryText = (name: string): string => readFileSync(join(firmware(), 'library', name), 'utf8');
export const licenceText = (): string => readFileSync(join(installRoot(), 'LICENSE'), 'utf8');

/** CONV_2D -> kConvOperation, and the file that it stands in. */
function operationsByName(): Map<string, { readonly symbol: string; readonly path: string }> {
  const found = new Map<string, { symbol: string; path: string }>();
  for (const name of readdirSync(corePath('nn/operators')).filter((file) => file.endsWith('.cpp'))) {
    const path = `nn/operators/${name}`;
    for (const [, symbol, operator] of coreText(path).matchAll(/^const Operation (k\w+) = \{\s*\w+,\s*"(\w+)"/gm))
      found.set(operator, { symbol, path });
  }
  return found;
}

const quoted = (text: string): string[] => [...text.matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)].map(([, name]) => name);

function codeBeside(header: string): string[] {
  const code = codeOf[header] ?? [header.replace(/\.h$/, '.cpp')].filter(exists);
  return [...code, ...formsOf(header)];
}

/** As in the core, with the switches that cut it set in the file: nobody can pass flags to an Arduino library. */
function cut({ path, text }: SourceFile, symbols: readonly string[]): SourceFile {
  const switches = [
    ...(text.includes('DORMOUSE_NN_NO_SENTENCES')
      ? ['#if !defined(DORMOUSE_NN_NO_SENTENCES)', '#define DORMOUSE_NN_NO_SENTENCES 1', '#endif']
      : []),
    ...(path === 'nn/operators/registry.cpp'
      ? [`#define DORMOUSE_NN_OPERATIONS ${symbols.map((symbol) => `&${symbol}`).join(', ')}`]
      : []),
  ];
  return { path, text: switches.length > 0 ? `${switches.join('\n')}\n${text}` : text };
}

/** @throws Error where the core lacks an operator: it would not have run the model that is exported. */
export function coreSources({ headers, operators, wavelets, pictures }: Wanted): SourceFile[] {
  const known = operatorsOf(operators);
  const waiting = [...headers, ...known.map(({ path }) => path)];
  const texts = new Map<string, string>();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (texts.has(path)) continue;
    // The first is replaced by the library's own file; of the second everybody needs the types, the code only some.
    if (!wavelets && /^dsp\/wavelet\w*\.cpp$/.test(path)) continue;
    if (!pictures && path === 'dsp/image.cpp') continue;
    const text = coreText(path);
    texts.set(path, text);
    waiting.push(...quoted(text).map((name) => posix.join(dirname(path ?? ''), name)));
    if (path.endsWith('.h')) waiting.push(...codeBeside(path));
  }
  const symbols = known.map(({ symbol }) => symbol);
  return [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, text]) => cut({ path, text }, symbols));
}

function operatorsOf(names: readonly string[]): { symbol: string; path: string }[] {
  const byName = operationsByName();
  return [...new Set(names)].sort().map((name) => {
    const found = byName.get(name);
    if (!found) throw new Error(`The core has no operator ${name}.`);
    return found;
  });
}
