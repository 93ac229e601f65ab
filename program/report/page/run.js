// How the comparison was made, the command that makes it again, and its numbers to take along.
function run_card(section) {
  const { run } = comparison;
  const dropped = data.rows_dropped ? ` (${data.rows_dropped} more left out for missing values)` : '';
  const split = data.own_test_part ? 'as the data came' : 'drawn anew for each seed';
  const lines = [
    ['Data', `${data.name}: ${counted(data.rows, 'row')}${dropped}, ${counted(data.features.length, 'feature')}`],
    ['Target', data.target],
    ['Task', data.task],
    ['Classes', classification ? `${data.classes.length}: ${few(data.classes, 12)}` : null],
    ['Split', `${data.train_rows} rows to train, ${data.test_rows} to test, ${split}`],
    ['Features', few(data.features)],
    ['Never changing', data.constant_features.length ? few(data.constant_features) : null],
    ['As read', data.reading.length ? data.reading.map(capital).join('. ') : null],
    ['Left out', settings.drop.length ? few(settings.drop) : null],
    ['Missing values', settings.missing],
    ['Network', `${settings.hidden.join(', ')} hidden units`],
    ['Optimiser', `${settings.optimizer}, learning rate ${settings.lr}`],
    ['Training', `${counted(settings.epochs, 'epoch')} in batches of ${settings.batch_size}`],
    ['Seeds', settings.seeds === 1 ? '0' : `0 to ${settings.seeds - 1}`],
    ['Baseline', settings.baseline],
    ['Time', `${number(run.seconds)} s on ${counted(run.threads, 'thread')}, processor target ${run.processor_target}`],
    ['Version', `Lossact ${run.version}`],
  ].filter(([, text]) => text !== null);
  const command = element('code', { id: 'command', tabindex: 0 }, run.command);
  const copied = element('span', { role: 'status' });
  const copy = element('button', { type: 'button' }, 'Copy the command');
  copy.addEventListener('click', () => copy_text(command, copied));
  const save = element('button', { type: 'button' }, 'Save the numbers as JSON');
  save.addEventListener('click', save_json);
  section.append(
    element('pre', {}, command),
    toolbar(copy, save, copied),
    facts(lines),
    heading('The activations'),
    function_list(activations),
  );
}

async function copy_text(from, status) {
  getSelection().selectAllChildren(from);
  try {
    await navigator.clipboard.writeText(from.textContent);
  } catch {
    document.execCommand('copy');  // a page opened from a file may have no other clipboard
  }
  status.textContent = 'Copied';
}

function save_json() {
  const text = document.getElementById('comparison').textContent;
  const link = element('a', {
    href: URL.createObjectURL(new Blob([text], { type: 'application/json' })),
    download: `${data.name.replace(/[^\w.-]+/g, '_')}.json`,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
