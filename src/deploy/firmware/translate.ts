/** What arduino-cli and the upload tools behind it say when something fails, as sentences with what to do. */
import type { BoardSketch } from '../../boards';
import { FirmwareError } from './errors';

interface Place {
  readonly sketch: BoardSketch;
  readonly port: string;
}

export function installCore(sketch: BoardSketch): string {
  return `arduino-cli core install ${sketch.core}${sketch.indexUrl ? ` --additional-urls ${sketch.indexUrl}` : ''}`;
}

export function installLibrary(name: string): string {
  return `arduino-cli lib install ${name}`;
}

/** The line that says most: the last one with "error" in it, else the last. */
function lastError(output: string): string {
  const lines = output
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const telling = lines.filter((line) => /error/i.test(line) && !/exit status|^error during/i.test(line));
  return (telling.at(-1) ?? lines.at(-1) ?? 'it said nothing').slice(0, 300);
}

/** Of `arduino-cli compile`. */
export function compileError(output: string, { sketch }: Place): FirmwareError {
  if (
    /platform\b.*\bnot (found|installed)|error resolving fqbn|unknown (fqbn|package|platform)|board .* not found/i.test(
      output,
    )
  )
    return new FirmwareError(
      'core-missing',
      `arduino-cli does not have the board's core, ${sketch.core}, yet.`,
      `Install it once, in a terminal: ${installCore(sketch)}`,
    );
  const header = /fatal error: (\S+\.h): No such file/.exec(output)?.[1];
  const library =
    sketch.libraries.find((name) => header !== undefined && header.startsWith(name)) ?? sketch.libraries[0];
  if (header !== undefined && library !== undefined)
    return new FirmwareError(
      'library-missing',
      `arduino-cli does not have the library ${library} yet.`,
      `Install it once, in a terminal: ${installLibrary(library)}`,
    );
  return new FirmwareError(
    'compile-failed',
    `The sketch did not compile: ${lastError(output)}`,
    `Bring the core up to date (arduino-cli core upgrade ${sketch.core}) and try again; if it stays, please report it.`,
  );
}

const permission = (port: string): FirmwareError =>
  new FirmwareError(
    'no-permission',
    `This computer does not let you use the board${port ? ` at ${port}` : ''}.`,
    process.platform === 'linux'
      ? 'Add yourself to the group that may (sudo usermod -a -G dialout $USER), install the core’s udev rules, and log in again.'
      : 'Allow the upload tool to use USB devices, or run it as a user who may.',
  );

/** Of `arduino-cli upload`, which passes on what bossac, dfu-util, esptool, adafruit-nrfutil and others print. */
export function uploadError(output: string, { sketch, port }: Place): FirmwareError {
  if (/LIBUSB_ERROR_ACCESS|permission denied|cannot open dfu device|EACCES/i.test(output)) return permission(port);
  if (/busy|access is denied|could not exclusively lock|EBUSY|in use/i.test(output))
    return new FirmwareError(
      'port-busy',
      `Another program has ${port} open.`,
      'Close it (the Arduino IDE’s monitor, another Dormouse, a terminal), then try again.',
    );
  if (/no dfu capable usb device/i.test(output))
    return new FirmwareError(
      'no-dfu',
      'No board in its bootloader (DFU) was found.',
      `${sketch.byHand} Then try again.`,
    );
  if (
    /no such file or directory.*(tty|cu\.)|(tty|cu\.)\S*:? no such file|could not open port|port .* not found|no upload port/i.test(
      output,
    )
  )
    return new FirmwareError(
      'no-port',
      `The port ${port} is not there any more.`,
      'Plug the board in again, and try again.',
    );
  if (
    /no device found|failed to connect|no serial data received|no data received|sam-ba operation failed|timed? ?out|not in.*bootloader/i.test(
      output,
    )
  )
    return new FirmwareError(
      'no-bootloader',
      'The board did not answer as a bootloader.',
      `${sketch.byHand} Then try again.`,
    );
  return new FirmwareError(
    'upload-failed',
    `The upload failed: ${lastError(output)}`,
    `${sketch.byHand} Then try again.`,
  );
}
