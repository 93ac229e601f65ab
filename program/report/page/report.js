// The report: one section after the other, then its contents, then the charts.
function report() {
  document.title = `Activations and losses on ${data.name}`;
  document.getElementById('title').textContent = document.title;
  document.getElementById('subtitle').textContent =
    `The same network trained with ${counted(activations.length, 'activation')} and ` +
    `${counted(losses.length, 'loss', 'losses')}, ${counted(settings.seeds, 'seed')} and ` +
    `${counted(settings.epochs, 'epoch')} each, to find ${data.target} in ${counted(data.rows, 'row')}.`;
  const sections = {
    verdict,
    why,
    gradients,
    saturation,
    learning,
    claims,
    losses: loss_effects,
    confusion,
    warnings,
    run: run_card,
  };
  for (const [id, write] of Object.entries(sections)) write(document.getElementById(id));
  const contents = document.getElementById('contents');
  for (const { id, dataset } of document.querySelectorAll('main > section'))
    contents.append(element('li', {}, element('a', { href: `#${id}` }, dataset.short)));
  start_charts();
}
report();
