type Theme = 'light' | 'dark';

const KEY = 'theme';

/** Light or dark theme: the system's, until the user chooses. */
class ThemeChoice {
  #system = matchMedia('(prefers-color-scheme: dark)');
  #chosen = $state<Theme | null>(null);
  #isSystemDark = $state(false);

  constructor() {
    this.#isSystemDark = this.#system.matches;
    this.#system.addEventListener('change', ({ matches }) => {
      this.#isSystemDark = matches;
    });
    const kept = remembered();
    if (kept) this.choose(kept);
  }

  get current(): Theme {
    return this.#chosen ?? (this.#isSystemDark ? 'dark' : 'light');
  }

  choose(theme: Theme): void {
    this.#chosen = theme;
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // A browser that keeps nothing shows the choice until the page closes.
    }
  }

  toggle(): void {
    this.choose(this.current === 'dark' ? 'light' : 'dark');
  }
}

function remembered(): Theme | null {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : null;
  } catch {
    return null;
  }
}

export const theme = new ThemeChoice();
