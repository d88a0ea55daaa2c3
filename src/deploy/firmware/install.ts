/**
 * Puts the Dormouse sketch on a board: says how it can be done here (`firmwarePlan`), does it (`installFirmware`), and
 * finds the port that comes back. What it needs of the computer it is given, so that tests can be the computer.
 */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { boardById, sketches, type BoardProfile, type BoardSketch } from '../../boards';
import {
  connectDevice,
  customPort,
  LinkError,
  listPorts,
  openTransport,
  SerialTransport,
  touchBootloader,
  type PortInfo,
} from '../../link';
import { installWithCli, sketchFolder } from './arduino-cli';
import { copyToDrive, volumes, waitForDrive } from './drive';
import { FirmwareError, type FirmwareErrorCode } from './errors';
import { checkEspImage } from './esp/image';
import { installEsp, type EspLine } from './esp/install';
import { cancelled, findTool } from './run';
import { installCore, installLibrary } from './translate';
import type { FirmwarePlan, FirmwareProgress, FirmwareReport } from './types';
import { readUf2, writeUf2 } from './uf2';

/** The computer, as far as it matters here. */
export interface FirmwareHost {
  ports(): Promise<readonly PortInfo[]>;
  /** One that is in no list (a pseudo-terminal, an unusual driver), where it is there. */
  unlisted(path: string): PortInfo | undefined;
  tool(): Promise<string | undefined>;
  volumes(): Promise<readonly string[]>;
  /** Brings the board at the port into its bootloader, as well as it can. */
  enterBootloader(port: PortInfo, sketch: BoardSketch): Promise<void>;
  /** The serial line of a port, not yet open. */
  line(port: PortInfo): EspLine;
  readonly driveTimeoutMs: number;
  readonly backTimeoutMs: number;
  readonly everyMs: number;
}

async function enterBootloader(port: PortInfo, sketch: BoardSketch): Promise<void> {
  if (port.bootloader) return;
  if (sketch.uf2?.touch) return touchBootloader(port.path);
  const device = await connectDevice(openTransport(port.path), port);
  try {
    if (device.info.dormouse) await device.reset('bootloader');
  } finally {
    await device.close();
  }
}

export const thisComputer: FirmwareHost = {
  ports: listPorts,
  unlisted: (path) => (existsSync(path) ? customPort(path) : undefined),
  tool: () => findTool('arduino-cli'),
  volumes,
  enterBootloader,
  line: (port) => new SerialTransport(port.path),
  driveTimeoutMs: 20_000,
  backTimeoutMs: 20_000,
  everyMs: 500,
};

function known(board: string): { profile: BoardProfile; sketch: BoardSketch } {
  const profile = boardById(board);
  const sketch = sketches[board] as BoardSketch | undefined;
  if (!profile || !sketch)
    throw new FirmwareError(
      'unknown-board',
      board === 'sim' ? 'The simulated board has its sketch built in.' : `No board is called “${board}”.`,
      `Boards: ${Object.keys(sketches).join(', ')}.`,
    );
  return { profile, sketch };
}

/** The port asked for, else the one port of this board; '' where there is none. Two of a kind must be told apart. */
function choosePort(ports: readonly PortInfo[], board: string, path: string, host: FirmwareHost): PortInfo | undefined {
  if (path !== '') {
    const named = ports.find((port) => port.path === path) ?? host.unlisted(path);
    if (!named)
      throw new FirmwareError('no-port', `There is no port ${path}.`, 'Plug the board in, or choose another port.');
    if (named.boardId !== '' && named.boardId !== board)
      throw new FirmwareError(
        'wrong-board',
        `At ${path} is another board: ${named.title}.`,
        'Choose that board, or another port.',
      );
    return named;
  }
  const fitting = ports.filter((port) => port.boardId === board);
  if (fitting.length > 1)
    throw new FirmwareError(
      'no-port',
      `There are ${String(fitting.length)} such boards: ${fitting.map((port) => port.path).join(', ')}.`,
      'Say which one by its port.',
    );
  return fitting[0];
}

/** The board that is meant: the one named, else the one at the port, else the only one plugged in. */
function chooseBoard(ports: readonly PortInfo[], board: string, path: string): string {
  if (board !== '') return board;
  const candidates = ports.filter((port) => sketches[port.boardId] && (path === '' || port.path === path));
  const ids = [...new Set(candidates.map((port) => port.boardId))];
  if (ids.length === 1) return ids[0] ?? '';
  throw new FirmwareError(
    'unknown-board',
    ids.length === 0
      ? 'No board was recognised by its USB ids.'
      : `More than one board is plugged in: ${ids.join(', ')}.`,
    `Say which board it is: ${Object.keys(sketches).join(', ')}.`,
  );
}

