// Sends commands to the run, and changes of its live settings.

class Control {
  #paused = false; #busy = new Set();

  constructor() {
    byId("evaluate").addEventListener("click", event => this.#do(event.target, "/api/evaluations", answer => {
      const queued = list(answer.queued).map(target => target.dataset);
      return `Evaluation of ${queued.join(", ") || "the present state"} has been requested; training continues.`;
    }));
    byId("checkpoint").addEventListener("click", event => this.#do(event.target, "/api/checkpoint", answer => answer.message ?? "A checkpoint is saved after this step."));
    byId("pause").addEventListener("click", event => this.#paused
      ? this.#do(event.target, "/api/resume", answer => answer.message ?? "The training continues.")
      : this.#do(event.target, "/api/pause", answer => answer.message ?? "The training pauses after this step."));
    byId("stop").addEventListener("click", () => {
      byId("confirm").returnValue = "";
      byId("confirm").showModal();
    });
    byId("confirm").addEventListener("close", () => {
      if (byId("confirm").returnValue === "yes") this.#do(byId("stop"), "/api/stop", answer => answer.message ?? "The run finishes its step, saves and ends.");
    });
    byId("settings").addEventListener("submit", event => {
      event.preventDefault();
      this.#change();
    });
  }

  status(status) {
    // A run that was asked to pause may still be in its step.
    this.#paused = status.state === "paused" || list(status.paused_by).includes("user");
    setText("pause", this.#paused ? "Resume" : "Pause");
    const over = status.state === "ended" || status.state === "not_running";
    for (const id of ["evaluate", "checkpoint", "pause", "stop"]) byId(id).disabled = over || this.#busy.has(id);
    this.#settings(status.settings);
  }

  async #do(button, path, done) {
    this.#busy.add(button.id);
    button.disabled = true;
    say("…");
    await command("POST", path, {}, done);
    this.#busy.delete(button.id);
    button.disabled = false;
    // A disabled button loses the focus to nothing.
    if (document.activeElement === document.body) button.focus();
  }

  // Makes a field for each live setting of the run; a field that a reader is changing is left alone.
  #settings(settings) {
    byId("settingscard").hidden = settings === undefined || settings === null;
    if (byId("settingscard").hidden || byId("settings").contains(document.activeElement)) return;
    const flat = flatten(fields(settings));
    show("settings", flat, () => [
      ...flat.map(([name, value]) => el("label", null, spaced(name.replace(".", ": ")), this.#field(name, value))),
      el("button", { type: "submit" }, "Change"),
    ]);
  }

  #field(name, value) {
    if (name === "log_level") {
      const levels = ["verbose", "debug", "information", "warning", "error"];
      const now = String(value);
      return el("select", { name, "data-was": now }, ...(levels.includes(now.toLowerCase()) ? levels : [now, ...levels])
        .map(level => el("option", { value: level, selected: level === now.toLowerCase() || level === now }, level)));
    }
    const text = known(value, String) === unknown ? "" : String(value);
    return el("input", { name, value: text, type: "number", step: "any", min: "0", "data-was": text });
  }

  async #change() {
    const body = {};
    const changed = [...byId("settings").elements].filter(field => field.name && field.value !== "" && field.value.toLowerCase() !== field.dataset.was.toLowerCase());
    for (const field of changed) {
      const value = field.type === "number" ? Number(field.value) : field.value;
      const [name, part] = field.name.split(".");
      if (part) (body[name] ??= {})[part] = value;
      else body[name] = value;
    }
    if (changed.length === 0) return say("Nothing was changed.");
    document.activeElement?.blur();
    shown.delete("settings");
    await command("PATCH", "/api/settings", body, answer => {
      const step = fields(list(answer.changed)[0]).step;
      return `Changed${isNumber(step) ? ` from step ${whole(step)} on` : ""}: ${changed.map(field => spaced(field.name)).join(", ")}.`;
    });
  }
}

const flatten = settings => Object.entries(settings).flatMap(([name, value]) =>
  value !== null && typeof value === "object" ? Object.entries(value).map(([part, inner]) => [`${name}.${part}`, inner]) : [[name, value]]);
