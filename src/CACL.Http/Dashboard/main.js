// Brings the parts together.

const all = new Figures();
const control = new Control();
const supervision = new Supervision();
new Batch();

function status(told) {
  const now = fields(told);
  instance = now.instance ?? null;
  showStatus(now);
  control.status(now);
  showEvaluating(fields(now.evaluating));
  all.reports(list(now.metrics).map(fields), now.chance ?? null);
  if (isNumber(now.step)) all.stepped(now.step);
}

async function readEvaluations() {
  const lines = await ask("/api/evaluations");
  if (!Array.isArray(lines)) return;
  all.evaluations(lines.map(fields));
  showEvaluations(lines.map(fields));
}

async function readQuarantine() { showQuarantine(fields(await ask("/api/quarantine"))); }

async function readActors() {
  if (document.hidden) return;
  const actors = await ask("/api/actors");
  if (Array.isArray(actors)) showActors(actors.map(fields));
  showWorkers(list(fields(await ask("/api/workers")).workers).map(fields));
}

// Reads beside the stream of events what changes seldom.
setInterval(readActors, 3000);
setInterval(readQuarantine, 15000);

const themes = ["system", "light", "dark"];
function theme(name) {
  if (name === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  byId("theme").setAttribute("aria-label", `Colours: ${name === "system" ? "as the system has them" : name}`);
  byId("theme").title = byId("theme").getAttribute("aria-label");
  all.recolour();
}
byId("theme").addEventListener("click", () => {
  const next = themes[(themes.indexOf(localStorage.getItem("cacl-theme") ?? "system") + 1) % themes.length];
  localStorage.setItem("cacl-theme", next);
  theme(next);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => all.recolour());
theme(localStorage.getItem("cacl-theme") ?? "system");

listen({
  open: () => {
    supervision.clear();
    all.outdated();
    all.refresh();
    readEvaluations();
    readQuarantine();
    readActors();
  },
  step: line => isNumber(fields(line).step) && all.stepped(line.step),
  status,
  supervision: event => supervision.add(event),
  evaluation: readEvaluations,
});
