// SPDX-License-Identifier: Apache-2.0

// What an area's state is at the moment shown, worst first.
const STATES = ["cannot", "silent", "sent", "delivered", "read", "answered", "none"];
let moment = SPAN.to;
let chosen = -1;  // index of an alert, or -1: the latest one at each place
const tiles = new Map();  // code → {node, shape, state, detail}

function stateOf(r, at) {
  if (r.sent === null || r.sent > at) return "none";
  if (r.answered !== null && r.answered <= at) return r.cannot ? "cannot" : "answered";
  if (r.limit !== null && r.limit <= at) return "silent";
  if (r.read !== null && r.read <= at) return "read";
  return r.delivered !== null && r.delivered <= at ? "delivered" : "sent";
}
const byArea = (() => {
  const map = new Map();
  alerts.forEach((x, i) => x.recipients.forEach((r) => {
    if (!map.has(r.area)) map.set(r.area, []);
    map.get(r.area).push({ i, r });
  }));
  return map;
})();
function areaState(code, at) {
  let of = (byArea.get(code) || []).filter((x) => x.r.sent !== null && x.r.sent <= at);
  if (chosen >= 0) of = of.filter((x) => x.i === chosen);
  else if (of.length > 0) {
    const last = of.reduce((a, b) => (b.r.sent >= a.r.sent ? b : a)).i;
    of = of.filter((x) => x.i === last);
  }
  if (of.length === 0) return { state: "none", of: [], answered: 0 };
  const states = of.map((x) => stateOf(x.r, at));
  const state = STATES.find((k) => states.includes(k));
  return { state, of: of.map((x) => x.r), alert: of[0].i, answered: states.filter((k) => k === "answered" || k === "cannot").length };
}

// A shape and a letter per state; the shape alone is enough.
function shapeOf(state) {
  const shapes = {
    none: () => s("circle", { cx: 16, cy: 16, r: 12, class: "sh none" }),
    sent: () => s("circle", { cx: 16, cy: 16, r: 12, class: "sh sent" }),
    delivered: () => [s("circle", { cx: 16, cy: 16, r: 12, class: "sh sent" }), s("path", { d: "M5 16a11 11 0 0 0 22 0z", class: "sh half" })],
    read: () => [s("circle", { cx: 16, cy: 16, r: 13, class: "sh ring" }), s("circle", { cx: 16, cy: 16, r: 9.5, class: "sh core" })],
    answered: () => s("rect", { x: 4, y: 4, width: 24, height: 24, rx: 3, class: "sh answered" }),
    silent: () => s("path", { d: "M16 1.5L30.5 16L16 30.5L1.5 16z", class: "sh silent" }),
    cannot: () => s("path", { d: "M10.5 3h11l7.5 7.5v11L21.5 29h-11L3 21.5v-11z", class: "sh cannot" }),
  };
  return [shapes[state](), s("text", { x: 16, y: 21, "text-anchor": "middle", class: `sh-letter ${state}` }, t(state + "1"))];
}
const icon = (state) => s("svg", { class: "shape", viewBox: "0 0 32 32", width: 32, height: 32, "aria-hidden": "true" }, shapeOf(state));

