// Package assets holds the scripts of a streamed page. The script unsuspense
// puts the chunks of a page in place, in browsers that do not do so by
// themselves. The script live keeps the live regions of a page up to date. The
// script starthtmx is for pages with htmx: see stream.StartHTMX.
//
// Most programs do not import this package. A program whose policy is
// script-src 'self' serves the scripts as files:
//
//	func routes(page stream.Page) http.Handler {
//		rd := stream.Renderer{Script: stream.ExternalScript("/rivulet/" + assets.Unsuspense().Name)}
//		mux := http.NewServeMux()
//		mux.Handle("GET /rivulet/", assets.Handler())
//		mux.Handle("GET /{$}", rd.Handler(page))
//		return mux
//	}
//
// Package stream writes unsuspense into a page when a boundary is pending, and
// live.Await writes live behind the first region. What a Content-Security-Policy
// needs:
//
//   - With a nonce, there is nothing to do. The scripts carry the nonce that
//     templ.WithNonce has set.
//   - With hashes, add the Hash of [Unsuspense] to script-src, and the Hash of
//     [Live] if there are live regions, and that of [StartHTMX] if the page has it.
//   - With script-src 'self', mount [Handler] and give stream.ExternalScript the
//     URLs, each of which ends in the Name of its script.
//
// No script calls eval. Unsuspense does not turn strings into HTML, so it
// needs no Trusted Types policy. It does nothing in a browser that patches the
// page itself (Chromium and Edge since version 150). Live receives HTML as text.
// It creates one Trusted Types policy named rivulet, and connects only to its own
// origin. A page that requires Trusted Types allows the policy with trusted-types
// rivulet.
//
// # What the scripts obey
//
// HTML that users wrote can neither command the scripts nor stop them if a
// sanitizer has removed all scripts from it: DOMPurify or sanitize-html with
// their defaults, or bluemonday's UGCPolicy. This holds even if the sanitizer
// allows forms, ids, names and data attributes. The scripts obey only this:
//
//   - <?start name="1">, <?end>, <?marker name="a">, and the comments with
//     exactly this text that other browsers make of them. The server writes them
//     to say where content is put. Sanitizers remove comments and processing
//     instructions.
//   - <template for="1"> as a child of body, followed by the comment <!/>: a
//     chunk. The template counts only with the comment, and only if the parser
//     has added it to body.
//   - <?live board 12 /scores?lastEventId=k3f9-> before <template data-r>: the
//     script live opens a stream. The template does nothing without the
//     instruction. The URL is resolved against the URL of the page, whatever a
//     base element says. A URL of another origin is not opened.
//   - The events of that stream, and the events gap and heartbeat. The server publishes them. A
//     template in an event changes only content between markers. An order of the
//     page is obeyed once, and counts as long as it is in the page.
//   - The page itself, which live fetches again from its own URL. The fetch does
//     not follow a redirect. The browser is sent to the page's own URL instead.
//   - The header Content-Security-Policy of that page, and of the answer with a
//     boundary. A style that has the nonce of this header gets the nonce of the page.
//     HTML that users wrote cannot know it.
//   - data-live on the html element, which live sets. If a page has it when the
//     script starts, the script has been started before. Content has no html
//     element.
//   - The events pagehide, pageshow, online, visibilitychange and rivulet:refresh of
//     the window, which markup cannot send.
//   - <?every a/b 30000> before <template data-r>: live requests the boundary b
//     from time to time.
//   - <?late 30000> before <template data-r>, in a notice, and <?chunk a/b> before a
//     chunk: live requests what is pending, or has come in part, when a page was cut.
//   - A click on a link (a) to the page, or on a button, with the attribute
//     data-refresh. Content can have one. The click can do no more than request a
//     boundary of the page again, with another query, as a link could.
//   - Starthtmx obeys no markup. It gives htmx elements that htmx would process by
//     itself at the end of the page, and what stands between markers after the event
//     rivulet:patch. Of what htmx 2 parses, it makes processing instructions comments.
//     htmx obeys its attributes, also those with the prefix data-,
//     which some sanitizers keep: HTML that users wrote needs an element with
//     hx-disable around it in htmx 2, and hx-ignore in htmx 4.
//
// Names in the content do not matter either. Elements such as <form name="body">,
// <img id="prerendering"> or <input name="remove"> replace properties of the
// document, of the window and of forms. The scripts read no property that an
// element could replace.
//
// The page is responsible for three things. HTML that users wrote must stand in
// an element of its own, not beside a boundary or directly in body, because
// browsers that patch natively let a <template for> change its siblings. The
// sanitizer must not be told to keep comments, or templates with a for attribute.
// The sanitized HTML must be balanced: bluemonday leaves end tags as they are, so
// its output must go through a parser (golang.org/x/net/html) before it is
// rendered.
//
// # Limits
//
// Live does nothing in a frame with the attribute sandbox, unless it has
// allow-same-origin: the page stays as it was sent, and links load pages.
//
// A browser reconnects by itself only to a server that it could not reach or that
// has ended the stream. Live opens a stream again that lacks two heartbeats. After a
// gap, and after an answer that is not a stream, except 204, live fetches the page
// again within 10 seconds, at a random time. The wait doubles, up to two hours, each
// time that the page cannot be fetched or lacks a region that waits for it.
// The answer must be the whole page. A Renderer sends it when it sees the header
// Rivulet: see stream.DefaultMode.
//
// Unsuspense shows a chunk when it is complete. A browser that patches natively
// shows a chunk while it arrives. With unsuspense, an inline script in a chunk
// does not wait for an external script before it, and module scripts in a chunk
// run before the page has been parsed. A fallback must not contain markers:
// unsuspense takes the first <?end> for the end of the boundary. Chunks must be
// direct children of body, and their markers must not be in a shadow root. Native
// patching has the same two limits.
//
// A page and its scripts must come from one build. During an update, an old page
// may ask a new server for the script of the old version, and receive the status
// 404. To avoid this, serve the scripts inline, or from a place that has both
// versions.
package assets
