package templates_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/templates"
)

func render(t *testing.T, ctx context.Context, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(ctx, &b); err != nil {
		t.Fatalf("Render() = %v, want no error", err)
	}
	return b.String()
}

func TestViews(t *testing.T) {
	views := map[string]templ.Component{
		"Skeleton":             templates.Skeleton(3),
		"Skeleton of no lines": templates.Skeleton(0),
		"Spinner":              templates.Spinner(),
		"Connection":           templates.Connection(),
		"ErrorCard":            templates.ErrorCard(&stream.BoundaryError{Digest: "K3J2QX7A"}),
		"DevError":             templates.DevError(&stream.BoundaryError{Digest: "K3J2QX7A", Err: errors.New("boom")}),
	}
	tags := regexp.MustCompile(`<([a-z]+)`)
	classes := regexp.MustCompile(`class="([^"]+)"`)
	for name, view := range views {
		got := render(t, t.Context(), view)

		t.Run(name+" needs no inline style and no script", func(t *testing.T) {
			if bad := regexp.MustCompile(`(?i)<style|<script|\s(style|on[a-z]+)=`).FindString(got); bad != "" {
				t.Errorf("Render() = %q, want no %q in it", got, bad)
			}
		})
		// Anything else would end the paragraph it stands in.
		t.Run(name+" is phrasing content", func(t *testing.T) {
			for _, tag := range tags.FindAllStringSubmatch(got, -1) {
				if tag[1] != "span" && tag[1] != "code" {
					t.Errorf("Render() = %q, want no <%s> in it", got, tag[1])
				}
			}
		})
		t.Run(name+" uses only classes that Style knows", func(t *testing.T) {
			for _, class := range classes.FindAllStringSubmatch(got, -1) {
				if !strings.Contains(templates.CSS(), "."+class[1]) {
					t.Errorf("class %q is not in CSS()", class[1])
				}
			}
		})
	}
}

func TestSkeleton(t *testing.T) {
	for lines, want := range map[int]int{-1: 0, 0: 0, 1: 1, 7: 7} {
		t.Run("has a hidden bar for each line", func(t *testing.T) {
			got := render(t, t.Context(), templates.Skeleton(lines))
			if n := strings.Count(got, `<span class="rv-line" aria-hidden="true">`); n != want {
				t.Errorf("Skeleton(%d) has %d bars, want %d", lines, n, want)
			}
		})
	}
	t.Run("is busy, with a text, and announces nothing", func(t *testing.T) {
		got := render(t, t.Context(), templates.Skeleton(2))
		if !strings.Contains(got, `aria-busy="true"`) || !strings.Contains(got, "Loading…") {
			t.Errorf("Skeleton(2) = %q, want aria-busy and a text", got)
		}
		if strings.Contains(got, "role=") || strings.Contains(got, "aria-live") {
			t.Errorf("Skeleton(2) = %q, want no live region", got)
		}
	})
}

func TestSpinner(t *testing.T) {
	t.Run("is a polite status that is not held back", func(t *testing.T) {
		got := render(t, t.Context(), templates.Spinner())
		if !strings.Contains(got, `role="status"`) || strings.Contains(got, "aria-busy") {
			t.Errorf("Spinner() = %q, want a status without aria-busy", got)
		}
	})
}

func TestConnection(t *testing.T) {
	t.Run("is a polite status of which nothing shows until the connection is lost", func(t *testing.T) {
		if got := render(t, t.Context(), templates.Connection()); !strings.Contains(got, `role="status"`) {
			t.Errorf("Connection() = %q, want a status", got)
		}
		for _, rule := range []string{".rv-lost{display:none}", "[data-live=lost] .rv-lost"} {
			if !strings.Contains(templates.CSS(), rule) {
				t.Errorf("CSS() has no %s", rule)
			}
		}
	})
}

