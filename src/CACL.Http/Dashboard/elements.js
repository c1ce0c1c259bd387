// Makes elements one by one and sets text as text: nothing that comes from the run is read as HTML.

const byId = id => document.getElementById(id);

function el(tag, properties, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null) continue;
    if (name === "class") made.className = value;
    else if (name === "style") Object.assign(made.style, value);
    else if (name.includes("-") || name === "role") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

function setText(id, text) {
  const node = byId(id);
  if (node.textContent !== text) node.textContent = text;
}

// Elements that have not changed stay: the reader's place, a selection and the focus are kept.
const shown = new Map();
function show(id, data, make) {
  const key = JSON.stringify(data) ?? "";
  if (shown.get(id) === key) return;
  shown.set(id, key);
  byId(id).replaceChildren(...make());
}

function table(id, data, caption, heads, rows) {
  show(id, data, () => [
    el("caption", null, caption),
    el("thead", null, el("tr", null, ...heads.map(([text, kind]) => el("th", { scope: "col", class: kind }, text)))),
    el("tbody", null, ...rows.map(row => el("tr", null, ...row.map((cell, i) => el("td", { class: heads[i][1] }, cell))))),
  ]);
}

function say(text, bad) {
  byId("said").className = bad ? "bad" : "";
  setText("said", text);
}
