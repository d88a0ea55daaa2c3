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
  /** Headers of the core that the library's own code includes, those of kernels too. */
  readonly headers: readonly string[];
  readonly wavelets: boolean;
  readonly pictures: boolean;
}

/** Headers whose code does not stand in the one file of the same name beside them. */
const codeOf: Readonly<Record<string, readonly string[]>> = {
  'dsp/dsp.h': ['dsp/scaling.cpp'],
  'dsp/picture.h': ['dsp/image.cpp'],
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

/** conv -> nn/kernels/conv.h */
function headersByKernel(): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(corePath('nn/kernels')).filter((file) => file.endsWith('.h'))) {
    const path = `nn/kernels/${name}`;
    for (const [, kernel] of coreText(path).matchAll(/^void (\w+)\(/gm)) found.set(kernel, path);
  }
  return found;
}

/** The headers that declare kernels, each once. @throws Error for what is no kernel. */
export function kernelHeaders(kernels: readonly string[]): string[] {
  const byName = headersByKernel();
  const headers = kernels.map((kernel) => {
    const header = byName.get(kernel);
    if (!header) throw new Error(`The core has no kernel ${kernel}.`);
    return header;
  });
  return [...new Set(headers)].sort();
}

const quoted = (text: string): string[] => [...text.matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)].map(([, name]) => name);

function codeBeside(header: string): string[] {
  const code = codeOf[header] ?? [header.replace(/\.h$/, '.cpp')].filter(exists);
  return [...code, ...formsOf(header)];
}

/** As in the core. */
export function coreSources({ headers, wavelets, pictures }: Wanted): SourceFile[] {
  const waiting = [...headers];
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
  return [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, text]) => ({ path, text }));
}
