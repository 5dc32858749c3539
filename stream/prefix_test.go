package stream_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
)

var randomPrefix = regexp.MustCompile(`^[a-z][a-z0-9]{3}-$`)

// asks makes a request that a script may have sent, which asks for a prefix.
func asks(prefix string) func(*http.Request) *http.Request {
	return func(r *http.Request) *http.Request {
		r.Header = header("Accept", "*/*", "Rivulet-Prefix", prefix)
		return r
	}
}

// family has boundaries of all kinds: nested, a sequence, one with views, failed,
// and notices.
func family() templ.Component {
	return page(
		whilePending,
		slot(after(300*ms, html("<u>"), slot(after(100*ms, html("nested"))), html("</u>"))),
		textsOf("", "first ", "second"),
		stream.Boundary{Fallback: html("dots"), Pieces: viewsOf("<li>a", "<li>b")},
		slot(failing(200*ms, errBoom)),
	)
}

func TestPrefix(t *testing.T) {
	navigates := func(r *http.Request) *http.Request {
		r.Header = header("Accept", "*/*", "Sec-Fetch-Dest", "document", "Rivulet-Prefix", "mine")
		return r
	}
	deep := page(nest(10, slot(stream.Prerender(templ.Join(waiting(100*ms, ""), slot(after(50*ms, html("deep"))))))))
	run(t, []pageTest{
		{name: "a navigation has none", request: navigates, page: family()},
		{name: "what a script may have asked for has one", request: asks("mine"), page: family()},
		{name: "below eight levels, too", request: asks("mine"), page: deep},
		{name: "what stands in place needs none", request: asks("mine"), page: page(slot(after(0, html("1"), slot(after(0, html("2"))))))},
		{name: "in order there are no ids", rd: stream.Renderer{Mode: always(stream.InOrder)}, request: asks("mine"), page: family()},
		{name: "nor in a complete page", rd: stream.Renderer{Mode: always(stream.Complete)}, request: asks("mine"), page: family()},
		{name: "nor for a writer that cannot flush", request: asks("mine"), page: family(), whole: true},
	})
}

