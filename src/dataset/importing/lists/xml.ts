/**
 * A small, bounded reader of plain XML: elements with text in them, which is all that picture annotations use.
 * Attributes, comments and processing instructions are passed over; document types with declarations of their own,
 * and entities other than the five of XML and numbered characters, are refused, so that nothing can grow. Pure.
 */
import { DatasetError } from '../../errors';

export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** The text directly in it, ends trimmed. */
  readonly text: string;
}

const MAX_DEPTH = 32;
const MAX_ELEMENTS = 500_000;

function bad(what: string): DatasetError {
  return new DatasetError('bad-file', what, 'Export the annotations again from the tool that made them.');
}

const known: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&([^;&\s]{1,12});?/g, (whole, name: string) => {
    const number = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name);
    const code = number ? parseInt(number[1] ?? number[2], number[1] ? 16 : 10) : NaN;
    if (code <= 0x10ffff) return String.fromCodePoint(code);
    const letter = Object.hasOwn(known, name) ? known[name] : undefined;
    if (letter === undefined) throw bad(`This XML file uses ${whole.slice(0, 14)}, which is not supported.`);
    return letter;
  });
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

interface Open {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

/** What stands between two tags; everything that is no tag of an element is passed over. */
const token =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<!([^>]*)>|<(\/?)([^\s<>/]+)[^<>]*?(\/?)>|([^<]+)/y;

/** The document's one outermost element. Throws DatasetError 'bad-file'. */
export function parseXml(source: string): XmlElement {
  const text = source.replace(/^\ufeff/, '');
  const root: Open = { name: '', children: [], text: '' };
  const stack: Open[] = [root];
  let elements = 0;
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (!match) throw bad('This is not a complete XML file.');
    const [, cdata, declaration, closes, name, closesItself, plain] = match;
    const top = stack[stack.length - 1];
    if (declaration?.includes('[')) throw bad('This XML file declares a document type of its own.');
    if (cdata !== undefined || plain !== undefined) top.text += cdata ?? unescaped(plain);
    if (name === undefined) continue;
    if (closes) {
      if (stack.length < 2 || top.name !== name) throw bad(`This XML file closes <${name.slice(0, 40)}> out of order.`);
      stack.pop();
      stack[stack.length - 1].children.push({ ...top, text: top.text.trim() });
      continue;
    }
    if (++elements > MAX_ELEMENTS || stack.length > MAX_DEPTH)
      throw bad('This XML file is larger than annotations are.');
    if (closesItself) top.children.push({ name, children: [], text: '' });
    else stack.push({ name, children: [], text: '' });
  }
  if (stack.length !== 1 || root.children.length !== 1) throw bad('This is not a complete XML file.');
  return root.children[0];
}

export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** The text of a child, '' where there is none. */
export function textIn(element: XmlElement | undefined, name: string): string {
  return childOf(element, name)?.text ?? '';
}
