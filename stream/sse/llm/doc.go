// Package llm shows the answers of language models while they are written. It
// reads the streams of OpenAI-compatible servers, and relays them to browsers
// that have no key.
//
// [Tokens] yields the text of an answer, piece by piece, from the body of a
// response:
//
//	resp, err := http.DefaultClient.Do(req) // with "stream": true
//	...
//	defer resp.Body.Close()
//	for token, err := range llm.Tokens(resp.Body) {
//		...
//	}
//
// A [Relay] is a handler that passes the stream itself to a browser:
//
//	mux.Handle("POST /chat", &llm.Relay{Request: ask})
//
// # The life of a relayed answer
//
// The relay reads the whole request of the browser. Its function Request checks
// that request and makes the request to the server. The relay sends each chunk of
// the server's answer when it arrives, and [DONE] at the end. When the browser
// leaves, the relay cancels the request to the server at once.
//
// # Limits
//
// The package reads only chat completions and the older completions. An error of
// the server may quote keys and prompts, so an [APIError] is for logs. The
// browser receives the relay's own message instead. An answer that ends early is
// an error that matches [ErrTruncated].
package llm
