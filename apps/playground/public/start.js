// Runs before the first paint: the theme that was chosen, and whether the link names another room than the drawn one.
{
  const { dataset } = document.documentElement;
  if (!/^#?\/?(see|$)/.test(location.hash.split('?')[0])) dataset.elsewhere = '';
  try {
    const theme = localStorage.getItem('theme');
    if (theme === 'light' || theme === 'dark') dataset.theme = theme;
  } catch {
    // A browser that keeps nothing follows the system.
  }
}