function commandsFor(sketch: BoardSketch, port: string): string[] {
  const urls = sketch.indexUrl ? ` --additional-urls ${sketch.indexUrl}` : '';
  return [
    installCore(sketch),
    ...sketch.libraries.map(installLibrary),
    `arduino-cli compile --upload --fqbn ${sketch.fqbn}${urls} --port ${port || 'PORT'} "${sketchFolder()}"`,
  ];
}

function stepsByHand(name: string, sketch: BoardSketch): string[] {
  const index = sketch.indexUrl
    ? [`In the Arduino IDE, File > Preferences, add ${sketch.indexUrl} to the additional boards manager URLs.`]
    : [];
  const libraries = sketch.libraries.map((library) => `In Tools > Manage Libraries, install ${library}.`);
  return [
    ...index,
    `In the Arduino IDE, Tools > Board > Boards Manager, install ${sketch.core}.`,
    ...libraries,
    `Open ${sketchFolder()}, choose the board ${name} and its port, and Upload.`,
    `If the port does not answer: ${sketch.byHand}`,
  ];
}

export interface FirmwareQuestion {
  /** '' = the one that is plugged in. */
  readonly board?: string | undefined;
  readonly port?: string | undefined;
  /** In place of compiling: a .uf2 to copy or a .bin to turn into one; for an ESP32, a merged .bin to write. */
  readonly file?: string | undefined;
  /** Where an ESP32's file goes; 0 = it is a merged one. */
  readonly offset?: number | undefined;
}

/** Which files a board takes. */
function filesFor({ uf2, esp }: BoardSketch): readonly string[] {
  if (uf2) return ['uf2', 'bin'];
  return esp ? ['bin'] : [];
}

/** What is going to happen with a file. */
function fileSteps(sketch: BoardSketch): string[] {
  if (sketch.esp)
    return [
      'Dormouse restarts the board into the loader in its ROM, and compares the chip with the file.',
      'It writes the file and compares what lies in the flash with it (MD5).',
      'The board restarts; Dormouse connects to the port that comes back.',
    ];
  return [
    sketch.uf2?.touch ? `Dormouse asks the board for its drive. Where none appears: ${sketch.byHand}` : sketch.byHand,
    'Dormouse copies the file to the drive.',
    'The board restarts; Dormouse connects to the port that comes back.',
  ];
}

export async function firmwarePlan(
  question: FirmwareQuestion,
  host: FirmwareHost = thisComputer,
): Promise<FirmwarePlan> {
  const ports = await host.ports();
  const board = chooseBoard(ports, question.board ?? '', question.port ?? '');
  const { profile, sketch } = known(board);
  const port = choosePort(ports, board, question.port ?? '', host)?.path ?? '';
  const { byHand, hands } = sketch;
  const common = { board, name: profile.name, port, byHand, hands, files: filesFor(sketch) };
  if (question.file) return { ...common, way: sketch.esp ? 'esp' : 'uf2', steps: fileSteps(sketch), commands: [] };
  const commands = commandsFor(sketch, port);
  if (await host.tool())
    return {
      ...common,
      way: 'arduino-cli',
      steps: [
        `Dormouse compiles the sketch for ${profile.name} with arduino-cli: a few minutes the first time.`,
        'It uploads the sketch; models on the board may have to be flashed again afterwards.',
        'It connects to the port that comes back.',
      ],
      commands,
    };
  return { ...common, way: 'steps', steps: stepsByHand(profile.name, sketch), commands };
}

/** The largest flash that a board of ours has, several times over. */
const largestFile = 64 * 2 ** 20;

async function readWhole(path: string): Promise<Uint8Array> {
  const unreadable = (cause: unknown): never => {
    throw new FirmwareError('bad-file', `${path} cannot be read.`, 'Check the name and that you may read it.', cause);
  };
  const { size } = await stat(path).catch(unreadable);
  if (size > largestFile)
    throw new FirmwareError('bad-file', `${path} is too large for a firmware file.`, 'Choose another file.');
  return readFile(path).catch(unreadable);
}

async function uf2From(path: string, sketch: BoardSketch): Promise<Uint8Array> {
  const { uf2 } = sketch;
  if (!uf2)
    throw new FirmwareError(
      'by-hand',
      'This board has no drive that takes files.',
      'Use arduino-cli or the Arduino IDE.',
    );
  const bytes = await readWhole(path);
  if (path.toLowerCase().endsWith('.bin') && bytes.length > 0) return writeUf2(bytes, uf2.base, uf2.family);
  const { family } = readUf2(bytes);
  if (family !== undefined && family !== uf2.family)
    throw new FirmwareError(
      'wrong-board',
      `This UF2 file is for another kind of chip (family 0x${family.toString(16)}).`,
      'Choose the file that was made for this board.',
    );
  return bytes;
}

