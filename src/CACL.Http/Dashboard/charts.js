// Draws figures over steps: first which series there are, then one figure.

// A head has the same colour and dash in every figure, whichever other heads are on.
const looks = [{ colour: "blue" }, { colour: "orange", dash: [10, 3] }, { colour: "green", dash: [2, 3] }, { colour: "purple", dash: [14, 3] }, { colour: "grey", dash: [2, 2] }];

// metrics: [{name, kind, head, label}], all that the method reports, from the status.
function seriesOf(metrics, kind) {
  const heads = [...new Set(metrics.map(metric => metric.head))];
  return metrics.filter(metric => metric.kind === kind)
    .map(metric => ({ name: metric.name, label: metric.label, ...looks[heads.indexOf(metric.head) % looks.length] }));
}

const figures = [
  { id: "losses", title: "Losses", series: metrics => [{ name: "loss", label: "sum", colour: "grey", dash: [6, 4] }, ...seriesOf(metrics, "loss")] },
  { id: "rate", title: "Learning rate", series: () => [{ name: "lr", label: "learning rate", colour: "purple" }] },
  { id: "throughput", title: "Throughput (pairs a second)", series: () => [{ name: "pairs_per_s", label: "pairs/s", colour: "blue" }], fromZero: true },
  {
    id: "shares-figure", title: "Waiting for data (share of the time)",
    series: () => [{ name: "data_wait_share", label: "waiting", colour: "orange" }], fromZero: true, least: 0.1, words: percent,
  },
  {
    id: "ranks", title: "The slowest rank (seconds a step)", fromZero: true,
    series: () => [{ name: "slowest_rank_seconds", label: "computing", colour: "blue" }, { name: "exchange_seconds", label: "exchanging", colour: "orange", dash: [10, 3] }],
  },
  { id: "accuracies", title: "How well views find each other", fromZero: true, words: percent, series: metrics => seriesOf(metrics, "share") },
  { id: "spread", title: "How far apart a frame's pixels are under each head (0: collapsed)", fromZero: true, series: metrics => seriesOf(metrics, "spread") },
  { id: "frames", title: "How far apart frames are under each head (0: all alike)", fromZero: true, series: metrics => seriesOf(metrics, "frame_spread") },
  { id: "entropy", title: "Entropy of the soft target (100 %: it says nothing)", fromZero: true, words: percent, series: metrics => seriesOf(metrics, "target_entropy") },
];

const colourOf = name => {
  // Resolves light-dark(), which a canvas does not know.
  const probe = byId("charts");
  probe.style.color = `var(--${name})`;
  const colour = getComputedStyle(probe).color;
  probe.style.color = "";
  return colour;
};
const faint = colour => colour.replace(/^rgb\((.*)\)$/, "rgba($1, 0.22)");

// The legend draws each line with its dash, for readers who cannot tell the colours apart.
const swatch = ({ colour, dash }) => dash
  ? el("span", { class: `swatch ${dash[0] > 4 ? "dashed" : "dotted"}`, style: { borderColor: `var(--${colour})` } })
  : el("span", { class: "swatch", style: { background: `var(--${colour})` } });

class Figure {
  #place; #plot; #legend; #numbers; #told; #chart = null; #spec; #data = null; #key = ""; #onRange; #step = null;

