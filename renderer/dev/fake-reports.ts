/** The fake's figures: reports of training, scoring and fit that hang together and look like life. */
import type { CaptureSummary } from '../../src/dataset/types';
import type { FitReport } from '../../src/fit/types';
import type { BoardProfile } from '../../src/boards/types';
import type {
  AppInfo,
  ScoredRow,
  ScoreReport,
  TrainChoices,
  TrainReport,
  TrainSettings,
} from '../../src/project/contract';
import type { EpochReport } from '../../src/train/engine';
import { compressionReport } from './fake-compression';

export const appInfo: AppInfo = {
  version: '0.1.0',
  projectsFolder: '/home/you/Dormouse',
  recent: [
    { name: 'Gestures', folder: '/home/you/Dormouse/Gestures', openedAt: '2026-05-04T09:12:00Z' },
    { name: 'Washing machine', folder: '/home/you/Dormouse/Washing machine', openedAt: '2026-05-02T18:40:00Z' },
  ],
};

export const startSettings: TrainSettings = {
  engine: 'core',
  model: 'auto',
  size: 'medium',
  epochs: 60,
  batchSize: 32,
  learningRate: 0.002,
  seed: 1,
  threads: 0,
  patience: 12,
  augment: true,
  head: 'softmax',
  optimiser: 'adam',
  schedule: 'falling',
  labelSmoothing: 0,
  quantisation: 'auto',
  prune: { kind: 'none' },
  anomaly: { kind: 'none', clusters: 8, quantile: 0.99 },
  transfer: null,
};

export const startChoices: TrainChoices = {
  suggested: 'dense',
  models: [
    {
      kind: 'dense',
      advice: {
        small: 'For features with few labels: a few hundred bytes and microseconds on any board.',
        medium: 'The usual choice for features: small, fast, and enough for a dozen labels.',
        large: 'For features with many labels or subtle differences, when you have hundreds of captures.',
      },
    },
    {
      kind: 'conv1d',
      advice: {
        small: 'For raw motion on the smallest boards, or when two or three gestures differ clearly.',
        medium: 'The usual choice for raw motion: learns the shape of a gesture wherever it happens.',
        large: 'For raw motion with many or similar gestures, when you have hundreds of captures.',
      },
    },
  ],
  cost: { parameters: 2906, macs: 21_480, bytes: 7_912, latencyMs: 1.2 },
  unfinished: null,
};

export function epochReport(epoch: number, epochs: number): EpochReport {
  const t = epoch / 8;
  const wobble = Math.sin(epoch * 1.7) * 0.02 * Math.exp(-epoch / 30);
  return {
    epoch,
    epochs,
    loss: 1.35 * Math.exp(-t) + 0.03 + wobble,
    accuracy: 1 - 0.74 * Math.exp(-t * 1.1) - 0.005 + wobble / 4,
    validationLoss: 1.3 * Math.exp(-t * 0.9) + 0.09 + wobble * 2,
    validationAccuracy: Math.min(1, 0.97 - 0.7 * Math.exp(-t) + wobble),
    seconds: epoch * 0.05,
  };
}

export function scoreReport(
  engine: ScoreReport['engine'],
  labels: readonly string[],
  testing: readonly CaptureSummary[],
): ScoreReport {
  const rows: ScoredRow[] = [];
  testing.forEach((capture, c) => {
    const truth = labels.indexOf(capture.label);
    for (let w = 0; w < 5; w++) {
      const slip = (c * 5 + w) % 19 === 7 || (engine !== 'float' && (c * 5 + w) % 31 === 12);
      const predicted = slip ? (truth + 1) % labels.length : truth;
      rows.push({ captureId: capture.id, start: w * 20, truth, predicted, score: slip ? 0.58 : 0.94 });
    }
  });
  const confusion = labels.map((_, i) =>
    labels.map((_, j) => rows.filter((row) => row.truth === i && row.predicted === j).length),
  );
  const right = rows.filter((row) => row.truth === row.predicted).length;
  return {
    engine,
    count: rows.length,
    accuracy: right / Math.max(rows.length, 1),
    captureCount: testing.length,
    captureAccuracy: 1,
    labels,
    confusion,
    rejected: labels.map(() => 0),
    perLabel: labels.map((label, i) => {
      const count = confusion[i].reduce((sum, n) => sum + n, 0);
      const said = confusion.reduce((sum, row) => sum + row[i], 0);
      const precision = confusion[i][i] / Math.max(said, 1);
      const recall = confusion[i][i] / Math.max(count, 1);
      return { label, precision, recall, f1: (2 * precision * recall) / Math.max(precision + recall, 1e-9), count };
    }),
    rows,
    mismatches: 0,
    microsPerInference: engine === 'device' ? 4120 : 38,
  };
}

