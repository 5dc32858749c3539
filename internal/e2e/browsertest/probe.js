// The probe of package browsertest. It reports to the server what the page
// shows, and does what the server orders.
(() => {
  // Content under test may have elements whose names replace properties of the
  // document and of forms.
  const get = (type, name, node) => Reflect.get(type.prototype, name, node);
  const all = selector => [...Document.prototype.querySelectorAll.call(document, selector)];
  const first = selector => Document.prototype.querySelector.call(document, selector);
  const script = document.currentScript;
  const watch = new Map(Object.entries(JSON.parse(script.dataset.watch) || {}));

  // Reports arrive in order: those that come while others are on their way leave
  // together, after them.
  let queue = [], sending;
  const send = async () => {
    for (await null; queue.length;) {
      const body = `[${queue.join()}]`;
      queue = [];
      await fetch(new URL("reports", location), {method: "POST", body});
    }
    sending = undefined;
  };
  const report = (kind, text, more) => {
    queue.push(JSON.stringify({kind, text, ...more}));
    sending ||= send();
  };

  const look = () => {
    for (const [name, selector] of watch) {
      const element = first(selector);
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
    const copy = Node.prototype.cloneNode.call(element, true);
    const walk = new Document().createTreeWalker(copy, NodeFilter.SHOW_COMMENT | NodeFilter.SHOW_PROCESSING_INSTRUCTION);
    const gone = [];
    while (walk.nextNode()) gone.push(walk.currentNode);
    gone.forEach(node => node.remove());
    return get(Element, "innerHTML", copy);
  };
  const picture = () => {
    const active = get(Document, "activeElement", document);
    const parts = {}, scrolled = {};
    for (const element of all("[id]")) {
      const id = get(Element, "id", element);
      parts[id] = inner(element);
      scrolled[id] = get(Element, "scrollTop", element);
    }
    return {
      state: get(Document, "readyState", document),
      native: "htmlFor" in HTMLTemplateElement.prototype,
      templates: all("template[for]").length,
      active: active ? get(Element, "id", active) : "",
      caret: active && active.selectionStart != null ? `${active.selectionStart}-${active.selectionEnd}` : "",
      scroll: Math.round(scrollY),
      parts, scrolled,
    };
  };

  addEventListener("picture", () => {
    look();
    report("picture", "", {picture: picture()});
  });

  // For pages that go away and may come back from the browser's cache, which takes no
  // page that waits for an answer.
  let waiting;
  window.rest = () => waiting.abort();

  const obey = async () => {
    for (;;) {
      waiting = new AbortController();
      const order = await (await fetch(new URL("orders", location), {cache: "no-store", signal: waiting.signal})).text();
      if (order == "leave") break;
      dispatchEvent(new Event(order));
    }
    report("leaves", "", {picture: picture()});
    await sending;
    location.replace(new URL("/next", location)); // a base does not lead away
  };
  const listen = () => obey().catch(e => e.name == "AbortError" || fault(e));
  addEventListener("pageshow", e => e.persisted && listen());
  // A page that is prerendered is not the one that is ordered.
  if (get(Document, "prerendering", document)) document.addEventListener("prerenderingchange", listen);
  else listen();
})();
