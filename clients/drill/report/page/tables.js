// SPDX-License-Identifier: Apache-2.0

const LOG_STEP = 300;
const status = (good, word) => h("span", { class: good === null ? "status" : good ? "status good" : "status bad" },
  good === null ? null : h("span", { "aria-hidden": "true" }, good ? "✓ " : "✗ "), word);
const entryOf = (x) => (str(x.ledger) ? h("span", { class: "entry" }, `${str(x.ledger)}#${str(x.seq)}`) : "");

// Measured against limit: the limit stands at three quarters, what went beyond is hatched.
function gauge(x) {
  const limit = num(x.limit_s);
  const measured = num(x.measured_s);
  if (limit === null || limit <= 0) return "";
  const edge = 90;
  const at = measured === null ? null : Math.min(118, (measured / limit) * edge);
  const parts = [s("rect", { class: "track", x: 0, y: 5, width: edge, height: 8 })];
  if (x.silence === true) {
    parts.push(x.met === true ? s("line", { class: "quiet-line", x1: 2, x2: edge - 2, y1: 9, y2: 9 }) : neverMark(at ?? edge / 2, 9));
  } else if (at === null) {
    parts.push(neverMark(edge, 9));
  } else {
    parts.push(s("rect", { class: "fill", x: 0, y: 5, width: Math.max(1.5, Math.min(at, edge)), height: 8 }));
    if (at > edge) parts.push(s("rect", { x: edge, y: 5, width: at - edge, height: 8, fill: "url(#hatch-late)", class: "late-edge" }));
  }
  parts.push(limitMark(edge, 9));
  return s("svg", { class: "gauge", viewBox: "0 0 120 18", width: 120, height: 18, "aria-hidden": "true" }, parts);
}

function showExpectations() {
  if (expectations.length === 0) return put("expectations-table", empty("noExpectations"));
  return put("expectations-table", table(t("expectations"),
    ["#", t("expectation"), t("limit"), t("measured"), "", t("result"), t("explanation")],
    expectations.map((x, i) => {
      const measured = num(x.measured_s);
      const quiet = x.silence === true;
      const value = measured !== null && !(quiet && x.met === true) ? length(measured) : quiet && x.met === true ? t("silenceKept") : t("never");
      const tolerance = num(x.tolerance_s);
      return h("tr", { id: `e${i + 1}`, class: x.met === true ? null : "miss", tabindex: "-1" },
        h("td", { class: "num" }, String(i + 1)),
        h("th", { scope: "row" }, say(x, "text") || str(x.id), quiet ? h("span", { class: "flag" }, t("silence")) : null),
        h("td", { class: "num" }, length(num(x.limit_s)), tolerance ? h("span", { class: "small" }, t("tolerance", length(tolerance))) : null),
        h("td", { class: "num" }, value),
        h("td", { class: "gauge-cell" }, gauge(x)),
        h("td", { class: "nowrap" }, status(x.met === true, t(x.met === true ? "met" : "notMet"))),
        h("td", null, say(x, "explanation"), " ", entryOf(x)));
    }), "expectations"));
}

function showClocks() {
  if (clocks.length === 0) return put("clocks-table", empty("noClocks"));
  return put("clocks-table", table(t("clocks"), [t("item"), t("start"), t("due"), t("done"), t("state")],
    clocks.map((c) => {
      const state = str(c.state);
      const [due, done] = [time(c.due_at), time(c.done_at)];
      const good = state === "MET" ? true : state === "OVERDUE" || state === "MET_LATE" ? false : null;
      const over = due !== null && done !== null && done > due ? t("late", length((done - due) / 1000)) : "";
      return h("tr", { class: good === false ? "miss" : null },
        h("th", { scope: "row" }, say(c, "title"), c.project_default === true ? h("span", { class: "flag" }, t("ours")) : null),
        h("td", { class: "when" }, short(time(c.start_at), true)), h("td", { class: "when" }, short(due, true)),
        h("td", { class: "when" }, short(done, true)), h("td", { class: "nowrap" }, status(good, over || t(state))));
    })));
}

