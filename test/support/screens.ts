/** The app's screens as a person names them: by what buttons and fields say, never by how they are built. */
import type { ElectronApplication, Locator, Page } from 'playwright-core';

export type StepName = 'Capture' | 'Data' | 'Impulse' | 'Train' | 'Test' | 'Fit and flash' | 'Live';

export class Screens {
  constructor(
    readonly page: Page,
    private readonly app: ElectronApplication,
  ) {}

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  /** Goes to a step by its entry in the rail, which starts with its name. */
  async go(step: StepName): Promise<void> {
    await this.rail(step).click();
    await this.page.getByRole('main', { name: step, exact: true }).waitFor();
  }

  rail(step: StepName): Locator {
    return this.page.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: new RegExp(`^${step}`) });
  }

  /** Sets a number or a text by the name of its field, and leaves the field, for then it takes effect. */
  async fill(name: string | RegExp, value: string | number): Promise<void> {
    const field = this.page.getByLabel(name);
    await field.fill(String(value));
    await field.blur();
  }

  /** The next dialog of the system answers with this path, as if the person had chosen it; '' = cancelled. */
  async willChoose(path: string): Promise<void> {
    await this.app.evaluate(({ dialog }, chosen) => {
      const canceled = chosen === '';
      dialog.showOpenDialog = () => Promise.resolve({ canceled, filePaths: canceled ? [] : [chosen] });
      dialog.showSaveDialog = () => Promise.resolve({ canceled, filePath: chosen });
    }, path);
  }

  /** Adds a label on the Capture screen and chooses it. */
  async addLabel(label: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'New label' }).fill(label);
    await this.page.getByRole('button', { name: 'Add', exact: true }).click();
  }

  /** Records `count` captures of the label that is chosen, playing a gesture of the simulated board. */
  async record(gesture: string, seconds: number, count: number): Promise<void> {
    await this.page.getByLabel('The simulated board plays').selectOption(gesture);
    await this.fill('Length', seconds);
    await this.fill('Repeat', count);
    await this.fill('Countdown', 0);
    await this.fill('Pause between', 0);
    await this.button(/^Record (one|\d)/).click();
    await this.page.getByText(count === 1 ? '1 recording saved' : `${count} recordings saved`).waitFor();
  }
}
