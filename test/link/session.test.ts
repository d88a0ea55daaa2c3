/** Requests over a line that loses, delays and refuses; and greetings of boards that are slow, old or hostile. */
import { encode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectDevice, customPort, LinkError } from '../../src/link';
import { lostError } from '../../src/link/errors';
import { Session } from '../../src/link/session';
import { encodeFrame } from '../../src/link/wire/frame';
import { readHello } from '../../src/link/wire/hello';
import { request } from '../../src/link/wire/messages';
import { FakeTransport, type KeptFrame } from './fakes';

export const hello = {
  proto: 1,
  board: 'nano33ble-sense',
  mcu: 'nRF52840',
  fw: '0.1.0',
  uid: 'ab12',
  clock: 1234567,
  rx: 1024,
  ram: 150000,
  slot: 131072,
  sensors: [{ id: 0, name: 'imu', kind: 'motion', axes: [{ n: 'accX', u: 'm/s2', s: 0.5 }], rates: [100000, 62500] }],
  slots: [{ state: 0, q: 0, n: 0, c: 0, name: '' }],
  active: -1,
};

const port = customPort('fake');
const quick = { timeoutMs: 40, tries: 3 };
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** A board that greets and says yes to all else. */
function politeBoard(transport: FakeTransport, greeting: object = hello): void {
  transport.onRequest = (frame) => {
    if (frame.type === request.hello) transport.answer(frame, encode(greeting));
    else if (frame.type === request.streamStop) transport.answer(frame, encode({ n: 0, d: 0 }));
    else if (frame.type === request.streamStart) transport.answer(frame, encode({ r: 100000, f: 2 }));
    else transport.answer(frame, bytes());
  };
}

async function failure(work: Promise<unknown>): Promise<LinkError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(LinkError);
  return error as LinkError;
}

