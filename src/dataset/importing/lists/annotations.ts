/**
 * Finds and reads the annotations of other tools among the files of an import: COCO, Pascal VOC, YOLO, tables of boxes,
 * Label Studio, SensiML and Audacity. What a file is, is judged by what is in it and by what lies beside it.
 */
import { decodeDocument } from '../../acquisition';
import { DatasetError } from '../../errors';
import type { Remarks } from '../remarks';
import type { SourceFile } from '../sources';
import { readAudacity } from './audacity';
import { isBoxTable, readBoxTable } from './box-table';
import { isCoco, readCoco } from './coco';
import { cellsOf } from './index-csv';
import { isLabelStudio, readLabelStudio } from './label-studio';
import { folderOf, Locator, nameOf, pictureNames, recordingNames, soundNames, stemOf } from './locate';
import { longestLabel, type Said } from './said';
import { isSensiml, readSensiml } from './sensiml';
import { readVoc } from './voc';
import { isClassList, readClassList, readYolo } from './yolo';

const MAX_LIST = 256 << 20;
const MAX_PICTURE_LIST = 4 << 20;

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The first piece of a file, as text; '' where it cannot be read, which whoever takes it as a recording will say. */
async function beginning(file: SourceFile): Promise<string> {
  try {
    for await (const piece of file.chunks()) return textOf(piece.subarray(0, 1 << 16));
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
  }
  return '';
}

export class Annotations {
  readonly said = new Map<string, Said>();
  /** Files that turned out to be annotations, which are no recordings. */
  readonly lists = new Set<string>();
  private readonly locator: Locator;
  private readonly classLists = new Map<string, readonly string[]>();
  private readonly pictures: readonly string[];
  /** Pictures that no list of boxes speaks of, where such lists are there: nobody has looked at them yet. */
  readonly unlisted = new Set<string>();
  private hasLists = false;
  private hasYolo = false;

  constructor(
    private readonly files: readonly SourceFile[],
    private readonly remarks: Remarks,
  ) {
    const paths = files.map((file) => file.path);
    this.locator = new Locator(paths);
    this.pictures = paths.filter((path) => pictureNames.test(path));
  }

  /** `known`: lists that were read already. */
  async read(known: ReadonlySet<string>): Promise<void> {
    const sounds = this.files.some((file) => soundNames.test(file.path));
    const tables = this.files.some((file) => /\.csv$/i.test(file.path));
    const rest = this.files.filter((file) => !known.has(file.path));
    const pictures = this.pictures.length > 0;
    const each = async (names: RegExp, read: (file: SourceFile) => Promise<void>): Promise<void> => {
      for (const file of rest.filter((one) => names.test(one.path))) await this.guarded(file, read);
    };
    if (pictures || sounds || tables) await each(/\.json$/i, (file) => this.json(file));
    if (pictures) {
      await each(/\.(txt|names|labels|ya?ml)$/i, (file) => this.classList(file));
      await each(/\.xml$/i, (file) => this.voc(file));
      await each(/\.csv$/i, (file) => this.boxTable(file));
    }
    if (pictures || sounds) await each(/\.txt$/i, (file) => this.sideText(file));
    if (this.hasLists || this.hasYolo) this.judgeSilent();
  }

  private async guarded(file: SourceFile, read: (file: SourceFile) => Promise<void>): Promise<void> {
    if (file.size === 0 && !/\.txt$/i.test(file.path)) return;
    try {
      await read(file);
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error;
      this.lists.add(file.path);
      this.remarks.add('annotations', `The annotations in ${file.path} cannot be read: ${error.message}`);
    }
  }

  private say(path: string, what: Said): void {
    const before = this.said.get(path);
    this.said.set(path, { ...what, ...before });
  }

  /** What a list says of files by name; those that are not there are counted. */
  private sayAll(list: string, entries: ReadonlyMap<string, Said>, kind: RegExp): void {
    this.lists.add(list);
    const absent: string[] = [];
    for (const [name, what] of entries) {
      const path = this.locator.find(name, list, kind);
      if (what.boxes ?? what.boxFractions) this.hasLists = true;
      if (path) this.say(path, what);
      else absent.push(name);
    }
    if (absent.length === 0) return;
    const more = absent.length > 1 ? `, and so do ${absent.length - 1} more` : '';
    this.remarks.add('absent', `${list} speaks of ${absent[0]}, which is not there or there twice${more}.`);
  }

  private async json(file: SourceFile): Promise<void> {
    const start = await beginning(file);
    if (!/"(images|annotations|categories|sessions)"\s*:/.test(start) || /"protected"\s*:/.test(start)) return;
    const value = decodeDocument(await file.read(MAX_LIST));
    if (isCoco(value)) this.sayAll(file.path, readCoco(value), pictureNames);
    else if (isLabelStudio(value)) this.sayAll(file.path, readLabelStudio(value), recordingNames);
    else if (isSensiml(value)) this.sayAll(file.path, readSensiml(value), recordingNames);
  }