function showMap() {
  put("map-legend", ["sent", "delivered", "read", "answered", "silent", "cannot", "none"].map((k) =>
    h("li", null, icon(k), t(k))));
  tiles.clear();
  document.querySelector(".player").hidden = !SPAN.known;
  byId("map-legend").hidden = areas.length === 0;
  if (areas.length === 0) return put("map", empty("noAreas"));
  const codes = new Set(areas.map((a) => str(a.code)));
  const under = new Map();
  for (const a of areas) {
    const parent = codes.has(str(a.parent)) && str(a.parent) !== str(a.code) ? str(a.parent) : "";
    under.set(parent, [...(under.get(parent) || []), a]);
  }
  const placed = new Set();
  const branch = (parent, depth) => {
    const items = (under.get(parent) || []).filter((a) => !placed.has(str(a.code)));
    items.forEach((a) => placed.add(str(a.code)));
    if (items.length === 0 || depth > 6) return null;
    return h("ul", { class: `branch depth-${Math.min(depth, 3)}${items.length > 5 ? " many" : ""}` }, items.map((a) =>
      h("li", null, tile(a), branch(str(a.code), depth + 1))));
  };
  const tree = [branch("", 0)];
  // A circle of parents would hang in the air: such areas stand at the top.
  for (const a of areas) if (!placed.has(str(a.code))) tree.push(h("ul", { class: "branch depth-0" }, h("li", null, tile(a))));
  return put("map", tree);
}
function tile(a) {
  const shape = h("span", { class: "tile-shape" });
  const state = h("span", { class: "tile-state" });
  const detail = h("span", { class: "tile-detail" });
  const node = h("div", { class: "tile none" }, shape,
    h("span", { class: "tile-text" }, h("span", { class: "tile-name" }, str(a.name) || str(a.code)), state, detail));
  tiles.set(str(a.code), { node, shape, state, detail, now: "" });
  return node;
}

function showAlerts() {
  if (alerts.length === 0) return put("alerts", h("legend", null, t("chooseAlert")), empty("noAlerts"));
  const choice = (i, body) => h("label", { class: "alert-choice" },
    h("input", { type: "radio", name: "alert", checked: chosen === i, onchange: () => { chosen = i; moveTo(moment); } }),
    h("span", { class: "alert-body" }, body));
  const kind = (a) => {
    const color = str(a.color);
    const shape = { RED: "▲", ORANGE: "◆", YELLOW: "■", BLUE: "●" }[color];
    return h("span", { class: `tag ${shape ? "color-" + color.toLowerCase() : ""}` },
      shape ? `${shape} ${t(color)}${language === "en" ? " " : ""}` : "", t(str(a.kind) || "NOTICE"));
  };
  return put("alerts", h("legend", null, t("chooseAlert")), choice(-1, h("strong", null, t("newest"))),
    alerts.slice(0, 60).map((x, i) => choice(i, [
      h("strong", null, say(x.a, "title") || str(x.a.name)),
      h("span", { class: "alert-line" }, kind(x.a), t("issuedAt", short(x.issued, true)), x.ended !== null ? ` · ${t("endedAt", short(x.ended))}` : ""),
      h("span", { class: "alert-line progress", id: `alert-${i}` })])));
}

function updateMap() {
  const count = { answered: 0, silent: 0, cannot: 0, way: 0 };
  for (const a of areas) {
    const code = str(a.code);
    const tileOf = tiles.get(code);
    if (!tileOf) continue;
    const now = areaState(code, moment);
    if (now.state in count) ++count[now.state];
    else if (now.state !== "none") ++count.way;
    const late = now.of.some((r) => r.answered !== null && r.answered <= moment && (r.r.late === true || (r.limit !== null && r.answered > r.limit)));
    const raised = now.of.some((r) => r.r.escalated === true && r.limit !== null && (r.limit <= moment || (r.cannot && now.state === "cannot")));
    const words = [now.of.length > 1 ? t("ofN", now.answered, now.of.length) : "", areaTime(now)].filter(Boolean).join(" · ");
    const key = [now.state, late, raised, words, language].join("|");
    if (key === tileOf.now) continue;
    tileOf.now = key;
    tileOf.node.className = `tile ${now.state}`;
    tileOf.shape.replaceChildren(icon(now.state));
    tileOf.state.replaceChildren();
    fill(tileOf.state, null, [t(now.state), late ? h("span", { class: "flag late-flag" }, t("lateShort")) : null,
      raised ? h("span", { class: "flag" }, "↑ " + t("escalated")) : null]);
    tileOf.detail.textContent = words;
  }
  put("now-counts", t("counts", count.answered, count.silent, count.cannot, count.way));
  alerts.slice(0, 60).forEach((x, i) => {
    const node = byId(`alert-${i}`);
    if (!node) return;
    const done = x.recipients.filter((r) => r.answered !== null && r.answered <= moment).length;
    const started = x.issued !== null && x.issued <= moment;
    node.textContent = started ? t("answeredOf", done, x.recipients.length) : "—";
    node.closest("label").classList.toggle("future", !started);
  });
}
function areaTime(now) {
  const key = { answered: "answered", cannot: "answered", silent: "limit", read: "read", delivered: "delivered", sent: "sent" }[now.state];
  if (!key) return "";
  const times = now.of.map((r) => r[key]).filter((x) => x !== null && x <= moment);
  return times.length > 0 ? short(times.reduce((a, b) => Math.max(a, b)), true) : "";
}

