package live_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/assets"
	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
	"github.com/rivulet-go/rivulet/suspense/internal/pagetest"
	"github.com/rivulet-go/rivulet/suspense/live"
)

func at(id string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return id, nil }
}

// board is a region whose script the page brings by itself.
var board = live.Region{Name: "board", URL: "/events", Position: at("k3f9-12"), Script: stream.NoScript()}

// liveBoard is what stands in the page for board.
func liveBoard(content string) string {
	return `<?start name="board.live"><?start name="board"><?marker name="board.start">` + content +
		`<?marker name="board.end"><?end name="board">` +
		`<?live board 12 /events?lastEventId=k3f9-><template data-r></template><?end name="board.live">`
}

func rendered(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatalf("Render() = %v, want nil", err)
	}
	return b.String()
}

func TestAwait(t *testing.T) {
	rows := pagetest.Value(100*ms, "rows")
	ended := board
	ended.Position = func(context.Context) (string, error) { return "", fmt.Errorf("answer: %w", live.ErrEnded) }
	for _, tt := range []struct {
		name string
		page templ.Component
		want string
	}{
		{
			"the region comes with the content",
			live.Await(board, html("dots"), rows, html),
			`0s <?start name="1">dots<?end>` + "\n" +
				`100ms <template for="1">` + liveBoard("rows") + `</template><!/>` + "\n",
		}, {
			"after the end of the events, content comes without a region",
			live.Await(ended, html("dots"), rows, html),
			`0s <?start name="1">dots<?end>` + "\n" +
				`100ms <template for="1">rows</template><!/>` + "\n",
		}, {
			"within an Await it comes with that",
			suspense.Await(nil, pagetest.Value(100*ms, ""), func(string) templ.Component {
				return live.Await(board, html("dots"), rows, html)
			}),
			`0s <?start name="1"><?end>` + "\n" +
				`100ms <template for="1"><?start name="1.1">dots<?end></template><!/>` + "\n" +
				`200ms <template for="1.1">` + liveBoard("rows") + `</template><!/>` + "\n",
		}, {
			"an Await within it is a boundary in the region",
			live.Await(board, nil, rows, func(string) templ.Component { return suspense.Await(html("dots"), pagetest.Value(100*ms, "1"), html) }),
			`0s <?start name="1"><?end>` + "\n" +
				`100ms <template for="1">` + liveBoard(`<?start name="1.1">dots<?end>`) + `</template><!/>` + "\n" +
				`200ms <template for="1.1">1</template><!/>` + "\n",
		}, {
			"in the children of a Suspense it is a boundary of its own",
			pagetest.With(suspense.Suspense(html("dots")), templ.Join(pagetest.Slow(100*ms, "one "), live.Await(board, html("two"), rows, html))),
			`0s <?start name="1">dots<?end>` + "\n" +
				`100ms <template for="1">one <?start name="1.1">two<?end></template><!/>` + "\n" +
				`200ms <template for="1.1">` + liveBoard("rows") + `</template><!/>` + "\n",
		}, {
			"in a fallback there is no region, only its own fallback",
			suspense.Await(live.Await(board, html("dots"), rows, html), rows, html),
			`0s <?start name="1">dots<?end>` + "\n" + `100ms <template for="1">rows</template><!/>` + "\n",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, _ := pagetest.Response(t, tt.page); got != tt.want {
				t.Errorf("response:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}

	failing := func(context.Context) (string, error) { return "", errBoom }
	bad := board
	sorry := suspense.ErrorView(func(*stream.BoundaryError) templ.Component { return html("sorry") })
	for name, page := range map[string]func() templ.Component{
		"a load that fails shows its error view and no region": func() templ.Component {
			return live.Await(board, nil, failing, html, sorry)
		},
		"a view that is nil does, too": func() templ.Component {
			return live.Await(board, nil, rows, func(string) templ.Component { return nil }, sorry)
		},
		"a view that fails does, too": func() templ.Component {
			return live.Await(board, nil, rows, func(string) templ.Component {
				return templ.ComponentFunc(func(context.Context, io.Writer) error { return errBoom })
			}, sorry)
		},
		"a position of another form does, too": func() templ.Component {
			bad.Position = at(`k3f9-12"`)
			return live.Await(bad, nil, rows, html, sorry)
		},
		"no position does, too": func() templ.Component {
			bad.Position = at("")
			return live.Await(bad, nil, rows, html, sorry)
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, failed := pagetest.Response(t, page())
			if len(failed) != 1 || !strings.Contains(got, "sorry") || strings.Contains(got, "board") {
				t.Errorf("response:\n%s%d failed, want 1, sorry and no board", got, len(failed))
			}
		})
	}

	t.Run("without a position it asks for what nobody has", func(t *testing.T) {
		r := board
		r.Position = failing
		got, failed := pagetest.Response(t, live.Await(r, nil, pagetest.Value(0, "rows"), html, sorry))
		if want := strings.Replace(liveBoard("rows"), `12 /events?lastEventId=k3f9-`, `0 /events?lastEventId=0-`, 1); len(failed) > 0 || !strings.Contains(got, want) {
			t.Errorf("response:\n%s%d failed, want none, and %s", got, len(failed), want)
		}
	})

	t.Run("the position is asked for before the load", func(t *testing.T) {
		var order []string
		r := board
		r.Position = func(context.Context) (string, error) { order = append(order, "position"); return "k3f9-12", nil }
		load := func(context.Context) (string, error) { order = append(order, "load"); return "", nil }
		pagetest.Response(t, live.Await(r, nil, load, html))
		if want := []string{"position", "load"}; !slices.Equal(order, want) {
			t.Errorf("asked for %q, want %q", order, want)
		}
	})

	t.Run("outside a response it stands in place", func(t *testing.T) {
		if got, want := rendered(t, live.Await(board, html("dots"), pagetest.Value(0, "rows"), html)), liveBoard("rows"); got != want {
			t.Errorf("Render() wrote %s, want %s", got, want)
		}
	})

	for _, mode := range []stream.Mode{stream.InOrder, stream.Complete} {
		t.Run(mode.String()+" it stands in place", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rd := stream.Renderer{Mode: func(*http.Request) stream.Mode { return mode }}
				rec := httptest.NewRecorder()
				if err := rd.Render(rec, httptest.NewRequest("GET", "/", nil), live.Await(board, html("dots"), rows, html)); err != nil {
					t.Errorf("Render() = %v, want nil", err)
				}
				if got, want := rec.Body.String(), liveBoard("rows"); got != want {
					t.Errorf("Render() wrote %s, want %s", got, want)
				}
			})
		})
	}

	for name, call := range map[string]func(){
		"load":     func() { live.Await[string](board, nil, nil, html) },
		"view":     func() { live.Await(board, nil, rows, nil) },
		"Position": func() { live.Await(live.Region{Name: "board", URL: "/events"}, nil, rows, html) },
	} {
		t.Run("panics without a "+name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("Await() returned, want a panic")
				}
			}()
			call()
		})
	}
}

