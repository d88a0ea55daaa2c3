/** Sound over a line that is too slow for it: compressed, complete, near the original, and whole again behind a lost block. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  connectDevice,
  simulatedPort,
  SimulatedTransport,
  type SampleBlock,
  type SimulationOptions,
} from '../../src/link';
import { SampleStream } from '../../src/link/streams';
import { adpcmBytes, adpcmDecode, adpcmHeader } from '../../src/link/wire/adpcm';
import { FrameDecoder } from '../../src/link/wire/frame';
import { event, samplesHeader } from '../../src/link/wire/messages';
import { passTime } from '../../src/project';
import { describeWith, needsPython } from '../support/needs';

/** A UART at 115200 baud carries this. */
const slow = 11_520;
const seconds = 2;

interface Heard {
  readonly values: Float32Array;
  readonly lost: number;
  /** SAMPLES payloads as they came. */
  readonly payloads: readonly Uint8Array[];
}

/** The same word of the same person, over the line that is given. */
async function listen(options: SimulationOptions): Promise<Heard> {
  const transport = new SimulatedTransport('sim', { seed: 5, person: 'ann', speed: 0, ...options });
  const payloads: Uint8Array[] = [];
  const decoder = new FrameDecoder((frame) => {
    if (frame.type === event.samples) payloads.push(frame.payload.slice());
  });
  transport.listen((one) => {
    if (one.kind === 'data') decoder.push(one.bytes);
  });
  const world = await transport.world();
  await transport.play('stop', 'ann');
  world.setSpeed(1);
  const device = await connectDevice(transport, simulatedPort);
  world.setSpeed(0);
  const blocks: SampleBlock[] = [];
  const asking = device.startStream(1, 16_000, (block) => blocks.push(block));
  // The answer comes only where time passes.
  for (let i = 0; i < 20; i++) await passTime(world, 0.002);
  await asking;
  await passTime(world, seconds);
  const values = Float32Array.from(blocks.flatMap((block) => Array.from(block.values)));
  const { lost } = device.health(1);
  world.setSpeed(1);
  await device.close();
  return { values, lost, payloads };
}

describe('sound over a UART at 115200 baud', () => {
  it('comes compressed, with nothing lost, near to what the microphone heard', async () => {
    const whole = await listen({});
    const pressed = await listen({ uart: true, lineBytesPerSecond: slow });
    expect(new Set(whole.payloads.map((payload) => payload[1]))).toEqual(new Set([0]));
    expect(new Set(pressed.payloads.map((payload) => payload[1]))).toEqual(new Set([1]));
    expect(pressed.lost).toBe(0);
    const count = Math.min(whole.values.length, pressed.values.length);
    expect(count).toBeGreaterThan(16_000 * seconds * 0.95);
    let signal = 0;
    let noise = 0;
    for (let i = 0; i < count; i++) {
      signal += whole.values[i] ** 2;
      noise += (whole.values[i] - pressed.values[i]) ** 2;
    }
    expect(10 * Math.log10(signal / noise)).toBeGreaterThan(20);
  });
  it('comes as it is where the line is fast enough, or its speed means nothing', async () => {
    for (const options of [{ uart: true, lineBytesPerSecond: 92_160 }, { lineBytesPerSecond: 92_160 }]) {
      const { payloads, lost } = await listen(options);
      expect(new Set(payloads.map((payload) => payload[1]))).toEqual(new Set([0]));
      expect(lost).toBe(0);
    }
  });
});

describe('a compressed block', () => {
  const sensor = {
    id: 1,
    name: 'microphone',
    kind: 'audio' as const,
    axes: [{ name: 'audio', units: 'wav', scale: 1 }],
    ratesHz: [16_000],
  };
  const receive = (payloads: readonly Uint8Array[]): { blocks: SampleBlock[]; taken: boolean[] } => {
    const blocks: SampleBlock[] = [];
    const stream = new SampleStream(sensor, (block) => blocks.push(block));
    return { taken: payloads.map((payload) => stream.receive(payload)), blocks };
  };
  it('needs none of those before it', async () => {
    const { payloads } = await listen({ uart: true, lineBytesPerSecond: slow });
    const all = receive(payloads).blocks;
    const without = receive(payloads.filter((_, i) => i !== 7)).blocks;
    expect(without[7].lost).toBe(all[7].frames);
    expect(without[7].values).toEqual(all[8].values);
    expect(without.at(-1)?.values).toEqual(all.at(-1)?.values);
  });
  it('is refused where its length or its head cannot be', async () => {
    const { payloads } = await listen({ uart: true, lineBytesPerSecond: slow });
    const changed = (at: number, value: number): Uint8Array => {
      const copy = payloads[0].slice();
      copy[at] = value;
      return copy;
    };
    const bad = [payloads[0].slice(0, -1), changed(1, 2), changed(1, 0), changed(samplesHeader + 2, 89)];
    expect(receive(bad).taken).toEqual([false, false, false, false]);
    expect(receive([payloads[0]]).taken).toEqual([true]);
  });
  it('never breaks the decoder, whatever is in it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.integer({ min: 0, max: 130 }), (block, count) => {
        const samples = adpcmDecode(block, count);
        expect(samples === undefined).toBe(block.length !== adpcmBytes(count) || block[2] > 88);
        if (samples) expect(samples).toHaveLength(count);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});

describeWith(needsPython('audioop'), 'beside Python’s own IMA ADPCM', () => {
  it('boards code alike, to the bit', async () => {
    const { values, payloads: whole } = await listen({});
    const { payloads } = await listen({ uart: true, lineBytesPerSecond: slow });
    expect(whole.length).toBeGreaterThan(0);
    // Each block from where its head says the encoder stood; audioop puts the first of a pair in the high half.
    const view = (payload: Uint8Array): DataView => new DataView(payload.buffer, payload.byteOffset);
    const blocks = payloads.slice(0, 60).map((payload) => ({
      first: view(payload).getUint32(4, true),
      frames: view(payload).getUint16(2, true),
      predictor: view(payload).getInt16(samplesHeader, true),
      index: payload[samplesHeader + 2],
      codes: Buffer.from(payload.subarray(samplesHeader + adpcmHeader)).toString('hex'),
    }));
    const pcm = Buffer.from(Int16Array.from(values).buffer).toString('base64');
    const program = `
import audioop, base64, json, sys
said = json.load(sys.stdin)
pcm = base64.b64decode(said['pcm'])
wrong = 0
for block in said['blocks']:
    part = pcm[2 * block['first']:2 * (block['first'] + block['frames'])]
    codes, _ = audioop.lin2adpcm(part, 2, (block['predictor'], block['index']))
    swapped = bytes((byte >> 4) | ((byte & 15) << 4) for byte in codes)
    wrong += swapped.hex() != block['codes']
print(wrong, len(said['blocks']))
`;
    const input = JSON.stringify({ pcm, blocks });
    const run = spawnSync('python3', ['-W', 'ignore', '-c', program], { input, encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(run.stdout.trim()).toBe(`0 ${blocks.length}`);
  });
});
