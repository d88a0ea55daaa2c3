/**
 * Finds the file that a list means: lists of pictures and sounds name files by path, by bare name or without ending,
 * and often lie in another folder (`labels/train/7.txt` for `images/train/7.jpg`). Pure.
 */

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The path without the ending of its name. */
export function stemOf(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot > path.lastIndexOf('/') + 1 ? path.slice(0, dot) : path;
}

export const pictureNames = /\.(png|jpe?g|bmp|gif|webp|tiff?)$/i;
export const soundNames = /\.wav$/i;
export const recordingNames = /\.(png|jpe?g|bmp|gif|webp|tiff?|wav|csv|tsv|txt|json|cbor)$/i;

export class Locator {
  private readonly paths = new Set<string>();
  private readonly named = new Map<string, string[]>();

  constructor(paths: readonly string[]) {
    for (const path of paths) {
      this.paths.add(path);
      for (const key of new Set([nameOf(path), nameOf(stemOf(path))])) {
        const there = this.named.get(key);
        if (there) there.push(path);
        else this.named.set(key, [path]);
      }
    }
  }

  /**
   * The file that `list` calls `key`, with or without its ending, among those whose names match `kind`: the exact
   * path, else the one of that name whose folders are most alike. undefined where there is none, or no telling which.
   */
  find(key: string, list: string, kind: RegExp): string | undefined {
    const plain = key.replaceAll('\\', '/').replace(/^(\.\/|\/)+/, '');
    const folder = folderOf(list);
    if (this.paths.has(folder + plain)) return folder + plain;
    const candidates = (this.named.get(nameOf(plain)) ?? []).filter((path) => path !== list && kind.test(path));
    if (candidates.length < 2) return candidates[0];
    const wanted = new Set(`${folder}${plain}`.split('/'));
    const alike = candidates.map((path) => path.split('/').filter((part) => wanted.has(part)).length);
    const best = Math.max(...alike);
    return alike.filter((count) => count === best).length === 1 ? candidates[alike.indexOf(best)] : undefined;
  }
}
