package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/rivulet-go/rivulet/examples/demo/chat"
)

// A parrot is a model that writes a word each time it is told to, and in the
// end says that its reader has left.
type parrot struct {
	speak chan string      // what it is to say
	left  chan struct{}    // receives when a reader has left
	come  chan chan string // receives, for each reader, what it is to say to this one
	three []chan string    // for saysEach
	asked atomic.Int32
}

func newParrot(t *testing.T) (*parrot, *chat.Endpoint) {
	t.Helper()
	p := &parrot{speak: make(chan string), left: make(chan struct{}, 10), come: make(chan chan string, 100)}
	server := httptest.NewServer(p)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return p, &chat.Endpoint{URL: server.URL + "/v1", Key: "secret", Model: "parrot", Paced: true}
}

func (p *parrot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // a server hears of a client that leaves when all was read
	w.Header().Set("Content-Type", "text/event-stream")
	p.asked.Add(1)
	own := make(chan string)
	p.come <- own
	for {
		var word string
		select {
		case word = <-p.speak:
		case word = <-own:
		case <-r.Context().Done():
			p.left <- struct{}{}
			return
		}
		if word == "" {
			io.WriteString(w, "data: [DONE]\n\n")
			return
		}
		fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%q}}]}\n\n", word)
		w.(http.Flusher).Flush()
	}
}

// saysEach has the parrot say words to each of three readers, up to the word "", and
// then of the next three.
func (p *parrot) saysEach(t *testing.T, words ...string) {
	t.Helper()
	for len(p.three) < 3 {
		select {
		case own := <-p.come:
			p.three = append(p.three, own)
		case <-time.After(30 * time.Second):
			t.Fatal("the model is not asked three times")
		}
	}
	for _, word := range words {
		for _, own := range p.three {
			select {
			case own <- word:
			case <-time.After(30 * time.Second):
				t.Fatalf("a reader does not hear %q", word)
			}
		}
		if word == "" {
			p.three = nil
		}
	}
}

// says has the parrot say words to one reader or several, whoever comes first.
func (p *parrot) says(t *testing.T, words ...string) {
	t.Helper()
	for _, word := range words {
		select {
		case p.speak <- word:
		case <-time.After(30 * time.Second):
			t.Fatalf("nobody hears %q", word)
		}
	}
}

func (p *parrot) isLeft(t *testing.T) {
	t.Helper()
	select {
	case <-p.left:
	case <-time.After(30 * time.Second):
		t.Fatal("the model was not told to stop")
	}
}

// inChromium opens a page of a site whose model is a parrot, and waits for its element
// id. said returns what the console says.
func inChromium(t *testing.T, path, id string) (ctx context.Context, model *parrot, said func() []string) {
	t.Helper()
	model, endpoint := newParrot(t)
	server := httptest.NewServer(site(someStock(t, nil, endpoint)))
	t.Cleanup(server.Close)
	ctx = chromium(t)
	said = complaints(ctx, t)
	if err := chromedp.Do(ctx, watchMoves(), visit(server.URL+path)); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, fmt.Sprintf(`document.readyState == "complete" && !!document.getElementById(%q)`, id))
	return ctx, model, said
}

const (
	stateSays = `document.getElementById("state").textContent.includes(%q)`
	answerIs  = `document.getElementById("answer").textContent == %q`
	evil      = `<img src=x onerror="alert(1)">`
)

func TestInChromiumTheStopButtonReachesTheModel(t *testing.T) {
	ctx, model, said := inChromium(t, "/chat/fetch", "stop")
	for _, how := range []struct {
		name string
		keys []string // after the answer has begun
	}{
		{"by its button", []string{"\t", "\t", "\t", "\r"}}, // pace, ask, stop
		{"by the Escape key", []string{"\x1b"}},
	} {
		t.Run(how.name, func(t *testing.T) {
			press(ctx, t, `document.getElementById("question").focus()`, "\r")
			model.says(t, "Red", " "+evil, " sky")
			await(ctx, t, fmt.Sprintf(answerIs, "Red "+evil+" sky"))
			press(ctx, t, "0", how.keys...)
			model.isLeft(t)
			await(ctx, t, fmt.Sprintf(stateSays, "Stopped after 5 words."))
			await(ctx, t, `document.getElementById("stop").disabled && document.activeElement.id == "question"`)
		})
	}
	t.Run("an answer that is not stopped is counted", func(t *testing.T) {
		press(ctx, t, `document.getElementById("question").focus()`, "\r")
		model.says(t, "Red", " sky", "")
		await(ctx, t, fmt.Sprintf(stateSays, "2 words."))
	})
	if got := said(); len(got) > 0 {
		t.Errorf("the console says %q, want nothing", got)
	}
	stands(ctx, t, "on the page")
}

