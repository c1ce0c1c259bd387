// Sends requests to the program and reads its stream of events, by fetch, since an EventSource cannot send a token.

const tokenKey = "cacl-token";
const inAddress = new URLSearchParams(location.hash.slice(1)).get("token");
if (inAddress) {
  sessionStorage.setItem(tokenKey, inAddress);
  history.replaceState(null, "", location.pathname);
}

const patience = 15000;
let instance = null;

function headers(more) {
  const token = sessionStorage.getItem(tokenKey);
  return token ? { ...more, Authorization: `Bearer ${token}` } : { ...more };
}

let asking = null;
function askForToken() {
  asking ??= new Promise(resolve => {
    const dialog = byId("tokendialog");
    dialog.addEventListener("close", () => {
      sessionStorage.setItem(tokenKey, byId("token").value.trim());
      byId("token").value = "";
      asking = null;
      resolve();
    }, { once: true });
    dialog.showModal();
  });
  return asking;
}

// Returns the response as an object; null where there is none now.
async function ask(path) {
  try {
    const response = await fetch(path, { headers: headers(), cache: "no-store", signal: AbortSignal.timeout(patience) });
    if (response.ok) return await response.json();
    if (response.status === 401) await askForToken();
  } catch { /* Nobody answers; the line above the page says so. */ }
  return null;
}

async function command(method, path, body, done) {
  try {
    const more = { "Content-Type": "application/json" };
    if (instance) more["X-Cacl-Instance"] = instance;
    const response = await fetch(path, { method, headers: headers(more), body: JSON.stringify(body), signal: AbortSignal.timeout(patience) });
    const answer = fields(await response.json().catch(() => null));
    if (response.ok) say(typeof done === "function" ? done(answer) : done);
    else say(known(answer.error, String) === unknown ? `The run answered with status ${response.status}.` : answer.error, true);
    if (response.status === 401) await askForToken();
    return response.ok;
  } catch {
    say("The run does not answer. Is it still running?", true);
    return false;
  }
}

function line(text, bad) {
  byId("line").className = bad ? "bad" : "quiet";
  setText("line", text);
}

// Listens for ever: when the connection breaks it is opened again, after ever longer pauses.
async function listen(handlers) {
  let wait = 1000;
  for (;;) {
    let ended = false;
    try {
      const giveUp = new AbortController();
      const response = await fetch("/api/events", { headers: headers({ Accept: "text/event-stream" }), cache: "no-store", signal: giveUp.signal });
      if (response.status === 401) await askForToken();
      else if (!response.ok) line(known(fields(await response.json().catch(() => null)).error), true);
      else {
        line("live");
        wait = 1000;
        handlers.open();
        ended = await readEvents(response.body.getReader(), giveUp, handlers);
        line(ended ? "the run has ended; the figures stay" : "the line is broken; trying again …", !ended);
      }
    } catch {
      line("nobody answers; trying again …", true);
    }
    await new Promise(resolve => setTimeout(resolve, ended ? 30000 : wait));
    wait = Math.min(wait * 2, 15000);
  }
}

async function readEvents(reader, giveUp, handlers) {
  const decoder = new TextDecoder();
  let text = "";
  let ended = false;
  for (;;) {
    // The status comes each second: a connection that is silent for long is dead.
    const silent = setTimeout(() => giveUp.abort(), patience);
    const { done, value } = await reader.read().finally(() => clearTimeout(silent));
    if (done) return ended;
    text += decoder.decode(value, { stream: true });
    const parts = text.split("\n\n");
    text = parts.pop();
    for (const part of parts) {
      const lines = part.split("\n");
      const type = lines.find(l => l.startsWith("event: "))?.slice(7);
      const data = lines.filter(l => l.startsWith("data: ")).map(l => l.slice(6)).join("\n");
      if (type === "end") ended = true;
      if (type && handlers[type]) handlers[type](JSON.parse(data));
    }
  }
}
