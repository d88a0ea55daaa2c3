/**
 * `node scripts/qemu-board.mjs [--port PATH]`: builds the device for a Cortex-M4F, runs it in QEMU and keeps its serial
 * port at PATH until it is ended. Then, for instance, `dormouse test --engine device --port PATH`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildQemuBoard, startQemuBoard } from './lib/qemu-board.mjs';
import { main, Stop } from './lib/ready.mjs';

await main(async () => {
  const { values } = parseArgs({ options: { port: { type: 'string', default: join(tmpdir(), 'dormouse-qemu') } } });
  const folder = mkdtempSync(join(tmpdir(), 'dormouse-qemu-'));
  try {
    const image = await buildQemuBoard(folder).catch((error) => {
      throw new Stop(`The image was not built (it needs gcc-arm-none-eabi): ${error.stderr || error.message}`);
    });
    const board = await startQemuBoard({ image, path: values.port }).catch((error) => {
      throw new Stop(`QEMU did not start (it needs qemu-system-arm): ${error.message}`);
    });
    console.log(`The board is at ${board.path}; end it with Ctrl+C.`);
    process.once('SIGINT', () => void board.close());
    process.once('SIGTERM', () => void board.close());
    await board.ended;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
