// SPDX-License-Identifier: Apache-2.0

function showHead() {
  document.documentElement.lang = language === "en" ? "en" : "zh-CN";
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = t(node.dataset.word);
  const mark = str(exercise.mark) || "【演练】";
  const title = say(exercise, "title") || t("title");
  document.title = `${mark}${title}`;
  put("mark", mark, language === "en" ? " EXERCISE" : "");
  put("notice", say(exercise, "notice") || t("notice"));
  document.querySelector(".watermark").textContent = mark;
  put("title", title);
  put("subtitle", language === "en" ? str(exercise.title) : str(exercise.title_en));
  byId("subtitle").lang = language === "en" ? "zh-CN" : "en";
  put("language", t("other")).lang = language === "en" ? "zh-CN" : "en";
  const system = part(DATA.system);
  const from = time(exercise.starts_at);
  const to = time(exercise.finished_at);
  const facts = [
    ["scenario", str(exercise.scenario)], ["record", str(exercise.name)], ["realm", str(exercise.realm)],
    ["seed", str(exercise.seed)], ["start", from === null ? "" : full(from)],
    ["finish", to === null ? "" : full(to)], ["reEnacts", RE_ENACTS === null ? "" : full(RE_ENACTS)],
    ["span", from === null || to === null ? "" : t("realmSpan", length((to - from) / 1000))],
    ["machine", num(system.machine_seconds) === null ? "" : machineTime(num(system.machine_seconds))],
  ];
  put("facts", facts.filter(([, v]) => v !== "").map(([k, v]) =>
    h("div", null, h("dt", null, t(k)), h("dd", null, v))));
  const sources = Array.isArray(exercise.sources) ? exercise.sources.map(str).filter(Boolean).join("；") : "";
  put("origin", RE_ENACTS === null ? null : h("p", { class: "note" }, h("strong", null, t("reEnactment", full(RE_ENACTS)))),
    RE_ENACTS === null || sources === "" ? null : h("p", { class: "note" }, t("sources", sources)));
  put("foot", t("foot", str(system.version)));
}
const machineTime = (seconds) =>
  seconds < 60 ? `${Math.round(seconds * 10) / 10} ${t("sec")}` : length(seconds);

// Counted here; the runner's summary is only compared.
function counted() {
  const met = expectations.filter((x) => x.met === true).length;
  const summary = part(DATA.summary);
  const told = [num(summary.met), num(summary.missed)];
  if (expectations.length === 0 && told[0] !== null) {
    return { met: told[0], all: told[0] + (told[1] ?? 0), disagree: "" };
  }
  const differs = told[0] !== null && (told[0] !== met || (told[1] ?? 0) !== expectations.length - met);
  return {
    met, all: expectations.length,
    disagree: differs
      ? t("disagree", `${told[0]}/${told[0] + (told[1] ?? 0)}`, `${met}/${expectations.length}`) : "",
  };
}

function showVerdict() {
  const { met, all, disagree } = counted();
  const good = all > 0 && met === all;
  put("score",
    all === 0 ? null : h("p", { class: "big" + (good ? " good" : "") },
      h("span", { class: "big-n" }, String(met)), h("span", { class: "big-of" }, ` / ${all}`)),
    h("p", { class: "big-text" }, all === 0 ? t("noneKnown") : t("scoreOf", met, all)),
    disagree ? h("p", { class: "note" }, disagree) : null);
  const missed = expectations.map((x, i) => ({ x, i })).filter(({ x }) => x.met !== true);
  put("missed",
    h("ol", { class: "cells", "aria-label": t("expectations") }, expectations.slice(0, 200).map((x, i) =>
      h("li", null, h("a", { href: `#e${i + 1}`, class: x.met === true ? "cell" : "cell miss",
        title: say(x, "text"),
        "aria-label": `${i + 1}. ${say(x, "text")}: ${t(x.met === true ? "met" : "notMet")}` },
        h("span", { "aria-hidden": "true" }, x.met === true ? "✓" : "✗"))))),
    missed.length === 0
      ? (all > 0 ? h("p", { class: "all-met" }, h("span", { "aria-hidden": "true" }, "✓ "), t("allMet")) : null)
      : [h("p", { class: "missed-head" }, t("missedN", missed.length)),
         h("ul", { class: "missed-list" }, missed.slice(0, 12).map(({ x, i }) =>
           h("li", null, h("a", { href: `#e${i + 1}` }, say(x, "text") || str(x.id)),
             h("span", { class: "why" }, say(x, "explanation")))))]);
  showCounters();
  showTiers();
}