function showTasks() {
  if (tasks.length === 0) return put("tasks-table", empty("noTasks"));
  return put("tasks-table", table(t("tasks"), [t("goal"), t("executor"), t("accepted"), t("deadline"), t("done"), t("state")],
    tasks.map((k) => {
      const [due, done] = [time(k.deadline), time(k.done_at)];
      const late = lateBy(k);
      const over = done === null && due !== null && due <= SPAN.to;
      const good = str(k.state) === "CANCELLED" ? null : done !== null ? late === 0 : over ? false : null;
      const word = str(k.state) === "CANCELLED" ? t("cancelled") : done === null ? t(over ? "notDone" : "stillOpen") : late > 0 ? t("late", length(late)) : t("MET");
      return h("tr", { class: good === false ? "miss" : null },
        h("th", { scope: "row" }, say(k, "goal") || str(k.name)), h("td", null, str(k.executor)),
        h("td", { class: "when" }, short(time(k.accepted_at), true)), h("td", { class: "when" }, short(due, true)),
        h("td", { class: "when" }, short(done, true)), h("td", { class: "nowrap" }, status(good, word)));
    })));
}

function showLedgers() {
  put("ledgers", ledgers.length === 0 ? empty("noLedgers")
    : table(t("evidence"), [t("ledger"), t("entries"), t("head"), t("result")], ledgers.map((l) =>
      h("tr", { class: l.verified === true ? null : "miss" }, h("th", { scope: "row" }, str(l.name)), h("td", { class: "num" }, str(l.entries)),
        h("td", null, h("code", { class: "hash" }, `#${str(l.head_seq)} ${str(l.head_hash)}`)),
        h("td", { class: "nowrap" }, status(l.verified === true, t(l.verified === true ? "verified" : "unverified")))))));
  const file = part(DATA.case_file);
  put("offline", h("li", null, t("step1")),
    h("li", null, t("step2"), h("pre", { tabindex: "0" }, h("code", null,
      str(file.command) || "huying-verify exported.case --key ledger_sign.pub"))),
    h("li", null, t("step3"), str(file.fingerprint) ? [" ", t("fingerprint"), " ", h("code", { class: "hash" }, str(file.fingerprint))] : null),
    h("li", null, t("step4")));
}

const KINDS = ["inject", "act", "alert", "answer", "escalation", "report", "task", "clock", "response", "level"];
const hiddenKinds = new Set();
let logShown = LOG_STEP;
function showLog() {
  put("log-summary", timeline.length === 0 ? t("noLog") : t("openLog", timeline.length));
  if (!byId("log-details").open) return put("log-table");
  const present = KINDS.filter((k) => timeline.some((e) => str(e.e.kind) === k));
  put("log-tools", h("fieldset", null, h("legend", null, t("kind")), present.map((k) => h("label", { class: "chip" },
    h("input", { type: "checkbox", checked: !hiddenKinds.has(k), onchange: (e) => {
      if (e.target.checked) hiddenKinds.delete(k);
      else hiddenKinds.add(k);
      fillLog();
    } }), t(k)))));
  return fillLog();
}
const originTag = (line) => (originOf(line) ? [" ", h("span", { class: "tag" }, originOf(line))] : null);
function fillLog() {
  const rows = timeline.filter((e) => !hiddenKinds.has(str(e.e.kind)));
  const left = rows.length - logShown;
  return put("log-table", table(t("log"), [t("time"), t("kind"), t("who"), t("area"), t("what"), t("entry")],
    rows.slice(0, logShown).map(({ e, at }) => h("tr", null,
      h("td", { class: "when" }, short(at, true)), h("td", { class: "nowrap" }, h("span", { class: `tag kind-tag-${KINDS.includes(str(e.kind)) ? e.kind : "act"}` }, t(str(e.kind)))),
      h("td", null, [str(e.post), str(e.actor)].filter(Boolean).join(" · ")), h("td", null, areaName.get(str(e.area)) || str(e.area)),
      h("td", null, say(e, "text"), originTag({ e, at })), h("td", null, entryOf(e)))), "log"),
  left > 0 ? h("button", { type: "button", class: "button no-print", onclick: () => { logShown += LOG_STEP; fillLog(); } }, t("more", Math.min(LOG_STEP, left), left)) : null);
}