  constructor(spec, onRange) {
    this.#spec = spec;
    this.#onRange = onRange;
    this.#plot = el("div", { class: "plot", tabIndex: 0, role: "img" });
    this.#legend = el("ul", { class: "legend" });
    this.#numbers = el("details", null, el("summary", null, "Numbers"));
    this.#told = el("p", { class: "hidden", "aria-live": "polite" });
    this.#place = el("figure", { id: `figure-${spec.id}` }, el("figcaption", null, spec.title), this.#legend, this.#plot, this.#told, this.#numbers);
    this.#place.hidden = true;
    byId("charts").append(this.#place);
    this.#numbers.addEventListener("toggle", () => this.#fillNumbers());
    this.#plot.addEventListener("keydown", event => this.#move(event));
    this.#plot.addEventListener("blur", () => { this.#step = null; });
    this.#plot.addEventListener("dblclick", () => this.#onRange(null, null));
    new ResizeObserver(() => this.#chart?.setSize(this.#size())).observe(this.#plot);
  }

  // series: [{label, colour, dash, points: Map(step → [min, max, mean])}]
  draw(series, again) {
    this.#place.hidden = series.length === 0;
    if (series.length === 0) return;
    const steps = [...new Set(series.flatMap(s => [...s.points.keys()]))].sort((a, b) => a - b);
    const columns = [steps];
    for (const s of series) {
      for (const part of [2, 0, 1]) columns.push(steps.map(step => s.points.get(step)?.[part] ?? null));
    }
    this.#data = { steps, series };
    const key = series.map(s => s.label).join("|");
    if (!this.#chart || key !== this.#key || again) {
      this.#key = key;
      this.#build(series, columns);
    } else {
      this.#chart.setData(columns);
    }
    // A reader who moves along the figure stays at the step he has reached.
    if (this.#step !== null) this.#stand(steps.findLast(step => step <= this.#step) ?? steps[0]);
    else this.#tell(this.#chart.cursor.idx ?? null);
    this.#plot.setAttribute("aria-label", this.#summary());
    this.#fillNumbers();
  }

  #size() { return { width: Math.max(200, this.#plot.clientWidth), height: 220 }; }

  #build(series, columns) {
    this.#chart?.destroy();
    const words = this.#spec.words ?? number;
    const [ink, grid] = [colourOf("quiet"), colourOf("grid")];
    const drawn = [{}];
    const bands = [];
    for (const s of series) {
      const colour = colourOf(s.colour);
      const at = drawn.length;
      drawn.push(
        { label: s.label, stroke: colour, width: 1.6, dash: s.dash, spanGaps: true, points: { show: s.marks === true, size: 7, fill: colour } },
        { show: true, stroke: "transparent", width: 0, points: { show: false } },
        { show: true, stroke: "transparent", width: 0, points: { show: false } });
      bands.push({ series: [at + 2, at + 1], fill: faint(colour) });
    }
    const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: "12px system-ui, sans-serif" };
    this.#chart = new uPlot({
      ...this.#size(),
      legend: { show: false },
      cursor: { drag: { x: true, y: false, setScale: false }, sync: { key: "steps" }, points: { size: 6 } },
      scales: { x: { time: false, range: (u, low, high) => low === high ? [low - 1, high + 1] : [low, high] }, y: { range: (u, low, high) => this.#heights(low, high) } },
      axes: [
        { ...axis, values: (u, marks) => marks.map(mark => Number.isInteger(mark) ? whole(mark) : ""), space: 70 },
        { ...axis, values: (u, marks) => marks.map(mark => words(mark)), size: 64 },
      ],
      series: drawn,
      bands,
      hooks: {
        setCursor: [u => this.#tell(u.cursor.idx)],
        setSelect: [u => {
          if (u.select.width < 5) return;
          const [from, to] = [u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")];
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          this.#onRange(Math.floor(from), Math.ceil(to));
        }],
      },
    }, columns, this.#plot);
  }

  #heights(low, high) {
    if (!isNumber(low) || !isNumber(high)) return [0, 1];
    if (this.#spec.fromZero) return [0, Math.max(high * 1.08, this.#spec.least ?? 0) || 1];
    const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
    return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
  }

  // Shows the values at the cursor, or the last value of each series.
  #tell(index) {
    const { steps, series } = this.#data;
    const words = this.#spec.words ?? number;
    const at = index ?? steps.length - 1;
    this.#legend.replaceChildren(...series.map(s => {
      const point = index === null ? [...s.points.values()].at(-1) : s.points.get(steps[at]);
      return el("li", null, swatch(s), `${s.label} ${point ? words(point[2]) : "–"}`);
    }), el("li", { class: "quiet" }, `at step ${whole(steps[at])}`));
  }

