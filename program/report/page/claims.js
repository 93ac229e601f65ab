// What a function's paper claims, beside what was measured here.
function claims(section) {
  const claimed = activations.filter((f) => f.claim);
  if (!claimed.length) return section.remove();
  for (const f of claimed) section.append(...claim(f));
  section.append(
    heading('What this table cannot prove'),
    paragraph(
      `It is one data set, one network of ${counted(layers, 'hidden layer')}, one optimiser with one learning rate, ` +
        `${counted(settings.epochs, 'epoch')} and ${counted(settings.seeds, 'seed')}. ` +
        'The intervals know of the chance in split, first weights and order of batches, and of nothing else: not of ' +
        'other data, of other networks, or of a learning rate chosen for each function. ' +
        'A difference that chance explains is not a proof that there is none; the interval says how large it may ' +
        'still be. ' +
        'So this neither confirms nor refutes what was measured on another task.',
    ),
  );
}

function claim(f) {
  const { against, text } = f.claim;
  const rows = losses.map(({ name }) => row_of(f.name, name)).filter((row) => row && is_number(mean_of(row)));
  return [
    heading(`${f.name} against ${against}`),
    ...(
      rows.length ? rows.map((row) => answer(claim_in_words(row, against)))
                  : [paragraph('No training with it was finished.')]
    ),
    element('blockquote', {}, paragraph(`What its paper claims: ${text}.`)),
  ];
}

function claim_in_words(row, against) {
  const reaches = `${row.activation} reaches a test ${score} of`;
  const other = row_of(against, row.loss), with_loss = losses.length > 1 ? ` with ${row.loss}` : '';
  if (!other || !is_number(mean_of(other)))
    return `${reaches} ${in_score(mean_of(row))}${with_loss}; ${against} has no score to set beside it.`;
  const both = `${in_score(mean_of(row))} against ${in_score(mean_of(other))}`;
  if (settings.baseline !== against)
    return (
      `${reaches} ${both}${with_loss}. The differences here are to ${settings.baseline}: ` +
      `--baseline ${against} would give this one its interval.`
    );
  const difference = `${both}${with_loss}, a difference of ${in_difference(row.difference_to_baseline)}`;
  const interval =
    row.difference_interval ? `, 95 % interval ${interval_in(row.difference_interval, in_difference)}` : '';
  const verdict = {
    better: `Yes, on these data ${row.activation} beats ${against}`,
    worse: `No, on these data ${against} beats ${row.activation}`,
    open: `Open: on these data no more than chance separates ${row.activation} from ${against}`,
  };
  const unknown = `Unknown: this says nothing of chance for ${row.activation} and ${against}`;
  return `${verdict[row.outcome] ?? unknown}: ${difference}${interval}.`;
}
