// live requests boundaries with a key again, and keeps the live regions of a page up
// to date. For a boundary with the key b within one with the key a, the page carries
//
//     <?start name="a"> ... <?start name="b">content<?end name="b"> ... <?end name="a">
//
// and perhaps, to request it every 30 s,
//
//     <?every a/b 30000><template data-r></template>
//
// and, while anything is pending, with the time in which it should come,
//
//     <?late 30000><template data-r></template>
//
// Each chunk of such a page is announced, and its shell ends like a chunk:
//
//     ... <!/><script> ... <?chunk a/b><template for="1">content</template><!/>
//
// A GET of the page with the header "Rivulet: a/b" has the answer
//
//     <?start name="b">content<?end name="b">
//
// For a region, the page carries
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
//     <template id="board.17" for="board.end" data-limit="9">an item and <?marker name="board.end"></template>
//     <template id="board.17" for="?before board.16">an item</template> (or ?after)
//     <template for="?move board.17 board.16"></template>
//     <template for="board.17"></template>
//     <template for="?refresh a/b"></template>
//
// with ids epoch-number. No browser patches content that a script inserts, so this
// script does it in all browsers. A template with an id replaces the part of the
// page that has this name, so that an event that is replayed appends nothing twice.
// If there is no such part, the template replaces the marker that it is for, or stands
// before or after the part that it is for.
//
// The 12 is the number of the last event that the content certainly includes. A
// source is opened at the lowest number of its regions. The other regions receive
// some events again, which do not change them.
//
// Content on the page may be hostile, as far as a sanitizer lets it through. A click
// on an element with the attribute data-refresh requests a boundary of this page, and
// can do no more. All other orders are processing instructions (comments in browsers
// that have none), which no sanitizer keeps. The template beside one is only quick to
// find. The script reads no property of the document, or of an element that may be a
// form, by a name that an element in it can take: see the doc of package assets.
{
  let get = name => Reflect.get(Document.prototype, name, document),
    html = get("documentElement"),
    state = html.dataset,
    on = addEventListener,
    policy, timer, wait = 5e3, count = 0, mark = "rivulet " + location, sources = {}, obeyed = new WeakSet, nonce = get("currentScript")?.nonce,

    // Calls a method of an element. A form may have a control with its name.
    use = (name, node, ...args) => Element.prototype[name].apply(node, args),

    id = node => use("getAttribute", node, "id"),

    // Used to parse HTML.
    template = Document.prototype.createElement.call(document, "template"),

    // The regions that have missed events and wait until the page is fetched again, each
    // with its order, and the regions and boundaries whose content is old, each with the
    // node at its start: what has been replaced is not old.
    missed = new Map, stale = new Map,
    say = (now, all = Object.values(sources).map(one => one.state)) => {
      for (let map of [missed, stale]) map.forEach((node, name) => node.isConnected || map.delete(name));
      now = missed.size || all.includes("lost") ? "lost" : stale.size ? "stale" :
        all[0] && all.every(one => one == "ended") ? "ended" : "open";
      state.live == now || (state.live = now)
    },

    // The text of a marker, ?start name="board", which is a comment or a processing
    // instruction. No other node has such a text.
    words = node => node.nodeType > 7 ? node.data : `?${node.nodeName} ${node.data}`,
    parts = node => words(node).split(" "),

    // A document without elements has methods that no element replaces.
    walk = (node, show) => new Document().createTreeWalker(node, show),

    // Calls f with the kind, the name and the node of each marker in a node. 192 shows
    // comments and processing instructions.
    markers = (f, node = html, walker = walk(node, 192)) => {
      while (node = walker.nextNode()) {
        let [, kind, name, path, end] = /^(?:\?(\w+)(?: name="(.+)"| (\S+))?\s*|(\/))$/.exec(words(node)) || [];
        (kind ||= end) && f(kind, name, node, path)
      }
    },

    // The range from the first marker of a name to the last one, if there are a
    // start and an end. A marker that is neither is both. The start is kept with it.
    grab = (name, node, range = new Range, start, end) => {
      markers((kind, n, node) => {
        if (n == name) {
          kind == "end" || start || range.setStartBefore(range.start = start = node);
          kind == "start" || (end = node)
        }
      }, node);
      return start && end && (range.setEndAfter(end), range)
    },

    // The only place where a string becomes HTML. Scripts in it never run.
    parse = html => (template.innerHTML = policy?.createHTML(html) ?? html, template.content),

    // Returns the elements of a range that have an id or, if show is -1, all nodes at
    // its top, and if it is 1, the elements there.
    nodes = (range, show, node, walker = walk(range.commonAncestorContainer, show || 1), found = []) => {
      for (node = walker.firstChild(); node; node = show ? walker.nextSibling() : walker.nextNode())
        range.intersectsNode(node) && (show || id(node)) && found.push(node);
      return found
    },

    // Scrolls elements to where they were, and gives the focus back to the element that
    // had it, or to the next one.
    restore = (kept, active, next) => {
      for (let [node, y, x] of kept) use("scrollTo", node, x, y);
      try {
        if (active != get("activeElement")) {
          html.contains(active) ? next = active : next.tabIndex < 0 && (next.tabIndex = -1);
          // A form may have a control named focus.
          next.focus({ preventScroll: 1 })
        }
      } catch { }
    },

    // Replaces the part of the page with the name by the part of content with that
    // name. If the page has no such part, all of content replaces the place, a range.
    //
    // An element with an id stays if the new one with the same id has the same HTML:
    // so does what was typed, and where it was scrolled to. It may be open. The focus
    // returns to the same element, to the one with the same id or, if it was on an
    // element that requests the part, to one that requests the same or the first one
    // that is new. What is being requested within the part is put into the new one.
    patch = (name, content, place, range = grab(name), active = get("activeElement"), kept = [], next) => {
      range ? content = grab(name, content).extractContents() : range = place;
      if (range) {
        let path = active?.dataset.refresh, asked = Object.values(busy).filter(here);
        next = content.getElementById(active?.id) || path && range.intersectsNode(active) &&
          ([...content.querySelectorAll("[data-refresh]")].find(node => node.dataset.refresh == path) || content.firstElementChild);
        for (let old of nodes(range)) {
          let same = content.getElementById(id(old));
          if (same && same != old) {
            if ("open" in same) same.open = old.open;
            use("isEqualNode", same, old) && kept.push([old, old.scrollTop, old.scrollLeft, use("replaceWith", same, old)])
          }
        }
        range.deleteContents();
        range.insertNode(content);
        for (let one of asked) here(one) || (one.start = grab(one.name)?.start);
        restore(kept, active, next);
        use("dispatchEvent", range.commonAncestorContainer, new CustomEvent("rivulet:patch", { bubbles: true, detail: name }))
      }
    },

    // Moves a part of the page before another one.
    move = (name, before, range = grab(name), place = grab(before), active = get("activeElement")) => {
      if (range && place) {
        let kept = nodes(range).map(node => [node, node.scrollTop, node.scrollLeft]);
        for (let node of nodes(range, -1))
          use(Element.prototype.moveBefore ? "moveBefore" : "insertBefore", place.commonAncestorContainer, node, place.start);
        restore(kept, active)
      }
    },

    // The last key of a path, and the part of a URL before its query.
    last = path => /[^/]*$/.exec(path)[0],
    bare = url => /[^?#]*/.exec(url)[0],

    // Loads the page, and follows a redirect, as after a logout: at most once an hour,
    // in case that leads back here.
    leave = () => Date.now() < sessionStorage[mark] || (sessionStorage[mark] = Date.now() + 36e5, location = /[^#]*/.exec(location)[0]),

    // Requests this page, or a boundary of it, and calls f with the content of the
    // answer and the answer. A connection may end without a word: a request ends after
    // two minutes.
    //
    // Firefox has a request wait for 20 s while its URL is being loaded, as when the page
    // still streams, unless the request goes around the cache.
    //
    // The policy of this page allows styles with its own nonce. A style that has the
    // nonce of the answer's policy gets it, since only its server knows that nonce.
    ask = (url, path, f, request = new AbortController) => {
      setTimeout(() => request.abort(), 12e4);
      return fetch(url, { headers: { rivulet: path }, redirect: "manual", cache: "no-store", signal: request.signal })
        .then(page => page.type == "opaqueredirect" ? Promise.reject(leave() && "redirected") : page.text().then(text => {
          let content = parse(text), policy = page.headers.get("content-security-policy");
          for (let style of content.querySelectorAll("style[nonce]"))
            if (policy?.includes(`'nonce-${style.nonce}'`)) style.nonce = nonce;
          return f(content, page)
        }))
    },

    // The boundaries that are being requested, by their paths. A request is for the
    // boundary whose start was in the page then: a script may have put another page
    // there, which has one of the same name.
    busy = { __proto__: null },
    here = request => request?.start?.isConnected,

    // Requests a boundary again. A click does not repeat a request of the same URL. An
    // event repeats it once it is done, since its answer may be older than the event. So
    // does a boundary within it, or around it, that was requested later and answered
    // sooner. A request of another URL is ended. What has failed keeps its content, and
    // says so if a visitor has asked for it. A cache may answer with a page that streams,
    // whose content may be pending.
    refresh = (path, asked, url = location.href, name = last(path), start = grab(name)?.start, old = busy[path], request = new AbortController) => {
      let show = (method, key, range = grab(name)) => range && nodes(range, 1).map(node => use(method, node, key, true)),
        done = (content, page) => {
          if (busy[path] == request && delete busy[path] && here(request)) {
            show("removeAttribute", "aria-busy");
            for (let other in busy)
              if (busy[other].order < request.order && (path.startsWith(other + "/") || other.startsWith(path + "/"))) busy[other].more = 1;
            if (page?.ok && !content.querySelector("template[for]") && grab(name, content)) patch(name, content);
            else {
              stale.set(path, request.start);
              request.asked && show("setAttribute", "data-failed");
              // For whoever has written a path that is wrong.
              console.warn("rivulet: not refreshed:", path, page?.status ?? content)
            }
            say();
            request.more && refresh(path)
          }
        };
      if (here(old) && old.url == url) {
        old.asked ||= asked;
        old.more ||= asked == null;
        return old.done
      }
      if (!/^[\w/-]+$/.test(path) || !start) return;
      old?.abort();
      busy[path] = Object.assign(request, { url, name, asked, start, order: ++count });
      show("removeAttribute", "data-failed");
      show("setAttribute", "aria-busy");
      return request.done = ask(url, path, done, request).then(done, done)
    },

    // Follows a link to this page, a GET form for it, or a button without a form: it
    // requests the boundary that the attribute data-refresh names. The query may be
    // another one, which becomes that of the page: what is being requested with the one
    // before is requested again. What cannot be followed, such as the URL "http://[", is
    // left to the browser.
    follow = (e, node, form) => {
      try {
        let path = node.dataset.refresh,
          of = name => form ? Reflect.get(HTMLFormElement.prototype, name, form) : node[name],
          url = new URL(of(form ? "action" : "href") || location);
        if (path && !(e.defaultPrevented || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey || of("target")) &&
          bare(url) == bare(location) && (!form || (node.formMethod || of("method")) == "get")) {
          if (!grab(last(path))) return console.warn("rivulet: no boundary", path);
          if (form) url.search = new URLSearchParams(new FormData(form, node));
          url.hash = location.hash;
          e.preventDefault(history.replaceState(history.state, "", url));
          refresh(path, 1);
          for (path in busy) refresh(path, busy[path].asked ?? 0)
        }
      } catch { }
    },

    // Returns the paths of the boundaries that are pending, the empty one for those
    // without a key. A notice is not one of them. A browser that patches shows a chunk
    // of which only a part has come like a whole one: its boundary is pending, too, and
    // so is the rest of a shell.
    pending = (path = [], found = [], open = "", chunk) => {
      markers((kind, name, node, whose) => kind == "notice" ? found.pop() :
        kind == "start" ? grab(name) ? path.push(name) : found.push(path.join("/")) :
          kind == "end" && name && path.at(-1) == name ? path.pop() :
            kind == "/" ? open = chunk = 0 :
              kind == "chunk" && "htmlFor" in template && (chunk = node, open = whose || ""));
      // What is requested as a whole now is not in part any more.
      open && chunk.remove();
      return open === 0 ? found : [...found, open]
    },

    // Requests what is still pending when it should have come. The order is in a
    // notice, which the end of the page removes. If nothing is pending then, the page
    // need not say that it was cut.
    late = (order, ms) => setTimeout(() => order.isConnected &&
      Promise.all([...new Set(pending())].map(path => path && refresh(path))).then(() => pending()[0] ?? (stale.size || (state.whole = 1))),
      +ms + 1e3 + Math.random() * 3e3),

    // Requests a boundary from time to time, while the page can be seen and has the
    // order, and as soon as it can be seen again. The time is random, so that browsers do
    // not request it all at once.
    every = (order, path, ms, next = ms) => setTimeout(() => {
      if (!order.isConnected) return;
      if (get("hidden")) return on("visibilitychange", () => every(order, path, ms, 0), { once: true });
      busy[path] || refresh(path);
      every(order, path, ms)
    }, next * (.9 + Math.random() / 5)),

    // Applies the template of an event. The content is not put into the page if it would
    // remove the markers of its region, as an item does that ends in an open comment or
    // leaves an element open.
    apply = ({ id, content, dataset: { limit } }, marker, known) => {
      let [order, path, before] = marker.split(" "), region = (id || path || marker).split(".")[0],
        whole = id == region, place = grab(path || marker);
      if (known.includes(region)) return;
      // The time is random, so that browsers do not request it all at once.
      if (order == "?refresh") setTimeout(refresh, Math.random() * 3e3, path);
      else if (order == "?move") move(path, before);
      else if (!id || content.lastChild?.nodeType > 6 &&
        [id, whole ? id + ".start" : path ? id : marker, whole ? id + ".end" : id].every(name => grab(name, content))) {
        path && place?.collapse(order == "?before");
        patch(id, content, place);
        limit && trim(region, limit, marker == region + ".end")
      } else if (place = grab(region)) {
        stale.has(region) || console.warn("rivulet: event that would break region", region);
        say(stale.set(region, place.start))
      }
    },

    // Removes items of a region beyond a number, the first or the last ones.
    trim = (region, limit, first, items = []) => {
      markers((kind, name) => kind == "start" && name?.startsWith(region + ".") && name != region + ".live" && items.push(name));
      while (items.length > limit) patch("", new DocumentFragment, grab(first ? items.shift() : items.pop()))
    },

    // Opens the sources of the regions in the page, and starts the timers of
    // boundaries. root may be a page that was fetched again: its regions that this page
    // has missed events of are first put into this page. A region inside another, whose
    // order stands before that of the other, is put there together with it. An order is
    // obeyed once, and counts as long as it is in the page. A copy of it is another
    // order: libraries keep pages as HTML, and put them back.
    check = (root = html) => get("prerendering") || [...root.querySelectorAll("template[data-r]")].reverse().map(node => {
      let order = node.previousSibling,
        [kind, name, n, url] = parts(order || node),
        live = kind == "?live" && url && (url = new URL(url, location)).origin == origin;
      if (!obeyed.has(order) && (live || kind == "?late" || kind == "?every")) {
        obeyed.add(order);
        node.dataset.r = 1;
        if (live) {
          node.isConnected || missed.get(name)?.isConnected && patch(name + ".live", root);
          order.isConnected && (sources[url] ||= source(url)).add(n, order)
        } else n ? every(order, name, n) : late(order, name)
      }
    }),

    // Fetches the page until no region waits for it. The time is random, so that browsers
    // do not fetch it all at once: within 10 s at first, and then later and later.
    again = () => timer ||= setTimeout(() => {
      timer = 0;
      missed.size && ask(location, 1, check).catch(() => 0).then(() => { look(); missed.size && again() })
    }, Math.random() * (wait = wait < 36e5 ? wait * 2 : wait)),

    // Has a page that waits to be fetched wait for 10 s again.
    soon = () => timer = clearTimeout(timer, wait = 5e3),

    // Makes the source at a URL. It opens after the event with the number at, which is
    // appended to the URL. A new region with a lower number opens the source again at
    // that number.
    source = (url, at = 1 / 0, orders = [], events, since, heard, pause, retry,
      close = () => events = events?.close(),
      hear = () => heard = Date.now(),
      tell = now => say(one.state = now),

      // Nothing follows the last event.
      finish = () => {
        close(at = 1 / 0);
        tell("ended")
      },

      // EventSource does not tell the status 204, after which nothing follows, from a
      // refusal. Meanwhile, a new region may have opened the source again.
      ask204 = () => {
        close();
        fetch(url + at, { method: "HEAD", cache: "no-store" }).catch(e => e)
          .then(answer => events || (answer.status == 204 ? finish() : refused()))
      },

      // EventSource reconnects by itself except after a refusal, which may come from
      // a proxy whose server is down. The regions wait for the page then. A new region,
      // which has missed nothing, opens the source again. One that fails repeatedly is
      // requested later and later. A server with many clients asks them to reconnect
      // within a longer time, and then they also fetch the page within that time.
      refused = () => {
        close(at = 1 / 0);
        for (let order of orders.splice(0)) missed.set(parts(order)[1], order);
        tell();
        Date.now() - since > 6e4 && soon();
        wait = Math.max(wait, retry / 2 % 1e9 || 0); // timers take at most 2^31 ms
        again()
      },

      open = () => {
        if (at < 1 / 0 && !events) {
          hear();
          events = new EventSource(url + at + "&heartbeat=event");
          events.onopen = events.onerror = () => events.readyState > 1 ? ask204() :
            events.readyState ? tell("open", since = hear()) : tell("lost");

          // A region that has come since the last event may have missed some. Its content
          // may also include what others receive again: that would show it older content.
          events.onmessage = e => {
            let id = e.lastEventId.split("-")[1] ?? at, known = [];
            hear();
            check();
            if (events) {
              for (let order of orders) {
                let [, name, n] = parts(order);
                if (id - n > 0) order.data = order.data.replace(` ${n} `, ` ${id} `);
                else if (id != at) known.push(name)
              }
              at = id;
              for (e of parse(e.data).children) e.nodeName == "TEMPLATE" && apply(e, e.getAttribute("for"), known)
            }
          };

          // The server cannot replay the events after at.
          on.call(events, "gap", refused);
          on.call(events, "end", finish);
          on.call(events, "heartbeat", e => hear([pause, retry] = e.data.split(" ")))
        }
      },

      add = (n, order) => {
        orders.push(order);
        // Once for all regions that have just been found.
        n - at < 0 && queueMicrotask(open, close(at = n))
      },

      // A source ends with the last of its regions. A proxy can keep a connection open
      // that forwards nothing any more, and so can a computer that has slept. So the
      // source is opened again when two heartbeats are missing, which are sent while
      // there are no events. A connection may also not come about, as when the browser
      // has opened all that it opens to a host.
      look = type => {
        orders = orders.filter(order => order.isConnected);
        if (!orders[0]) say(close(delete sources[url]))
        else if (type == "pagehide") close();
        else if (type == "pageshow") open();
        else if (events && (type == "online" || Date.now() - heard > (events.readyState ? pause * 2.5 : 3e4))) {
          tell("lost");
          if (type == "online" || events.readyState) open(close())
        }
      },
      one = { add, look }) => one,

    // Has all sources look at themselves, for an event of the window or, ten times a
    // second, for none. A request of what is not in the page any more is ended. After a
    // time in which the browser was offline, or the page hidden, a page that waits to be
    // fetched waits for 10 s again.
    look = ({ type } = 0) => {
      Object.values(sources).map(one => one.look(type));
      for (let path in busy) here(busy[path]) || busy[path].abort(delete busy[path]);
      (missed.size || stale.size) && say();
      type && timer && !get("hidden") && again(soon())
    };

  // Runs once, even if the page has the script twice, and not in a frame that is
  // sandboxed, whose requests would be those of another site. More regions may
  // arrive. To look for them from time to time costs less than to observe all changes.
  if (!state.live && origin == location.origin) {
    state.live = 1;
    policy = Object.hasOwn(self, "trustedTypes") && trustedTypes.createPolicy("rivulet", { createHTML: html => html });
    setInterval(() => check(look()), 99);
    check();
    for (let type of ["pagehide", "pageshow", "online", "visibilitychange"]) on(type, look);
    on("rivulet:refresh", e => refresh(e.detail));

    // A button in a form submits it, unless a field is not valid.
    on("click", e => e.composedPath().map(node => /^(A|BUTTON)$/.test(node.nodeName) && !(node.form && node.type == "submit") && follow(e, node)));
    on("submit", e => follow(e, e.submitter, e.target))
  }
}
