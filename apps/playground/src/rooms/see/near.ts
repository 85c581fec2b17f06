/** Calls back once what it is attached to comes within a screen's height of the screen. */
export function whenNear(callback: () => void): (node: Element) => () => void {
  return (node) => {
    const watcher = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting) return;
        watcher.disconnect();
        callback();
      },
      { rootMargin: '50% 0px' },
    );
    watcher.observe(node);
    return () => watcher.disconnect();
  };
}
