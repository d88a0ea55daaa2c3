/** Recognising words as code for Cortex-M: test/firmware/keyword_arm/count.cpp, compiled, run in QEMU and read. */
import { ArmPrograms, type ArmCore } from './arm-programs';

export interface KeywordJob {
  readonly image: Uint8Array;
  readonly samples: Int16Array;
  /** What the board has for models. */
  readonly memoryBytes: number;
  /** The last samples, for which instructions are counted. */
  readonly countedSamples: number;
}

export interface KeywordRun {
  /** All results over the samples. */
  readonly results: readonly { readonly label: number; readonly scores: readonly number[] }[];
  /** Of the counted samples: frames, features, model and judge. */
  readonly instructions: number;
  readonly countedResults: number;
  readonly stackBytes: number;
  /** Of the memory for models. */
  readonly memoryBytes: number;
  /** The device itself with the memory of its line. */
  readonly deviceBytes: number;
}

export class ArmKeywords {
  private readonly programs = new ArmPrograms();

  build(core: ArmCore, level: string): Promise<string> {
    const parts = ['device', 'slot', 'dsp', 'nn', 'math', 'wire', 'capture', 'anomaly', 'objects'];
    return this.programs.build(core, level, parts, 'test/firmware/keyword_arm/count.cpp');
  }

  async run(core: ArmCore, program: string, job: KeywordJob): Promise<KeywordRun> {
    const head = Uint32Array.of(job.image.length, job.samples.length, job.memoryBytes, job.countedSamples);
    const samples = new Uint8Array(job.samples.buffer, job.samples.byteOffset, job.samples.byteLength);
    const parts = [new Uint8Array(head.buffer), job.image, new Uint8Array(-job.image.length & 15), samples];
    const printed = await this.programs.run(core, program, new Uint8Array(Buffer.concat(parts)));
    const lines = printed.split('\n').filter((line) => line !== '');
    const last = lines.pop() ?? '';
    if (!last.startsWith('second ')) throw new Error(`The emulated board said: ${printed}`);
    const value = (name: string): number => Number(new RegExp(` ${name} (\\d+)`).exec(last)?.[1]);
    return {
      results: lines.map((line) => ({
        label: Number(/ label (\d+)/.exec(line)?.[1]) - 2,
        scores: [...line.matchAll(/ score (\d+)/g)].map(([, score]) => Number(score) - 128),
      })),
      instructions: value('insns'),
      countedResults: value('results'),
      stackBytes: value('stack'),
      memoryBytes: value('memory'),
      deviceBytes: value('device'),
    };
  }

  close(): void {
    this.programs.close();
  }
}