function showCounters() {
  const lateClocks = clocks.filter((c) => str(c.state) === "MET_LATE" || str(c.state) === "OVERDUE").length;
  const running = clocks.filter((c) => ["RUNNING", "CANCELLED"].includes(str(c.state))).length;
  const recipients = alerts.flatMap((a) => a.recipients);
  const late = recipients.filter((r) => r.r.late === true).length;
  const card = (key, n, of, note) => h("div", { class: "card" },
    h("dt", null, t(key)),
    h("dd", null, h("span", { class: "n" }, String(n)), of === null ? null : h("span", { class: "of" }, `/${of}`),
      note ? h("span", { class: "card-note" }, note) : null));
  const lateNote = (n) => (n > 0 ? t("lateN", n) : "");
  put("counters", h("dl", { class: "cards" },
    card("alertsN", alerts.length, null),
    card("recipientsN", recipients.filter((r) => r.answered !== null).length, recipients.length, lateNote(late)),
    card("clocksN", clocks.length - running - lateClocks, clocks.length - running, ""),
    card("tasksN", tasks.filter((k) => time(k.done_at) !== null).length, tasks.length,
      lateNote(tasks.filter((k) => lateBy(k) > 0).length)),
    card("ledgersN", ledgers.filter((l) => l.verified === true).length, ledgers.length)));
}
const lateBy = (task) => {
  const [due, done] = [time(task.deadline), time(task.done_at)];
  return due !== null && done !== null ? Math.max(0, (done - due) / 1000) : 0;
};

const STEPS = ["sent", "delivered", "read", "answered"];
function tierCounts() {
  const told = list(part(DATA.summary).tiers);
  if (told.length > 0) return told.map((x) => ({ tier: str(x.tier), ...Object.fromEntries(STEPS.map((k) => [k, num(x[k]) ?? 0])) }));
  const rows = new Map();
  for (const r of alerts.flatMap((a) => a.recipients)) {
    const row = rows.get(r.tier) || { tier: r.tier, sent: 0, delivered: 0, read: 0, answered: 0 };
    for (const k of STEPS) row[k] += r[k] !== null ? 1 : 0;
    rows.set(r.tier, row);
  }
  return TIERS.filter((x) => rows.has(x)).map((x) => rows.get(x));
}
function showTiers() {
  const rows = tierCounts();
  if (rows.length === 0) return put("tiers");
  const bar = (n, of) => {
    const share = of > 0 ? Math.min(1, n / of) : 0;
    return h("td", { class: "num" },
      h("span", { class: "share" }, s("svg", { class: "share-bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
        s("rect", { class: "track", width: 100, height: 8 }), s("rect", { class: "fill", width: share * 100, height: 8 })),
      h("span", { class: "share-n" }, String(n))));
  };
  return put("tiers", table(t("perTier"), ["tier", ...STEPS].map((k) => t(k)),
    rows.map((r) => h("tr", null, h("th", { scope: "row" }, t(r.tier)), STEPS.map((k) => bar(r[k], r.sent)))),
    "tiers-table"));
}

function table(caption, heads, rows, kind) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", { class: kind },
      h("caption", null, caption),
      h("thead", null, h("tr", null, heads.map((x) => h("th", { scope: "col" }, x)))),
      h("tbody", null, rows)));
}
