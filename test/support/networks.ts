/**
 * Many exported networks in one program: the kernels once and each network in a namespace of its own, with the probe of test/deploy/network_probe. Knows nothing of what they should answer.
 */
import { strFromU8, strToU8 } from 'fflate';
import { join } from 'node:path';
import { installRoot } from '../../src/base';
import type { Core, CoreModel } from '../../src/core';
import { networkFiles, type LibraryFile } from '../../src/deploy';
import { fnv1a32 } from './goldens';
import { LibraryPrograms } from './library-programs';

export interface NetworkCase {
  readonly name: string;
  readonly tflite: Uint8Array;
  /** Each: the bytes of all inputs, one after the other; state stays from row to row. */
  readonly rows: readonly Uint8Array[];
}

/** What the app answers, as hashes of all outputs. */
export function appHashes(core: Core, { tflite, rows }: NetworkCase): string[] {
  const model = core.openModel(tflite);
  const hashes = rows.map((row) => {
    let at = 0;
    const outputs = model.invoke(model.inputs.map(({ bytes }) => row.subarray(at, (at += bytes))));
    return fnv1a32(new Uint8Array(Buffer.concat(outputs)));
  });
  model.close();
  return hashes;
}

/** For kernels that keep their values: rows of bytes that look random, the same for the same model. */
export function rowsFor(model: CoreModel, count: number): Uint8Array[] {
  const length = model.inputs.reduce((sum, { bytes }) => sum + bytes, 0);
  let state = 12345;
  const next = (): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 24;
  return Array.from({ length: count }, () => Uint8Array.from({ length }, next));
}

interface Placed {
  readonly space: string;
  readonly offsets: readonly string[];
  readonly inputs: number;
  readonly outputs: number;
}

const arenaOffset = (place: object): number => {
  if (!('arena' in place)) throw new Error('An output of this model is a constant.');
  return Number(place.arena);
};

function table(placed: readonly Placed[]): string {
  const spaces = placed.map(({ space, offsets }) => {
    return `namespace ${space} { namespace network {
extern uint8_t arena[];
void invoke();
void reset();
} }
static const probe::Port ${space}_ports[] = {${offsets.join(', ')}};`;
  });
  const entries = placed.map(
    ({ space, inputs, outputs }) =>
      `  {${space}::network::arena, ${space}::network::reset, ${space}::network::invoke, ${space}_ports, ${inputs}, ${outputs}},`,
  );
  return `#include "probe.h"
${spaces.join('\n')}
const probe::Network probe::networks[] = {
${entries.join('\n')}
};
const uint32_t probe::networkCount = ${placed.length};
`;
}

/** u32 rows and bytes of each network, then its rows. */
function jobOf(cases: readonly NetworkCase[]): Uint8Array {
  const parts = cases.flatMap(({ rows }) => {
    const bytes = rows[0].length;
    return [
      new Uint8Array(Uint32Array.of(rows.length, bytes).buffer),
      ...rows.map((row) => {
        const part = new Uint8Array((bytes + 3) & ~3);
        part.set(row);
        return part;
      }),
    ];
  });
  return new Uint8Array(Buffer.concat(parts));
}

export interface NetworkTarget {
  readonly compiler: string;
  readonly flags: readonly string[];
  /** An emulated Cortex-M; otherwise this computer. */
  readonly arm: boolean;
}

/** Hashes of each network's rows, as the compiled networks answer them. */
export async function networkHashes(core: Core, cases: readonly NetworkCase[], on: NetworkTarget): Promise<string[][]> {
  const programs = new LibraryPrograms();
  try {
    const files = new Map<string, LibraryFile>();
    const placed = cases.map(({ tflite }, i): Placed => {
      const { network, files: made } = networkFiles(core, tflite);
      const space = `n${i}`;
      for (const file of made) {
        const own = /\/network\.(h|cpp)$/.exec(file.name);
        if (!own) files.set(file.name, file);
        else {
          const name = file.name.replace(own[0], `/${space}.${own[1] === 'h' ? 'h' : 'inc'}`);
          const text = strFromU8(file.bytes)
            .replaceAll('dormouse_model', space)
            .replaceAll('DORMOUSE_NETWORK_H', `${space}_H`)
            .replace('"network.h"', `"${space}.h"`);
          files.set(name, { name, bytes: strToU8(text) });
        }
      }
      const model = core.openModel(tflite);
      const sizes = [...model.inputs, ...model.outputs].map(({ bytes }) => bytes);
      const places = [...network.calls.inputs, ...network.calls.outputs].map(arenaOffset);
      const { inputs, outputs } = model;
      model.close();
      const offsets = places.map((offset, k) => `{${offset}, ${sizes[k]}}`);
      return { space, offsets, inputs: inputs.length, outputs: outputs.length };
    });
    const add = (name: string, text: string): void => {
      files.set(name, { name, bytes: strToU8(text) });
    };
    // One file is compiled far faster than hundreds.
    add('src/dormouse/library/all.cpp', placed.map(({ space }) => `#include "${space}.inc"\n`).join(''));
    add('src/networks.cpp', table(placed));
    return await answers(programs, [...files.values()], cases, on);
  } finally {
    programs.close();
  }
}

async function answers(
  programs: LibraryPrograms,
  files: readonly LibraryFile[],
  cases: readonly NetworkCase[],
  { compiler, flags, arm }: NetworkTarget,
): Promise<string[][]> {
  const folder = programs.write('networks', files);
  const probe = join(installRoot(), 'test/deploy/network_probe');
  const bare = join(installRoot(), 'test/firmware/arm');
  const all = [...flags, `-I${probe}`, `-I${bare}`];
  const own = files.map(({ name }) => name).filter((name) => name.endsWith('.cpp'));
  const mains = arm ? [join(probe, 'arm.cpp'), join(bare, 'bare.cpp')] : [join(probe, 'native.cpp')];
  const objects = await programs.compile(compiler, all, folder, [...own, ...mains]);
  const linking = arm ? ['-nostartfiles', '-nostdlib', '-Wl,--gc-sections', '-T', join(bare, 'bare.ld')] : [];
  const program = await programs.link(compiler, [...flags, ...linking], [...objects, ...(arm ? ['-lgcc'] : [])]);
  const said = arm ? await programs.runOnArm(program, jobOf(cases)) : await programs.run(program, jobOf(cases));
  const hashes: string[][] = cases.map(() => []);
  for (const line of said.trim().split('\n')) {
    const [network, hash] = line.trim().split(/\s+/).map(Number);
    hashes[network].push(hash.toString(16).padStart(8, '0'));
  }
  return hashes;
}
