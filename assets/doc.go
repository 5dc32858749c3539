// Package assets holds the browser side of a streamed page: one small script,
// unsuspense, for browsers that do not yet put the chunks of a page in place
// by themselves.
//
// Package stream writes the script into a page on which something is pending,
// so most programs never import this package. They do for a
// Content-Security-Policy:
//
//   - with a nonce there is nothing to do: the script carries the nonce that
//     templ.WithNonce has set;
//   - with hashes, [ScriptHash] is the source expression to add to script-src;
//   - with script-src 'self', mount [Handler] and give stream.External the URL,
//     which ends in [ScriptName].
//
// The script calls no eval and no sink for HTML strings, so it needs neither
// 'unsafe-eval' nor a Trusted Types policy. In a browser that patches the page
// itself (Chromium and Edge since 150) it looks for that ability and stops.
//
// # Limits
//
// Where the script is at work a chunk is shown whole, while a browser that
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
