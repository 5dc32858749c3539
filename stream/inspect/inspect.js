// Keeps <main id="live"> up to date. Each event holds all of its HTML. Elements that
// have not changed stay in place, with their focus and their open details.
(() => {
  const live = document.getElementById("live");
  const state = document.getElementById("state");
  const pause = document.getElementById("pause");
  const policy = globalThis.trustedTypes
    ? trustedTypes.createPolicy("rivulet-inspect", {createHTML: html => html})
    : {createHTML: html => html};
  let source, paused = false;

  const say = text => { if (state.textContent != text) state.textContent = text; };

  // Children with an id are kept, replaced or removed one by one.
  const patch = (from, to) => {
    let at = from.firstElementChild;
    for (const next of [...to.children]) {
      const known = next.id && [...from.children].find(child => child.id == next.id);
      if (!known) {
        from.insertBefore(next, at);
        continue;
      }
      while (at && at != known) { // gone, or moved up
        const gone = at;
        at = at.nextElementSibling;
        gone.remove();
      }
      at = known.nextElementSibling;
      if (known.isEqualNode(next)) continue;
      if (known.dataset.keyed != null && next.dataset.keyed != null) patch(known, next);
      else known.replaceWith(next);
    }
    while (at) {
      const gone = at;
      at = at.nextElementSibling;
      gone.remove();
    }
  };

  const show = html => {
    const template = document.createElement("template");
    template.innerHTML = policy.createHTML(html);
    const focused = document.activeElement?.id;
    const open = new Set([...live.querySelectorAll("details[open]")].map(details => details.id));
    for (const details of template.content.querySelectorAll("details")) details.open = open.has(details.id);
    patch(live, template.content);
    if (focused && document.activeElement?.id != focused) document.getElementById(focused)?.focus({preventScroll: true});
  };

  const close = () => source?.close();
  const connect = () => {
    close();
    source = new EventSource(live.dataset.events);
    source.onopen = () => say("Live");
    source.onmessage = event => show(event.data);
    source.onerror = () => say(source.readyState == EventSource.CLOSED ? "Not live" : "Connection lost, trying again");
    source.addEventListener("end", () => {
      close();
      pause.hidden = true;
      say("Complete");
    });
  };

  pause.hidden = false;
  pause.onclick = () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", paused);
    if (paused) {
      close();
      say("Paused");
    } else connect();
  };
  addEventListener("pagehide", close);
  addEventListener("pageshow", event => { if (event.persisted && !paused && !pause.hidden) connect(); });
  connect();
})();
