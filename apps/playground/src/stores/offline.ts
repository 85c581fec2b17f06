const RELOADED = 'reloaded for isolation';

/**
 * Lets a service worker keep the site for use without a network. Where the host sent no headers that let the page share
 * memory, the service worker does at the next load: an untouched page is reloaded at once.
 */
export function keepForOffline(): void {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  // Without one all is as before, but for use without a network.
  const register = () => void serviceWorker.register('./service-worker.js').catch(() => {});
  // A room that loads slowly is there only after the event.
  if (document.readyState === 'complete') register();
  else addEventListener('load', register);
  if (!crossOriginIsolated) isolateWhenControlled(serviceWorker);
}

function isolateWhenControlled(serviceWorker: ServiceWorkerContainer): void {
  let isTouched = false;
  for (const type of ['pointerdown', 'keydown'] as const) {
    addEventListener(type, () => (isTouched = true), { once: true, capture: true });
  }
  serviceWorker.addEventListener('controllerchange', () => {
    if (isTouched || wasReloaded()) return;
    location.reload();
  });
}

/** Once is enough: a browser that does not isolate the page then never will. */
function wasReloaded(): boolean {
  try {
    if (sessionStorage.getItem(RELOADED)) return true;
    sessionStorage.setItem(RELOADED, 'once');
    return false;
  } catch {
    return true;
  }
}
