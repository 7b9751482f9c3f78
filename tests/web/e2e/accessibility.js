// Looks for what keeps people out, in the page as it is now; returns a list of complaints. Evaluated in the page by the test.
() => {
  const complaints = [];
  const complain = (element, what) => complaints.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
  const shown = (element) => element.checkVisibility({visibilityProperty: true, opacityProperty: true}) && !element.closest('[inert]');
  const modal = document.querySelector('dialog[open]');
  const all = [...document.querySelectorAll('body *')].filter((element) => shown(element) && (!modal || modal.contains(element)));

  const nameOf = (element) => {
    const labelled = element.getAttribute('aria-labelledby');
    const byIds = labelled && labelled.split(' ').map((id) => document.getElementById(id)?.textContent).join(' ');
    const labels = [...(element.labels ?? [])].map((label) => label.textContent).join(' ');
    const content = element.matches('button, a, summary') ? element.textContent : '';
    return (byIds || element.getAttribute('aria-label') || labels || element.getAttribute('alt') || content || '').trim();
  };
  for (const element of all) {
    if (element.matches('button, a[href], input:not([type="file"]), select, textarea, summary, [role="region"], dialog, nav, aside, main, [tabindex]') &&
        !nameOf(element)) complain(element, 'no name');
    if (element.matches('img:not([alt])')) complain(element, 'no alternative text');
    if (element.matches('[tabindex]') && element.tabIndex > 0) complain(element, 'an order of its own');
    if (element.closest('[aria-hidden="true"]') && element.tabIndex >= 0) complain(element, 'hidden, but can be focused');
    for (const attribute of ['aria-describedby', 'aria-labelledby', 'aria-controls', 'for']) {
      for (const id of (element.getAttribute(attribute) ?? '').split(' ').filter(Boolean)) {
        if (!document.getElementById(id)) complain(element, `${attribute} names ${id}, which is not there`);
      }
    }
    if (element.matches('button, select, summary, input:not([type="checkbox"])')) {
      const {width, height} = element.getBoundingClientRect();
      if (width < 24 || height < 24) complain(element, `a target of ${Math.round(width)} by ${Math.round(height)}`);
    }
  }
  const ids = [...document.querySelectorAll('[id]')].map(({id}) => id);
  for (const id of new Set(ids)) if (ids.indexOf(id) !== ids.lastIndexOf(id)) complaints.push(`the id ${id} twice`);
  if (!document.documentElement.lang) complaints.push('no language');
  if (!document.title) complaints.push('no title');
  if (document.querySelectorAll('main').length !== 1) complaints.push('not one main');
  if (document.querySelectorAll('h1').length !== 1) complaints.push('not one h1');

  // Contrast of text with what lies behind it.
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].map((value, i) => (i === 3 ? value / 255 : value));
  };
  const over = (top, below) => top.slice(0, 3).map((value, i) => value * top[3] + below[i] * (1 - top[3])).concat(1);
  const groundOf = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), rgba('Canvas'));
  };
  const luminance = ([r, g, b]) => [r, g, b].map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
      .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  for (const element of all) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) || element.matches('input, textarea, select');
    if (!hasText || element.disabled || element.closest('.unseen, .skip')) continue;
    const style = getComputedStyle(element);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    const ground = groundOf(element);
    const ratio = contrast(over(rgba(style.color), ground), ground);
    if (ratio < (large ? 3 : 4.5)) complain(element, `a contrast of ${ratio.toFixed(2)}`);
  }
  return complaints;
}
