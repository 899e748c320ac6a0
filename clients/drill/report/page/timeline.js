// SPDX-License-Identifier: Apache-2.0

// The rows of limits: {group, label, start, due, done, dots, note, ours}.
const ROWS_MAX = 140;
const shownGroups = new Set(["groupClocks", "groupTasks", "groupAlerts"]);

function clockRow(c) {
  const state = str(c.state);
  return { group: "groupClocks", label: say(c, "title"), start: time(c.start_at), due: time(c.due_at),
    done: time(c.done_at), off: state === "CANCELLED", dots: [] };
}
function taskRow(k) {
  return { group: "groupTasks", label: [say(k, "goal"), str(k.executor)].filter(Boolean).join(" · "),
    start: time(k.started_at) ?? time(k.accepted_at), due: time(k.deadline), done: time(k.done_at),
    off: str(k.state) === "CANCELLED", dots: [] };
}
function alertRows(x) {
  return TIERS.map((tier) => {
    const of = x.recipients.filter((r) => r.tier === tier && r.limit !== null);
    if (of.length === 0) return null;
    const answered = of.filter((r) => r.answered !== null);
    const due = of.reduce((m, r) => Math.max(m, r.limit), -Infinity);
    const late = (r) => r.r.late === true || r.answered > r.limit;
    const last = answered.reduce((m, r) => Math.max(m, r.answered), -Infinity);
    return { group: "groupAlerts", label: `${t(tier)} · ${say(x.a, "title")}`, start: x.issued, due,
      done: answered.length === of.length ? last : null, lastDot: answered.length > 0 ? last : null,
      dots: answered.map((r) => ({ at: r.answered, late: late(r) })),
      note: [t("answeredOf", answered.length, of.length), answered.some(late) ? t("lateN", answered.filter(late).length) : ""]
        .filter(Boolean).join(" · ") };
  }).filter(Boolean);
}
function expectationRow(x) {
  const from = time(x.from_at);
  const limit = num(x.limit_s);
  return { group: "groupExpectations", label: say(x, "text"), start: from,
    due: from !== null && limit !== null ? from + limit * 1000 : null, done: x.silence === true ? null : time(x.at),
    silence: x.silence === true, met: x.met === true, dots: [] };
}
function limitRows() {
  return [...clocks.map(clockRow), ...tasks.map(taskRow), ...alerts.flatMap(alertRows),
    ...expectations.map(expectationRow)].filter((r) => r.start !== null);
}

function showLineTools() {
  const all = limitRows();
  const groups = ["groupClocks", "groupTasks", "groupAlerts", "groupExpectations"]
    .filter((g) => all.some((r) => r.group === g));
  if (groups.length > 0 && !groups.some((g) => shownGroups.has(g))) shownGroups.add(groups[0]);
  const axis = (mode) => h("label", { class: "chip" }, h("input", { type: "radio", name: "axis", checked: axisMode === mode,
    onchange: () => { setAxis(mode); showLine(); showFigures(); moveTo(moment); } }), t(mode));
  put("line-tools",
    h("fieldset", null, h("legend", null, t("show")), groups.map((g) => h("label", { class: "chip" },
      h("input", { type: "checkbox", checked: shownGroups.has(g), onchange: (e) => {
        if (e.target.checked) shownGroups.add(g);
        else shownGroups.delete(g);
        showLine();
      } }), t(g)))),
    h("fieldset", null, h("legend", null, t("axis")), axis("stretched"), axis("even")));
  const key = (draw, word) => h("li", null, s("svg", { width: 34, height: 16, viewBox: "0 0 34 16", "aria-hidden": "true" }, draw), t(word));
  put("line-legend",
    key([s("rect", { class: "span", x: 1, y: 5, width: 28, height: 6 }), limitMark(29, 8)], "legendSpan"),
    key(doneMark(17, 8), "legendDone"),
    key([s("rect", { x: 2, y: 4, width: 22, height: 8, fill: "url(#hatch-late)", class: "late-edge" }), lateMark(27, 8)], "legendLate"),
    key(neverMark(17, 8), "legendNever"),
    key(s("circle", { class: "dot-answer", cx: 17, cy: 8, r: 3 }), "legendAnswer"),
    key(diamond(17, 8, 5, "kind-inject"), "legendInject"));
}

const limitMark = (x, y) => s("line", { class: "limit", x1: x, x2: x, y1: y - 7, y2: y + 7 });
const doneMark = (x, y) => s("g", { class: "done" }, s("circle", { cx: x, cy: y, r: 6 }),
  s("path", { d: `M${x - 2.8} ${y + 0.2}l2 2.2 3.6-4.2` }));
const lateMark = (x, y) => s("path", { class: "late", d: `M${x} ${y - 6}l6 11h-12z` });
const neverMark = (x, y) => s("path", { class: "never", d: `M${x - 4.5} ${y - 4.5}l9 9m0-9l-9 9` });
const openMark = (x, y) => s("circle", { class: "open", cx: x, cy: y, r: 5 });
const diamond = (x, y, r, kind) => s("path", { class: kind, d: `M${x} ${y - r}l${r} ${r}l${-r} ${r}l${-r} ${-r}z` });

