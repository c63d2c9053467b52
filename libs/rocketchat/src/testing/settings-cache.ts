import type { Core } from './core.js';
import type { Setting, SettingValue } from './state/model.js';
import { buildServices } from './oauth/services.js';
import type { Later } from './clock.js';

/** Milliseconds between a change of an OAuth setting and the moment when the sign-in service follows it. */
const SERVICES_DELAY = 2_000;

/**
 * The settings as the running server uses them. They are read from the database at start; a later change that does not
 * come through `write` is seen by `GET settings/:id` but not used (8.0 removed the database watchers).
 */
export class SettingsCache {
  private cache = new Map<string, SettingValue>();
  private rebuild: Later | undefined;

  constructor(private readonly core: Core) {}

  /** Reads everything anew, as a start does. */
  load(): void {
    this.cache = new Map([...this.core.state.settings.values()].map(({ _id, value }) => [_id, value]));
    this.refreshServices();
  }

  /** What the server uses; `undefined` for an unknown id. */
  get(id: string): SettingValue | undefined {
    const setting = this.core.state.settings.get(id);
    const wizard = id === 'Show_Setup_Wizard' && this.core.faults.find('wizard-reset');
    if (wizard) return 'in_progress';
    if (!setting) return undefined;
    return this.licensed(setting, this.core.profile.watchesDatabase ? setting.value : this.cache.get(id));
  }

  bool(id: string): boolean {
    return this.get(id) === true;
  }

  number(id: string): number {
    return Number(this.get(id) ?? 0);
  }

  text(id: string): string {
    return String(this.get(id) ?? '');
  }

  list(id: string): string[] {
    return this.text(id)
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }

  /** What `GET settings/:id` shows: the database, except for values that a missing licence invalidates. */
  stored(setting: Setting): SettingValue {
    const wizard = setting._id === 'Show_Setup_Wizard' && this.core.faults.find('wizard-reset');
    return wizard ? 'in_progress' : (this.licensed(setting, setting.value) ?? setting.value);
  }

  /** Stores a value and uses it at once. */
  write(id: string, value: SettingValue): void {
    const setting = this.core.state.settings.get(id);
    if (!setting) throw new Error(`There is no setting ${id}.`);
    if (setting.value !== value || this.cache.get(id) !== value) this.core.touch();
    setting.value = value;
    this.cache.set(id, value);
    if (/^Accounts_OAuth_.+/.test(id)) this.refreshServicesSoon();
  }

  /** Adds settings that did not exist. */
  add(settings: readonly Setting[]): void {
    for (const setting of settings) {
      if (this.core.state.settings.has(setting._id)) continue;
      this.core.state.settings.set(setting._id, setting);
      this.cache.set(setting._id, setting.value);
      this.core.touch();
    }
    this.refreshServicesSoon();
  }

  /** Removes every setting whose id starts so. */
  remove(prefix: RegExp): void {
    for (const id of [...this.core.state.settings.keys()].filter((one) => prefix.test(one))) {
      this.core.state.settings.delete(id);
      this.cache.delete(id);
      this.core.touch();
    }
    this.refreshServicesSoon();
  }

  refreshServices(): void {
    this.rebuild?.cancel();
    this.rebuild = undefined;
    buildServices(this.core);
  }

  /** Each change starts the wait anew. */
  private refreshServicesSoon(): void {
    this.rebuild?.cancel();
    this.rebuild = this.core.clock.after(SERVICES_DELAY, () => this.refreshServices());
  }

  private licensed(setting: Setting, value: SettingValue | undefined): SettingValue | undefined {
    return setting.enterprise && !this.core.licensed ? setting.invalidValue : value;
  }
}
