// Writes figures for people; a figure that the run does not report is "not known".

const unknown = "not known";
const isNumber = value => typeof value === "number" && Number.isFinite(value);
const known = (value, words) => value === undefined || value === null || value === "" ? unknown : words ? words(value) : String(value);
const list = value => Array.isArray(value) ? value : [];
const fields = value => value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};

const whole = value => isNumber(value) ? value.toLocaleString("en", { maximumFractionDigits: 0 }) : unknown;
function percent(value) {
  if (!isNumber(value)) return unknown;
  const size = 100 * value;
  return `${size === 0 || size >= 1 ? Number(size.toFixed(1)) : Number(size.toPrecision(2))} %`;
}

function number(value) {
  if (!isNumber(value)) return unknown;
  const size = Math.abs(value);
  if (size === 0) return "0";
  return size >= 1e6 || size < 1e-4 ? value.toExponential(2) : size >= 1000 ? whole(value) : String(Number(value.toPrecision(4)));
}

function duration(seconds) {
  if (!isNumber(seconds)) return unknown;
  const all = Math.max(0, Math.round(seconds));
  const [days, hours, minutes] = [Math.floor(all / 86400), Math.floor(all / 3600) % 24, Math.floor(all / 60) % 60];
  return days > 0 ? `${days} d ${hours} h` : hours > 0 ? `${hours} h ${minutes} min` : minutes > 0 ? `${minutes} min ${all % 60} s` : `${all} s`;
}

function bytes(value) {
  if (!isNumber(value)) return unknown;
  const power = value < 1 ? 0 : Math.min(4, Math.floor(Math.log2(value) / 10));
  return `${Number((value / 1024 ** power).toPrecision(3))} ${["B", "KiB", "MiB", "GiB", "TiB"][power]}`;
}

function time(text) {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? known(text) : moment.toLocaleString("sv");
}

const fileName = path => String(path).split("/").pop();
const spaced = word => String(word).replaceAll("_", " ").replaceAll("-", " ");
