/**
 * The int8 engine as code for Cortex-M: builds test/firmware/nn_arm/ with gcc, runs it over models in QEMU and reads what
 * it prints. Knows nothing of what the models should answer.
 */
import { ArmPrograms, type ArmCore } from './arm-programs';

export type { ArmCore } from './arm-programs';

export interface ArmLayer {
  readonly operator: string;
  readonly instructions: number;
  /** FNV-1a of the first output's bytes, eight hexadecimal digits. */
  readonly hash: string;
}

export interface ArmRow {
  readonly instructions: number;
  /** Bytes of stack below the caller's frame. */
  readonly stack: number;
  /** FNV-1a over all outputs, eight hexadecimal digits. */
  readonly hash: string;
  readonly layers: readonly ArmLayer[];
}

export interface ArmModelRun {
  /** The engine's sentence, where it refused the model. */
  readonly refused?: string;
  readonly loadInstructions: number;
  readonly loadStack: number;
  /** What Model::wake() takes in load()'s place; the rows ran after it. */
  readonly wakeInstructions: number;
  readonly wakeStack: number;
  readonly arenaBytes: number;
  readonly persistentBytes: number;
  readonly macs: number;
  readonly rows: readonly ArmRow[];
}

export interface ArmJob {
  readonly model: Uint8Array;
  /** Each row: the bytes of all inputs, one after the other. */
  readonly rows: readonly Uint8Array[];
  /** Also reports every operator's instructions and hash. */
  readonly layers?: boolean;
}

const padded = (bytes: number): number => (bytes + 15) & ~15;

/** The job as the program reads it: see Record in image.cpp. */
function jobBytes(jobs: readonly ArmJob[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const add = (bytes: Uint8Array): void => {
    const part = new Uint8Array(padded(bytes.length));
    part.set(bytes);
    parts.push(part);
  };
  for (const { model, rows, layers } of jobs) {
    const header = Uint32Array.of(model.length, rows.length, rows.length > 0 ? rows[0].length : 0, layers ? 1 : 0);
    add(new Uint8Array(header.buffer));
    add(model);
    rows.forEach(add);
  }
  add(new Uint8Array(16));
  return new Uint8Array(Buffer.concat(parts));
}

function parse(printed: string): ArmModelRun[] {
  const runs: (ArmModelRun & { rows: ArmRow[] })[] = [];
  let layers: ArmLayer[] = [];
  for (const line of printed.split('\n').filter((each) => each !== '')) {
    const value = (name: string): number => Number(new RegExp(` ${name} (\\d+)`).exec(line)?.[1]);
    const hash = (): string => value('hash').toString(16).padStart(8, '0');
    const started = { loadInstructions: 0, loadStack: 0, wakeInstructions: 0, wakeStack: 0 };
    const none = { ...started, arenaBytes: 0, persistentBytes: 0, macs: 0 };
    if (line.startsWith('refused ')) runs.push({ ...none, refused: line.slice(8), rows: [] });
    else if (line.startsWith('model ')) {
      if (value('awake') !== 1) throw new Error('The model was loaded, but not woken from what was kept of that.');
      runs.push({
        loadInstructions: value('insns'),
        loadStack: value('stack'),
        wakeInstructions: value('wake'),
        wakeStack: value('wakestack'),
        arenaBytes: value('arena'),
        persistentBytes: value('persistent'),
        macs: value('macs'),
        rows: [],
      });
    } else if (line.startsWith('layer '))
      layers.push({ operator: line.split(' ')[1], instructions: value('insns'), hash: hash() });
    else if (line.startsWith('row ')) {
      runs.at(-1)?.rows.push({ instructions: value('insns'), stack: value('stack'), hash: hash(), layers });
      layers = [];
    } else throw new Error(`The emulated board said: ${line}`);
  }
  return runs;
}

/** Builds in a folder of its own; `close` removes it. */
export class ArmEngine {
  private readonly programs = new ArmPrograms();

  /** The program that runs jobs; `level` is gcc's, such as '-O2'. Returns its path. */
  build(core: ArmCore, level: string): Promise<string> {
    return this.programs.build(core, level, ['nn', 'math'], 'test/firmware/nn_arm/image.cpp');
  }

  async run(core: ArmCore, program: string, jobs: readonly ArmJob[]): Promise<ArmModelRun[]> {
    const runs = parse(await this.programs.run(core, program, jobBytes(jobs)));
    if (runs.length !== jobs.length) throw new Error(`The emulated board answered ${runs.length} of ${jobs.length}.`);
    return runs;
  }

  /** Bytes of flash (code and constants) of the engine with the operators named, for instance 'Conv', without sentences. */
  async flashBytes(core: ArmCore, level: string, operations: readonly string[]): Promise<number> {
    const list = operations.map((name) => `&k${name}Operation`).join(',');
    const flags = [level, '-DDORMOUSE_NN_NO_SENTENCES', `-DDORMOUSE_NN_OPERATIONS=${list}`];
    const size = (define: string): Promise<number> =>
      this.programs.flashBytes(core, [...flags, define], ['nn', 'math'], 'test/firmware/nn_arm/size.cpp');
    return (await size('-DWITH_ENGINE')) - (await size('-DWITHOUT_ENGINE'));
  }

  close(): void {
    this.programs.close();
  }
}
