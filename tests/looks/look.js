// What can be seen to be wrong with the page as it stands, sentence by sentence. Evaluated in the page by
// check_page.py.
(() => {
  const problems = new Set();
  const all = (selector) => [...document.querySelectorAll(selector)];
  const short = (text) => JSON.stringify(text.trim().replace(/\s+/g, ' ').slice(0, 40));
  const name = (element) => {
    const id = element.id ? '#' + element.id : '';
    const classes = [...element.classList].map((c) => '.' + c).join('');
    return `<${element.localName}>${id}${classes}`;
  };
  const box = (element) => element.getBoundingClientRect();
  const shown = (element) => element.checkVisibility({visibilityProperty: true, opacityProperty: true});

  // Names, headings, tables.
  if (!document.documentElement.lang) problems.add('<html> has no lang');
  if (!document.title.trim()) problems.add('the page has no title');
  const ids = new Set();
  for (const {id} of all('[id]')) {
    if (ids.has(id)) problems.add(`id ${short(id)} stands twice`);
    ids.add(id);
  }
  let level = 0;
  for (const heading of all('h1, h2, h3, h4, h5, h6').filter(shown)) {
    const next = Number(heading.localName[1]);
    if (next > level + 1) problems.add(`heading ${short(heading.textContent)} is h${next} after h${level}`);
    level = next;
  }
  for (const table of all('table'))
    if (!table.querySelector('th')) problems.add(`${name(table)} has no header cells: ${short(table.textContent)}`);
  for (const link of all('a[href^="#"]')) {
    const to = decodeURIComponent(link.getAttribute('href').slice(1));
    if (to && !document.getElementById(to)) problems.add(`link to #${to}, which is not there`);
  }

  // Pictures have a text alternative, controls a name.
  const label = (element) => {
    const by = element.getAttribute('aria-labelledby');
    if (by) return by.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' ').trim();
    return (element.getAttribute('aria-label') ?? '').trim();
  };
  const hidden = (element) => element.closest('[aria-hidden="true"]');
  for (const image of all('img'))
    if (!image.hasAttribute('alt') && !label(image)) problems.add(`${name(image)} has no text alternative`);
  for (const picture of all('canvas, svg'))
    if (!hidden(picture) && !label(picture) && !picture.querySelector(':scope > title')?.textContent.trim())
      problems.add(`${name(picture)} has no text alternative`);
  for (const control of all('button, a[href], input, select, textarea'))
    if (!label(control) && !control.textContent.trim() && !control.labels?.length &&
        !control.querySelector('[alt], [aria-label]'))
      problems.add(`${name(control)} has no name`);

  // Pictures are drawn.
  const pictures = [];
  for (const canvas of all('canvas')) {
    const {width, height} = canvas;
    if (!shown(canvas) || box(canvas).width === 0) {
      problems.add(`${name(canvas)} is not shown: ${short(label(canvas))}`);
      continue;
    }
    const copy = new OffscreenCanvas(width || 1, height || 1).getContext('2d', {willReadFrequently: true});
    if (width && height) copy.drawImage(canvas, 0, 0);
    const pixels = new Uint32Array(copy.getImageData(0, 0, width || 1, height || 1).data.buffer);
    let different = 0, sum = 0;
    for (const pixel of pixels) {
      if (pixel !== pixels[0]) ++different;
      sum = (Math.imul(sum, 31) + pixel) | 0;
    }
    const drawn = different >= 20;
    if (!drawn) problems.add(`${name(canvas)} is not drawn: ${short(label(canvas))}`);
    pictures.push([name(canvas) + ' ' + short(label(canvas)), drawn ? sum : null]);
  }
  for (const svg of all('svg')) {
    const drawn = svg.getBBox();
    if (!box(svg).width || !box(svg).height || !(drawn.width || drawn.height))
      problems.add(`${name(svg)} has an empty box`);
  }

  // Nothing sticks out of the page, unless its own container scrolls.
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width)
    problems.add(`the page is ${document.documentElement.scrollWidth} wide`);
  const contained = (element) => {
    for (let e = element.parentElement; e && e !== document.body; e = e.parentElement)
      if (e.localName === 'svg' || getComputedStyle(e).overflowX !== 'visible') return true;
    return false;
  };
  const outside = (element) => box(element).width > 1 && (box(element).right > width + 1 || box(element).left < -1);
  for (const element of all('body *'))
    if (outside(element) && !outside(element.parentElement) && shown(element) && !contained(element))
      problems.add(`${name(element)} sticks out of the page: ${short(element.textContent)}`);

  // Text stands out from what really lies behind it.
  const colour = (text) => {
    const numbers = text.match(/[\d.]+/g)?.map(Number);
    if (!numbers) return [0, 0, 0, 0];
    const scale = text.startsWith('color(') ? 255 : 1;
    return [...numbers.slice(0, 3).map((part) => part * scale), numbers[3] ?? 1];
  };
  const over = (top, below) => top.slice(0, 3).map((part, i) => part * top[3] + below[i] * (1 - top[3]));
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((part) => (part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);
  const opacity = (element) => {
    let product = 1;
    for (let e = element; e; e = e.parentElement) product *= Number(getComputedStyle(e).opacity);
    return product;
  };
  const is_shape = (element) => element instanceof SVGGeometryElement;
  const paint = (element) => {
    const style = getComputedStyle(element);
    if (is_shape(element)) {
      if (style.fill === 'none') return [0, 0, 0, 0];
      const fill = colour(style.fill);
      return [...fill.slice(0, 3), fill[3] * Number(style.fillOpacity)];
    }
    return element instanceof SVGElement && element.localName !== 'svg' ? [0, 0, 0, 0] : colour(style.backgroundColor);
  };
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  const dark =
      scheme.includes('dark') && (!scheme.includes('light') || matchMedia('(prefers-color-scheme: dark)').matches);
  const page = dark && !matchMedia('print').matches ? [18, 18, 18] : [255, 255, 255];
  const behind = (element, x, y) => {
    let stack = document.elementsFromPoint(x, y);
    const place = stack.indexOf(element);
    if (place >= 0) stack = stack.slice(place);
    else
      for (stack = []; element; element = element.parentElement) stack.push(element);
    if (stack.some((e) => getComputedStyle(e).backgroundImage !== 'none')) return null;
    return stack.reverse().reduce((below, e) => {
      const [r, g, b, alpha] = paint(e);
      return over([r, g, b, alpha * opacity(e)], below);
    }, page);
  };
  const judge = (element, rect, text) => {
    if (!rect || rect.width < 2 || rect.height < 2 || !shown(element)) return;
    const style = getComputedStyle(element);
    const background = behind(element, rect.left + rect.width / 2, rect.top + rect.height / 2);
    if (!background) return problems.add(`text on a picture: ${short(text)}`);
    const ink = colour(element instanceof SVGElement ? style.fill : style.color);
    ink[3] *= opacity(element);
    const found = ratio(over(ink, background), background);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (found < (large ? 3 : 4.5) - 0.005)
      problems.add(`contrast ${found.toFixed(2)} of ${short(text)} in ${name(element)}`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, element = node.parentElement;
    if (!node.data.trim() || element.closest('script, style, noscript, option, title, desc, canvas')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    judge(element, [...range.getClientRects()].find((rect) => rect.width > 1), node.data);
  }
  for (const control of all('select, input, textarea')) judge(control, box(control), control.value || control.name);

  const files =
      all('a[href]').filter((link) => link.protocol === 'file:').map((link) => decodeURIComponent(link.pathname));
  return {problems: [...problems], pictures, files};
})()
