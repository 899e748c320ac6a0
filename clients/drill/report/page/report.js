// SPDX-License-Identifier: Apache-2.0

function showAll() {
  showHead();
  showVerdict();
  showLineTools();
  showLine();
  showMap();
  showAlerts();
  showFigures();
  showExpectations();
  showClocks();
  showTasks();
  showLedgers();
  showLog();
  showPlay();
  moveTo(moment);
}

function listen() {
  byId("language").addEventListener("click", () => {
    language = language === "en" ? "zh" : "en";
    showAll();
  });
  byId("moment").addEventListener("input", (e) => {
    pause();
    moveTo(scale.at(Number(e.target.value) / 1000));
  });
  byId("play").addEventListener("click", play);
  byId("back").addEventListener("click", () => stepTo(-1));
  byId("forth").addEventListener("click", () => stepTo(1));
  byId("log-details").addEventListener("toggle", showLog);
  let width = innerWidth;
  let waiting = 0;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      showLine();
      showFigures();
    }, 120);
  });
}

if (DATA === null) {
  byId("problem").hidden = false;
  put("problem", t("broken"));
} else {
  setAxis("stretched");
  const at = /(?:^#|&)t=(\d{1,9})/.exec(location.hash);
  if (at) moment = Math.min(SPAN.to, SPAN.from + Number(at[1]) * 1000);
  listen();
  showAll();
  // Tiles change softly only once the first picture stands.
  setTimeout(() => document.documentElement.classList.add("ready"), 300);
}
