import { kindOf, type Plan, whole, withHeaders } from './answers.js';

/** Written by the build: what the site consists of, and the headers that its files need. */
declare const PLAN: Plan;

interface Waiting extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface Asked extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Scope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: 'install' | 'activate', listener: (event: Waiting) => void): void;
  addEventListener(type: 'fetch', listener: (event: Asked) => void): void;
}

/**
 * Keeps the site for use without a network, and gives its files the headers that let the page share memory with its workers,
 * where the host cannot. A new version waits until the last page of the old one is closed, so that no page loses its files.
 */
const scope = globalThis as unknown as Scope;
const SHELL = `shell ${PLAN.version}`;
const MODELS = `models ${PLAN.models}`;

scope.addEventListener('install', (event) => {
  const requests = PLAN.shell.map(
    (path) => new Request(new URL(path, scope.registration.scope), { cache: 'no-cache' }),
  );
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(requests)));
});

scope.addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([removeOld(), scope.clients.claim()]));
});

scope.addEventListener('fetch', (event) => {
  const kind = kindOf(event.request, scope.registration.scope, PLAN);
  if (kind === 'page') event.respondWith(page(event.request).then(ours));
  if (kind === 'shell') event.respondWith(keptFirst(SHELL, event.request).then(ours));
  if (kind === 'model') event.respondWith(keptFirst(MODELS, event.request).then(ours));
});

const ours = (response: Response) => withHeaders(response, PLAN.headers);

async function removeOld(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== SHELL && name !== MODELS).map((name) => caches.delete(name)));
}

/** The page itself comes from the network where there is one: a new version shows at the next load. */
async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    const kept = await (await caches.open(SHELL)).match(scope.registration.scope, { ignoreVary: true });
    return kept ?? missing();
  }
}

/** Also what is not there is kept: a model is opened without a network as with one. */
async function keptFirst(name: string, request: Request): Promise<Response> {
  const cache = await caches.open(name);
  const kept = await cache.match(request.url, { ignoreVary: true });
  if (kept) return kept;
  try {
    const response = await fetch(whole(request));
    // Where the disk is full the answer is given all the same.
    if (response.ok || response.status === 404) await cache.put(request.url, response.clone()).catch(() => {});
    return response;
  } catch {
    return missing();
  }
}

function missing(): Response {
  return new Response('There is no network, and this file was not used before', {
    status: 503,
    statusText: 'No network, and not used before',
  });
}
