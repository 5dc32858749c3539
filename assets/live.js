// live keeps the live regions of a page up to date. The page carries
//
//     <?start name="board.live">
//       <?start name="board"><?marker name="board.start">
//         ... <?start name="board.17">an item<?end name="board.17"> ...
//       <?marker name="board.end"><?end name="board">
//       <template id="board.live" data-r="/events?lastEventId=epoch-" data-n="12"></template>
//     <?end name="board.live">
//
// and the events of /events are, in the form of the HTML standard's out-of-order
// patching,
//
//     <template id="board.17" for="board.17">an item, with its markers</template>
//     <template id="board.17" for="board.end">an item and <?marker name="board.end"></template>
//     <template for="board.17"></template>
//
// with ids epoch-number. No browser patches what a script inserts, so this does,
// in all of them. A template with an id is for what has that name already, if
// anything has: an event that is replayed appends nothing twice. Otherwise it
// takes the place of what it is for.
//
// The id of every region is the number of the last event that its content is
// sure to hold. A source is opened at the lowest: the others are told again what
// they hold, and end as they are.
//
// Variables are shared where that saves bytes: script_test.go holds the size.
{
  let d = document,
    state = d.documentElement.dataset,
    policy,

    // That of the last region that was found: any will do to parse HTML in.
    template,

    on = addEventListener,

    // The range from the first marker of a name to the last one. Markers are
    // comments, or processing instructions where browsers have them: 192 shows
    // both, and the data of both ends in the name.
    grab = (name, node = d, walker = d.createTreeWalker(node, 192), range) => {
      while (node = walker.nextNode())
        if (node.data.endsWith(`="${name}"`))
          range ? range.setEndAfter(node) : (range = new Range).selectNode(node);
      return range
    },

    // The one sink for strings. Scripts that come out of it never run.
    parse = html => (template.innerHTML = policy?.createHTML(html) ?? html, template.content),

    // Puts what has the name in content in the place of what has it in the page,
    // or all of content in the place of the marker. The focus goes where it was.
    patch = (name, content, marker, range = grab(name), active = d.activeElement) => {
      range ? content = grab(name, content).extractContents() : range = grab(marker);
      if (range) {
        range.deleteContents();
        range.insertNode(content);
        active.isConnected || d.getElementById(active.id)?.focus({ preventScroll: 1 })
      }
    },

    // Opens what the regions of the page ask for, or those of root, a page that
    // was fetched again, of which they are first put into this one. A region
    // that stands in another goes with it.
    check = (root = d) => d.prerendering || [...root.querySelectorAll("[data-r]")].map(node => {
      let { r, n } = node.dataset;
      node.isConnected || patch(node.id, root);
      (template = node).remove();
      (source[r] ||= source(r))(n)
    }),

    // The function that opens the source at a URL, to which at is added: the
    // number of the last event. It goes back to that of a new region.
    source = (url, at = 1 / 0, events, wait = 5e3, tell = () => {
      state.live = events.readyState & 1 ? (wait = 5e3, "open") : "lost";

      // EventSource goes on by itself but after a refusal, which may be that of
      // a proxy whose server is away. Then the page is fetched again until it
      // has a region: not by all browsers at once, and ever more seldom.
      events.readyState & 2 && setTimeout(() => {
        at = 1 / 0;
        fetch(location, { headers: { rivulet: 1 } })
          .then(page => page.text()).then(parse).then(check).then(found => found.length || tell(), tell)
      }, Math.random() * (wait *= 2))
    }, open = n => {
      events?.close();
      events = new EventSource(url + (at = n - at < 0 ? n : at));
      events.onopen = events.onerror = tell;
      events.onmessage = e => {
        at = e.lastEventId.split("-")[1];
        for (e of parse(e.data).children) patch(e.id, e.content, e.getAttribute("for"))
      };

      // The server cannot tell what came after at.
      on.call(events, "gap", () => tell(events.close()))
    }) => {
      on("pagehide", () => events.close());
      on("pageshow", e => e.persisted && open());
      return open
    };

  // Once, even if the page has it twice. Regions may still arrive, and a look
  // for them now and then costs less than a look at all that changes.
  if (!state.live) {
    state.live = 1;
    policy = self.trustedTypes?.createPolicy("rivulet", { createHTML: html => html });
    setInterval(check, 99);
    check()
  }
}