// press types keys after a script has run.
func press(ctx context.Context, t *testing.T, script string, keys ...string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[any](script)); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		if err := chromedp.Do(ctx, chromedp.KeyEvent(key)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestInFirefoxTheStopButtonReachesTheModel(t *testing.T) {
	model, endpoint := newParrot(t)
	server := httptest.NewServer(site(someStock(t, nil, endpoint)))
	defer server.Close()
	f := firefox(t, false)
	f.must(t, "WebDriver:Navigate", map[string]any{"url": server.URL + "/chat/fetch"})
	f.await(t, `document.readyState == "complete" && document.getElementById("stop")`)
	f.eval(t, `document.querySelector("#ask button").click()`, &struct{}{})
	model.says(t, "Red", " "+evil, " sky")
	f.await(t, fmt.Sprintf(answerIs, "Red "+evil+" sky"))
	f.eval(t, `document.getElementById("stop").click()`, &struct{}{})
	model.isLeft(t)
	f.await(t, fmt.Sprintf(stateSays, "Stopped after 5 words."))
	if got := f.complaints(t, server.URL); len(got) > 0 {
		t.Errorf("the console says %q, want nothing", got)
	}
}

const (
	canStop    = ` && !document.getElementById("stop").disabled`
	cannotStop = ` && document.getElementById("stop").disabled`
)

// The text of the fetched answer, of which a page has all or nothing doubled.
var (
	firstPart = fmt.Sprintf(answerIs, "Red "+evil+"\n\nsky")
	bothParts = fmt.Sprintf(answerIs, "Red "+evil+"\n\nsky\u2028is blue")
)

// secondTab opens the page of a tab in another one, which is closed with the test.
func secondTab(ctx context.Context, t *testing.T) context.Context {
	t.Helper()
	page, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href`))
	if err != nil {
		t.Fatal(err)
	}
	second, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(second, visit(page)); err != nil {
		t.Fatal(err)
	}
	return second
}

func TestInChromiumAFetchedAnswerSurvivesItsPage(t *testing.T) {
	ctx, model, said := inChromium(t, "/chat/fetch", "stop")
	press(ctx, t, `document.getElementById("question").value = "Why so red?"; document.getElementById("question").focus()`, "\r")
	model.says(t, "Red", " "+evil+"\n", "\nsky")
	await(ctx, t, firstPart)
	second := secondTab(ctx, t)
	await(second, t, firstPart)
	press(ctx, t, `location.reload()`)
	await(ctx, t, `performance.getEntriesByType("navigation")[0].type == "reload" && question.value == "Why so red?" && `+firstPart)
	model.says(t, "\u2028is", " blue")
	for _, tab := range []context.Context{ctx, second} {
		await(tab, t, bothParts+canStop)
	}
	press(second, t, `document.getElementById("stop").click()`)
	model.isLeft(t)
	for _, tab := range []context.Context{ctx, second} {
		await(tab, t, bothParts+cannotStop+` && `+fmt.Sprintf(stateSays, "Stopped after 7 words."))
	}

	press(ctx, t, `document.getElementById("question").value = "Why not?"; document.getElementById("question").focus()`, "\r")
	model.says(t, "Because", "")
	await(ctx, t, fmt.Sprintf(answerIs, "Because")+` && `+fmt.Sprintf(stateSays, "1 word."))
	press(ctx, t, `history.back()`)
	await(ctx, t, `document.getElementById("question").value == "Why so red?" && `+bothParts+cannotStop)
	press(ctx, t, `history.forward()`)
	await(ctx, t, `document.getElementById("question").value == "Why not?" && `+fmt.Sprintf(answerIs, "Because"))
	press(ctx, t, `location.reload()`)
	await(ctx, t, `document.readyState == "complete" && `+fmt.Sprintf(answerIs, "Because")+` && `+fmt.Sprintf(stateSays, "1 word."))
	await(second, t, bothParts)
	if n := model.asked.Load(); n != 2 {
		t.Errorf("the model was asked %d times, want once for each question", n)
	}
	if got := said(); len(got) > 0 {
		t.Errorf("the console says %q, want nothing", got)
	}
	stands(ctx, t, "on the page")
}

// A shears cuts the first streams of /chat/answer after some bytes.
type shears struct {
	http.Handler
	left atomic.Int32
}

func (s *shears) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && r.URL.Path == "/chat/answer" && s.left.Load() > 0 {
		w = &sheared{w, int(60 * s.left.Add(-1))}
	}
	s.Handler.ServeHTTP(w, r)
}

type sheared struct {
	http.ResponseWriter
	left int
}

func (w *sheared) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p[:min(len(p), w.left)])
	w.left -= n
	if w.left == 0 {
		_ = http.NewResponseController(w.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	return n, err
}

func (w *sheared) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func TestInChromiumAFetchedAnswerSurvivesItsConnection(t *testing.T) {
	model, endpoint := newParrot(t)
	cuts := &shears{Handler: site(someStock(t, nil, endpoint))}
	cuts.left.Store(5)
	server := httptest.NewServer(cuts)
	defer server.Close()
	ctx := chromium(t)
	if err := chromedp.Do(ctx, visit(server.URL+"/chat/fetch")); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, `document.readyState == "complete" && !!document.getElementById("stop")`)
	press(ctx, t, `document.getElementById("question").focus()`, "\r")
	for range 40 {
		model.says(t, "🐢żółw ")
	}
	await(ctx, t, fmt.Sprintf(answerIs, strings.Repeat("🐢żółw ", 40)))
	model.says(t, "")
	await(ctx, t, fmt.Sprintf(stateSays, "40 words.")+` && `+fmt.Sprintf(answerIs, strings.Repeat("🐢żółw ", 40)))
	if left, asked := cuts.left.Load(), model.asked.Load(); left != 0 || asked != 1 {
		t.Errorf("%d cuts are left, and the model was asked %d times, want none and once", left, asked)
	}
}

func TestInFirefoxAFetchedAnswerSurvivesItsPage(t *testing.T) {
	model, endpoint := newParrot(t)
	server := httptest.NewServer(site(someStock(t, nil, endpoint)))
	defer server.Close()
	f := firefox(t, false)
	f.must(t, "WebDriver:Navigate", map[string]any{"url": server.URL + "/chat/fetch"})
	f.await(t, `document.readyState == "complete" && document.getElementById("stop")`)
	f.eval(t, `document.querySelector("#ask button").click()`, &struct{}{})
	model.says(t, "Red", " "+evil+"\n", "\nsky")
	f.await(t, firstPart)
	f.eval(t, `window.old = 1; location.reload()`, &struct{}{})
	f.await(t, `!window.old && document.readyState == "complete" && `+firstPart)
	model.says(t, "\u2028is", " blue")
	f.await(t, bothParts+canStop)
	f.eval(t, `document.getElementById("stop").click()`, &struct{}{})
	model.isLeft(t)
	f.await(t, bothParts+cannotStop+` && `+fmt.Sprintf(stateSays, "Stopped after 7 words."))
	f.eval(t, `window.old = 1; location.reload()`, &struct{}{})
	f.await(t, `!window.old && `+bothParts+` && `+fmt.Sprintf(stateSays, "Stopped after 7 words."))
	if n := model.asked.Load(); n != 1 {
		t.Errorf("the model was asked %d times, want once", n)
	}
	if got := f.complaints(t, server.URL); len(got) > 0 {
		t.Errorf("the console says %q, want nothing", got)
	}
}

// spoken is the text of the three answers of the page.
const spoken = `[...document.querySelectorAll(".answers .answer")].map(a => a.textContent.trim()).join("|")`

func TestInChromiumTheAnswersGrowInThePage(t *testing.T) {
	model, endpoint := newParrot(t)
	server := httptest.NewServer(site(someStock(t, nil, endpoint)))
	defer server.Close()
	for _, shape := range shapes {
		t.Run(fmt.Sprintf("%d wide, dark %v", shape.width, shape.dark), func(t *testing.T) {
			ctx := chromium(t)
			said := complaints(ctx, t)
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(int64(shape.width), int64(shape.height)), prefer(shape.dark), watchMoves(), visit(server.URL+"/chat")); err != nil {
				t.Fatal(err)
			}
			await(ctx, t, `document.readyState == "complete" && !!document.getElementById("question")`)
			press(ctx, t, `document.getElementById("question").focus()`, "\r") // no script of the page has a part in it
			await(ctx, t, `document.querySelectorAll(".answers .answer").length == 3`)
			model.saysEach(t, evil, "word ", "word ")
			await(ctx, t, spoken+`.split("word").length == 7`)
			model.saysEach(t, "")
			await(ctx, t, `document.readyState == "complete" && [...document.querySelectorAll(".answers .tally")].every(e => /^\s*\d+ words\s*$/.test(e.textContent))`)
			if got, err := chromedp.Run(ctx, chromedp.Evaluate[string](spoken)); err != nil || strings.Count(got, evil) != 3 {
				t.Errorf("answers are %q, %v", got, err)
			}
			if got := said(); len(got) > 0 {
				t.Errorf("the console says %q, want nothing", got)
			}
			stands(ctx, t, "on the page")
			over, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`document.documentElement.scrollWidth - innerWidth`))
			if err != nil || over > 0 {
				t.Errorf("the page is %v px wider than the window, %v", over, err)
			}
		})
	}
}

func TestInFirefoxTheAnswersGrowInThePage(t *testing.T) {
	model, endpoint := newParrot(t)
	server := httptest.NewServer(site(someStock(t, nil, endpoint)))
	defer server.Close()
	f := firefox(t, false)
	f.must(t, "WebDriver:Navigate", map[string]any{"url": server.URL + "/chat"})
	f.await(t, `document.readyState == "complete" && document.getElementById("question")`)
	f.eval(t, `document.querySelector("#ask button").click()`, &struct{}{})
	model.saysEach(t, "one ", "two ")
	f.await(t, spoken+`.split("two").length == 4`)
	model.saysEach(t, "")
	f.await(t, `[...document.querySelectorAll(".answers .tally")].every(e => /^\s*\d+ words\s*$/.test(e.textContent))`)
	if got := f.complaints(t, server.URL); len(got) > 0 {
		t.Errorf("the console says %q, want nothing", got)
	}
}

// What the page shows of three answers.
const (
	twoWords = spoken + ` == "one two|one two|one two"`
	allWords = spoken + ` == "one two three|one two three|one two three"`
	noButton = `document.readyState == "complete" && !document.querySelector(".answers button")`
)

func TestInChromiumAnAnswerSurvivesItsPage(t *testing.T) {
	ctx, model, said := inChromium(t, "/chat", "question")
	press(ctx, t, `document.getElementById("question").focus()`, "\r")
	await(ctx, t, `document.querySelectorAll(".answers .answer").length == 3`)
	model.saysEach(t, "one", " two")
	await(ctx, t, twoWords)
	second := secondTab(ctx, t)
	await(second, t, twoWords)
	press(ctx, t, `location.reload()`)
	await(ctx, t, `performance.getEntriesByType("navigation")[0].type == "reload" && `+twoWords)
	model.saysEach(t, " three")
	for _, tab := range []context.Context{ctx, second} {
		await(tab, t, allWords)
	}
	press(ctx, t, `document.querySelector("#Plain button").click()`)
	await(ctx, t, `document.querySelector("#Plain .tally")?.textContent.includes("Stopped after 3 words")`)
	await(second, t, `document.querySelector("#Plain .tally").textContent.includes("Stopped after 3 words")`)
	model.isLeft(t)
	model.says(t, "", "")
	for _, tab := range []context.Context{ctx, second} {
		await(tab, t, noButton+" && "+allWords)
	}
	if n := model.asked.Load(); n != 3 {
		t.Errorf("the model was asked %d times, want once for each answer", n)
	}
	if got := said(); len(got) > 0 {
		t.Errorf("the console says %q, want nothing", got)
	}
	stands(ctx, t, "on the page")
}

func TestInFirefoxAnAnswerSurvivesItsPage(t *testing.T) {
	model, endpoint := newParrot(t)
	server := httptest.NewServer(site(someStock(t, nil, endpoint)))
	defer server.Close()
	f := firefox(t, false)
	f.must(t, "WebDriver:Navigate", map[string]any{"url": server.URL + "/chat"})
	f.await(t, `document.readyState == "complete" && document.getElementById("question")`)
	f.eval(t, `document.querySelector("#ask button").click()`, &struct{}{})
	model.saysEach(t, "one", " two")
	f.await(t, twoWords)
	f.eval(t, `window.old = 1; location.reload()`, &struct{}{})
	f.await(t, `!window.old && `+twoWords)
	model.saysEach(t, " three")
	f.await(t, allWords)
	f.eval(t, `document.querySelector("#Plain button").click()`, &struct{}{})
	f.await(t, `document.querySelector("#Plain .tally")?.textContent.includes("Stopped after 3 words")`)
	model.isLeft(t)
	model.says(t, "", "")
	f.await(t, noButton+" && "+allWords)
	if n := model.asked.Load(); n != 3 {
		t.Errorf("the model was asked %d times, want once for each answer", n)
	}
	if got := f.complaints(t, server.URL); len(got) > 0 {
		t.Errorf("the console says %q, want nothing", got)
	}
}

// TestScreenshotsOfTheChatAndTheLab takes the pictures in testdata. They must
// show:
//
//	chat-half        three answers in the middle of a sentence, each with its caret
//	chat-half-phone  the same, below each other, 360 pixels wide
//	chat-stopped     one answer, and below it after how many words it was stopped
//	lab              four cards that have failed, each with its digest, and the log with the same digests
//	lab-phone        the same, 360 pixels wide
func TestScreenshotsOfTheChatAndTheLab(t *testing.T) {
	if !*update {
		t.Skip("make screenshots takes them")
	}
	server := httptest.NewServer(site(someStock(t, nil, someModel(t))))
	defer server.Close()
	for name, dark := range map[string]bool{"light": false, "dark": true} {
		t.Run(name, func(t *testing.T) {
			ctx := chromium(t)
			if err := chromedp.Do(ctx, prefer(dark)); err != nil {
				t.Fatal(err)
			}
			for _, size := range []struct {
				name          string
				width, height int64
			}{{"", 1280, 900}, {"-phone", 360, 1500}} {
				path := func(picture string) string {
					return filepath.Join("testdata", picture+size.name+"-"+name+".png")
				}
				if err := chromedp.Do(ctx, chromedp.EmulateViewport(size.width, size.height), visit(server.URL+"/chat")); err != nil {
					t.Fatal(err)
				}
				await(ctx, t, `location.pathname == "/chat" && document.readyState == "complete" && !document.querySelector(".answers")`)
				press(ctx, t, `document.getElementById("pace").value = "30"; document.getElementById("question").focus()`, "\r")
				await(ctx, t, `[...document.querySelectorAll(".answers .answer")].filter(a => a.textContent.split(" ").length > 30).length == 3`)
				shoot(ctx, t, path("chat-half"))
				if err := chromedp.Do(ctx, visit(server.URL+"/lab?"+failing)); err != nil {
					t.Fatal(err)
				}
				await(ctx, t, `document.querySelectorAll(".line").length == 9`)
				if err := chromedp.Do(ctx, chromedp.Sleep(300*time.Millisecond)); err != nil { // what has arrived fades in
					t.Fatal(err)
				}
				png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
				if err != nil {
					t.Fatal(err)
				}
				write(t, path("lab"), png)
				if size.name != "" {
					continue
				}
				if err := chromedp.Do(ctx, visit(server.URL+"/chat/fetch")); err != nil {
					t.Fatal(err)
				}
				await(ctx, t, `document.readyState == "complete" && !!document.getElementById("stop")`)
				press(ctx, t, `document.getElementById("pace").value = "30"; document.getElementById("question").focus()`, "\r")
				await(ctx, t, `document.getElementById("answer").textContent.split(" ").length > 30`)
				press(ctx, t, "0", "\x1b")
				await(ctx, t, fmt.Sprintf(stateSays, "Stopped after"))
				shoot(ctx, t, path("chat-stopped"))
			}
		})
	}
}