describe('a request', () => {
  it('is repeated with the same sequence until it is answered', async () => {
    const transport = new FakeTransport();
    const session = new Session(transport, () => undefined);
    transport.onRequest = (frame) => {
      if (transport.received.length === 3) transport.answer(frame, bytes(9));
    };
    expect(await session.request(request.ping, bytes(1, 2), quick)).toEqual(bytes(9));
    expect(new Set(transport.received.map((frame) => frame.sequence)).size).toBe(1);
    expect(transport.received).toHaveLength(3);
  });

  it('fails with a plain sentence when nobody answers', async () => {
    const session = new Session(new FakeTransport(), () => undefined);
    const error = await failure(session.request(request.slotList, bytes(), quick));
    expect(error.code).toBe('timeout');
    expect(error.message).toBe('The board at fake did not answer (SLOT_LIST).');
    expect(error.action).not.toBe('');
  });

  it('waits for the one before it', async () => {
    const transport = new FakeTransport();
    const session = new Session(transport, () => undefined);
    const open: KeptFrame[] = [];
    transport.onRequest = (frame) => {
      open.push(frame);
      setTimeout(() => transport.answer(frame, frame.payload), 5);
    };
    const answers = await Promise.all([1, 2, 3].map((value) => session.request(request.ping, bytes(value), quick)));
    expect(answers.map((answer) => answer[0])).toEqual([1, 2, 3]);
    expect(new Set(open.map((frame) => frame.sequence)).size).toBe(3);
  });

  it('is not answered by late, foreign or damaged frames', async () => {
    const transport = new FakeTransport();
    const session = new Session(transport, () => undefined);
    transport.onRequest = (frame) => {
      transport.emit(encodeFrame(frame.type | 0x80, 0, (frame.sequence + 1) & 0xffff, bytes(1)));
      transport.emit(encodeFrame(0x99, 0, frame.sequence, bytes(2)));
      const hurt = encodeFrame(frame.type | 0x80, 0, frame.sequence, bytes(3));
      hurt[5] ^= 4;
      transport.emit(hurt);
      transport.answer(frame, bytes(4));
    };
    expect(await session.request(request.ping, bytes(), quick)).toEqual(bytes(4));
    expect(session.damagedFrames).toBe(1);
  });

  it.each([
    [1, 'device-unknown-request'],
    [2, 'device-bad-request'],
    [3, 'device-busy'],
    [4, 'device-state'],
    [5, 'device-flash'],
    [6, 'device-verify'],
    [7, 'device-too-large'],
    [8, 'device-no-model'],
    [77, 'bad-answer'],
  ])('turns the refusal %i into %s, with what the board says', async (code, expected) => {
    const transport = new FakeTransport();
    const session = new Session(transport, () => undefined);
    transport.onRequest = (frame) => transport.answer(frame, encode({ e: code, m: 'because of this' }), 1);
    const error = await failure(session.request(request.slotVerify, bytes(), quick));
    expect(error.code).toBe(expected);
    expect(error.message).toContain('because of this');
  });

  it('ends with the line, all of them at once, and none starts after that', async () => {
    const transport = new FakeTransport();
    const session = new Session(transport, () => undefined);
    const reasons: string[] = [];
    session.onLost((reason) => reasons.push(reason));
    const waiting = [session.send(request.ping, bytes()), session.send(request.slotList, bytes())];
    transport.vanish('the cable came out');
    for (const one of waiting) expect((await failure(one)).code).toBe('lost');
    expect((await failure(session.request(request.ping, bytes()))).code).toBe('lost');
    expect(reasons).toEqual(['the cable came out']);
  });

  it.each([
    ['RUN_START', request.runStart, 4, /train again/],
    ['RUN_START', request.runStart, 6, /Deploy the model again/],
    ['SLOT_COMMIT', request.slotCommit, 4, /Deploy again/],
    ['SLOT_ROLLBACK', request.slotRollback, 4, /Deploy a model/],
    ['INFER_DATA', request.inferData, 3, /Stop what the board is doing/],
    ['SLOT_VERIFY', request.slotVerify, 6, /Deploy again; .*untouched/],
  ])('that is refused says what helps: %s', async (name, type, code, action) => {
    const transport = new FakeTransport();
    const session = new Session(transport, () => undefined);
    transport.onRequest = (frame) => transport.answer(frame, encode({ e: code, m: 'That is so.' }), 1);
    const error = await failure(session.request(type, bytes(), quick));
    expect(error.message).toMatch(new RegExp(`^The board [^.]* \\(${name}\\): That is so\\.$`));
    expect(error.action).toMatch(action);
  });

  it('that cannot be written says once that the line is lost, and why', async () => {
    const transport = new FakeTransport();
    const session = new Session(transport, () => undefined);
    const reasons: string[] = [];
    session.onLost((reason) => reasons.push(reason));
    transport.write = () => Promise.reject(lostError('fake', 'Input/output error.'));
    const error = await failure(session.request(request.ping, bytes(), quick));
    expect(error.message).toBe('The connection to fake was lost: Input/output error.');
    expect(reasons).toEqual(['Input/output error']);
  });

  it('tells those who ask too late that the line was lost', async () => {
    const transport = new FakeTransport();
    const session = new Session(transport, () => undefined);
    transport.vanish('the cable came out');
    expect(await new Promise((resolve) => session.onLost(resolve))).toBe('the cable came out');
  });

  it('sees which events were lost', () => {
    const transport = new FakeTransport();
    const heard: number[] = [];
    const session = new Session(transport, (type) => heard.push(type));
    for (const sequence of [65534, 65535, 3, 4]) transport.emit(encodeFrame(0x42, 0, sequence, bytes()));
    expect(heard).toHaveLength(4);
    expect(session.lostEvents).toBe(3);
  });
});

