// Where each activation is flat, and whether its inputs were there.
function saturation(section) {
  const places = ['all', ...settings.hidden.map((_, i) => String(i + 1))];
  const layer_choice = (state, set) => layers > 1
    ? choice(
        'Layer',
        places.map((place) => [place, place === 'all' ? 'all hidden layers' : `hidden layer ${place}`]),
        state.layer,
        set('layer')
      )
    : null;
  section.append(
    answer(flat_in_words()),
    changing(
      { loss: first_loss(), layer: 'all' }, [loss_choice, layer_choice], ({ loss, layer }) => saturation_of(loss, layer)
    ),
  );
}

function flat_in_words() {
  const by_side =
    Object.keys(sides).map((side) => [side, activations.filter((f) => f.saturates === side).map((f) => f.name)]);
  const said = by_side.filter(([, names]) => names.length).map(([side, names]) => {
    const phrase = names.length > 1 ? sides[side].replace('flattens', 'flatten') : sides[side];
    return `${join(names)} ${phrase}`;
  });
  return `By their limits, ${said.join('; ')}.`;
}

function saturation_of(loss, layer) {
  const rows = settings.activations.map((name) => row_of(name, loss)).filter((row) => row?.layers?.length);
  if (!rows.length) return [paragraph('No training was finished, so nothing was measured.')];
  return [
    ...worst_in_words(rows),
    panels(rows, (row) => curve_panel(row, layer)),
    remark(
      'Above, f (thick) and its slope f′ (dashed); below, what met the activation on the test part after the last ' +
        'epoch. Grey is where the slope is below 0.001 in absolute value: a unit there learns nothing from that row.',
    ),
    element(
      'div',
      { class: 'pair' },
      layer_table('Saturated: share of units and rows where the slope is below 0.001', rows, (part) => part.saturated),
      layer_table('Dead: share of units whose slope is below 0.001 on every row', rows, (part) => part.dead),
    ),
    numbers(preactivation_table(rows)),
  ];
}

function worst_in_words(rows) {
  const parts = rows.flatMap((row) => row.layers.map((part) => ({ row, part })));
  const said = [
    ['saturated', 'Most often on a flat side', 'of what met it', 'Nothing met a flat side.'],
    ['dead', 'Most dead units', 'of its units', 'No unit was dead.'],
  ].map(([fact, title, of_what, nothing]) => {
    const worst = most(parts, ({ part }) => part[fact]);
    if (!worst || !(worst.part[fact] > 0)) return nothing;
    const { row, part } = worst;
    return `${title}: ${row.activation}, ${percent(part[fact])} ${of_what} in hidden layer ${part.layer}.`;
  });
  return [paragraph(said.join(' '))];
}

// What met an activation in one layer or in each, as outlines: shares of what lies within the bins.
function histogram(row, layer) {
  const parts = layer === 'all' ? row.layers : row.layers.filter((part) => String(part.layer) === layer);
  const bars = [];
  for (const { preactivations: { low, high, counts } } of parts) {
    const total = counts.reduce((sum, count) => sum + count, 0) || 1, width = (high - low) / counts.length;
    bars.push(counts.flatMap(
      (count, i) => [{ x: low + i * width, y: count / total }, { x: low + (i + 1) * width, y: count / total }]
    ));
  }
  return bars;
}

function curve_panel(row, layer) {
  const f = function_of(row.activation), { x, y, slope } = f.curve;
  const flat = {
    id: 'flat',
    beforeDatasetsDraw({ ctx, chartArea: { top, bottom, left, right }, scales }, _, { now }) {
      const step = x[1] - x[0];
      ctx.save(), (ctx.fillStyle = now.flat);
      slope.forEach((value, i) => {
        if (!(Math.abs(value) < 1e-3)) return;
        const from = Math.max(left, scales.x.getPixelForValue(x[i] - step / 2)),
              to = Math.min(right, scales.x.getPixelForValue(x[i] + step / 2));
        if (to > from) ctx.fillRect(from, top, to - from + 0.5, bottom - top);
      });
      ctx.restore();
    },
  };
  const label = `${f.name} and its slope, with the inputs that met it beneath; ${sides[f.saturates]}`;
  return [
    element('figcaption', {}, element('b', {}, f.name), ` ${sides[f.saturates]}`),
    chart(
      label,
      220,
      (now) => {
        const colour = now.series[mark_of(f.name).colour], bars = histogram(row, layer);
        const highest = 1.1 * Math.max(...bars.flat().map((point) => point.y)) || 1;
        const low = Math.max(-2, Math.min(...y, ...slope) - 0.15), high = Math.min(3, Math.max(...y, ...slope) + 0.15);
        const within = (values) => values.map((value) => (value >= low && value <= high ? value : NaN));
        const outline = (data, i) => ({
          label: layer === 'all' ? `layer ${row.layers[i].layer}` : `layer ${layer}`,
          data,
          yAxisID: 'met',
          borderColor: colour,
          backgroundColor: bars.length === 1 ? `${colour}55` : 'transparent',
          fill: 'origin',
          borderWidth: 1.5,
          borderDash: bars.length === 1 ? [] : dashes[i % dashes.length],
          ...plain,
        });
        const config = line_chart(
          [
            { label: 'f', data: pairs(x, within(y)), borderColor: colour, borderWidth: 2.5, ...plain },
            {
              label: 'f′',
              data: pairs(x, slope),
              borderColor: now.ink,
              borderWidth: 1.5,
              borderDash: [4, 3],
              ...plain,
            },
            ...bars.map(outline),
          ],
          {
            x: nice(x[0], x[x.length - 1], 4),
            y: {...nice(low, high, 3), stack: 'both', stackWeight: 2 },
            more: { met: axis_beneath(highest) },
            plugins: [flat],
          },
        );
        config.options.plugins.flat = { now };
        return config;
      }
    ),
  ];
}

function layer_table(caption, rows, share_of) {
  const cell = (part) => ({
    text: percent(share_of(part)),
    class: 'heat',
    style: `--share: ${fixed(60 * Math.sqrt(share_of(part) ?? 0), 0)}%`,
  });
  return table(
    caption,
    ['activation', ...settings.hidden.map((_, i) => `layer ${i + 1}`)],
    rows.map((row) => [row.activation, ...row.layers.map(cell)])
  );
}

function preactivation_table(rows) {
  const outside = ({ below, above, counts }) =>
    (below + above) / (below + above + counts.reduce((sum, count) => sum + count, 0) || 1);
  const line_of = (row, part) => [
    row.activation,
    part.layer,
    String(part.units),
    number(part.mean),
    number(part.deviation),
    percent(outside(part.preactivations)),
    percent(part.saturated),
    percent(part.dead),
  ];
  return table(
    'What met each activation',
    ['activation', 'layer', 'units', 'mean', 'deviation', 'outside the bins', 'saturated', 'dead'],
    rows.flatMap((row) => row.layers.map((part) => line_of(row, part))),
    2,
  );
}
