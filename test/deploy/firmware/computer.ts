/**
 * A computer with an arduino-cli on its PATH that says what the real one and its upload tools say (their documented
 * wording, written down by us in said/), with ports that come and go and drives that appear.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FirmwareHost } from '../../../src/deploy';
import { describePort } from '../../../src/link/serial/ports';
import type { PortInfo } from '../../../src/link';
import { RomChip } from './rom-chip';
import { findTool } from '../../../src/deploy/firmware/run';

const said = (name: string): string => join(import.meta.dirname, 'said', `${name}.txt`);

export const nano = describePort({ path: '/dev/ttyACM0', vendorId: '2341', productId: '805a', serialNumber: 'N1' });
export const pico = describePort({ path: '/dev/ttyACM1', vendorId: '2e8a', productId: '00c0', serialNumber: 'P1' });
export const portenta = describePort({ path: '/dev/ttyACM2', vendorId: '2341', productId: '025b', serialNumber: 'H1' });

export class Computer implements FirmwareHost {
  readonly folder = mkdtempSync(join(tmpdir(), 'dormouse-computer-'));
  readonly bin = join(this.folder, 'bin');
  readonly driveTimeoutMs = 300;
  readonly backTimeoutMs = 300;
  readonly everyMs = 5;
  plugged: PortInfo[];
  drives: string[] = [];
  entered: string[] = [];
  /** Called each time that the ports are looked at. */
  onLook: (look: number) => void = () => undefined;
  onEnter: () => void = () => undefined;
  private looks = 0;

  constructor(...plugged: PortInfo[]) {
    this.plugged = plugged;
    mkdirSync(this.bin);
  }

  /** Puts an arduino-cli on the PATH. `compile`, `upload`: the file in said/; statuses as the real tool gives them. */
  installCli(compile: string, upload = 'upload-ok', { hangs = false } = {}): void {
    const status = (name: string): number => (name.endsWith('-ok') ? 0 : 1);
    const script = `#!/bin/sh
echo "$@" >> '${this.folder}/calls'
for last; do :; done
[ -f "$last/dormouse.ino" ] || { echo "Can't open sketch: no valid sketch found in $last"; exit 1; }
${hangs ? `echo "Compiling core..."; touch '${this.folder}/hanging'; exec sleep 60` : ''}
if [ "$1" = compile ]; then cat '${said(compile)}' >&2; exit ${String(status(compile))}; fi
cat '${said(upload)}'; exit ${String(status(upload))}
`;
    writeFileSync(join(this.bin, 'arduino-cli'), script);
    chmodSync(join(this.bin, 'arduino-cli'), 0o755);
  }

  calls(): string[] {
    return readFileSync(join(this.folder, 'calls'), 'utf8').trim().split('\n');
  }

  /** A boot drive with this INFO_UF2.TXT line. */
  makeDrive(boardId: string): string {
    const drive = join(this.folder, `drive-${boardId}`);
    mkdirSync(drive);
    const info = `UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: ${boardId}\r\n`;
    writeFileSync(join(drive, 'INFO_UF2.TXT'), info);
    this.drives.push(drive);
    return drive;
  }

  /** What is at the end of every serial line. */
  chip = new RomChip();
  unlisted(): undefined {
    return undefined;
  }
  line(): RomChip {
    return this.chip;
  }
  ports(): Promise<readonly PortInfo[]> {
    this.onLook(this.looks++);
    return Promise.resolve(this.plugged);
  }
  tool(): Promise<string | undefined> {
    return findTool('arduino-cli', this.bin);
  }
  volumes(): Promise<readonly string[]> {
    return Promise.resolve(this.drives);
  }
  enterBootloader(port: PortInfo): Promise<void> {
    this.entered.push(port.path);
    this.onEnter();
    return Promise.resolve();
  }
  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
