/**
 * A keyword model as `new --task audio` makes it (MFCC, the default network, all settings default but fewer epochs: how well it
 * knows the words is `bench -- keywords`), recognising from streamed sound on a Cortex-M4F and M0+ in an emulator: executed
 * instructions of one second at four results a second, and their share of 64 MHz at one and a third cycles each. And what it
 * takes of a Nano 33 BLE Sense: the board's own code by the linker map of the device in QEMU, the device's memory, the memory
 * for models, and an empty sketch with USB of the real core. Needs arm-none-eabi-gcc and qemu-system-arm.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadParts } from '../lib/parts.mjs';
import { buildQemuImages, coreBytes } from '../lib/qemu-board.mjs';

const level = process.env.DORMOUSE_NN_LEVEL ?? '-Os';
const rateHz = 16_000;
const clockHz = 64e6;
const cyclesPerInstruction = 4 / 3;
const kb = 1024;
// A Nano 33 BLE Sense: 1 MB of flash, its start for the bootloader, its end for two slots; 256 KB of RAM, 128 KB of them for models. The empty sketch with a
// USB port of ArduinoCore-mbed 4.6.0, and the stack that its loop() runs on.
const nano = { flash: 1024 * kb, bootloader: 64 * kb, slots: 2 * 256 * kb, ram: 256 * kb, models: 128 * kb };
const sketch = { text: 92_028, data: 3560, bss: 44_176, stack: 32 * kb };

const parts = await loadParts('keyword-board');
const folder = mkdtempSync(join(tmpdir(), 'dormouse-bench-'));
const project = await parts.Project.create(join(folder, 'words'), { task: 'audio', name: 'words' });
const arm = new parts.ArmKeywords();
try {
  const takes = { task: 'audio', persons: 4, takesEach: 4, seconds: 1.5, rateHz, seed: 5, backgroundSeconds: 20 };
  const captures = await parts.recordSimulatedTakes(project.dataset, takes);
  const { report } = await parts.trainProject(project, { settings: { epochs: 8 } });
  const { accuracy } = await parts.testProject(project, 'int8', null);
  const image = await parts.imageOf(project);
  const { manifest } = parts.parseImage(image);
  const fit = await parts.fitProject(project, 'nano33ble-sense');
  // Three seconds of the words of those who were held out, without an end or a pause.
  const heard = captures.filter(({ split }) => split === 'testing').slice(0, 3);
  const values = [];
  for (const { id } of heard) values.push(...(await project.dataset.get(id)).values);
  const samples = Int16Array.from({ length: 3 * rateHz }, (_, i) => values[i % values.length]);
  // Whole strides, as each costs the same.
  const countedSamples = 4 * manifest.strideFrames;
  const job = { image, samples, memoryBytes: nano.models, countedSamples };
  const results = {};
  for (const core of ['cortex-m4f', 'cortex-m0plus']) {
    const run = await arm.run(core, await arm.build(core, level), job);
    const perSecond = Math.round((run.instructions * rateHz) / countedSamples);
    results[core] = {
      instructionsPerSecond: perSecond,
      resultsPerSecond: Number(((run.countedResults * rateHz) / countedSamples).toFixed(3)),
      busyAt64MHz: Number(((perSecond * cyclesPerInstruction) / clockHz).toFixed(4)),
      stackBytes: run.stackBytes,
      modelMemoryBytes: run.memoryBytes,
      deviceBytes: run.deviceBytes,
    };
  }
  const [board] = await buildQemuImages(join(folder, 'build'), ['firmware/sim/qemu/board.cpp']);
  const own = coreBytes(board);
  const flashAvailable = nano.flash - nano.bootloader - nano.slots;
  const flash = sketch.text + sketch.data + own.flash;
  const ram = sketch.data + sketch.bss + sketch.stack + own.ram + results['cortex-m4f'].deviceBytes + nano.models;
  console.log(
    JSON.stringify({
      level,
      labels: report.labels.length,
      int8Accuracy: accuracy,
      imageBytes: image.length,
      fitRam: fit.ram,
      ...results,
      nano33bleSense: {
        coreFlash: own.flash,
        coreRam: own.ram,
        flash,
        flashAvailable,
        imageShareOfSlot: Number((image.length / (nano.slots / 2)).toFixed(3)),
        ram,
        ramAvailable: nano.ram,
        fits: flash <= flashAvailable && ram <= nano.ram && image.length < nano.slots / 2,
      },
    }),
  );
} finally {
  arm.close();
  await project.close();
  rmSync(folder, { recursive: true, force: true });
}
