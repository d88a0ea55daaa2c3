/** What the sound blocks take on a Cortex-M: test/firmware/dsp_arm/count.cpp, compiled, run in QEMU and read. */
import { dspNumbers, type DspBlock, type WindowShape } from '../../src/core';
import { ArmPrograms, type ArmCore } from './arm-programs';

export interface SoundJob {
  readonly block: DspBlock;
  readonly shape: WindowShape;
  readonly strideFrames: number;
  readonly samples: Int16Array;
}

/** Instructions, but for the bytes and the hash. */
export interface SoundRun {
  /** Tables and memory. */
  readonly begin: number;
  /** All samples: frames to rows. */
  readonly push: number;
  /** Rows to the window's features. */
  readonly window: number;
  readonly stackBytes: number;
  /** State and the stream itself; without the features. */
  readonly stateBytes: number;
  readonly features: number;
  /** FNV-1a over the features' float32 bytes. */
  readonly hash: number;
}

function jobBytes(jobs: readonly SoundJob[]): Uint8Array {
  const parts = jobs.map(({ block, shape, strideFrames, samples }) => {
    const head = [samples.length, shape.frames, strideFrames, dspNumbers[block.kind], block.params.length];
    const bytes = new Uint8Array(22 * 4 + ((samples.length * 2 + 3) & ~3));
    new Uint32Array(bytes.buffer, 0, 5).set(head);
    new Float32Array(bytes.buffer, 20, 17).set([shape.rateHz, ...block.params]);
    new Int16Array(bytes.buffer, 88, samples.length).set(samples);
    return bytes;
  });
  return new Uint8Array(Buffer.concat([...parts, new Uint8Array(88)]));
}

export class ArmDsp {
  private readonly programs = new ArmPrograms();

  build(core: ArmCore, level: string): Promise<string> {
    return this.programs.build(core, level, ['dsp', 'math'], 'test/firmware/dsp_arm/count.cpp');
  }

  async run(core: ArmCore, program: string, jobs: readonly SoundJob[]): Promise<SoundRun[]> {
    const printed = await this.programs.run(core, program, jobBytes(jobs));
    const lines = printed.split('\n').filter((line) => line !== '');
    if (lines.length !== jobs.length || lines.some((line) => !line.startsWith('block ')))
      throw new Error(`The emulated board said: ${printed}`);
    return lines.map((line) => {
      const value = (name: string): number => Number(new RegExp(` ${name} (\\d+)`).exec(line)?.[1]);
      return {
        begin: value('begin'),
        push: value('push'),
        window: value('window'),
        stackBytes: value('stack'),
        stateBytes: value('state'),
        features: value('features'),
        hash: value('hash'),
      };
    });
  }

  close(): void {
    this.programs.close();
  }
}