/** The board's port once it runs again; '' where it does not come back in time. */
async function portThatComesBack(
  board: string,
  before: PortInfo | undefined,
  host: FirmwareHost,
  signal?: AbortSignal,
): Promise<string> {
  const end = Date.now() + host.backTimeoutMs;
  for (;;) {
    if (signal?.aborted) throw cancelled();
    const ports = await host.ports();
    const back = ports.filter((port) => port.boardId === board && !port.bootloader);
    const same = back.find((port) => before && port.serialNumber !== '' && port.serialNumber === before.serialNumber);
    // A port that nobody recognises by its ids is known by its name alone.
    const nameless = before?.boardId === '' ? host.unlisted(before.path) : undefined;
    const samePath = back.find((port) => port.path === before?.path) ?? nameless;
    const found = same ?? samePath ?? (back.length === 1 ? back[0] : undefined);
    if (found) return found.path;
    if (Date.now() >= end) return '';
    await new Promise((resolve) => setTimeout(resolve, host.everyMs));
  }
}

export interface FirmwareWork {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (progress: FirmwareProgress) => void;
}

async function copyUf2(
  path: string,
  sketch: BoardSketch,
  port: PortInfo | undefined,
  { signal, onProgress }: FirmwareWork,
  host: FirmwareHost,
): Promise<void> {
  const file = await uf2From(path, sketch);
  onProgress({ phase: 'bootloader', fraction: null, detail: sketch.byHand });
  // Where this does not work (a strange sketch, a busy port), the person's own hands still can.
  if (port) await host.enterBootloader(port, sketch).catch(() => undefined);
  const wait = { timeoutMs: host.driveTimeoutMs, everyMs: host.everyMs, signal };
  const drive = await waitForDrive(sketch, () => host.volumes(), wait);
  const onFraction = (fraction: number): void => {
    onProgress({ phase: 'uploading', fraction, detail: drive.folder });
  };
  await copyToDrive(drive, file, onFraction, signal);
}

async function writeEsp(
  { file: path = '', offset = 0 }: FirmwareQuestion,
  { esp, byHand }: BoardSketch,
  port: PortInfo | undefined,
  { signal, onProgress }: FirmwareWork,
  host: FirmwareHost,
): Promise<void> {
  if (!esp) return;
  const file = await readWhole(path);
  // What is wrong with the file is said before a board is touched.
  checkEspImage(file, offset, esp);
  if (!port) throw new FirmwareError('no-port', 'The board is not plugged in.', `Plug it in, or: ${byHand}`);
  const line = host.line(port);
  try {
    await line.open();
    await installEsp({ line, port, file, offset, esp, byHand, onProgress, signal });
  } catch (cause) {
    throw cause instanceof LinkError ? fromLink(cause) : cause;
  } finally {
    await line.close().catch(() => undefined);
  }
}

/** What opening a port says, in the codes of this folder. */
function fromLink(error: LinkError): FirmwareError {
  const codes = {
    'port-busy': 'port-busy',
    'port-permission': 'no-permission',
    'port-missing': 'no-port',
  } as const;
  const code = codes[error.code as keyof typeof codes] as FirmwareErrorCode | undefined;
  return new FirmwareError(code ?? 'upload-failed', error.message, error.action, error);
}

/** Rejects with FirmwareError; 'by-hand' where nothing here can do it, with the steps in the plan. */
export async function installFirmware(
  question: FirmwareQuestion,
  { signal, onProgress }: FirmwareWork,
  host: FirmwareHost = thisComputer,
): Promise<FirmwareReport> {
  const began = Date.now();
  const plan = await firmwarePlan(question, host);
  const { sketch } = known(plan.board);
  const before = choosePort(await host.ports(), plan.board, plan.port, host);
  if (question.file && sketch.esp) {
    await writeEsp(question, sketch, before, { signal, onProgress }, host);
  } else if (question.file) {
    await copyUf2(question.file, sketch, before, { signal, onProgress }, host);
  } else {
    const tool = await host.tool();
    if (!tool)
      throw new FirmwareError(
        'by-hand',
        'arduino-cli is not installed on this computer, so Dormouse cannot compile the sketch itself.',
        'Install arduino-cli (arduino.github.io/arduino-cli), or follow the steps with the Arduino IDE.',
      );
    if (!before)
      throw new FirmwareError('no-port', `No ${plan.name} is plugged in.`, `Plug it in, or: ${sketch.byHand}`);
    await installWithCli({ tool, sketch, port: before.path, signal, onProgress });
  }
  onProgress({ phase: 'waiting', fraction: null, detail: '' });
  const port = await portThatComesBack(plan.board, before, host, signal);
  return { board: plan.board, way: plan.way, port, seconds: (Date.now() - began) / 1000 };
}
