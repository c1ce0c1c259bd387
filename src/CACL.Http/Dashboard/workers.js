// Draws the table of workers on other machines, and drains one on request.

function showWorkers(workers) {
  byId("workerscard").hidden = workers.length === 0;
  table("workers", workers, `${workers.length}, by name`,
    [["Name"], ["Address"], ["Role"], ["At once", "number"], ["Done", "number"], ["Handed back", "number"], ["MB a second", "number"], ["State"], [""]],
    workers.map(worker => [
      known(worker.name, String), known(worker.address, String), known(worker.role, String),
      whole(worker.role === "evaluator" ? worker.evaluations : worker.decoders),
      worker.role === "evaluator" ? evaluated(worker.evaluated) : `${whole(worker.pairs)} pairs`, whole(worker.handed_back),
      isNumber(worker.bytes_per_second) ? (worker.bytes_per_second / 1e6).toFixed(1) : "–",
      [known(worker.state, spaced), list(worker.doing).join("; ")].filter(Boolean).join(": "), drainButton(worker),
    ]));
}

const evaluated = number => `${whole(number)} evaluation${number === 1 ? "" : "s"}`;

function drainButton(worker) {
  const name = String(worker.name);
  const button = el("button", { type: "button", disabled: worker.state === "leaving", "aria-label": `Drain ${name}` }, "Drain");
  button.addEventListener("click", () => {
    button.disabled = true;
    command("POST", "/api/workers/drain", { worker: name }, answer => answer.message ?? `${name} finishes what it has, and ends.`);
  });
  return button;
}
