// SPDX-License-Identifier: Apache-2.0

// Data may hold anything: it is read through these, and reaches the page only as text.
const byId = (id) => document.getElementById(id);
const list = (v) => (Array.isArray(v) ? v.filter((x) => x !== null && typeof x === "object") : []);
const part = (v) => (v !== null && typeof v === "object" && !Array.isArray(v) ? v : {});
const str = (v) => (typeof v === "string" ? v : typeof v === "number" || typeof v === "boolean" ? String(v) : "");
const num = (v) => {
  const n = typeof v === "string" && v.trim() !== "" ? Number(v) : v;
  return typeof n === "number" && Number.isFinite(n) ? n : null;
};
const time = (v) => {
  const ms = typeof v === "string" ? Date.parse(v) : NaN;
  return Number.isNaN(ms) ? null : ms;
};

const DATA = (() => {
  try {
    return part(JSON.parse(byId("data").textContent));
  } catch {
    return null;
  }
})();
const exercise = part(DATA && DATA.exercise);
const TIERS = ["DISTRICT", "SUBDISTRICT", "COMMUNITY", "OUTSIDE"];

let language = /(^|[#&])lang=en\b/.test(location.hash) ? "en" : "zh";
const own = (o, k) => (Object.prototype.hasOwnProperty.call(o, k) ? o[k] : undefined);
const t = (key, ...values) =>
  (own(WORDS[language], key) ?? str(key)).replace(/\{(\d)\}/g, (_, i) => str(values[i]));
// A field in the language of the page: title, or title_en.
const say = (o, field) => (language === "en" && str(o[field + "_en"])) || str(o[field]);

// Characters that turn the direction of writing could make a line read as another: shown as U+FFFD.
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : str(value));
  }
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === "" || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(str(child).replace(TURNING, "\uFFFD")));
  }
  return node;
}
const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const SVG = byId("svg-home").namespaceURI;
const s = (tag, attributes, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);
const put = (id, ...children) => {
  const node = byId(id);
  node.replaceChildren();
  return fill(node, null, children);
};
const empty = (key) => h("p", { class: "empty" }, t(key));

// Times are shown in the zone of the exercise, whoever opens the page wherever.
const ZONE_MIN = (() => {
  const m = /([+-])(\d\d):?(\d\d)$/.exec(str(exercise.starts_at));
  return m ? (m[1] === "-" ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3])) : 480;
})();
const two = (n) => String(n).padStart(2, "0");
const local = (ms) => new Date(ms + ZONE_MIN * 60000);
function clock(ms, seconds) {
  if (ms === null) return "—";
  const d = local(ms);
  const hm = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
  return seconds ? `${hm}:${two(d.getUTCSeconds())}` : hm;
}
function day(ms) {
  const d = local(ms);
  return `${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`;
}
const full = (ms, seconds) =>
  ms === null ? "—" : `${local(ms).getUTCFullYear()}-${day(ms)} ${clock(ms, seconds)}`;
// The date is said only where the exercise goes over more than one.
function short(ms, seconds) {
  if (ms === null) return "—";
  return day(ms) === day(SPAN.from) ? clock(ms, seconds) : `${day(ms)} ${clock(ms, seconds)}`;
}
function length(seconds) {
  if (seconds === null) return "—";
  let rest = Math.round(Math.abs(seconds));
  const parts = [];
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["min", 60], ["sec", 1]]) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0) parts.push(language === "en" ? `${n} ${t(unit)}` : `${n}${t(unit)}`);
  }
  if (parts.length === 0) return language === "en" ? `0 ${t("sec")}` : `0${t("sec")}`;
  return (seconds < 0 ? "−" : "") + parts.slice(0, 2).join(language === "en" ? " " : "");
}

const timeline = list(DATA && DATA.timeline)
  .map((e, i) => ({ e, i, at: time(e.at) }))
  .sort((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity) || a.i - b.i);
const alerts = list(DATA && DATA.alerts)
  .map((a) => {
    const issued = time(a.issued_at);
    const recipients = list(a.recipients).map((r) => ({
      r, area: str(r.area), tier: str(r.tier), sent: time(r.sent_at) ?? issued,
      delivered: time(r.delivered_at), read: time(r.read_at), answered: time(r.answered_at),
      limit: time(r.limit_at), cannot: str(r.answer) === "CANNOT",
    }));
    return { a, issued, ended: time(a.ended_at), recipients };
  })
  .sort((x, y) => (x.issued ?? Infinity) - (y.issued ?? Infinity));
const expectations = list(DATA && DATA.expectations);
const clocks = list(DATA && DATA.clocks);
const tasks = list(DATA && DATA.tasks);
const ledgers = list(DATA && DATA.ledgers);
const figures = list(DATA && DATA.figures)
  .map((f) => ({ f, at: time(f.at) }))
  .filter((f) => f.at !== null)
  .sort((x, y) => x.at - y.at);
const areas = list(DATA && DATA.areas);
const areaName = new Map(areas.map((a) => [str(a.code), str(a.name)]));

// The moment of the real event that the start stands for; null: it re-enacts nothing.
const RE_ENACTS = time(exercise.re_enacts);

// From the start of the exercise to its end, or as far as its entries go.
const SPAN = (() => {
  const known = [time(exercise.starts_at), time(exercise.finished_at)];
  const seen = timeline.map((e) => e.at).filter((x) => x !== null);
  for (const a of alerts) if (a.issued !== null) seen.push(a.issued);
  for (const f of figures) seen.push(f.at);
  const from = known[0] ?? seen.reduce((x, y) => Math.min(x, y), Infinity);
  const to = known[1] ?? seen.reduce((x, y) => Math.max(x, y), -Infinity);
  return Number.isFinite(from) && Number.isFinite(to) && to > from
    ? { from, to, known: true }
    : { from: Number.isFinite(from) ? from : 0, to: (Number.isFinite(from) ? from : 0) + 3600000, known: false };
})();

// Where an inject of a re-enactment comes from: published, and when, or added to it.
function originOf({ e, at }) {
  if (RE_ENACTS === null || at === null) return "";
  const then = full(RE_ENACTS + at - SPAN.from);
  if (e.source === "published") return t("published", then);
  if (e.source === "published-day") return t("publishedDay", then.slice(0, 10));
  return e.source === "setting" ? t("setting") : "";
}
