/**
 * The key map: a key press becomes a name ("mod+z", "shift+?", "1"), a name finds what it does. `mod` is Command on
 * a Mac and Control elsewhere. Pure but for the shape of a keyboard event.
 */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

export function keyName(event: KeyPress, mac: boolean): string {
  const mod = mac ? event.metaKey : event.ctrlKey;
  const key = event.key === ' ' ? 'space' : event.key.toLowerCase();
  // Shift is part of how a character such as "?" is typed, so it counts only for letters and named keys.
  const shift = event.shiftKey && (key.length > 1 || (key >= 'a' && key <= 'z'));
  return [mod && 'mod', event.altKey && 'alt', shift && 'shift', key].filter(Boolean).join('+');
}

/** How a name is shown to people: ["Ctrl", "Z"]. */
export function keyCaps(name: string, mac: boolean): string[] {
  const caps: Record<string, string> = {
    mod: mac ? '⌘' : 'Ctrl',
    alt: mac ? '⌥' : 'Alt',
    shift: mac ? '⇧' : 'Shift',
    space: 'Space',
    arrowup: '↑',
    arrowdown: '↓',
    arrowleft: '←',
    arrowright: '→',
    delete: 'Del',
    escape: 'Esc',
    enter: 'Enter',
  };
  return name.split('+').map((part) => caps[part] ?? part.toUpperCase());
}

/** True where plain keys belong to the thing in focus (typing, choosing), not to the screen. */
export function takesTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type);
  return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** True where Space or Enter would press the thing in focus. */
export function takesSpace(target: EventTarget | null): boolean {
  if (takesTyping(target)) return true;
  return (
    target instanceof HTMLElement &&
    target.closest('button, a[href], input, summary, [role="slider"], [role="grid"], [role="menuitem"]') !== null
  );
}