// TestWhoGetsAPrefix asks with requests that a Mode streams to, all of them.
func TestWhoGetsAPrefix(t *testing.T) {
	const (
		vary4 = "Sec-Fetch-Dest, Sec-Fetch-Mode, Upgrade-Insecure-Requests, Accept"
		vary3 = "Sec-Fetch-Dest, Sec-Fetch-Mode, Upgrade-Insecure-Requests"
		vary2 = "Sec-Fetch-Dest, Sec-Fetch-Mode"
		vary1 = "Sec-Fetch-Dest"
	)
	for _, tt := range []struct {
		name   string
		header []string
		prefix string
		vary   string
	}{
		{"a navigation", []string{"Accept", chromiumAccept, "Sec-Fetch-Dest", "document"}, "", vary1},
		{"an iframe", []string{"Accept", chromiumAccept, "Sec-Fetch-Dest", "iframe"}, "", vary1},
		{"a frame", []string{"Accept", chromiumAccept, "Sec-Fetch-Dest", "frame"}, "", vary1},
		{"an embed", []string{"Accept", chromiumAccept, "Sec-Fetch-Dest", "embed"}, "", vary1},
		{"an object", []string{"Accept", chromiumAccept, "Sec-Fetch-Dest", "object", "Sec-Fetch-Mode", "navigate"}, "", vary2},
		{"a navigation over http", []string{"Accept", chromiumAccept, "Upgrade-Insecure-Requests", "1"}, "", vary3},
		{"a service worker that passes a navigation on", []string{"Accept", chromiumAccept, "Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "same-origin", "Upgrade-Insecure-Requests", "1"}, "", vary3},
		{"a tool without Accept", nil, "", vary4},
		{"a navigation cannot ask", []string{"Sec-Fetch-Dest", "document", "Rivulet-Prefix", "mine"}, "", vary1},
		{"nor a tool without Accept", []string{"Rivulet-Prefix", "mine"}, "", vary4},

		{"curl", []string{"Accept", "*/*"}, random, vary4 + varyPrefix},
		{"curl that asks", []string{"Accept", "*/*", "Rivulet-Prefix", "mine"}, "mine-", vary4 + varyPrefix},
		{"a browser without fetch metadata", []string{"Accept", firefoxAccept}, random, vary4 + varyPrefix},
		{"an empty Accept, which a script may send", []string{"Accept", ""}, random, vary4 + varyPrefix},
		{"fetch", []string{"Accept", "*/*", "Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "cors"}, random, vary3 + varyPrefix},
		{"fetch that asks", []string{"Accept", "*/*", "Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "cors", "Rivulet-Prefix", "mine"}, "mine-", vary3 + varyPrefix},
		{"fetch whose Accept a proxy has taken away", []string{"Sec-Fetch-Dest", "empty"}, random, vary3 + varyPrefix},
		{"fetch with no more than a mode", []string{"Sec-Fetch-Mode", "cors"}, random, vary3 + varyPrefix},
		{"fetch of HTML over http", []string{"Accept", "text/html", "Referer", "http://site/"}, random, vary4 + varyPrefix},
		{"htmx", []string{"Accept", "*/*", "HX-Request", "true", "Sec-Fetch-Dest", "empty"}, random, vary3 + varyPrefix},
		{"htmx over http", []string{"Accept", "*/*", "HX-Request", "true"}, random, vary4 + varyPrefix},
		{"a Turbo frame", []string{"Accept", "text/html", "Turbo-Frame", "a"}, random, vary4 + varyPrefix},
		{"the script of live regions", []string{"Accept", "*/*", "Rivulet", "1"}, random, vary4 + varyPrefix},
		{"XMLHttpRequest", []string{"Accept", "*/*", "X-Requested-With", "XMLHttpRequest"}, random, vary4 + varyPrefix},
		{"an upgrade that is none", []string{"Accept", "*/*", "Upgrade-Insecure-Requests", "0"}, random, vary4 + varyPrefix},
		{"a script element", []string{"Accept", "*/*", "Sec-Fetch-Dest", "script", "Sec-Fetch-Mode", "no-cors"}, random, vary3 + varyPrefix},
		{"a service worker", []string{"Accept", "*/*", "Sec-Fetch-Dest", "serviceworker"}, random, vary3 + varyPrefix},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := chosen(t, always(stream.OutOfOrder), header(tt.header...))
			if want := (choice{stream.OutOfOrder, "Rivulet, " + tt.vary, tt.prefix}); got != want {
				t.Errorf("answer %+v, want %+v", got, want)
			}
		})
	}
}

// TestAskedPrefix has what clients ask for. What is no prefix must not get into
// the page.
func TestAskedPrefix(t *testing.T) {
	for _, asked := range []string{"a", "Z", "k3f9", "Mine", "a_", "a_b_1", "A123456789012345", "abcdefghijklmnop"} {
		if got, want := idPrefix(t, asked), asked+"-"; got != want {
			t.Errorf("prefix = %q for %q, want %q", got, asked, want)
		}
	}
	for _, asked := range []string{
		"", " ", "1", "1a", "_a", "-", "a-", "a-b", "-a", ".", "a.b", "a b", " a", "a ", "a\t", "a\n", "a\r\nb: c", "a\x00", "\x7f", "a,b",
		`"`, `a"`, `a"><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "<", ">", "a>", "a<b", "'", "a'b", "&quot;", "a&b", "?", "a?>", "<?end>", "<!/>", "`",
		"@", "[", "{", "a@", "a[", "a`", "a{", "é", "żółw", "aé", "a\u212a", "ſ", "Ａ", "a\u200b", "\xff", "a\xc3", "🐢",
		"abcdefghijklmnopq", strings.Repeat("a", 17), strings.Repeat("a", 1<<16), "__proto__", "%61", "a/b", `a\b`,
	} {
		if got := idPrefix(t, asked); !randomPrefix.MatchString(got) {
			t.Errorf("prefix = %.50q for %.50q, want a random one", got, asked)
		}
	}
	t.Run("the first counts", func(t *testing.T) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header = http.Header{"Accept": {"*/*"}, "Rivulet-Prefix": {"<", "second"}}
		if got := prefixOf(t, r); !randomPrefix.MatchString(got) {
			t.Errorf("prefix = %q, want a random one", got)
		}
	})
}

func FuzzAskedPrefix(f *testing.F) {
	f.Add("k3f9")
	f.Add(`a"><b`)
	is := regexp.MustCompile(`\A[A-Za-z][A-Za-z0-9_]{0,15}\z`)
	f.Fuzz(func(t *testing.T, asked string) {
		got := idPrefix(t, asked)
		if is.MatchString(asked) && got != asked+"-" || !is.MatchString(asked) && !randomPrefix.MatchString(got) {
			t.Errorf("prefix = %q for %q", got, asked)
		}
	})
}

// TestRandomPrefixesDiffer allows for as many that are the same as come once in a
// million runs: there are 26·36³ prefixes.
func TestRandomPrefixesDiffer(t *testing.T) {
	seen := make(map[string]bool)
	first, last := make(map[byte]bool), make(map[byte]bool)
	for range 1000 {
		prefix := idPrefix(t, "")
		if !randomPrefix.MatchString(prefix) {
			t.Fatalf("prefix = %q, want a letter and three letters or digits", prefix)
		}
		seen[prefix] = true
		first[prefix[0]], last[prefix[3]] = true, true
	}
	if same := 1000 - len(seen); same > 6 {
		t.Errorf("%d of 1000 prefixes are the same as others, want at most 6", same)
	}
	if len(first) != 26 || len(last) != 36 {
		t.Errorf("prefixes begin with %d letters and end in %d, want 26 and 36", len(first), len(last))
	}
}

// idPrefix returns the prefix of the answer to a client that asks for one.
func idPrefix(t *testing.T, asked string) string {
	t.Helper()
	return prefixOf(t, asks(asked)(httptest.NewRequest("GET", "/", nil)))
}

func prefixOf(t *testing.T, r *http.Request) string {
	t.Helper()
	rec := httptest.NewRecorder()
	if err := stream.Render(rec, r, page(whilePending, templ.Flush(), html("1"))); err != nil {
		t.Fatalf("Render() = %v", err)
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(rec.Body.String(), `<body><?start name="`), `"`)
	return strings.TrimSuffix(id, "1")
}

// TestVaryOfAPageWithoutIDs holds that a page without ids, which may be kept for
// everybody, names nothing that a prefix depends on.
func TestVaryOfAPageWithoutIDs(t *testing.T) {
	for _, mode := range allModes {
		rec := httptest.NewRecorder()
		rd := stream.Renderer{Mode: always(mode)}
		if err := rd.Render(rec, asks("mine")(httptest.NewRequest("GET", "/", nil)), page(html("1"))); err != nil {
			t.Fatalf("Render() = %v", err)
		}
		if got := rec.Header().Get("Vary"); got != "" {
			t.Errorf("%v: Vary = %q, want none", mode, got)
		}
	}
}

// TestStreamsOfOnePage puts the shells of fragments before the boundaries of a
// page that is pending, and then gives the chunks of all to a client that, as
// browsers do, takes the first marker of a name.
func TestStreamsOfOnePage(t *testing.T) {
	sequence := func(s string) templ.Component {
		return textsOf("", s+"1 ", s+"2 ", s+"3")
	}
	each := func(s string) templ.Component {
		return stream.Boundary{Fallback: html("dots"), Pieces: viewsOf("<li>"+s+"1", "<li>"+s+"2")}
	}
	nested := func(s string) templ.Component {
		return slot(after(150*ms, html(s+"("), slot(after(250*ms, html(s+"1"), slot(after(50*ms, html(s+"2"))))), html(")")))
	}
	notice := stream.WhilePending(html(noticeText))
	for _, tt := range []struct {
		name string
		part func(string) templ.Component
		want string // with % for the name of the stream
	}{
		{"one boundary each", func(s string) templ.Component { return slot(after(100*ms, html(s))) }, "%"},
		{"sequences of text", sequence, "%1 %2 %3"},
		{"sequences of views", each, "<li>%1<li>%2"},
		{"nested boundaries", nested, "%(%1%2)"},
		{"nested boundaries below eight levels", func(s string) templ.Component {
			return nest(10, slot(after(100*ms, html(s), slot(after(100*ms, html(s+"2"))))))
		}, "%%2"},
		{"notices", func(s string) templ.Component { return templ.Join(notice, nested(s)) }, "%(%1%2)"},
		{"all of it", func(s string) templ.Component { return templ.Join(notice, sequence(s), nested(s), each(s)) }, "%1 %2 %3%(%1%2)<li>%1<li>%2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			part := func(s string) templ.Component { return templ.Join(html("<"+s+">"), tt.part(s), html("</"+s+">")) }
			own := writesOf(t, "page", part("page"))
			one, two := writesOf(t, "fragment", part("one")), writesOf(t, "fragment", part("two"))
			var doc joint
			for _, writes := range [][]string{one, two, own} {
				doc.receive(t, writes[0])
			}
			for i := 1; i < len(own); i++ {
				for _, writes := range [][]string{own, two, one} {
					doc.receive(t, writes[i])
				}
			}
			want := ""
			for _, s := range []string{"one", "two", "page"} {
				want += "<" + s + ">" + strings.ReplaceAll(tt.want, "%", s) + "</" + s + ">"
			}
			if got := string(doc); got != want {
				t.Errorf("page = %q, want %q", got, want)
			}
		})
	}
}

// writesOf returns what is sent of c: of a page to a navigation, of a fragment to
// a script, for which a Mode streams.
func writesOf(t *testing.T, kind string, c templ.Component) (writes []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header = header("Accept", "*/*", "Sec-Fetch-Dest", "document")
		if kind == "fragment" {
			r.Header = header("Accept", "*/*", "Sec-Fetch-Dest", "empty")
		}
		w, rd := newWireLog(), stream.Renderer{Mode: always(stream.OutOfOrder), Script: stream.NoScript()}
		if err := rd.Render(w, r, c); err != nil {
			t.Errorf("Render() = %v", err)
		}
		writes = w.writes
	})
	return writes
}

