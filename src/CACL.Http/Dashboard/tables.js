// Draws the tables of evaluations and of quarantined videos.

const mostRows = 200;

// Writes a reason such as NotAVideo as people do.
const reasonWords = reason => /^[A-Za-z]+$/.test(reason) ? reason.replace(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, " ").toLowerCase() : spaced(reason);

// A score and, from when there are intervals on, its 95 % interval over the test images.
function scored(line, name) {
  if (line.status !== "done") return "–";
  const interval = intervalOf(line, name);
  return interval ? `${percent(line[name])} (${percent(interval[0])} to ${percent(interval[1])})` : percent(line[name]);
}

function showEvaluations(lines) {
  const rows = lines.slice(-mostRows).reverse();
  const brackets = rows.some(line => intervalOf(line, "miou")) ? "; in brackets: 95 % interval over the test images" : "";
  table("evaluations", rows.map(line => [line.time, line.step, line.dataset, line.status]), lines.length === 0 ? "none yet" : `${lines.length}, newest first${brackets}`,
    [["Step", "number"], ["Data set"], ["mIoU", "number"], ["mAcc", "number"], ["aAcc", "number"], ["Why"], ["Time taken", "number"], ["Finished"], ["Result"]],
    rows.map(line => [
      whole(line.step), evaluationName(line) || unknown, scored(line, "miou"), scored(line, "macc"), scored(line, "aacc"),
      known(line.trigger, spaced), isNumber(line.seconds) ? duration(line.seconds) : "–", time(line.time),
      line.status === "done" ? (line.worker ? `done by ${line.worker}` : "done") : `${known(line.status)}: ${known(line.error)}`,
    ]));
}

function showEvaluating(evaluating) {
  const words = request => `${evaluationName(fields(request)) || unknown} of step ${whole(fields(request).step)}`;
  const waiting = list(evaluating.waiting).map(words);
  const underway = list(evaluating.underway ?? [evaluating.running]).map(fields).filter(request => request.step !== undefined);
  const here = underway.filter(request => !request.worker);
  const elsewhere = underway.filter(request => request.worker);
  setText("evaluating", [
    here.length > 0 ? `Being made beside the training: ${here.map(words).join("; ")}.` : null,
    elsewhere.length > 0 ? `Being made elsewhere: ${elsewhere.map(request => `${words(request)} by ${known(request.worker, String)}`).join("; ")}.` : null,
    waiting.length > 0 ? `Waiting: ${waiting.join("; ")}.` : null,
  ].filter(Boolean).join(" "));
}

function showQuarantine(quarantine) {
  if (quarantine.videos === undefined) return;
  const videos = list(quarantine.videos).map(fields);
  setText("quarantined", isNumber(quarantine.count) ? `(${whole(quarantine.count)})` : "");
  const reasons = Object.entries(fields(quarantine.reasons)).sort((a, b) => b[1] - a[1]);
  setText("reasons", reasons.length > 0 ? reasons.map(([reason, count]) => `${reasonWords(reason) || "without a reason"}: ${whole(count)}`).join(" · ") : "none");
  if (videos.length === 0) return show("quarantine", [], () => []);
  table("quarantine", videos, quarantine.count > videos.length ? `the last ${whole(videos.length)}` : "newest first",
    [["File"], ["Reason"], ["What was wrong"], ["Found by"], ["Epoch", "number"]],
    videos.map(video => [known(video.path), known(video.reason, reasonWords), known(video.message), known(video.found_by), isNumber(video.epoch) ? whole(video.epoch) : "–"]));
}
