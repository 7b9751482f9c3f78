// The icons: paths in a square of 24, drawn with a line of the text's colour.

const kPaths = {
  check: 'M5 13l4.500 4.500L19 7',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h10v11H9zM15 9V4H5v11h4',
  dots: 'M5 12h.01M12 12h.01M19 12h.01',
  down: 'M12 5v14M6 13l6 6 6-6',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  edit: 'M5 19l1-4L16 5l3 3L9 18zM14 7l3 3',
  keyboard: 'M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M18 10h.01M8 14h8',
  menu: 'M4 7h16M4 12h16M4 17h16',
  picture: 'M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 4M15.500 9.500h.01',
  plus: 'M12 5v14M5 12h14',
  retry: 'M19 12a7 7 0 1 1-2-4.900M17.500 3v4.500H13',
  send: 'M12 19V5M6 11l6-6 6 6',
  sliders: 'M4 8h9M17 8h3M15 6v4M4 16h3M11 16h9M9 14v4',
  stop: 'M7 7h10v10H7z',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  upload: 'M12 16V5M7 9l5-5 5 5M5 20h14',
};

const kSpace = 'http://www.w3.org/2000/svg';

export function icon(name) {
  const svg = document.createElementNS(kSpace, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(kSpace, 'path');
  path.setAttribute('d', kPaths[name]);
  svg.append(path);
  return svg;
}

// Puts the icons into the elements of the page that ask for one by data-icon.
export function placeIcons(root) {
  for (const place of root.querySelectorAll('[data-icon]')) place.prepend(icon(place.dataset.icon));
}
