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
// with ids epoch-number. No browser patches content that a script inserts, so this
// script does it in all browsers. A template with an id replaces the part of the
// page that has this name, so that an event that is replayed appends nothing twice.
// If there is no such part, the template replaces the marker that it is for.
//
// The 12 is the number of the last event that the content certainly includes. A
// source is opened at the lowest number of its regions. The other regions receive
// some events again, which do not change them.
//
// Content on the page may be hostile, as far as a sanitizer lets it through. Orders
// are therefore processing instructions (comments in browsers that have none), which
// no sanitizer keeps. The template beside one is only quick to find. The script reads
// no property of the document, or of an element that may be a form, by a name that
// an element in it can take: see the doc of package assets.
{
  let get = name => Reflect.get(Document.prototype, name, document),
    html = get("documentElement"),
    state = html.dataset,
    on = addEventListener,
    policy, timer, wait = 5e3, mark = "rivulet " + location,

    // The template of the last region that was found, used to parse HTML.
    template,

    // The URLs whose connection is lost, and the regions that lack an event.
    lost = new Set, stale = new Set,
    say = () => state.live = lost.size ? "lost" : stale.size ? "stale" : "open",

    // The text of a marker, ?start name="board", which is a comment or a processing
    // instruction. No other node has such a text.
    words = node => node.nodeType > 7 ? node.data : `?${node.nodeName} ${node.data}`,

    // The range from the first marker of a name to the last one, if there are a
    // start and an end. A marker that is neither is both. A document without
    // elements has methods that no element replaces. 192 shows comments and
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

    // The only place where a string becomes HTML. Scripts in it never run.
    parse = html => (template.innerHTML = policy?.createHTML(html) ?? html, template.content),

    // Replaces the part of the page with the name by the part of content with that
    // name. If the page has no such part, all of content replaces the marker. The
    // focus returns to the element with the same id.
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

    // Applies the template of an event, unless it would remove the markers of its
    // region, as an item does that ends in an open comment or leaves an element open.
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

    // Opens the sources of the regions in the page. root may be a page that was
    // fetched again: its regions are first put into this page. A region inside
    // another is put there together with it.
    check = (root = html) => get("prerendering") || [...root.querySelectorAll("template[data-r]")].filter(node => {
      let order = node.previousSibling,
        [kind, name, n, url] = words(order || node).split(" ");
      // The URL is not relative to <base>, and never of another origin.
      if (kind == "?live" && url && (url = new URL(url, location)).origin == location.origin) {
        node.isConnected || patch(name + ".live", root);
        order.remove();
        (template = node).remove();
        (source[url] ||= source(url))(n);
        return 1
      }
    }),

    // Fetches the page until it has a region. The time is random, so that browsers
    // do not fetch it all at once: within 10 s at first, and then later and later.
    // If the page redirects, as after a logout, the browser loads it and follows the
    // redirect, at most once an hour, in case that leads back here.
    again = () => timer ||= setTimeout(() => {
      timer = 0;
      fetch(location, { headers: { rivulet: 1 }, redirect: "manual" })
        .then(page => page.type != "opaqueredirect" ? page.text() : Date.now() < sessionStorage[mark] ||
          (sessionStorage[mark] = Date.now() + 36e5, location = location.href.split("#")[0]))
        .then(parse).then(check).then(found => found[0] ? stale.clear(lost.clear()) : again()).catch(again)
    }, Math.random() * (wait = wait * 2 % 1e9)), // timers take at most 2^31 ms

    // Returns a function that opens the source at a URL, after the event with the
    // number at. The number is appended to the URL. A new region with a lower number
    // opens the source again at that number.
    source = (url, at = 1 / 0, events, since,
      close = () => events = events?.close(),

      // EventSource reconnects by itself except after a refusal, which may come from
      // a proxy whose server is down. A source that fails repeatedly is requested
      // later and later.
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

          // The server cannot replay the events after at.
          on.call(events, "gap", refused)
        }
      }) => {
      on("pagehide", close);
      on("pageshow", open);
      return n => {
        // Once for all regions that have just been found.
        n - at < 0 && queueMicrotask(open, close(at = n))
      }
    };

  // Runs once, even if the page has the script twice. More regions may arrive. To
  // look for them from time to time costs less than to observe all changes.
  if (!state.live) {
    state.live = 1;
    policy = Object.hasOwn(self, "trustedTypes") && trustedTypes.createPolicy("rivulet", { createHTML: html => html });
    setInterval(check, 99);
    check()
  }
}
