// live keeps the live regions of a page up to date. The page carries
//
//     <?start name="board.live">
//       <?start name="board"><?marker name="board.start">
//         ... <?start name="board.17">an item<?end name="board.17"> ...
//       <?marker name="board.end"><?end name="board">
//       <?live board 12 /events?lastEventId=epoch-><template data-r></template>
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
// The 12 is the number of the last event that the content is sure to hold. A
// source is opened at the lowest of its regions: the others are told
// again what they hold, and end as they are.
//
// Content on the page may be hostile, as far as a sanitizer lets it through. So
// orders are processing instructions (comments, where browsers have none), which
// no sanitizer keeps; the template beside one is only quick to find. Nothing is
// read from the document, or from an element that may be a form, by a name that
// an element in it can take; see the doc of package assets.
{
  let get = name => Reflect.get(Document.prototype, name, document),
    html = get("documentElement"),
    state = html.dataset,
    on = addEventListener,
    policy, timer, wait = 5e3, mark = "rivulet " + location,

    // That of the last region that was found: any will do to parse HTML in.
    template,

    // The URLs whose connection is lost, and the regions that lack an event.
    lost = new Set, stale = new Set,
    say = () => state.live = lost.size ? "lost" : stale.size ? "stale" : "open",

    // What a marker says, ?start name="board", whether it is a comment or a
    // processing instruction. No other node says anything like it.
    words = node => node.nodeType > 7 ? node.data : `?${node.nodeName} ${node.data}`,

    // The range from the first marker of a name to the last one, if there is a
    // start and an end: a marker that is neither is both. A document without
    // elements has methods that no element replaces; 192 shows comments and
    // processing instructions.
    grab = (name, node = html, walker = new Document().createTreeWalker(node, 192), range = new Range, start, end) => {
      while (node = walker.nextNode()) {
        let [, kind, n] = /^\?(\w+) name="(.+)"$/.exec(words(node)) || [];
        if (n == name) {
          kind == "end" || start || range.setStartBefore(start = node);
          kind == "start" || (end = node)
        }
      }
      return start && end && (range.setEndAfter(end), range)
    },

    // The one sink for strings. Scripts that come out of it never run.
    parse = html => (template.innerHTML = policy?.createHTML(html) ?? html, template.content),

    // Puts what has the name in content in the place of what has it in the page,
    // or all of content in the place of the marker. The focus goes where it was.
    patch = (name, content, marker, range = grab(name), active = get("activeElement"), next) => {
      range ? content = grab(name, content).extractContents() : range = grab(marker);
      if (range) {
        next = content.getElementById(active?.id);
        range.deleteContents();
        range.insertNode(content);
        // A form may have a control named focus.
        try { html.contains(active) || next.focus({ preventScroll: 1 }) } catch { }
      }
    },

    // An event's template. One that would cost the region its markers, as with an
    // item that ends in an open comment or leaves an element open, is not applied.
    apply = (id, content, marker, region = (id || marker).split(".")[0], whole = id == region) => {
      if (!id || content.lastChild?.nodeType > 6 &&
        [id, whole ? id + ".start" : marker, whole ? id + ".end" : id].every(name => grab(name, content))) {
        patch(id, content, marker);
        stale.delete(id) && say()
      } else {
        stale.has(region) || console.warn("rivulet: event that would break region", region);
        say(stale.add(region))
      }
    },

    // Opens what the regions of the page ask for, or those of root, a page that
    // was fetched again, of which they are first put into this one. A region
    // that stands in another goes with it.
    check = (root = html) => get("prerendering") || [...root.querySelectorAll("template[data-r]")].filter(node => {
      let order = node.previousSibling,
        [kind, name, n, url] = words(order || node).split(" ");
      // Not what <base> says, and never another origin.
      if (kind == "?live" && url && (url = new URL(url, location)).origin == location.origin) {
        node.isConnected || patch(name + ".live", root);
        order.remove();
        (template = node).remove();
        (source[url] ||= source(url))(n);
        return 1
      }
    }),

    // Fetches the page until it has a region: not all browsers at once, and ever
    // more seldom. The first time is within 10 s. To where the page redirects, as
    // after a logout, the browser goes by itself: once an hour, in case that leads
    // back here.
    again = () => timer ||= setTimeout(() => {
      timer = 0;
      fetch(location, { headers: { rivulet: 1 }, redirect: "manual" })
        .then(page => page.type != "opaqueredirect" ? page.text() : Date.now() < sessionStorage[mark] ||
          (sessionStorage[mark] = Date.now() + 36e5, location = location.href.split("#")[0]))
        .then(parse).then(check).then(found => found[0] ? stale.clear(lost.clear()) : again()).catch(again)
    }, Math.random() * (wait = wait * 2 % 1e9)), // timers know 2^31 ms at most

    // The function that opens the source at a URL, to which at is added: the
    // number of the last event. It goes back to that of a new region.
    source = (url, at = 1 / 0, events, since,
      close = () => events = events?.close(),

      // EventSource goes on by itself but after a refusal, which may be that of
      // a proxy whose server is away. What breaks again and again is asked for
      // ever more seldom, too.
      refused = () => {
        close(at = 1 / 0);
        say(lost.add(url));
        if (Date.now() - since > wait) wait = 5e3;
        since = at;
        again()
      },

      open = () => {
        if (at < 1 / 0 && !events) {
          events = new EventSource(url + at);
          events.onopen = events.onerror = () => events.readyState > 1 ? refused() :
            say(events.readyState ? lost.delete(url, since = Date.now()) : lost.add(url));
          events.onmessage = e => {
            at = e.lastEventId.split("-")[1] ?? at;
            for (e of parse(e.data).children) e.nodeName == "TEMPLATE" && apply(e.id, e.content, e.getAttribute("for"))
          };

          // The server cannot tell what came after at.
          on.call(events, "gap", refused)
        }
      }) => {
      on("pagehide", close);
      on("pageshow", open);
      return n => {
        // Once for all the regions that have just been found.
        n - at < 0 && queueMicrotask(open, close(at = n))
      }
    };

  // Once, even if the page has it twice. Regions may still arrive, and a look
  // for them now and then costs less than a look at all that changes.
  if (!state.live) {
    state.live = 1;
    policy = Object.hasOwn(self, "trustedTypes") && trustedTypes.createPolicy("rivulet", { createHTML: html => html });
    setInterval(check, 99);
    check()
  }
}
