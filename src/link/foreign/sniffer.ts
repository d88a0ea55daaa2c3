/** Decides whether what arrives on a line is another tool's sketch. Knows nothing of ports or of time. */
import { LineSplitter } from '../text/lines';
import { NordicSplitter, parseNordic, type NordicFormat } from './nordic';
import { parsePiccolo, type PiccoloFormat } from './piccolo';

export type ForeignFormat =
  | { readonly kind: 'piccolo'; readonly format: PiccoloFormat }
  | { readonly kind: 'nordic'; readonly format: NordicFormat };

export class ForeignSniffer {
  /** As soon as a sketch has described itself. */
  format: ForeignFormat | undefined;
  private readonly lines = new LineSplitter((line) => {
    const format = line.startsWith('{') ? parsePiccolo(line) : undefined;
    if (format) this.format = { kind: 'piccolo', format };
  });
  private readonly frames = new NordicSplitter((frame) => {
    const said = parseNordic(frame);
    if (said && 'session' in said) this.format = { kind: 'nordic', format: said.session };
  });

  push(bytes: Uint8Array): void {
    if (this.format) return;
    this.lines.push(bytes);
    this.frames.push(bytes);
  }
}
