// Package assets holds the browser side of a streamed page, two small scripts:
// unsuspense, for browsers that do not yet put the chunks of a page in place
// by themselves, and live, which keeps the live regions of a page up to date.
//
// Package stream writes unsuspense into a page on which something is pending,
// and live.Await writes live behind the first region, so most programs never
// import this package. They do for a Content-Security-Policy:
//
//   - with a nonce there is nothing to do: the scripts carry the nonce that
//     templ.WithNonce has set;
//   - with hashes, add the Hash of [Unsuspense], and of [Live] where there are live
//     regions, to script-src;
//   - with script-src 'self', mount [Handler] and give stream.ExternalScript the
//     URLs, each of which ends in the Name of its script.
//
// Neither calls eval. Unsuspense has no sink for HTML strings either, so it needs
// no Trusted Types policy. In a browser that patches the page itself (Chromium
// and Edge since 150) it finds nothing to do. Live is given HTML as
// text: it makes one policy named rivulet, which a page that requires Trusted
// Types allows by trusted-types rivulet, and connects to its own origin.
//
// # What the scripts obey
//
// HTML that users wrote can neither command the scripts nor stop them, if a
// sanitizer has seen to it that no script is in it: DOMPurify and sanitize-html at
// their defaults, bluemonday's UGCPolicy, also with forms, ids, names and data
// attributes allowed. The scripts take orders from nothing else than this:
//
//   - <?start name="1">, <?end>, <?marker name="a">, and comments of exactly this
//     text, which other browsers make of them. The server writes them: they say
//     where content is put. Sanitizers remove comments and processing
//     instructions.
//   - <template for="1"> as a child of body, followed by the comment <!/>: a chunk.
//     Only the comment makes it one, and only what the parser adds to body counts.
//   - <?live board 12 /scores?lastEventId=k3f9-> before <template data-r>: the
//     script live opens a stream. The template without the instruction is nothing.
//     The URL is resolved against the URL of the page, whatever a base element
//     says, and one of another origin is not opened.
//   - events of that stream, and the event gap: what the server publishes. A
//     template in an event changes only what lies between markers.
//   - the page itself, which live fetches again from its own URL. A redirect is not
//     followed by the fetch; the browser is sent to the page's own URL instead.
//   - data-live on the html element, which live sets: a page that has it when the
//     script starts has the script already. Content has no html element.
//   - the events pagehide and pageshow of the window, which no markup can send.
//
// Names do not matter either. Elements such as <form name="body">, <img
// id="prerendering"> or <input name="remove"> replace properties of the document,
// of the window and of forms; the scripts read nothing by such a name where an
// element could have it.
//
// Three things are up to the page. HTML that users wrote stands in an element of
// its own, not beside a boundary or in body itself, because browsers that patch
// natively let a <template for> change its siblings. A sanitizer that is told to
// keep comments or templates with a for attribute cannot be trusted. And what a
// sanitizer leaves is balanced: bluemonday leaves end tags as they are, so its
// output goes through a parser (golang.org/x/net/html) before it is rendered.
//
// # Limits
//
// A browser comes back by itself only to a server that it could not reach or
// that has ended the stream. After a gap, and after an answer that is no stream,
// 204 included, live fetches the page again, 0 to 10 seconds later; each time
// that the page cannot be had or has no region, it may wait twice as long. The
// fetch must be answered with the whole page: a Renderer does so, by the header
// Rivulet, see stream.DefaultMode.
//
// Where unsuspense is at work a chunk is shown whole, while a browser that
// patches natively shows it as it arrives. An inline script in a chunk does not
// wait for an external script before it, and module scripts in a chunk run
// before the page has been parsed. A fallback must not hold markers: the script
// takes the first <?end> for the boundary's own. Chunks must be direct children
// of body, and their markers must not be in a shadow root; the same holds
// natively.
//
// A page and the script it names come from one build. While a new version is
// rolled out, an old page may ask a new server for the script of the old one
// and be told 404; serve the script inline, or from where both versions are, if
// that matters.
package assets
