// Pieces of the page.
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== null) made.setAttribute(key, value);
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}
const paragraph = (...children) => element('p', {}, ...children);
const answer = (...children) => element('p', { class: 'answer' }, ...children);
const remark = (...children) => element('p', { class: 'remark' }, ...children);
const heading = (text) => element('h3', {}, text);

// A table that scrolls in itself where the page is narrow. A cell is a text, or { text, ...attributes }; the first
// `names` columns name the row.
function table(caption, head, rows, names = 1) {
  const cell = (content, column) => {
    const { text, ...attributes } = typeof content === 'object' ? content : { text: content };
    return column < names ? element('th', { scope: 'row', ...attributes }, text) : element('td', attributes, text);
  };
  const words = (column) => column < names || rows.some((row) => row[column]?.class?.includes('words'));
  const header =
    head.map((text, column) => element('th', { scope: 'col', class: words(column) ? 'left' : null }, text));
  const body = rows.map((row) => element('tr', {}, row.map(cell)));
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    element(
      'table',
      {},
      element('caption', {}, element('span', {}, caption)),
      element('thead', {}, element('tr', {}, header)),
      element('tbody', {}, body)
    ),
  );
}
// The numbers of a picture, for who cannot see it or wants to know.
const numbers = (...tables) => element('details', {}, element('summary', {}, 'The numbers of this picture'), ...tables);

// What things are: a list of [name, what it is].
const facts = (list) => element(
  'dl',
  { class: 'facts' },
  list.flatMap(([name, what]) => [element('dt', {}, name), element('dd', {}, what)]),
);
// Functions with their formulas, and what is to be known of them.
const function_list = (functions, more = () => '') => facts(functions.map((f) => [
  f.name,
  [element('code', {}, f.formula), `${more(f)}.`, f.note ? ` ${f.note}` : ''],
]));

let controls = 0;
// A choice between options; calls back with the one chosen.
function choice(label, options, chosen, changed) {
  const id = `control-${++controls}`;
  const box = element('select', { id }, options.map(([value, text]) => element('option', { value }, text)));
  box.value = chosen;
  box.addEventListener('change', () => changed(box.value));
  return element('span', { class: 'control' }, element('label', { for: id }, label), box);
}
function tick(label, ticked, changed) {
  const id = `control-${++controls}`;
  const box = element('input', { id, type: 'checkbox' });
  box.checked = ticked;
  box.addEventListener('change', () => changed(box.checked));
  return element('span', { class: 'control' }, box, element('label', { for: id }, label));
}
const toolbar = (...items) => element('div', { class: 'controls' }, ...items);
// A choice among names, of a key of what changing() keeps; nothing where there is but one.
const name_choice = (label, names, key) => (state, set) =>
  names.length > 1 ? choice(label, names.map((name) => [name, name]), state[key], set(key)) : null;
const loss_choice = name_choice('Loss', losses.map((loss) => loss.name), 'loss');

// A part of the page that is built from what is chosen, and again whenever that changes: `state` is what is chosen at
// first, build(state) gives the content.
function changing(state, controls, build) {
  const body = element('div', {}, build(state));
  const set = (key) => (value) => {
    state[key] = value;
    body.replaceChildren(...build(state));
    forget();
    redraw(body);
  };
  const made = controls.map((control) => control(state, set)).filter((control) => control);
  return element('div', {}, made.length ? toolbar(...made) : null, body);
}
// The loss that is shown first: that of the best row.
const first_loss = () => best?.loss ?? losses[0].name;

// A picture for each item, side by side as far as they fit.
function panels(items, build, size = 'small') {
  return element('div', { class: `panels ${size}` }, items.map((item) => element('figure', {}, build(item))));
}
