/** What the build knows of the site. */
export interface Plan {
  /** Changes with any file of the shell, and with any model. */
  readonly version: string;
  readonly models: string;
  /** Every file that the page may need but the models, relative to the site; `./` is the page. */
  readonly shell: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

export type Kind = 'page' | 'shell' | 'model';

/** What is asked for; null where that is not the service worker's to answer. */
export function kindOf(
  { method, mode, url }: Pick<Request, 'method' | 'mode' | 'url'>,
  site: string,
  { shell }: Plan,
): Kind | null {
  const { origin, pathname } = new URL(url);
  const root = new URL(site);
  if (method !== 'GET' || origin !== root.origin || !pathname.startsWith(root.pathname)) return null;
  const path = pathname.slice(root.pathname.length);
  if (path === '' || path === 'index.html') return mode === 'navigate' ? 'page' : 'shell';
  // Opened by itself, as a model's card: the host's own answer will do.
  if (mode === 'navigate') return null;
  if (path.startsWith('models/')) return 'model';
  return shell.includes(path) ? 'shell' : null;
}

/** The same request without a range: the whole file is kept, and those who ask for a part can take it. */
export function whole({ url }: Request): Request {
  return new Request(url, { credentials: 'same-origin' });
}

/** The same answer with more headers. */
export function withHeaders(response: Response, headers: Plan['headers']): Response {
  const all = new Headers(response.headers);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  const hasBody = ![101, 204, 205, 304].includes(response.status);
  const { status, statusText } = response;
  return new Response(hasBody ? response.body : null, { status, statusText, headers: all });
}
