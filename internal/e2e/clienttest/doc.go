// Package clienttest drives clients of Server-Sent Events that are written in
// JavaScript against our handlers, with Node: the npm packages eventsource,
// eventsource-parser, @microsoft/fetch-event-source, undici and openai.
//
// A [Client] is one script of testdata, which holds one connection after the
// other and reports each thing it sees. The packages, and the Node that
// the newest of them need, are installed from testdata/package-lock.json when a
// test asks for them for the first time.
package clienttest
