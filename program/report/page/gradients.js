// How the gradient fades on its way from the output to the first layer.
function gradients(section) {
  section.append(changing({ loss: first_loss() }, [loss_choice], ({ loss }) => gradients_with(loss)));
}

function gradients_with(loss) {
  const rows = settings.activations.map((name) => row_of(name, loss)).filter((row) => row?.gradient_start?.length);
  if (!rows.length) return [paragraph('No training was finished, so no gradient was measured.')];
  const places = [...settings.hidden.map((_, i) => String(i + 1)), 'output'];
  const norms = rows.flatMap((row) => [...row.gradient_start, ...(row.gradient_end ?? [])]).filter((norm) => norm > 0);
  const range = { min: Math.min(...norms) / 1.3, max: Math.max(...norms) * 1.3 };
  const picture = (title, norms_of) => element(
    'figure',
    {},
    element('figcaption', {}, element('b', {}, title)),
    gradient_chart(title, rows, norms_of, places, range)
  );
  const wide = ['activation', ...places.map((place) => (place === 'output' ? place : `layer ${place}`))];
  const all = (norms_of) =>
    rows.map((row) => [row.activation, ...(norms_of(row) ?? []).map((norm) => number(norm, 2))]);
  return [
    ...fading_in_words(rows),
    activation_legend(rows.map((row) => row.activation)),
    element(
      'div',
      { class: 'pair' },
      picture('Before the first step', (row) => row.gradient_start),
      picture('In the last epoch', (row) => row.gradient_end)
    ),
    remark(
      `Norm of the gradient of ${loss} in the weights of each layer, on a logarithmic scale; the median over the ` +
        'seeds. A line that falls to the left is a gradient that fades.',
    ),
    ...(layers > 1 ? [fading_table(rows)] : []),
    numbers(
      table('Before the first step', wide, all((row) => row.gradient_start)),
      table('In the last epoch', wide, all((row) => row.gradient_end))
    ),
  ];
}

function fading_in_words(rows) {
  if (layers < 2) return [answer('The network has one hidden layer: there is no way for a gradient to fade.')];
  const start = (row) => fading(row.gradient_start);
  const faded = least(rows, start);
  // What is linear has nothing to fade by.
  const even =
    least(rows.filter((row) => !function_of(row.activation).linear), (row) => Math.abs(Math.log(start(row) ?? NaN)));
  if (!faded) return [paragraph('No gradient was measured.')];
  const sentences = [
    answer(
      `Before training, with ${faded.activation} the gradient in the first hidden layer is ` +
        `${share(start(faded))} that in the last` +
        (even && even !== faded
           ? `; with ${even.activation}, which keeps it most evenly, it is ${share(start(even))} that.`
           : '.'),
    ),
  ];
  const steepest = function_of(faded.activation).curve.slope.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  sentences.push(
    paragraph(
      'On its way back the gradient is multiplied by a slope at each layer. ' +
        `The slope of ${faded.activation} is nowhere more than ${number(steepest, 2)} on the range shown below; ` +
        `what a layer takes is taken again by the next, and the first layers learn slowest.`,
    ),
  );
  return sentences;
}

function fading_table(rows) {
  const words = (norms) => {
    const ratio = fading(norms);
    return is_number(ratio) ? { text: `${share(ratio)} the last’s`, class: 'words' } : '–';
  };
  const order = [...rows].sort((a, b) => (fading(a.gradient_start) ?? 0) - (fading(b.gradient_start) ?? 0));
  return table(
    'The gradient of the first hidden layer, compared with the last hidden layer’s',
    ['activation', 'before the first step', 'in the last epoch'],
    order.map((row) => [row.activation, words(row.gradient_start), words(row.gradient_end)]),
  );
}

function gradient_chart(title, rows, norms_of, places, range) {
  const at = places.map((_, i) => i + 1);
  return chart(
    `${title}: gradient norm of each layer, for each activation`,
    320,
    (now) => line_chart(
      rows.map(
        (row) => line(
          now,
          mark_of(row.activation),
          row.activation,
          pairs(at, (norms_of(row) ?? []).map((norm) => (norm > 0 ? norm : NaN)))
        )
      ),
      {
        x: {
          min: 0.8,
          max: places.length + 0.2,
          title: 'layer',
          afterBuildTicks: (axis) => (axis.ticks = at.map((value) => ({ value }))),
          ticks: { callback: (value) => places[value - 1] },
        },
        y: { type: 'logarithmic', ticks: log_ticks, ...range },
      },
    ),
  );
}
