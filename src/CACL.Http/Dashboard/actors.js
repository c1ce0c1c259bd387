// Draws the actor tree and the decisions of supervisors.

const calm = ["running", "idle", "busy", "ready", "waiting", "stopped", "ended"];

function showActors(actors) {
  show("actors", actors, () => {
    const lists = new Map();
    const top = el("ul");
    for (const actor of actors) { // parents before children, as the node tells them
      const path = String(actor.path ?? "");
      const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
      const below = el("ul");
      lists.set(path, below);
      (lists.get(parent) ?? top).append(el("li", null, ...actorLine(actor, path), below));
    }
    for (const below of lists.values()) if (below.childElementCount === 0) below.remove();
    return [actors.length > 0 ? top : unknown];
  });
}

function actorLine(actor, path) {
  const restarts = isNumber(actor.restarts) && actor.restarts > 0 ? ` · ${actor.restarts === 1 ? "1 restart" : `${actor.restarts} restarts`}` : "";
  const decision = actor.last_decision ? ` · last decision: ${actor.last_decision}` : "";
  return [
    el("strong", { title: known(actor.kind) }, path.split("/").pop() || unknown), " ",
    el("span", { class: `pill ${calm.includes(actor.state) ? "good" : "warn"}` }, known(actor.state, spaced)),
    el("span", { class: "quiet" }, `${restarts}${decision}`),
  ];
}

class Supervision {
  #most = 200; #events = [];

  clear() { this.#events = []; }

  add(event) {
    this.#events.unshift(fields(event));
    this.#events.length = Math.min(this.#events.length, this.#most);
    byId("nosupervision").hidden = true;
    const { time: moment, level, actor, text } = this.#events[0];
    const bad = /error|fatal/i.test(String(level));
    const list = byId("supervision");
    if (this.#events.length === 1) list.replaceChildren();
    list.prepend(el("li", null,
      el("span", { class: `pill ${bad ? "bad" : /warn/i.test(String(level)) ? "warn" : ""}` }, known(level)), " ",
      el("span", { class: "quiet" }, `${time(moment)}${actor ? ` · ${actor}` : ""}`), el("br"), known(text)));
    while (list.childElementCount > this.#most) list.lastElementChild.remove();
  }
}
