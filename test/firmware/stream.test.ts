/**
 * The streaming-only sketch: that it speaks the protocol as the app reads it, and that it compiles, links and fits
 * against the AVR core that Debian carries.
 */
import { execFile, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decode } from 'cborg';
import { expect, it } from 'vitest';
import { installRoot } from '../../src/base';
import { encodeFrame, FrameDecoder } from '../../src/link/wire/frame';
import { readHello } from '../../src/link/wire/hello';
import { control, event, request, responseBit } from '../../src/link/wire/messages';
import { NativeTests } from '../support/native';
import { describeWith, needsCommands } from '../support/needs';

const run = promisify(execFile);
const sketch = join(installRoot(), 'firmware/stream');

interface Heard {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** Gives the board bytes and returns all frames that it answered with. */
async function talk(program: string, bytes: Uint8Array): Promise<Heard[]> {
  const board = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const heard: Heard[] = [];
  const decoder = new FrameDecoder((frame) => heard.push({ ...frame, payload: frame.payload.slice() }));
  board.stdout.on('data', (chunk: Buffer) => decoder.push(chunk));
  board.stdin.end(bytes);
  const code = await new Promise((resolve) => board.on('close', resolve));
  expect(code).toBe(0);
  return heard;
}

describeWith(needsCommands('g++'), 'the streaming-only sketch’s protocol', () => {
  it('says hello, streams with counted gaps, refuses the rest, and survives noise', async () => {
    const native = new NativeTests();
    try {
      const sources = ['firmware/stream/protocol.cpp', 'test/firmware/stream_board.cpp'];
      const program = await native.build('stream_board', sources, ['-Ifirmware/stream']);
      const quiet = new Uint8Array(0);
      const start = encodeFrame(request.streamStart, 0, 3, control({ s: 0, r: 104_000 }));
      const heard = await talk(
        program,
        Buffer.concat([
          Buffer.from('noise before anything\0'),
          encodeFrame(request.hello, 0, 1, control({})),
          encodeFrame(request.ping, 0, 2, Buffer.from('abc')),
          Buffer.alloc(200, 7), // longer than it can hold
          Buffer.alloc(1),
          start,
          start,
          Buffer.alloc(19, 2), // each byte is a period
          Buffer.alloc(10, 1), // the line is full
          Buffer.alloc(1),
          encodeFrame(request.slotList, 0, 4, quiet),
          encodeFrame(request.streamStop, 0, 5, quiet),
          encodeFrame(request.bye, 0, 6, quiet),
        ]),
      );
      const answers = heard.filter(({ type }) => type >= responseBit);
      expect(answers.map(({ type, sequence }) => [type - responseBit, sequence])).toEqual([
        [request.hello, 1],
        [request.ping, 2],
        [request.streamStart, 3],
        [request.streamStart, 3],
        [request.slotList, 4],
        [request.streamStop, 5],
        [request.bye, 6],
      ]);
      const info = readHello(answers[0]?.payload ?? quiet);
      expect(info).toMatchObject({
        dormouse: true,
        board: 'arduino',
        freeRam: 0,
        slotBytes: 0,
        activeSlot: -1,
        slots: [],
      });
      expect(info.sensors).toHaveLength(1);
      expect(info.sensors[0]).toMatchObject({ kind: 'other', ratesHz: [100, 20, 50, 200] });
      expect(info.sensors[0]?.axes[2]).toEqual({ name: 'a2', units: 'V', scale: Math.fround(5 / 1024) });
      expect(Buffer.from(answers[1]?.payload.subarray(8) ?? quiet).toString()).toBe('abc');
      expect(decode(answers[2]?.payload ?? quiet)).toEqual({ r: 100_000, f: 2 });
      expect(answers[4]?.flags).toBe(1);

      let index = 0;
      let dropped = 0;
      let sent = 0;
      const samples = heard.filter(({ type }) => type === event.samples);
      for (const [at, { payload, sequence }] of samples.entries()) {
        const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
        expect(sequence).toBe(at);
        expect(view.getUint16(2, true)).toBe(2);
        dropped = view.getUint32(16, true);
        expect(view.getUint32(4, true)).toBe(index + (dropped - (index - sent)));
        index = view.getUint32(4, true) + 2;
        sent += 2;
        const micros = Number(view.getBigUint64(8, true));
        expect(view.getInt16(20, true)).toBe(micros / 10_000 - 500);
        expect(view.getInt16(22, true)).toBe(500 - micros / 10_000);
      }
      expect(samples.length).toBeGreaterThan(15);
      // The ten bytes of a full line, and those within the repeated request.
      expect(dropped).toBeGreaterThanOrEqual(10);
      const stopped = decode(answers[5]?.payload ?? quiet) as { n: number; d: number };
      expect(stopped.n).toBe(sent);
      expect(stopped.d - dropped).toBeLessThan(2);
    } finally {
      native.close();
    }
  });
});

const avr = '/usr/share/arduino/hardware/arduino/avr';
// platform.txt of the core, and boards.txt for each board.
const flags = [
  '-Os',
  '-ffunction-sections',
  '-fdata-sections',
  '-DF_CPU=16000000L',
  '-DARDUINO=10819',
  '-DARDUINO_ARCH_AVR',
];
const cpp = ['-std=gnu++11', '-fpermissive', '-fno-exceptions', '-fno-threadsafe-statics'];
// The core is written for gcc 7; Debian's 5.4 keeps this name to C.
const older = '-DDECIMAL_DIG=__DECIMAL_DIG__';
const avrBoards = [
  ['Arduino Uno', 'atmega328p', 'standard', 'ARDUINO_AVR_UNO', 32_256, 2048],
  ['Arduino Mega 2560', 'atmega2560', 'mega', 'ARDUINO_AVR_MEGA2560', 253_952, 8192],
] as const;

describeWith(needsCommands('avr-g++', 'avr-size'), 'the sketches for an AVR', () => {
  const sketches = [...avrBoards.map((board) => ['stream', ...board] as const), ['numbers', ...avrBoards[0]] as const];
  it.each(sketches)('%s compiles without a warning and fits: %s', async (name, _, mcu, variant, macro, flash, ram) => {
    const work = mkdtempSync(join(tmpdir(), 'dormouse-avr-'));
    try {
      const core = join(avr, 'cores/arduino');
      const includes = [`-I${core}`, `-I${join(avr, 'variants', variant)}`, `-iquote${sketch}`];
      const common = [...flags, `-mmcu=${mcu}`, `-D${macro}`, ...includes];
      const ino = join(work, `${name}.cpp`);
      const text = readFileSync(join(installRoot(), 'firmware', name, `${name}.ino`), 'utf8');
      writeFileSync(ino, `#include <Arduino.h>\n${text}`);
      const own = [ino];
      if (name === 'stream') {
        copyFileSync(join(sketch, 'protocol.cpp'), join(work, 'protocol.cpp'));
        own.push(join(work, 'protocol.cpp'));
      }
      const objects: string[] = [];
      for (const source of own) {
        objects.push(`${source}.o`);
        const warnings = await run('avr-g++', [
          ...common,
          ...cpp,
          '-Wall',
          '-Wextra',
          '-c',
          source,
          '-o',
          `${source}.o`,
        ]);
        expect(warnings.stderr).toBe('');
      }
      const parts = readdirSync(core).filter((file) => /\.(c|cpp)$/.test(file));
      for (const part of parts) {
        const object = join(work, `${part}.o`);
        const isC = part.endsWith('.c');
        const language = isC ? ['-std=gnu11'] : cpp;
        await run(isC ? 'avr-gcc' : 'avr-g++', [
          ...common,
          ...language,
          older,
          '-w',
          '-c',
          join(core, part),
          '-o',
          object,
        ]);
        objects.push(object);
      }
      const program = join(work, 'sketch.elf');
      await run('avr-gcc', ['-Os', '-Wl,--gc-sections', `-mmcu=${mcu}`, '-o', program, ...objects, '-lm']);
      const { stdout } = await run('avr-size', [program]);
      const [code, data, bss] = (stdout.split('\n')[1] ?? '').trim().split(/\s+/).map(Number) as [
        number,
        number,
        number,
      ];
      expect(code + data).toBeLessThan(Math.min(flash, 10_000));
      // At least a quarter of the RAM is left for the stack.
      expect(data + bss).toBeLessThan(ram * 0.75);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
});
