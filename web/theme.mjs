// Light, dark, or as the system prefers. Loaded before the first paint, so that a chosen theme does not flash.

const kKey = 'cria.theme';

export function chosenTheme() {
  const stored = localStorage.getItem(kKey);
  return stored === 'light' || stored === 'dark' ? stored : 'auto';
}

export function chooseTheme(theme) {
  localStorage.setItem(kKey, theme);
  apply(theme);
}

function apply(theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

apply(chosenTheme());