// A joint is a document that several streams go into.
type joint string

// receive puts the chunks of a write in their places, and the rest at the end.
func (d *joint) receive(t *testing.T, write string) {
	t.Helper()
	for write != "" {
		text, rest, isChunk := strings.Cut(write, chunkStart)
		*d += joint(text)
		if !isChunk {
			return
		}
		id, rest, _ := strings.Cut(rest, `">`)
		content, rest, _ := strings.Cut(rest, chunkEnd)
		before, behind, ok := strings.Cut(string(*d), `<?start name="`+id+`">`)
		_, after, _ := strings.Cut(behind, endMarker)
		if !ok {
			t.Fatalf("no marker for the chunk %q in %q", id, *d)
		}
		*d = joint(before + content + after)
		write = rest
	}
}

// TestPathsHaveNoPrefix holds that what is told of boundaries can be compared
// from one response to another.
func TestPathsHaveNoPrefix(t *testing.T) {
	told := func(request func(*http.Request) *http.Request) (ids []string) {
		tell := func(what, id string) { ids = append(ids, what+" "+id) }
		met := func(what string) func(context.Context, stream.BoundaryInfo) {
			return func(_ context.Context, b stream.BoundaryInfo) { tell(what, b.ID) }
		}
		rd := stream.Renderer{
			Trace: &stream.Trace{
				Met:    met("met"),
				Sent:   func(ctx context.Context, b stream.BoundaryInfo, _ int, _ bool) { met("sent")(ctx, b) },
				Failed: func(_ context.Context, err *stream.BoundaryError) { tell("failed", err.ID+" "+err.Error()) },
			},
			ErrorView: func(err *stream.BoundaryError) templ.Component {
				tell("error view", err.ID)
				return html("sorry")
			},
		}
		synctest.Test(t, func(t *testing.T) {
			if err := rd.Render(newWireLog(), request(httptest.NewRequest("GET", "/", nil)), family()); err != nil {
				t.Errorf("Render() = %v", err)
			}
		})
		return ids
	}
	want := told(func(r *http.Request) *http.Request { return r })
	if got := told(asks("mine")); fmt.Sprint(got) != fmt.Sprint(want) || len(want) < 10 {
		t.Errorf("with a prefix the boundaries are\n%q\nwant\n%q", got, want)
	}
	t.Run("without a Trace", func(t *testing.T) {
		var id string
		rd := stream.Renderer{ErrorView: func(err *stream.BoundaryError) templ.Component {
			id = err.ID
			return html("sorry")
		}}
		log := logOf(func() {
			synctest.Test(t, func(t *testing.T) {
				if err := rd.Render(newWireLog(), asks("mine")(httptest.NewRequest("GET", "/", nil)), family()); err != nil {
					t.Errorf("Render() = %v", err)
				}
			})
		})
		if id != "5" || !strings.Contains(log, " id=5 ") {
			t.Errorf("the error view is told %q, and the log %q, want 5", id, log)
		}
	})
}

