// Draws the table of workers on other machines, and drains one on request.

function showWorkers(workers) {
  byId("workerscard").hidden = workers.length === 0;
  table("workers", workers, `${workers.length}, by name`,
    [["Name"], ["Address"], ["Decoders", "number"], ["Pairs", "number"], ["Handed back", "number"], ["MB a second", "number"], ["State"], [""]],
    workers.map(worker => [
      known(worker.name, String), known(worker.address, String), whole(worker.decoders), whole(worker.pairs), whole(worker.handed_back),
      isNumber(worker.bytes_per_second) ? (worker.bytes_per_second / 1e6).toFixed(1) : "–", known(worker.state, spaced), drainButton(worker),
    ]));
}

function drainButton(worker) {
  const name = String(worker.name);
  const button = el("button", { type: "button", disabled: worker.state !== "decoding", "aria-label": `Drain ${name}` }, "Drain");
  button.addEventListener("click", () => {
    button.disabled = true;
    command("POST", "/api/workers/drain", { worker: name }, answer => answer.message ?? `${name} finishes what it has, and ends.`);
  });
  return button;
}
