package stream

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/a-h/templ"
)

func TestOpenElement(t *testing.T) {
	for _, tt := range []struct{ html, want string }{
		{`<!DOCTYPE html><html><body><p>a<ul><li>b</ul></body></html>`, ""},
		{`<body><div><p>a</div>`, ""},
		{`<body><main><p>a</p>`, "main"},
		{`<body><DIV class="a>b"><br><img src=x></body></html>`, ""},
		{`<body><div><span>a</span>`, "div"},
		{`<body><script>if (a<b) "<div>"</script>`, ""},
		{`<body><!-- <div> --><svg><path d="M0"/></svg>`, ""},
		{`<body></div></section>`, ""},
		{`<body>a < b <3 <`, ""},
		{`<body><table><tr><td>a`, "table"},
		{`<body><textarea><b></textarea><i>`, "i"},
		{`<body><div`, ""},
	} {
		if got := openElement([]byte(tt.html)); got != tt.want {
			t.Errorf("openElement(%q) = %q, want %q", tt.html, got, tt.want)
		}
	}
}

func FuzzOpenElement(f *testing.F) {
	f.Add([]byte(`<div a='>'></div><!-- --><script></scr</script>`))
	f.Fuzz(func(t *testing.T, html []byte) { openElement(html) })
}

func TestOpenElementIsLogged(t *testing.T) {
	for _, tt := range []struct {
		name, page string
		want       bool
	}{
		{"before the end tags of body and html", "<div></body></html>", true},
		{"at the end of the page", "<div>", true},
		{"nowhere", "<div></div></body></html>", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			before := slog.Default()
			defer slog.SetDefault(before)
			slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))

			var pending chan struct{}
			page := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
				defer time.AfterFunc(time.Millisecond, func() { close(pending) })
				_ = templ.Raw("<html><body>").Render(ctx, w)
				err := Place(ctx, w, Boundary{Load: func(context.Context) (templ.Component, error) {
					<-pending
					return templ.NopComponent, nil
				}})
				return errors.Join(err, templ.Raw(tt.page).Render(ctx, w))
			})
			synctest.Test(t, func(t *testing.T) {
				pending = make(chan struct{})
				r := httptest.NewRequest("GET", "/", nil)
				r.Pattern = rand.Text() // each route is checked once
				if err := Render(httptest.NewRecorder(), r, page); err != nil {
					t.Errorf("Render() = %v, want nil", err)
				}
			})
			if got := strings.Contains(log.String(), "leaves an element open"); got != tt.want {
				t.Errorf("logged %q, want a warning: %v", log.String(), tt.want)
			}
		})
	}
}
