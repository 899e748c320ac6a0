// SPDX-License-Identifier: Apache-2.0

// Numbers as steps: each holds until the next report changes it.
const SERIES = ["dead", "missing", "injured"];
const roman = (level) => ["", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ"][level] || "";
const levelOf = (f) => {
  const n = num(f.f.level);
  return n !== null && n >= 1 && n <= 4 ? n : 0;
};
const levelWord = (n) => t("level" + n);

function drawSteps(svg, frame, top, bottom, most) {
  const X = (ms) => frame.left + scale.place(ms) * frame.width;
  const Y = (n) => bottom - (n / most) * (bottom - top);
  const ends = [];
  for (const name of SERIES) {
    const points = figures.map((f) => ({ at: f.at, n: num(f.f[name]) })).filter((p) => p.n !== null);
    if (points.length === 0 || points.every((p) => p.n === 0)) continue;
    let d = "";
    points.forEach((p, i) => {
      d += i === 0 ? `M${X(p.at)} ${Y(p.n)}` : `H${X(p.at)}V${Y(p.n)}`;
    });
    d += `H${frame.left + frame.width}`;
    svg.append(s("path", { class: `series ${name}`, d }));
    let last = null;
    for (const p of points) {
      if (p.n === 0 && (last === null || last === 0)) {
        last = p.n;
        continue;
      }
      const mark = name === "dead" ? s("rect", { x: X(p.at) - 3.5, y: Y(p.n) - 3.5, width: 7, height: 7 })
        : name === "missing" ? s("circle", { cx: X(p.at), cy: Y(p.n), r: 4 }) : lateMark(X(p.at), Y(p.n));
      mark.setAttribute("class", `point ${name}`);
      svg.append(s("g", null, s("title", null, `${full(p.at)} ${t(name)} ${p.n}`), mark));
      if (p.n !== last && X(p.at) < frame.left + frame.width - 45) svg.append(s("text", { class: `value ${name}`, x: X(p.at) + 6, y: Y(p.n) - 7 }, String(p.n)));
      last = p.n;
    }
    ends.push({ name, n: last, y: Y(last) });
  }
  ends.sort((a, b) => a.y - b.y);
  let free = -Infinity;
  for (const e of ends) {
    const y = Math.max(e.y, free + 17);
    free = y;
    svg.append(s("text", { class: `series-name ${e.name}`, x: frame.left + frame.width + 8, y: y + 4 }, `${t(e.name)} ${e.n}`));
  }
}

function drawLevels(svg, frame, y) {
  const X = (ms) => frame.left + scale.place(ms) * frame.width;
  const runs = [];
  for (const f of figures) {
    const level = levelOf(f);
    if (runs.length === 0 || runs[runs.length - 1].level !== level) runs.push({ level, from: f.at });
  }
  runs.forEach((run, i) => {
    const from = X(run.from);
    const width = (i + 1 < runs.length ? X(runs[i + 1].from) : frame.left + frame.width) - from;
    svg.append(s("g", null, s("title", null, `${full(run.from)} ${levelWord(run.level)}`),
      s("rect", { class: `level level-${run.level}`, x: from, y, width: Math.max(2, width), height: 22 }),
      s("text", { class: `level-text level-${run.level}`, x: from + 8, y: y + 15.5 }, fit(levelWord(run.level), 13, width - 12) || fit(roman(run.level), 13, width))));
  });
  if (!frame.narrow) svg.append(s("text", { class: "row-label", x: frame.left - 12, y: y + 15.5, "text-anchor": "end" }, t("level")));
}

function showFigures() {
  if (figures.length === 0) {
    put("figures-table");
    return put("figures-chart", empty("noFigures"));
  }
  const frame = chartFrame("figures-chart");
  if (frame.narrow) Object.assign(frame, { right: 76, left: 26, width: frame.whole - 102 });
  else Object.assign(frame, { left: 110, width: frame.whole - 110 - frame.right });
  const top = 84;
  const bottom = frame.narrow ? 240 : 290;
  const most = Math.max(1, ...figures.flatMap((f) => SERIES.map((k) => num(f.f[k]) ?? 0)));
  const round = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((x) => most / x <= 5) || Math.ceil(most / 5);
  const svg = s("svg", { role: "img", "aria-label": t("figuresLabel"), width: frame.whole, viewBox: `0 0 ${frame.whole} ${bottom + 10}` });
  svg.dataset.left = String(frame.left);
  svg.dataset.width = String(frame.width);
  drawAxis(svg, frame, bottom);
  for (let n = 0; n <= most; n += round) {
    const y = bottom - (n / most) * (bottom - top);
    svg.append(s("line", { class: n === 0 ? "base" : "grid", x1: frame.left, x2: frame.left + frame.width, y1: y, y2: y }),
      s("text", { class: "tick", x: frame.left - 8, y: y + 4, "text-anchor": "end" }, String(n)));
  }
  svg.append(s("line", { class: "cursor", id: "figures-cursor", y1: 26, y2: bottom }));
  drawLevels(svg, frame, 34);
  drawSteps(svg, frame, top, bottom, most);
  put("figures-chart", svg);
  const cell = (v) => h("td", { class: "num" }, num(v) === null ? "—" : String(num(v)));
  put("figures-table", table(t("figures"), [t("time"), ...SERIES.map((k) => t(k)), t("level"), t("reason")],
    figures.slice(0, 200).map((f) => h("tr", null, h("th", { scope: "row", class: "when" }, short(f.at)),
      SERIES.map((k) => cell(f.f[k])), h("td", { class: "nowrap" }, levelWord(levelOf(f))), h("td", null, say(f.f, "level_reason"))))));
  return placeCursors();
}
