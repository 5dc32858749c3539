// The probe of package browsertest. It reports to the server what the page
// shows, and does what the server orders.
(() => {
  const script = document.currentScript;
  const watch = new Map(Object.entries(JSON.parse(script.dataset.watch) || {}));

  // Reports leave one after the other, so that they arrive in order.
  let sending = Promise.resolve();
  const report = (kind, text, more) => {
    const body = JSON.stringify({kind, text, ...more});
    sending = sending.then(() => fetch("reports", {method: "POST", body}));
  };

  const look = () => {
    for (const [name, selector] of watch) {
      const element = document.querySelector(selector);
      if (element) {
        watch.delete(name);
        report("seen", name, {color: getComputedStyle(element).color});
      }
    }
  };
  new MutationObserver(look).observe(document, {childList: true, subtree: true, characterData: true, attributes: true});

  // For the page's own scripts: what they note arrives in order.
  window.note = text => report("note", text);

  // What scripts have arrived, whether they have run or not.
  new PerformanceObserver(list => list.getEntries().forEach(entry => {
    if (entry.initiatorType == "script") report("fetched", entry.name.replace(/.*\//, ""));
  })).observe({type: "resource"});

  addEventListener("load", () => report("complete", ""));

  const fault = text => report("fault", String(text));
  addEventListener("error", e => fault(e.message || "cannot load " + (e.target.src || e.target.href)), true);
  addEventListener("unhandledrejection", e => fault(e.reason));
  addEventListener("securitypolicyviolation", e => fault(`policy: ${e.effectiveDirective} ${e.blockedURI}`));
  console.error = (...args) => fault("console: " + args.join(" "));

  // Markers look different in each engine and are none of the test's business.
  const inner = element => {
    const copy = element.cloneNode(true);
    const walk = document.createTreeWalker(copy, NodeFilter.SHOW_COMMENT | NodeFilter.SHOW_PROCESSING_INSTRUCTION);
    const gone = [];
    while (walk.nextNode()) gone.push(walk.currentNode);
    gone.forEach(node => node.remove());
    return copy.innerHTML;
  };
  const picture = () => {
    const active = document.activeElement;
    const parts = {}, scrolled = {};
    for (const element of document.querySelectorAll("[id]")) {
      parts[element.id] = inner(element);
      scrolled[element.id] = element.scrollTop;
    }
    return {
      state: document.readyState,
      native: "htmlFor" in HTMLTemplateElement.prototype,
      templates: document.querySelectorAll("template[for]").length,
      active: active ? active.id : "",
      caret: active && active.selectionStart != null ? `${active.selectionStart}-${active.selectionEnd}` : "",
      scroll: Math.round(scrollY),
      parts, scrolled,
    };
  };

  addEventListener("picture", () => {
    look();
    report("picture", "", {picture: picture()});
  });

  (async () => {
    for (;;) {
      const order = await (await fetch("orders", {cache: "no-store"})).text();
      if (order == "leave") break;
      dispatchEvent(new Event(order));
    }
    report("leaves", "", {picture: picture()});
    await sending;
    location.replace("/next");
  })();
})();