export function trainReport(
  settings: TrainSettings,
  labels: readonly string[],
  items: readonly CaptureSummary[],
  history: readonly EpochReport[],
): TrainReport {
  const testing = items.filter((item) => item.split === 'testing');
  return {
    engine: 'core, WebAssembly SIMD, 2 threads',
    settings,
    labels,
    trainingRows: 432,
    validationRows: 96,
    testingRows: testing.length * 5,
    splitBy: 'person',
    testedOn: 'person',
    history,
    bestEpoch: Math.max(1, history.length - 6),
    stopped: 'early',
    parameters: 2906,
    macs: 21_480,
    tfliteBytes: 7_912,
    tfliteSha256: `fake-${settings.seed}-${items.length}`,
    quantisation: 'afterTraining',
    compression: testing.length > 0 ? compressionReport(labels) : null,
    featureSeconds: 0.2,
    trainSeconds: 1.8,
    float: testing.length > 0 ? scoreReport('float', labels, testing) : null,
    int8: testing.length > 0 ? scoreReport('int8', labels, testing) : null,
    warnings: items.some((item) => item.gaps.length > 0)
      ? ['4 recordings have gaps where the board dropped samples; windows over a gap were left out.']
      : [],
  };
}

const profile = (id: string, name: string, mcu: string, mhz: number, ram: number, flash: number): BoardProfile => ({
  id,
  name,
  family: 'nrf52840',
  mcu,
  core: 'cortex-m4f',
  clockHz: mhz * 1e6,
  ramBytes: ram,
  flashBytes: flash,
  freeRamBytes: Math.round(ram * 0.45),
  slotBytes: 128 * 1024,
  flashWriteUnit: 4,
  flashEraseUnit: 4096,
  usb: [],
  sensors: ['motion', 'audio'],
  upload: 'bossac',
  source: 'the maker’s data sheet and a measured build of the sketch',
});

export const boards: readonly BoardProfile[] = [
  profile('nano33ble-sense', 'Arduino Nano 33 BLE Sense', 'nRF52840', 64, 262_144, 1_048_576),
  profile('xiao-nrf52840-sense', 'Seeed XIAO nRF52840 Sense', 'nRF52840', 64, 262_144, 1_048_576),
  profile('rpi-pico', 'Raspberry Pi Pico', 'RP2040', 133, 22_000, 2_097_152),
  profile('esp32', 'ESP32', 'ESP32', 240, 80_000, 4_194_304),
  profile('sim', 'Simulated board', 'this computer', 64, 262_144, 1_048_576),
];

export function fitReport(board: BoardProfile): FitReport {
  const ram = [
    { what: 'Tensors while running (arena)', bytes: 6_144 },
    { what: 'Window of sensor values', bytes: 4_800 },
    { what: 'Features and scratch', bytes: 2_372 },
    { what: 'Bookkeeping', bytes: 812 },
  ];
  const flash = [
    { what: 'Model (.tflite)', bytes: 7_912 },
    { what: 'Test answers (golden vectors)', bytes: 1_180 },
    { what: 'Labels and settings', bytes: 412 },
  ];
  const sum = (items: readonly { bytes: number }[]): number => items.reduce((total, item) => total + item.bytes, 0);
  const fits = sum(ram) <= board.freeRamBytes;
  return {
    board: board.id,
    boardName: board.name,
    ram: { used: sum(ram), available: board.freeRamBytes, items: ram },
    flash: { used: sum(flash), available: board.slotBytes, items: flash },
    latency: {
      dspMs: 2.9,
      modelMs: 1.2,
      basis: 'estimated',
      explanation: `1.9 cycles per multiply-accumulate assumed for a Cortex-M4F at ${board.clockHz / 1e6} MHz.`,
    },
    busy: { share: 0.016, resultsPerSecond: 4 },
    macs: 21_480,
    fits,
    advice: fits
      ? []
      : [
          'The window needs 4.7 KB: a window of 1 s instead of 2 s would save 2.3 KB.',
          'The small model needs 3 KB less memory than the medium one.',
        ],
  };
}