// TestStraysWithAPrefix holds that a fallback which stays is named as without a
// prefix, and once for all responses.
func TestStraysWithAPrefix(t *testing.T) {
	for _, name := range []string{"stray", ""} {
		b := rawAfter(1000*ms, name, "Ada")
		b.Fallback = html("<div>a</div>")
		r := newRoute()
		r.Header = header("Accept", "*/*")
		want := "name=" + name
		if name == "" {
			want = "name=1"
		}
		for i := range 3 {
			_, log := sendOf(t, stream.OutOfOrder, r, mixed{"<!doctype html><body><p>", b, "</p>"})
			lines := stayLines(log)
			if i == 0 && (len(lines) != 1 || !strings.Contains(lines[0], want+"\n")) {
				t.Errorf("logged %q, want one line that ends in %s", lines, want)
			}
			// A page that ends otherwise is read again.
			if i > 0 && log != "" {
				t.Errorf("logged %q for a later response, want nothing", log)
			}
			b.Fallback = html(fmt.Sprintf("<div>a</div><h%d></h%[1]d>", i+1))
		}
	}
}

// BenchmarkPrefix is what a prefix costs those who have one.
func BenchmarkPrefix(b *testing.B) {
	for name, h := range map[string]http.Header{
		"navigation":     header("Accept", "*/*", "Sec-Fetch-Dest", "document"),
		"curl":           header("Accept", "*/*"),
		"curl that asks": header("Accept", "*/*", "Rivulet-Prefix", "mine"),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			c := page(whilePending, templ.Flush(), html("1"))
			r := httptest.NewRequest("GET", "/", nil)
			r.Header = h
			for b.Loop() {
				if err := stream.Render(&discard{http.Header{}}, r, c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