function showFeed() {
  const until = timeline.filter((e) => e.at !== null && e.at <= moment);
  put("feed", until.slice(-3).reverse().map((e) => h("li", null,
    h("time", null, short(e.at, true)), h("span", { class: "tag" }, t(str(e.e.kind))),
    h("span", { class: "feed-text" }, [str(e.e.post), say(e.e, "text")].filter(Boolean).join(language === "en" ? ": " : "："))))) ;
}

// The one moment that map, time line and figures show.
function moveTo(ms) {
  moment = Math.min(SPAN.to, Math.max(SPAN.from, ms));
  const slider = byId("moment");
  slider.value = String(Math.round(scale.place(moment) * 1000));
  slider.setAttribute("aria-valuetext", full(moment, true));
  put("now", full(moment, true));
  put("now-offset", "+" + length((moment - SPAN.from) / 1000));
  updateMap();
  showFeed();
  placeCursors();
}
function placeCursors() {
  for (const id of ["line-cursor", "figures-cursor"]) {
    const cursor = byId(id);
    if (!cursor) continue;
    const { left, width } = cursor.ownerSVGElement.dataset;
    const x = Number(left) + scale.place(moment) * Number(width);
    cursor.setAttribute("x1", x);
    cursor.setAttribute("x2", x);
  }
}

const stops = () => [...new Set(timeline.map((e) => e.at).filter((x) => x !== null && x >= SPAN.from && x <= SPAN.to))];
function stepTo(direction) {
  pause();
  const all = stops();
  const next = direction > 0 ? all.find((x) => x > moment) : all.reverse().find((x) => x < moment);
  moveTo(next ?? (direction > 0 ? SPAN.to : SPAN.from));
}
let playing = 0;
const PLAY_SECONDS = 40;
function pause() {
  if (playing) {
    cancelAnimationFrame(playing);
    clearTimeout(playing);
  }
  playing = 0;
  showPlay();
}
function play() {
  if (playing) return pause();
  if (moment >= SPAN.to) moveTo(SPAN.from);
  // Who asked for less motion gets steps instead of a glide.
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    const step = () => {
      moveTo(scale.at(scale.place(moment) + 1 / 40 + 1e-6));
      if (moment >= SPAN.to) return pause();
      playing = setTimeout(step, 1000);
    };
    playing = setTimeout(step, 1000);
    return showPlay();
  }
  let before = null;
  let place = scale.place(moment);
  const frame = (now) => {
    place += before === null ? 0 : (now - before) / 1000 / PLAY_SECONDS;
    before = now;
    moveTo(scale.at(place));
    if (place >= 1) return pause();
    playing = requestAnimationFrame(frame);
  };
  playing = requestAnimationFrame(frame);
  return showPlay();
}
function showPlay() {
  put("play", s("svg", { viewBox: "0 0 18 18", width: 15, height: 15, "aria-hidden": "true" },
    s("path", { class: "sign", d: playing ? "M3 2h4v14H3zM11 2h4v14h-4z" : "M3 1.5v15L16 9z" })), " ", t(playing ? "pause" : "play"));
  for (const [id, word, d] of [["back", "back", "M3 3v12h2.5V3zM15 3v12L6.5 9z"], ["forth", "forth", "M15 3v12h-2.5V3zM3 3v12l8.5-6z"]]) {
    put(id, s("svg", { viewBox: "0 0 18 18", width: 18, height: 18, "aria-hidden": "true" }, s("path", { class: "sign", d })),
      h("span", { class: "visually-hidden" }, t(word))).title = t(word);
  }
}
