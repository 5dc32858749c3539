// Package clienttest tests our handlers with clients of Server-Sent Events that
// are written in JavaScript. Node runs the npm packages eventsource,
// eventsource-parser, @microsoft/fetch-event-source, undici, openai and
// @anthropic-ai/sdk.
//
// A [Client] is one script of testdata. It holds one connection after the other
// and reports everything that it receives. The packages, and the Node that the
// newest of them need, are installed from testdata/package-lock.json when a test
// first needs them.
package clienttest