  #summary() {
    const { steps, series } = this.#data;
    const words = this.#spec.words ?? number;
    return `${this.#spec.title}, steps ${whole(steps[0])} to ${whole(steps.at(-1))}. ` + series.map(s => {
      const points = [...s.points.values()];
      return `${s.label}: last ${words(points.at(-1)[2])}, smallest ${words(Math.min(...points.map(p => p[0])))}, largest ${words(Math.max(...points.map(p => p[1])))}.`;
    }).join(" ");
  }

  #move(event) {
    const last = this.#data.steps.length - 1;
    const leap = Math.max(1, Math.round(last / 20));
    const from = this.#step === null ? last : this.#data.steps.indexOf(this.#step);
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, PageUp: from - leap, PageDown: from + leap, Home: 0, End: last }[event.key];
    if (event.key === "Escape") {
      this.#step = null;
      this.#onRange(null, null);
    }
    if (to === undefined) return;
    event.preventDefault();
    this.#stand(this.#data.steps[Math.min(last, Math.max(0, to))]);
    this.#told.textContent = [...this.#legend.children].map(item => item.textContent).join("; ");
  }

  #stand(step) {
    this.#step = step;
    this.#chart.setCursor({ left: this.#chart.valToPos(step, "x"), top: this.#chart.bbox.height / devicePixelRatio / 2 });
    this.#tell(this.#data.steps.indexOf(step));
  }

  #fillNumbers() {
    if (!this.#numbers.open) return;
    const { steps, series } = this.#data;
    const words = this.#spec.words ?? number;
    const every = Math.max(1, Math.ceil(steps.length / 12));
    const chosen = steps.filter((step, i) => i % every === 0 || i === steps.length - 1);
    const cell = point => !point ? "–" : point[0] === point[1] ? words(point[2]) : `${words(point[2])} (${words(point[0])} to ${words(point[1])})`;
    this.#numbers.replaceChildren(el("summary", null, "Numbers"), el("div", { class: "scroll", tabIndex: 0 }, el("table", null,
      el("thead", null, el("tr", null, el("th", { scope: "col" }, "step"), ...series.map(s => el("th", { scope: "col" }, s.label)))),
      el("tbody", null, ...chosen.map(step => el("tr", null, el("th", { scope: "row" }, whole(step)), ...series.map(s => el("td", null, cell(s.points.get(step))))))))));
  }
}

// Draws all figures over the range of steps that they share.
class Figures {
  #figures = figures.map(spec => ({ spec, figure: new Figure(spec, (from, to) => this.#zoom(from, to)) }));
  #quality = new Figure({ id: "quality", title: "mIoU of each data set and protocol, with its 95 % interval", fromZero: true, words: percent }, (from, to) => this.#zoom(from, to));
  #range = { kind: "all", from: null, to: null };
  #metrics = null; #known = []; #evaluations = []; #chance = null; #last = null; #stale = true; #asking = false;