// The word at the end of a row, and whether the row is late or never done.
function outcome(row) {
  if (row.silence) return { word: row.met ? t("silenceKept") : t("notMet"), late: false, never: !row.met, silence: row.met };
  if (row.off) return { word: t("cancelled"), off: true };
  if (row.done !== null) {
    const over = row.due !== null ? (row.done - row.due) / 1000 : 0;
    if (over > 0 && row.met === true) return { word: t("within", length(over)), late: true, within: true };
    return over > 0
      ? { word: [t("late", length(over)), row.note].filter(Boolean).join(" · "), late: true }
      : { word: [length((row.done - row.start) / 1000), row.note].filter(Boolean).join(" · ") };
  }
  const past = row.due !== null && row.due <= SPAN.to;
  return { word: row.note || t(past ? "notDone" : "stillOpen"), never: past, open: !past };
}

function drawRow(svg, row, frame, y) {
  const X = (ms) => frame.left + scale.place(ms) * frame.width;
  const from = X(row.start);
  const due = row.due === null ? X(SPAN.to) : X(row.due);
  const { word, late, never, open, off, silence, within } = outcome(row);
  const g = s("g", { class: off ? "row off" : "row" }, s("title", null, `${row.label}\n${full(row.start, true)} → ${full(row.due, true)}\n${word}`));
  const bar = y - 4;
  g.append(s("rect", { class: "span" + (silence ? " quiet" : ""), x: from, y: bar, width: Math.max(2, due - from), height: 8, rx: 1.5 }));
  let end = due;
  const lastDot = row.lastDot ?? null;
  const overTo = late ? row.done : never && lastDot !== null && lastDot > row.due ? lastDot : null;
  if (overTo !== null) {
    const x = X(overTo);
    g.append(s("rect", { class: "late-edge", fill: "url(#hatch-late)", x: due, y: bar, width: Math.max(1, x - due), height: 8 }));
    end = Math.max(end, x);
  }
  if (row.due !== null && row.due <= SPAN.to) g.append(limitMark(due, y));
  for (const dot of row.dots) {
    g.append(dot.late ? lateMark(X(dot.at), y) : s("circle", { class: "dot-answer", cx: X(dot.at), cy: y, r: 3 }));
    end = Math.max(end, X(dot.at));
  }
  if (row.done !== null && row.dots.length === 0) g.append(late ? lateMark(X(row.done), y) : doneMark(X(row.done), y));
  else if (never) g.append(neverMark(due, y));
  else if (open && row.dots.length === 0 && !off) g.append(openMark(Math.min(due, frame.left + frame.width - 6), y));
  const wide = widthOf(word, 12);
  const right = end + 11 + wide <= frame.left + frame.width + frame.right;
  const x = right ? end + 11 : Math.max(frame.left, from - 8);
  g.append(s("text", { class: "word" + ((late && !within) || never ? " bad" : ""), x, y: y + 4, "text-anchor": right || from - 8 - wide < frame.left ? "start" : "end" }, word));
  svg.append(g);
}

// Labels run to the right of their marks; a label stands above all whose marks lie beneath it, so that
// no leader crosses a text. What does not fit in the lanes is shortened, then left out.
const INJECT_LANES = 5;
function placeLabels(items, frame) {
  const edge = frame.left + frame.width + frame.right;
  const placed = items.map(() => ({ lane: -1, label: "" }));
  for (let i = items.length - 1; i >= 0; --i) {
    const { x, text } = items[i];
    let room = Math.min(frame.narrow ? 180 : 250, edge - x - 4);
    for (let k = 0; k < 3 && !placed[i].label && room >= 60; ++k) {
      const label = fit(text, 12, room);
      const end = x + 4 + widthOf(label, 12) + 8;
      const over = placed.map((p, j) => ({ p, j })).filter(({ p, j }) => j > i && p.label && items[j].x < end);
      const lane = 1 + Math.max(-1, ...over.map(({ p }) => p.lane));
      if (lane < INJECT_LANES) placed[i] = { lane, label };
      else room = Math.min(...over.filter(({ p }) => p.lane === lane - 1).map(({ j }) => items[j].x)) - x - 12;
    }
  }
  return placed;
}