func TestErrorCard(t *testing.T) {
	t.Run("is an alert with the digest and without the error", func(t *testing.T) {
		got := render(t, t.Context(), templates.ErrorCard(&stream.BoundaryError{
			ID: "2.1", Name: "prices", Digest: "K3J2QX7A", Err: os.ErrPermission,
		}))
		if !strings.Contains(got, `role="alert"`) || !strings.Contains(got, "<code>K3J2QX7A</code>") {
			t.Errorf("ErrorCard() = %q, want an alert with the digest", got)
		}
		for _, secret := range []string{os.ErrPermission.Error(), "prices", "2.1"} {
			if strings.Contains(got, secret) {
				t.Errorf("ErrorCard() = %q, want no %q in it", got, secret)
			}
		}
	})
	t.Run("escapes the digest", func(t *testing.T) {
		got := render(t, t.Context(), templates.ErrorCard(&stream.BoundaryError{Digest: `</code><script>"&`}))
		if want := "<code>&lt;/code&gt;&lt;script&gt;&#34;&amp;</code>"; !strings.Contains(got, want) {
			t.Errorf("ErrorCard() = %q, want %q in it", got, want)
		}
	})
	t.Run("has no reference without a digest", func(t *testing.T) {
		got := render(t, t.Context(), templates.ErrorCard(&stream.BoundaryError{}))
		if strings.Contains(got, "Reference") {
			t.Errorf("ErrorCard() = %q, want no reference", got)
		}
	})
}

func TestStyle(t *testing.T) {
	t.Run("carries the nonce of the page", func(t *testing.T) {
		got := render(t, templ.WithNonce(t.Context(), `n"1`), templates.Style())
		if want := `<style nonce="n&#34;1">`; !strings.HasPrefix(got, want) {
			t.Errorf("Style() = %.40q, want it to start with %q", got, want)
		}
	})
	t.Run("has no nonce where the page has none", func(t *testing.T) {
		if got, want := render(t, t.Context(), templates.Style()), "<style>"+templates.CSS()+"</style>"; got != want {
			t.Errorf("Style() = %q, want %q", got, want)
		}
	})
	t.Run("is written once for a page and again for the next", func(t *testing.T) {
		for range 2 {
			ctx := templ.InitializeContext(t.Context())
			got := render(t, ctx, templates.Style()) + render(t, ctx, templates.Style())
			if n := strings.Count(got, "<style"); n != 1 {
				t.Errorf("two Style() wrote %d elements, want 1", n)
			}
		}
	})
	t.Run("moves nothing for those who asked for reduced motion", func(t *testing.T) {
		before, rest, _ := strings.Cut(templates.CSS(), "@media (prefers-reduced-motion:no-preference){")
		_, after, ok := strings.Cut(rest, "\n}\n")
		// That of the notice moves nothing and must run for everybody.
		rest = regexp.MustCompile(`(?m)^\.rv-overdue\{.*$`).ReplaceAllString(before+after, "")
		if !ok || strings.Contains(rest, "animation") {
			t.Errorf("CSS() has an animation outside of prefers-reduced-motion:no-preference")
		}
	})
	t.Run("cannot end its element", func(t *testing.T) {
		if strings.Contains(templates.CSS(), "<") {
			t.Errorf("CSS() = %q, want no < in it", templates.CSS())
		}
	})
}

func TestGenerated(t *testing.T) {
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`github\.com/a-h/templ (v\S+)`).FindSubmatch(mod)
	if version == nil {
		t.Fatal("go.mod requires no templ")
	}
	sources, err := filepath.Glob("*.templ")
	if err != nil || len(sources) == 0 {
		t.Fatalf("Glob(*.templ) = %v, %v, want some", sources, err)
	}
	for _, source := range sources {
		t.Run(source+" was generated by the templ of go.mod", func(t *testing.T) {
			got, err := os.ReadFile(strings.TrimSuffix(source, ".templ") + "_templ.go")
			if err != nil {
				t.Fatal(err)
			}
			if want := "// templ: version: " + string(version[1]) + "\n"; !strings.Contains(string(got), want) {
				t.Errorf("want %q in the generated file", want)
			}
		})
	}
}

func TestErrorCardOffersAnotherTry(t *testing.T) {
	for _, tt := range []struct {
		err  stream.BoundaryError
		want string
	}{
		{stream.BoundaryError{ID: "1", Key: "a/b"}, `<a class="rv-again" href="" data-refresh="a/b">Try again</a>`},
		{stream.BoundaryError{ID: "1"}, `<a class="rv-again" href="">Load the page again</a>`},
		{stream.BoundaryError{}, ""},
	} {
		got := render(t, t.Context(), templates.ErrorCard(&tt.err))
		if !strings.Contains(got, tt.want) || tt.want == "" && strings.Contains(got, "<a") {
			t.Errorf("ErrorCard(%+v) = %s, want it with %q", tt.err, got, tt.want)
		}
	}
}