  private async voc(file: SourceFile): Promise<void> {
    const picture = readVoc(textOf(await file.read(MAX_PICTURE_LIST)));
    if (!picture) return;
    // The annotation's own name counts more: the name inside is often one from before the files were renamed.
    const own = this.locator.find(nameOf(stemOf(file.path)), file.path, pictureNames);
    const key = own ? nameOf(stemOf(file.path)) : picture.filename || nameOf(stemOf(file.path));
    this.sayAll(file.path, new Map([[key, picture.said]]), pictureNames);
  }

  private async boxTable(file: SourceFile): Promise<void> {
    if (!isBoxTable(await beginning(file))) return;
    const names = new Map<string, string>();
    const classes = this.files.find((one) => /class-descriptions.*\.csv$/i.test(one.path));
    if (classes) {
      this.lists.add(classes.path);
      for (const line of textOf(await classes.read(MAX_PICTURE_LIST)).split('\n')) {
        const [machine, plain] = cellsOf(line);
        if (machine && plain) names.set(machine, plain);
      }
    }
    const { said, skipped } = readBoxTable(textOf(await file.read(MAX_LIST)), names);
    this.sayAll(file.path, said, pictureNames);
    if (skipped > 0)
      this.remarks.add('boxes', `${file.path} has ${skipped} lines that are no boxes; they were left out.`);
  }

  private async classList(file: SourceFile): Promise<void> {
    if (!isClassList(nameOf(file.path))) return;
    const names = readClassList(nameOf(file.path), textOf(await file.read(MAX_PICTURE_LIST)));
    if (names.length === 0) return;
    this.lists.add(file.path);
    this.classLists.set(folderOf(file.path), names);
  }

  /** The class names that hold for a file: of its folder, else of the nearest one above it, else the only ones. */
  private namesFor(path: string): readonly string[] {
    for (let folder = folderOf(path); ; folder = folderOf(folder.slice(0, -1))) {
      const names = this.classLists.get(folder);
      if (names) return names;
      if (folder === '') break;
    }
    return this.classLists.size === 1 ? [...this.classLists.values()][0] : [];
  }

  /** A text beside a picture or sound of the same name. */
  private async sideText(file: SourceFile): Promise<void> {
    if (this.lists.has(file.path)) return;
    const stem = stemOf(file.path);
    const sound = this.soundOf(file.path);
    if (sound) {
      const parts = readAudacity(textOf(await file.read(MAX_PICTURE_LIST)));
      if (!parts) return;
      this.lists.add(file.path);
      const label = longestLabel(parts);
      this.say(sound, { spans: { unit: 'seconds', parts }, ...(label ? { label } : {}) });
      return;
    }
    const picture = this.locator.find(nameOf(stem), file.path, pictureNames);
    if (!picture) return;
    const names = this.namesFor(file.path);
    const boxes = readYolo(textOf(await file.read(MAX_PICTURE_LIST)), names);
    if (!boxes) return;
    this.lists.add(file.path);
    if (names.length === 0 && boxes.length > 0)
      this.remarks.add(
        'class names',
        `${file.path} names its classes by number; put classes.txt or data.yaml beside it.`,
      );
    this.hasYolo = true;
    this.say(picture, { boxFractions: boxes });
  }

  /** `take.txt`, `take.labels.txt` and `take_labels.txt` belong to take.wav; Audacity's own name to the only sound. */
  private soundOf(path: string): string | undefined {
    const stem = stemOf(path);
    const folder = folderOf(path);
    for (const candidate of [stem, stem.replace(/[ ._-]labels?( track)?$/i, '')]) {
      const sound = this.locator.find(nameOf(candidate), path, soundNames);
      if (sound && folderOf(sound) === folder) return sound;
    }
    if (!/^(labels?|label track)\.txt$/i.test(nameOf(path))) return undefined;
    const beside = this.files.filter((file) => soundNames.test(file.path) && folderOf(file.path) === folder);
    return beside.length === 1 ? beside[0].path : undefined;
  }

  /** In YOLO's layout a picture without a text shows nothing; in every other one nobody has looked at it. */
  private judgeSilent(): void {
    const silent = this.pictures.filter((path) => {
      const said = this.said.get(path);
      return !said?.boxes && !said?.boxFractions && !said?.label;
    });
    if (this.hasLists || silent.length === 0) {
      for (const path of silent) this.unlisted.add(path);
      return;
    }
    for (const path of silent) this.said.set(path, { ...this.said.get(path), boxes: [] });
    const what = silent.length === 1 ? 'One picture has' : `${silent.length} pictures have`;
    const count = silent.length === 1 ? 'counts' : 'count';
    this.remarks.add('no boxes', `${what} no boxes in the annotations (${silent[0]}) and ${count} as background.`);
  }
}
