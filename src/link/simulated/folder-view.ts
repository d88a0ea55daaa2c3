/** What a simulated camera sees of a folder of pictures: each for a second, one after the other, round and round. */
import type { SimulatedPicture } from './objects';
import { fitShown, readShownPicture } from './pictures';

/** Long enough to be recognised and captured, short enough to see the next. */
const secondsEach = 1;

export class FolderView {
  private shown: { readonly index: number; readonly pixels: Uint8Array } | undefined;

  /** `files`: whole JPEGs and PNGs; damaged ones are black. `first`: where the round begins. */
  constructor(
    private readonly files: readonly Uint8Array[],
    private readonly first: number,
  ) {}

  picture(width: number, height: number, seconds: number): SimulatedPicture {
    const index = (this.first + Math.floor(seconds / secondsEach)) % this.files.length;
    if (this.shown?.index !== index || this.shown.pixels.length !== width * height * 3) {
      const read = readShownPicture(this.files[index]);
      this.shown = { index, pixels: read ? fitShown(read, width, height) : new Uint8Array(width * height * 3) };
    }
    return { pixels: this.shown.pixels, boxes: [] };
  }
}