describe('connecting', () => {
  it('greets a board that is still starting until it answers', async () => {
    const transport = new FakeTransport();
    const started = performance.now() + 700;
    transport.onRequest = (frame) => {
      if (performance.now() < started) transport.print('ets Jul 29 2019 12:21:46\r\nrst:0x1 (POWERON_RESET)\r\n');
      else {
        politeBoard(transport);
        transport.onRequest(frame);
      }
    };
    const device = await connectDevice(transport, port, { helloMs: 100 });
    expect(device.info.board).toBe('nano33ble-sense');
    expect(device.info.sensors[0].ratesHz).toEqual([100, 62.5]);
    await device.close();
    expect(transport.isOpen).toBe(false);
    expect(transport.received.at(-1)?.type).toBe(request.bye);
  });

  it('says so when a board is silent, and shows what it prints instead of numbers', async () => {
    const silent = await failure(connectDevice(new FakeTransport(), port, { totalMs: 300, helloMs: 100 }));
    expect(silent.code).toBe('no-answer');
    expect(silent.message).toBe('The board at fake says nothing.');
    const chatty = new FakeTransport();
    chatty.onRequest = () => chatty.print('booting...\r\nwaiting for WiFi!\r\n');
    const error = await failure(connectDevice(chatty, port, { totalMs: 300, helloMs: 100 }));
    expect(error.message).toContain('waiting for WiFi!');
    expect(chatty.isOpen).toBe(false);
  });

  it('refuses a protocol that it does not know', async () => {
    const transport = new FakeTransport();
    politeBoard(transport, { ...hello, proto: 2 });
    expect((await failure(connectDevice(transport, port))).code).toBe('unsupported');
  });

  it('stops what an earlier program left running', async () => {
    const transport = new FakeTransport();
    politeBoard(transport);
    const device = await connectDevice(transport, port);
    const asked = transport.received.map((frame) => frame.type);
    expect(asked).toContain(request.runStop);
    expect(asked).toContain(request.streamStop);
    await device.close();
  });

  it('changes the speed of a bridge at both ends, and leaves it where the board has none', async () => {
    const bridge = new FakeTransport();
    politeBoard(bridge);
    await (await connectDevice(bridge, port, { baud: 921600 })).close();
    expect(bridge.baud).toBe(921600);
    const usb = new FakeTransport();
    politeBoard(usb);
    const polite = usb.onRequest;
    usb.onRequest = (frame) =>
      frame.type === request.baud ? usb.answer(frame, encode({ e: 4, m: 'no speed' }), 1) : polite(frame);
    await (await connectDevice(usb, port, { baud: 921600 })).close();
    expect(usb.baud).toBe(115200);
  });

  it('gives up a port that takes no bytes', async () => {
    const transport = new FakeTransport();
    transport.write = () => new Promise(() => undefined);
    const error = await failure(connectDevice(transport, port, { totalMs: 200, helloMs: 100 }));
    expect(error.code).toBe('no-answer');
    expect(transport.isOpen).toBe(false);
  });

  it('can be cancelled', async () => {
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 50);
    expect((await failure(connectDevice(new FakeTransport(), port, { signal: cancel.signal }))).code).toBe('cancelled');
  });
});

describe('a hostile greeting', () => {
  it.each([
    ['no map', 5],
    ['nothing in it', {}],
    ['a huge text', { ...hello, board: 'x'.repeat(300) }],
    ['no axes', { ...hello, sensors: [{ ...hello.sensors[0], axes: [] }] }],
    ['a scale of nothing', { ...hello, sensors: [{ ...hello.sensors[0], axes: [{ n: 'a', u: 'b', s: 0 }] }] }],
    ['a rate of nothing', { ...hello, sensors: [{ ...hello.sensors[0], rates: [0] }] }],
    ['two sensors with one number', { ...hello, sensors: [hello.sensors[0], hello.sensors[0]] }],
    ['an impossible payload limit', { ...hello, rx: 70000 }],
    ['a slot in no state', { ...hello, slots: [{ ...hello.slots[0], state: 9 }] }],
  ])('with %s is refused', async (_name, greeting) => {
    const transport = new FakeTransport();
    politeBoard(transport, greeting as object);
    const error = await failure(connectDevice(transport, port));
    expect(error.code).toBe('bad-answer');
    expect(transport.isOpen).toBe(false);
  });

  it('of any bytes whatever does nothing but throw LinkError', () => {
    const whole = encode(hello);
    const mutated = fc.tuple(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length)).map(([at, value, end]) => {
      const copy = whole.slice(0, Math.max(1, end));
      copy[at % copy.length] = value;
      return copy;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (payload) => {
        try {
          readHello(payload);
        } catch (error) {
          expect(error).toBeInstanceOf(LinkError);
        }
      }),
      { numRuns: 5000 },
    );
  });
});

describe('events that contradict themselves', () => {
  it('are counted and never reach the app', async () => {
    const transport = new FakeTransport();
    politeBoard(transport);
    const device = await connectDevice(transport, port);
    const blocks: number[] = [];
    await device.startStream(0, 100, (block) => blocks.push(block.frames));
    const samples = (index: number, frames: number, values: number): Uint8Array => {
      const payload = new Uint8Array(20 + values * 2);
      const view = new DataView(payload.buffer);
      view.setUint16(2, frames, true);
      view.setUint32(4, index, true);
      return payload;
    };
    let sequence = 0;
    const event = (type: number, payload: Uint8Array): void =>
      transport.emit(encodeFrame(type, 0, sequence++, payload));
    event(0x40, samples(0, 3, 3));
    event(0x40, samples(3, 4, 3));
    event(0x40, samples(3, 0, 0));
    event(0x40, samples(1, 2, 2));
    event(0x40, bytes());
    event(0x41, bytes(1, 2));
    event(0x42, bytes(0xff));
    event(0x43, bytes());
    event(0x40, samples(5, 1, 1));
    expect(blocks).toEqual([3, 1]);
    expect(device.health()).toMatchObject({ frames: 4, lost: 2 });
    expect(device.health().damagedWireFrames).toBeGreaterThanOrEqual(4);
    await device.close();
  });
});