func TestScript(t *testing.T) {
	inline := board
	inline.Script = stream.Script{}
	second := inline
	second.Name = "second"
	two := templ.Join(live.Await(inline, nil, pagetest.Value(0, "1"), html), live.Await(second, nil, pagetest.Value(0, "2"), html))

	t.Run("comes once for all regions of a page, after the first", func(t *testing.T) {
		ctx := templ.InitializeContext(t.Context())
		var b strings.Builder
		if err := two.Render(ctx, &b); err != nil {
			t.Fatal(err)
		}
		before, after, _ := strings.Cut(b.String(), "<script>"+assets.Live().Text+"</script>")
		if !strings.HasSuffix(before, `<?end name="board.live">`) || !strings.HasPrefix(after, `<?start name="second.live">`) {
			t.Errorf("Render() wrote %s, want the script after the first region", b.String())
		}
		if strings.Contains(after, "<script") {
			t.Error("Render() wrote the script twice")
		}
	})

	t.Run("carries the nonce", func(t *testing.T) {
		var b strings.Builder
		c := live.Await(inline, nil, pagetest.Value(0, "1"), html)
		if err := c.Render(templ.WithNonce(t.Context(), `n"1`), &b); err != nil {
			t.Fatal(err)
		}
		if want := `<script nonce="n&#34;1">`; !strings.Contains(b.String(), want) {
			t.Errorf("Render() wrote %s, want %s in it", b.String(), want)
		}
	})

	t.Run("can be a file", func(t *testing.T) {
		r := board
		r.Script = stream.ExternalScript("/assets/" + assets.Live().Name)
		got := rendered(t, live.Await(r, nil, pagetest.Value(0, "1"), html))
		if want := `<script async src="/assets/` + assets.Live().Name + `"></script>`; !strings.HasSuffix(got, want) {
			t.Errorf("Render() wrote %s, want %s at its end", got, want)
		}
	})
}
