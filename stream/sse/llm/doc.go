// Package llm shows the answers of language models while they are written. It
// reads the streams of their servers, and relays them to browsers that have no
// key.
//
// [Text] yields the text of an answer, piece by piece, from the body of a
// response:
//
//	func askModel(ctx context.Context, server, question string) error {
//		body, err := json.Marshal(map[string]any{
//			"model": "small", "stream": true,
//			"messages": []map[string]string{{"role": "user", "content": question}},
//		})
//		if err != nil {
//			return err
//		}
//		req, err := http.NewRequestWithContext(ctx, "POST", server+"/v1/chat/completions", bytes.NewReader(body))
//		if err != nil {
//			return err
//		}
//		req.Header.Set("Content-Type", "application/json")
//		resp, err := http.DefaultClient.Do(req)
//		if err != nil {
//			return err
//		}
//		defer resp.Body.Close()
//		if err := llm.Check(resp); err != nil {
//			return err
//		}
//		for text, err := range llm.Text(resp.Body) {
//			if err != nil {
//				return err
//			}
//			fmt.Print(text)
//		}
//		return nil
//	}
//
// [Deltas] yields all that a model sends: text, reasoning, tool calls, the reason
// for the end, and the number of tokens.
//
// A [Relay] is a handler that passes the stream itself to a browser:
//
//	mux.Handle("POST /chat", &llm.Relay{Request: ask})
//
// # What is read
//
// Text and Deltas read chat completions, which most servers speak, the Responses
// API of OpenAI, the Messages API of Anthropic, and the API of Ollama. The first
// event decides which. Servers differ within one API: testdata/servers.md is the
// table of what is known and tested. A body that is no such stream, for example a
// whole answer, is named in the error. A Relay passes on all but Ollama's own API.
//
// # The life of a relayed answer
//
// The relay reads the whole request of the browser. Its function Request checks
// that request and makes the request to the server. The relay sends each event of
// the server's answer when it arrives, and the end that its API has. When the
// browser leaves, the relay cancels the request to the server at once.
//
// # Limits
//
// An answer has at most 128 choices and 1024 tool calls. An error of the server may
// quote keys and prompts, so an [APIError] is for logs. The browser receives the
// relay's own message instead. An answer that ends early is an error that matches
// [ErrTruncated].
package llm
