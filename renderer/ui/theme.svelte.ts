/** The theme: the system's, or light or dark where a person chose; remembered on this machine. */
export type ThemeChoice = 'system' | 'light' | 'dark';

const storageKey = 'dormouse.theme';

function remembered(): ThemeChoice {
  try {
    const text = localStorage.getItem(storageKey);
    return text === 'light' || text === 'dark' ? text : 'system';
  } catch {
    return 'system';
  }
}

class Theme {
  choice = $state<ThemeChoice>(remembered());
  private systemDark = $state(matchMedia('(prefers-color-scheme: dark)').matches);
  private tell: (choice: ThemeChoice) => void = () => undefined;
  readonly dark = $derived(this.choice === 'dark' || (this.choice === 'system' && this.systemDark));

  constructor() {
    this.apply(this.choice);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => (this.systemDark = event.matches));
  }

  set(choice: ThemeChoice): void {
    this.apply(choice);
    this.tell(choice);
    try {
      localStorage.setItem(storageKey, choice);
    } catch {
      // A window without storage simply forgets the choice.
    }
  }

  /** Takes over what the shell remembers, and tells the shell from then on: menus and dialogs follow too. */
  follow(choice: ThemeChoice, tell: (choice: ThemeChoice) => void): void {
    this.tell = tell;
    if (choice !== this.choice) this.apply(choice);
  }

  /** System, then the opposite of what the system shows, then the other: one button goes round. */
  next(): void {
    const order: ThemeChoice[] = this.systemDark ? ['system', 'light', 'dark'] : ['system', 'dark', 'light'];
    this.set(order[(order.indexOf(this.choice) + 1) % 3]);
  }

  private apply(choice: ThemeChoice): void {
    this.choice = choice;
    if (choice === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = choice;
  }
}

export const theme = new Theme();

/** Runs `redraw` now and whenever colours change; call while a component is being set up. */
export function onTheme(redraw: () => void): void {
  $effect(() => {
    void theme.dark;
    redraw();
  });
}
