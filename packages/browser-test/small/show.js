/** Writes what comes of it where the test looks. */
export function show(promise) {
  promise
    .catch((error) => `failed: ${error.stack ?? error}`)
    .then((written) => {
      document.documentElement.dataset.done = written;
    });
}
