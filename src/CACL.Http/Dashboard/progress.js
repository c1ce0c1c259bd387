// Draws how far the run is, what it does, where its time goes and what waits.

const stateLook = { running: "good", evaluating: "good", ended: "", not_running: "", starting: "warn", waiting_for_data: "warn", paused: "warn", saving: "good" };
const shareParts = [
  ["data", "waiting for data", "orange"], ["transfer", "transfer", "purple"], ["forward", "forward", "blue"],
  ["backward", "backward", "green"], ["optimiser", "optimiser", "red"], ["snapshot", "snapshot", "grey"],
];

function showStatus(status) {
  const state = known(status.state, spaced);
  setText("run", known(status.run, fileName));
  document.title = `${state}${isNumber(status.step) && isNumber(status.total_steps) && status.total_steps > 0 ? ` ${Math.floor(100 * status.step / status.total_steps)} %` : ""} – CACL ${known(status.run, fileName)}`;
  setText("state", state);
  byId("state").className = `pill ${stateLook[status.state] ?? ""}`;
  showProgress(status);
  showShares(fields(status.time_shares), status.verdict);
  showMeters(status);
}

function showProgress(status) {
  setText("step", isNumber(status.step) ? whole(status.step) : "–");
  setText("total", isNumber(status.total_steps) ? whole(status.total_steps) : "–");
  const share = isNumber(status.step) && status.total_steps > 0 ? Math.min(1, status.step / status.total_steps) : 0;
  byId("bar").firstElementChild.style.width = `${100 * share}%`;
  byId("bar").setAttribute("aria-valuenow", (100 * share).toFixed(1));
  byId("bar").setAttribute("aria-valuetext", `step ${whole(status.step)} of ${whole(status.total_steps)}`);
  const checkpoint = status.checkpoint;
  const facts = [
    ["Epoch", isNumber(status.epoch) ? `${number(status.epoch)} of ${known(status.epochs, number)}` : unknown],
    ["Time left", status.eta_seconds === null ? "cannot be told yet" : duration(status.eta_seconds)],
    ["Running for", duration(status.seconds)],
    ["Throughput", isNumber(status.pairs_per_second) ? `${number(status.pairs_per_second)} pairs a second` : unknown],
    ["Last checkpoint", checkpoint ? `step ${whole(checkpoint.step)}, ${time(checkpoint.time)}` : checkpoint === null ? "none yet" : unknown],
    ["Device", known(status.device)],
    ["Method", known(status.method)],
    ["Network", `${known(status.backbone)}, heads ${known(status.heads, heads => Array.isArray(heads) ? heads.join(", ") : String(heads))}`],
    ["Began", time(status.started)],
  ];
  show("facts", facts, () => facts.flatMap(([name, value]) => [el("dt", null, name), el("dd", null, value)]));
}

function showShares(shares, verdict) {
  setText("verdict", known(verdict));
  const parts = shareParts.filter(([name]) => isNumber(shares[name]));
  show("shares", parts.map(([name]) => shares[name]), () => parts.map(([name, , colour]) =>
    el("div", { style: { width: `${100 * shares[name]}%`, background: `var(--${colour})` } })));
  show("sharelist", parts.map(([name]) => shares[name]), () => parts.map(([name, words, colour]) =>
    el("li", null, el("span", { class: "swatch", style: { background: `var(--${colour})` } }), `${words} ${percent(shares[name])}`)));
}

function showMeters(status) {
  const [channel, flight, decoders] = [fields(status.channel), fields(status.in_flight), fields(status.decoders)];
  const meters = [
    ["Batches ready", channel.waiting, channel.capacity, whole],
    ["Pairs in flight", flight.bytes, flight.limit, bytes],
    [decoders.configured === 0 ? "Decoders busy, number chosen" : "Decoders busy", decoders.busy, decoders.wanted ?? decoders.configured, whole],
    ...Object.entries(fields(status.queues)).map(([head, queue]) => [`Negatives, ${head}`, fields(queue).filled, fields(queue).size, whole]),
  ];
  show("meters", meters.map(m => m.slice(0, 3)), () => meters.map(([name, value, most, words]) => {
    const share = isNumber(value) && most > 0 ? Math.min(1, value / most) : 0;
    const text = isNumber(value) ? `${words(value)} of ${words(most)}` : unknown;
    return el("div", { class: "meter" }, el("span", null, name),
      el("div", { class: "bar", role: "meter", "aria-label": name, "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": (100 * share).toFixed(0), "aria-valuetext": text },
        el("div", { style: { width: `${100 * share}%` } })),
      el("span", null, text));
  }));
}
