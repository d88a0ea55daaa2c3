/**
 * A sketch that only prints numbers: the CSV fallback. Lines that cannot be used are told to the log listeners and
 * stored as gaps. Knows nothing of frames or of the protocol.
 */
import type { PortInfo, SensorInfo, Transport } from '../types';
import { LineSplitter, parseLine, stripEscapes } from './lines';
import { SketchDevice } from './sketch-device';
import type { TextFormat } from './sniffer';

export class CsvDevice extends SketchDevice {
  private readonly splitter = new LineSplitter((line) => this.line(line));
  private batch: number[] = [];

  constructor(
    transport: Transport,
    port: PortInfo,
    private readonly format: TextFormat,
    clock: () => number = () => performance.now() * 1000,
  ) {
    super(transport, port, sensorOf(format), 'prints numbers', clock);
  }

  protected receive(bytes: Uint8Array): void {
    this.splitter.push(bytes);
    this.flush();
  }

  private line(text: string): void {
    if (!this.streaming) return;
    const parsed = parseLine(text);
    if (parsed.kind === 'empty') return;
    if (parsed.kind === 'numbers' && parsed.values.length === this.format.columns) {
      for (const value of parsed.values) this.batch.push(value);
      return;
    }
    this.flush();
    this.miss(1);
    const why =
      parsed.kind === 'numbers'
        ? `has ${parsed.values.length} values instead of ${this.format.columns}`
        : parsed.kind === 'bad'
          ? parsed.why
          : 'is words';
    this.warn(`A line ${why} and is kept as a gap: "${stripEscapes(text).trim().slice(0, 80)}"`);
  }

  private flush(): void {
    if (this.batch.length === 0) return;
    const values = Float32Array.from(this.batch);
    this.batch = [];
    this.take(values);
  }
}

function sensorOf({ columns, names, rateHz }: TextFormat): SensorInfo {
  return {
    id: 0,
    name: 'printed numbers',
    // Three, six or nine numbers are nearly always the axes of a motion sensor.
    kind: columns % 3 === 0 && columns <= 9 ? 'motion' : 'other',
    axes: names.map((name) => ({ name, units: 'N/A', scale: 1 })),
    ratesHz: [rateHz],
  };
}
