// Fills the table of times. The script is deferred, so it runs when the page is
// complete. The times of other visits are kept until the tab is closed.
"use strict";
{
  const table = document.getElementById("times");
  const key = "rivulet dashboard times";
  const kept = (() => {
    try {
      return JSON.parse(sessionStorage.getItem(key)) ?? {};
    } catch {
      return {};
    }
  })();

  // show fills in all known times, with the bars on one scale.
  const show = () => {
    const longest = Math.max(...Object.values(kept).map((t) => Math.max(t.chunk ?? 0, t.paint ?? 0)));
    for (const [mode, times] of Object.entries(kept)) {
      const [row, span] = table.querySelectorAll(`tr[data-mode="${mode}"]`);
      if (!row) continue;
      for (const cell of row.querySelectorAll("[data-time]")) {
        const v = times[cell.dataset.time];
        cell.textContent = typeof v === "number" ? Math.round(v) : v ?? "–";
      }
      if (!(longest > 0)) continue;
      const paint = (100 * (times.paint ?? 0)) / longest;
      span.querySelector(".blank").setAttribute("width", paint);
      span.querySelector(".seen").setAttribute("x", paint);
      span.querySelector(".seen").setAttribute("width", Math.max(0.5, (100 * (times.chunk ?? 0)) / longest - paint));
    }
  };

  const now = {switches: table.dataset.switches};
  const note = () => {
    kept[table.dataset.mode] = now;
    show();
    try {
      sessionStorage.setItem(key, JSON.stringify(kept));
    } catch {
      // Storage is full or forbidden: the times are shown all the same.
    }
  };
  show();
  const measure = () => {
    const visit = performance.getEntriesByType("navigation")[0];
    if (!visit?.responseEnd) {
      setTimeout(measure, 50); // Firefox may know it only after the load
      return;
    }
    // On a busy machine, Firefox may start its clock after the request, and report
    // the time of the first byte for the last. Parsing never ends before the last byte.
    now.byte = Math.max(0, visit.responseStart);
    now.chunk = visit.responseEnd > visit.responseStart ? visit.responseEnd : visit.domInteractive;
    note();
    // A page in one piece is painted after it has loaded.
    new PerformanceObserver((list) => {
      for (const e of list.getEntriesByName("first-contentful-paint")) {
        now.paint = e.startTime;
        note();
      }
    }).observe({type: "paint", buffered: true});
  };
  addEventListener("load", measure);
}
