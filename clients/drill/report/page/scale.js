// SPDX-License-Identifier: Apache-2.0

// Where a time stands on the axis, 0 … 1. "stretched": the gap between two neighbouring events takes
// a root of its length, so that a busy minute and a quiet night both stay readable.
function makeScale(instants, mode) {
  const inside = instants.filter((x) => x !== null && x > SPAN.from && x < SPAN.to);
  inside.sort((a, b) => a - b);
  const grain = Math.max(20000, (SPAN.to - SPAN.from) / 2000);
  const knots = [SPAN.from];
  if (mode === "stretched") {
    for (const x of inside) if (x - knots[knots.length - 1] >= grain) knots.push(x);
    while (knots.length > 1 && SPAN.to - knots[knots.length - 1] < grain) knots.pop();
  }
  knots.push(SPAN.to);
  const places = [0];
  for (let i = 1; i < knots.length; ++i) {
    places.push(places[i - 1] + (knots[i] - knots[i - 1]) ** 0.4);
  }
  const whole = places[places.length - 1];
  for (let i = 0; i < places.length; ++i) places[i] /= whole;

  const between = (from, to, x) => {
    let low = 0;
    let high = from.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (from[middle] <= x) low = middle;
      else high = middle;
    }
    return to[low] + ((to[high] - to[low]) * (x - from[low])) / (from[high] - from[low]);
  };
  return {
    place: (ms) => between(knots, places, Math.min(SPAN.to, Math.max(SPAN.from, ms))),
    at: (place) => between(places, knots, Math.min(1, Math.max(0, place))),
  };
}

// Times worth a mark: the roundest first, then finer ones while there is room.
function ticks(scale, width, room) {
  const minute = 60000;
  const zone = ZONE_MIN * minute;
  const taken = [];
  const marks = [];
  for (const step of [1440, 720, 360, 180, 60, 30, 15, 10, 5, 1].map((m) => m * minute)) {
    if ((SPAN.to - SPAN.from) / step > 4000) break;
    const first = Math.ceil((SPAN.from + zone) / step) * step - zone;
    for (let at = first; at <= SPAN.to; at += step) {
      const x = scale.place(at) * width;
      if (taken.some((y) => Math.abs(y - x) < room)) continue;
      taken.push(x);
      marks.push({ at, x, midnight: (at + zone) % (1440 * minute) === 0 });
    }
  }
  return marks.sort((a, b) => a.x - b.x);
}

function allInstants() {
  const all = timeline.map((e) => e.at);
  for (const c of clocks) all.push(time(c.start_at), time(c.due_at), time(c.done_at));
  for (const k of tasks) all.push(time(k.accepted_at), time(k.deadline), time(k.done_at));
  for (const f of figures) all.push(f.at);
  for (const a of alerts) {
    all.push(a.issued);
    for (const r of a.recipients) all.push(r.answered, r.limit);
  }
  return all;
}
let axisMode = "stretched";
let scale = null;  // set by setAxis
function setAxis(mode) {
  axisMode = mode;
  scale = makeScale(allInstants(), mode);
}

// One measuring pen for all labels.
const pen = document.createElement("canvas").getContext("2d");
const FONT = '"Noto Sans CJK SC","Noto Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif';
function widthOf(text, size) {
  pen.font = `${size}px ${FONT}`;
  return pen.measureText(text).width;
}
function fit(text, size, room) {
  if (widthOf(text, size) <= room) return text;
  const letters = Array.from(text);
  let low = 0;
  let high = letters.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (widthOf(letters.slice(0, middle).join("") + "…", size) <= room) low = middle;
    else high = middle - 1;
  }
  return low > 0 ? letters.slice(0, low).join("") + "…" : "";
}