const LANES = ["response", "report", "task", "alert", "answer", "escalation"];
function drawEvents(svg, frame, top) {
  const X = (ms) => frame.left + scale.place(ms) * frame.width;
  const seen = timeline.filter((e) => e.at !== null);
  const injects = seen.filter((e) => str(e.e.kind) === "inject");
  let y = top;
  if (injects.length > 0) {
    const lanes = placeLabels(injects.map((e) => ({ x: X(e.at), text: `${clock(e.at)} ${say(e.e, "text")}` })), frame);
    const base = y + 17 * (1 + Math.max(-1, ...lanes.map((l) => l.lane))) + 8;
    injects.forEach((e, i) => {
      const x = X(e.at);
      if (lanes[i].label) {
        const ly = base - 13 - lanes[i].lane * 17;
        svg.append(s("line", { class: "leader", x1: x, x2: x, y1: ly - 9, y2: base - 5 }),
          s("text", { class: "inject-text", x: x + 4, y: ly }, lanes[i].label));
      }
      svg.append(s("g", null, s("title", null, [full(e.at, true), say(e.e, "text"), originOf(e)].filter(Boolean).join(" ")), diamond(x, base, 5.5, "kind-inject")));
    });
    if (!frame.narrow) laneLabel(svg, frame, t("inject"), base);
    y = base + 16;
  }
  for (const kind of LANES) {
    const of = seen.filter((e) => str(e.e.kind) === kind || (kind === "response" && str(e.e.kind) === "level"));
    if (of.length === 0) continue;
    if (frame.narrow) y += 13;
    laneLabel(svg, frame, kind === "response" ? `${t("level")} · ${t("response")}` : t(kind), y + 7);
    svg.append(s("line", { class: "lane", x1: frame.left, x2: frame.left + frame.width, y1: y + 7, y2: y + 7 }));
    for (const e of of) {
      const x = X(e.at);
      const mark = kind === "escalation" ? lateMark(x, y + 7) : kind === "answer" ? s("circle", { class: "dot-answer", cx: x, cy: y + 7, r: 3 })
        : s("rect", { class: `kind-${kind}`, x: x - 3.5, y: y + 3, width: 7, height: 8, rx: 1 });
      svg.append(s("g", null, s("title", null, `${full(e.at, true)} ${str(e.e.post)} ${say(e.e, "text")}`), mark));
    }
    y += 20;
  }
  return y;
}
function laneLabel(svg, frame, text, y) {
  if (frame.narrow) svg.append(s("text", { class: "row-label", x: frame.left, y: y - 8 }, fit(text, 12, frame.width)));
  else svg.append(s("text", { class: "row-label", x: frame.left - 12, y: y + 4, "text-anchor": "end" }, fit(text, 13, frame.left - 16)));
}

function drawAxis(svg, frame, height) {
  let lastDay = "";
  for (const m of ticks(scale, frame.width, 46)) {
    const x = frame.left + m.x;
    svg.append(s("line", { class: m.midnight ? "grid day" : "grid", x1: x, x2: x, y1: 22, y2: height }));
    const d = day(m.at);
    if (d !== lastDay) svg.append(s("text", { class: "tick day", x, y: 11, "text-anchor": "middle" }, d));
    lastDay = d;
    svg.append(s("text", { class: "tick", x, y: 24 - 1, "text-anchor": "middle" }, clock(m.at)));
  }
}

function chartFrame(id) {
  const width = Math.max(300, Math.round(byId(id).clientWidth || 1000));
  const narrow = width < 720;
  const left = narrow ? 22 : Math.min(330, Math.round(width * 0.27));
  const right = narrow ? 20 : 92;
  return { whole: width, narrow, left, right, width: width - left - right };
}

function showLine() {
  const rows = limitRows().filter((r) => shownGroups.has(r.group));
  const nothing = limitRows().length === 0 && timeline.length === 0;
  for (const id of ["line-tools", "line-legend"]) byId(id).hidden = nothing;
  if (nothing) {
    put("line-note");
    return put("line-chart", empty("noLog"));
  }
  const frame = chartFrame("line-chart");
  const svg = s("svg", { role: "img", "aria-label": t("lineLabel"), width: frame.whole });
  const marks = s("g");
  let y = drawEvents(marks, frame, 34) + 6;
  const step = frame.narrow ? 43 : 25;
  let group = "";
  for (const row of rows.slice(0, ROWS_MAX)) {
    if (row.group !== group) {
      group = row.group;
      y += 12;
      marks.append(s("text", { class: "group", x: frame.narrow ? frame.left : 0, y: y + 4 }, t(group)),
        s("line", { class: "group-line", x1: frame.narrow ? frame.left : 0, x2: frame.whole, y1: y + 11, y2: y + 11 }));
      y += 28;
    }
    if (frame.narrow) marks.append(s("text", { class: "row-label", x: frame.left, y: y - 2 }, fit(row.label, 13, frame.width)));
    else laneLabel(marks, frame, row.label, y);
    drawRow(marks, row, frame, frame.narrow ? y + 13 : y);
    y += step;
  }
  const height = y + 4;
  drawAxis(svg, frame, height);
  svg.append(s("line", { class: "cursor", id: "line-cursor", y1: 26, y2: height }), marks);
  svg.setAttribute("viewBox", `0 0 ${frame.whole} ${height}`);
  svg.dataset.left = String(frame.left);
  svg.dataset.width = String(frame.width);
  svg.addEventListener("click", (e) => {
    const box = svg.getBoundingClientRect();
    const x = ((e.clientX - box.left) / box.width) * frame.whole;
    if (x >= frame.left && x <= frame.left + frame.width) moveTo(scale.at((x - frame.left) / frame.width));
  });
  put("line-chart", svg);
  put("line-note", t(axisMode === "even" ? "evenNote" : "stretchedNote"),
    rows.length > ROWS_MAX ? " " + t("cut", rows.length - ROWS_MAX) : "");
  placeCursors();
}
