/** Plays a recording: a cursor in real time, with its sound where it is sound. */
import type { Capture } from '../../src/dataset/types';

export class Player {
  frame = $state<number | undefined>(undefined);
  playing = $state(false);
  private sound: AudioContext | undefined;

  seek(frame: number): void {
    this.frame = frame;
  }

  toggle(capture: Capture): void {
    if (this.playing) return this.stop();
    const start = capture.trim?.start ?? 0;
    const end = capture.trim?.end ?? capture.frames;
    const from = this.frame !== undefined && this.frame >= start && this.frame < end - 1 ? this.frame : start;
    this.playing = true;
    if (capture.kind === 'audio') this.hear(capture, from, end);
    const began = performance.now();
    const step = (now: number): void => {
      if (!this.playing) return;
      const at = from + ((now - began) / 1000) * capture.rateHz;
      if (at >= end) {
        this.stop();
        this.frame = undefined;
        return;
      }
      this.frame = Math.max(at, from);
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  stop(): void {
    this.playing = false;
    void this.sound?.close();
    this.sound = undefined;
  }

  reset(): void {
    this.stop();
    this.frame = undefined;
  }

  private hear(capture: Capture, from: number, end: number): void {
    const axes = capture.axes.length;
    const start = Math.floor(from);
    this.sound = new AudioContext();
    const buffer = this.sound.createBuffer(1, Math.max(1, end - start), capture.rateHz);
    const channel = buffer.getChannelData(0);
    // Sound is kept as 16-bit numbers in floats ("wav" units).
    for (let i = 0; i < channel.length; i++) channel[i] = capture.values[(start + i) * axes] / 32768;
    const source = this.sound.createBufferSource();
    source.buffer = buffer;
    source.connect(this.sound.destination);
    source.start();
  }
}