  constructor() {
    for (const button of document.querySelectorAll("[data-range]")) button.addEventListener("click", () => this.#choose(button.dataset.range));
    byId("range").addEventListener("submit", event => {
      event.preventDefault();
      const read = id => byId(id).value === "" ? null : Math.max(0, Math.floor(Number(byId(id).value)));
      this.#zoom(read("from"), read("to"));
    });
    setInterval(() => this.refresh(), 3000);
    document.addEventListener("visibilitychange", () => this.refresh());
  }

  stepped(step) {
    this.#last = step;
    if (this.#range.to === null) this.#stale = true;
  }

  outdated() { this.#stale = true; }

  // Makes the figures of the metrics that the method reports, with the chance level of its losses.
  reports(metrics, chance) {
    if (chance === this.#chance && JSON.stringify(metrics) === JSON.stringify(this.#known)) return;
    this.#known = metrics;
    this.#chance = chance;
    this.#draw(false);
  }

  evaluations(lines) {
    this.#evaluations = lines;
    this.#drawQuality(false);
  }

  recolour() { this.#draw(true); this.#drawQuality(true); }

  async refresh() {
    if (!this.#stale || this.#asking || document.hidden) return;
    this.#asking = true;
    this.#stale = false;
    let { from, to } = this.#range;
    if (this.#range.kind === "tenth" && this.#last) from = Math.floor(0.9 * this.#last);
    if (this.#range.kind === "1000" && this.#last) from = Math.max(0, this.#last - 999);
    const asked = new URLSearchParams({ points: String(Math.min(1000, Math.max(200, byId("charts").clientWidth))) });
    if (from !== null) asked.set("from", String(from));
    if (to !== null) asked.set("to", String(to));
    const metrics = await ask(`/api/metrics?${asked}`);
    this.#asking = false;
    if (metrics === null) { this.#stale = true; return; }
    this.#metrics = metrics;
    if (isNumber(metrics.to)) this.#last = Math.max(this.#last ?? 0, metrics.to);
    this.#draw(false);
  }

  #choose(kind) { this.#set({ kind, from: null, to: null }); }

  #zoom(from, to) {
    if (from !== null && to !== null && to < from) [from, to] = [to, from];
    this.#set(from === null && to === null ? { kind: "all", from, to } : { kind: "own", from, to });
  }

  #set(range) {
    this.#range = range;
    for (const button of document.querySelectorAll("[data-range]")) button.setAttribute("aria-pressed", String(button.dataset.range === range.kind));
    byId("from").value = range.from ?? "";
    byId("to").value = range.to ?? "";
    this.#stale = true;
    this.refresh();
  }

  #draw(again) {
    if (this.#metrics === null || this.#known.length === 0) return;
    const told = fields(this.#metrics.series);
    byId("nofigures").hidden = Object.keys(told).length > 0 || this.#evaluations.length > 0;
    for (const { spec, figure } of this.#figures) {
      const present = spec.series(this.#known).filter(s => list(told[s.name]).length > 0);
      // With a single loss the sum would be the same line again.
      const wanted = spec.id === "losses" && present.length === 2 ? present.slice(1) : present;
      const series = wanted.map(s => ({ ...s, points: new Map(told[s.name].map(([step, low, high, mean]) => [step, [low, high, mean]])) }));
      if (spec.id === "losses" && series.length > 0 && isNumber(this.#chance)) {
        const steps = [...series[0].points.keys()];
        series.push({
          label: ["chance", this.#known.map(metric => fields(metric.chance).formula).find(Boolean)].filter(Boolean).join(", "), colour: "red", dash: [2, 6],
          points: new Map(steps.map(step => [step, [this.#chance, this.#chance, this.#chance]])),
        });
      }
      figure.draw(series, again);
    }
  }

  #drawQuality(again) {
    const colours = ["blue", "orange", "green", "purple", "red", "grey"];
    const sets = new Map();
    for (const line of this.#evaluations) {
      if (line.status !== "done" || !isNumber(line.miou) || !isNumber(line.step)) continue;
      const label = evaluationName(line);
      if (!sets.has(label)) sets.set(label, new Map());
      sets.get(label).set(line.step, [...(intervalOf(line, "miou") ?? [line.miou, line.miou]), line.miou]);
    }
    this.#quality.draw([...sets].map(([label, points], i) => ({ label, colour: colours[i % colours.length], dash: i > 0 ? [4 * i + 2, 3] : undefined, marks: true, points: new Map([...points].sort((a, b) => a[0] - b[0])) })), again);
  }
}

// The two ends of a score's interval, or null.
const intervalOf = (line, name) => {
  const ends = list(fields(line.intervals)[name]);
  return ends.length === 2 && ends.every(isNumber) ? ends : null;
};

const evaluationName = line => [line.dataset, line.protocol, line.variant === "full" ? null : line.variant, isNumber(line.fraction) && line.fraction < 1 ? `${100 * line.fraction} %` : null].filter(Boolean).join(" · ");
