// Package assets holds the browser side of a streamed page, two small scripts:
// unsuspense, for browsers that do not yet put the chunks of a page in place
// by themselves, and live, which keeps the live regions of a page up to date.
//
// Package stream writes unsuspense into a page on which something is pending,
// and suspense.Live writes live behind the first region, so most programs never
// import this package. They do for a Content-Security-Policy:
//
//   - with a nonce there is nothing to do: the scripts carry the nonce that
//     templ.WithNonce has set;
//   - with hashes, [ScriptHash] and [LiveScriptHash] are the source expressions
//     to add to script-src;
//   - with script-src 'self', mount [Handler] and give stream.External the URLs,
//     which end in [ScriptName] and [LiveScriptName].
//
// Neither calls eval. Unsuspense has no sink for HTML strings either, so it needs
// no Trusted Types policy. In a browser that patches the page itself (Chromium
// and Edge since 150) it looks for that ability and stops. Live is given HTML as
// text: it makes one policy named rivulet, which a page that requires Trusted
// Types allows by trusted-types rivulet, and connects to its own origin.
//
// # Limits
//
// Live leaves a stream that the server has refused, by 204 or by an error, until
// the page is loaded again; a browser comes back by itself only to a server that
// it could not reach or that has ended the stream. After a gap it fetches the
// page again, from 0 to 5 seconds later, which must answer a fetch with the whole
// page: a Renderer does, by the header Sec-Fetch-Dest, which browsers send over
// HTTPS and to localhost.
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
