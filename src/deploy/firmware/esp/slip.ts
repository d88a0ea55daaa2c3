/** SLIP framing (RFC 1055) as Espressif's ROM loaders use it: each packet between two END bytes. Knows no packets. */

const end = 0xc0;
const escape = 0xdb;
const escapedEnd = 0xdc;
const escapedEscape = 0xdd;
/** The longest answer of a ROM loader has 44 bytes: what is longer is not one. */
const longestPacket = 256;

export function encodeSlip(packet: Uint8Array): Uint8Array {
  const framed = new Uint8Array(2 + 2 * packet.length);
  let at = 0;
  framed[at++] = end;
  for (const byte of packet) {
    if (byte === end || byte === escape) {
      framed[at++] = escape;
      framed[at++] = byte === end ? escapedEnd : escapedEscape;
    } else framed[at++] = byte;
  }
  framed[at++] = end;
  return framed.slice(0, at);
}

/** Finds packets in what arrives in any pieces; what a booting chip prints before or between them is passed over. */
export class SlipReader {
  private readonly packet = new Uint8Array(longestPacket);
  private length = 0;
  private state: 'outside' | 'inside' | 'escaped' = 'outside';

  constructor(private readonly onPacket: (packet: Uint8Array) => void) {}

  push(bytes: Uint8Array): void {
    for (const byte of bytes) this.take(byte);
  }

  private take(byte: number): void {
    if (byte === end) {
      const whole = this.state === 'inside' && this.length > 0;
      // One END may close a packet and open the next, or stand between two that have both.
      this.state = whole ? 'outside' : 'inside';
      const { length } = this;
      this.length = 0;
      if (whole) this.onPacket(this.packet.slice(0, length));
      return;
    }
    if (this.state === 'outside') return;
    if (this.state === 'escaped') {
      if (byte !== escapedEnd && byte !== escapedEscape) return this.drop();
      this.state = 'inside';
      this.add(byte === escapedEnd ? end : escape);
    } else if (byte === escape) this.state = 'escaped';
    else this.add(byte);
  }

  private add(byte: number): void {
    if (this.length === longestPacket) return this.drop();
    this.packet[this.length++] = byte;
  }

  private drop(): void {
    this.length = 0;
    this.state = 'outside';
  }
}
