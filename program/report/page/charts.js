// Charts by Chart.js, in the colours of the page, drawn again when these change. What a line stands for is told by its
// colour, its dashes and the shape of its points, each of which is enough.
const dashes =
  [[], [7, 3], [2, 2], [10, 3, 2, 3], [4, 2], [12, 4], [6, 2, 2, 2, 2, 2], [1, 3], [9, 2, 4, 2], [3, 5], [14, 3, 3, 3]];
const points =
  ['circle', 'triangle', 'rect', 'cross', 'rectRot', 'star', 'circle', 'triangle', 'rect', 'crossRot', 'rectRot'];
const filled = 6;  // of the shapes; the later ones are hollow
const colours = 8;
const mark = (place) => ({
  colour: place % colours,
  dash: dashes[place % dashes.length],
  point: points[place % points.length],
  hollow: place % points.length >= filled,
});
const mark_of = (activation) => mark(settings.activations.indexOf(activation));
const mark_of_loss = (loss) => mark(settings.losses.indexOf(loss));

function theme() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(`--${name}`).trim();
  const series = Array.from({ length: colours }, (_, i) => read(`series-${i + 1}`));
  return {
    ink: read('ink'),
    muted: read('muted'),
    line: read('line'),
    flat: read('flat'),
    paper: read('paper'),
    series,
  };
}

const drawings = [];
// A canvas that `draw(canvas, theme)` fills; it may return a chart, which is given up before the next drawing.
function drawing(attributes, draw) {
  const canvas = element('canvas', attributes);
  drawings.push({ canvas, draw, chart: null });
  return canvas;
}
function redraw(within = document) {
  const now = theme();
  Chart.defaults.color = now.muted;
  Chart.defaults.borderColor = now.line;
  for (const item of drawings) {
    if (!within.contains(item.canvas)) continue;
    item.chart?.destroy();
    item.chart = item.draw(item.canvas, now) ?? null;
  }
}
// Canvases that are no longer in the page are forgotten.
function forget() {
  for (let i = drawings.length; i-- > 0;)
    if (!document.contains(drawings[i].canvas)) drawings.splice(i, 1)[0].chart?.destroy();
}
// A chart some pixels high; make(theme) gives its configuration.
function chart(label, height, make) {
  const canvas = drawing({ role: 'img', 'aria-label': label }, (on, now) => new Chart(on, make(now)));
  return element('div', { class: 'frame', style: `height: ${height}px` }, canvas);
}

// How a line of a legend looks, as a line of the charts does.
function key(place) {
  return drawing({ class: 'key', 'aria-hidden': 'true' }, (canvas, now) => {
    const scale = window.devicePixelRatio || 1, width = 40, height = 14;
    canvas.width = width * scale, canvas.height = height * scale;
    const context = canvas.getContext('2d'), { colour, dash, point, hollow } = mark(place);
    context.scale(scale, scale);
    context.strokeStyle = now.series[colour], context.fillStyle = hollow ? now.paper : now.series[colour];
    context.lineWidth = 2;
    context.setLineDash(dash);
    context.beginPath(), context.moveTo(0, height / 2), context.lineTo(width, height / 2), context.stroke();
    context.setLineDash([]);
    Chart.helpers.drawPoint(context, { pointStyle: point, radius: 4, borderWidth: 2 }, width / 2, height / 2);
  });
}
const legend = (names, place) =>
  element('ul', { class: 'legend' }, names.map((name) => element('li', {}, key(place(name)), name)));
const activation_legend = (names = settings.activations) => legend(names, (name) => settings.activations.indexOf(name));

// A line of a chart in the manner of its place.
const line = (now, { colour, dash, point, hollow }, label, xy, more = {}) => ({
  label,
  data: xy,
  borderColor: now.series[colour],
  backgroundColor: hollow ? now.paper : now.series[colour],
  borderDash: dash,
  pointStyle: point,
  borderWidth: 2,
  pointRadius: 4,
  pointBorderWidth: 2,
  ...more,
});
const thin = {
  borderWidth: 1,
  pointRadius: 0,
  pointHitRadius: 0,
  borderDash: [],
};
const plain = {
  pointRadius: 0,
  pointHitRadius: 4,
};

// A round number at an axis; one in powers of ten with as many digits as tell it from the next.
function tick_text(value, _, ticks) {
  if (!value || (Math.abs(value) < 1e5 && Math.abs(value) >= 1e-4)) return minus(String(Number(value.toPrecision(10))));
  const place = (x) => Math.floor(Math.log10(Math.abs(x)) + 1e-9);
  const step = ticks?.length > 1 ? ticks[1].value - ticks[0].value : value;
  return in_powers(value, Math.min(10, Math.max(1, place(value) - place(step) + 1)));
}

// The configuration of a chart of lines over numbers.
function line_chart(datasets, { x = {}, y = {}, more = {}, plugins = [] } = {}) {
  const axis = ({ title, ticks, ...rest }) => ({
    type: 'linear',
    ticks: { maxTicksLimit: 6, callback: tick_text, ...ticks },
    title: { display: !!title, text: title },
    ...rest,
  });
  return {
    type: 'line',
    data: { datasets: datasets.map((dataset) => ({ yAxisID: 'y', ...dataset })) },
    options: {
      scales: { x: axis(x), ...more, y: axis(y) },  // of axes that share a side, the last is on top
      parsing: false,
      interaction: { mode: 'nearest', intersect: false },
      plugins: { legend: { display: false } },
    },
    plugins,
  };
}
const pairs = (xs, ys) => xs.map((x, i) => ({ x, y: ys[i] ?? NaN }));
// The ends of an axis, with ticks at round numbers between them.
function nice(min, max, count = 5, [least, most] = [-Infinity, Infinity]) {
  const rough = (max - min) / count || 1, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.75);
  const ticks = [];
  for (let i = Math.ceil(min / step - 1e-9); i * step <= max + step * 1e-9; ++i)
    ticks.push({ value: Number((i * step).toPrecision(12)) });
  const shown = ticks.filter(({ value }) => value >= least && value <= most);
  return {
    min,
    max,
    afterBuildTicks: (axis) => (axis.ticks = shown),
    ticks: { callback: tick_text, maxRotation: 0, autoSkip: false },
  };
}
// A second axis, beneath the first, for how often each place was met.
const axis_beneath = (max, more = {}) => ({
  type: 'linear',
  axis: 'y',
  position: 'left',
  stack: 'both',
  stackWeight: 1,
  min: 0,
  max,
  ticks: { display: false },
  grid: { display: false },
  ...more,
});
// Ticks of a logarithmic axis: powers of ten, or 1, 2, 5 where these are few.
const log_ticks = {
  maxTicksLimit: 8,
  callback: (value, _, ticks) => {
    const first = Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9));
    const decades = Math.log10(ticks[ticks.length - 1].value / ticks[0].value);
    return first === 1 || (decades < 2.5 && (first === 2 || first === 5)) ? number(value, 1) : '';
  },
};

function start_charts() {
  Object.assign(Chart.defaults, { animation: false, maintainAspectRatio: false });
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 12;
  redraw();
  const all = () => redraw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', all);
  // On paper the colours are those of the light, whatever the screen's are.
  const print = (on) => () => {
    document.documentElement.classList.toggle('print', on);
    all();
  };
  window.addEventListener('beforeprint', print(true));
  window.addEventListener('afterprint', print(false));
  matchMedia('print').addEventListener('change', all);
}
