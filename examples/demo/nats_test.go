//go:build nats

package main

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"image/png"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/rivulet-go/rivulet/examples/demo/board"
	"github.com/rivulet-go/rivulet/stream/broker/natsbroker/embedded"
)

func TestTwoInstancesAreOneBoard(t *testing.T) {
	server := newNATS(t)
	first, second := join(t, server, "127.0.0.1:0"), join(t, server, "127.0.0.1:0")

	ctx := chromium(t)
	said := complaints(ctx, t)
	if err := chromedp.Do(ctx, visit(first.origin()+"/board")); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, connected)
	// A page that is loaded again no longer has this.
	run(ctx, t, `window.same = true`)
	f := firefox(t, false)
	f.must(t, "WebDriver:Navigate", map[string]any{"url": second.origin() + "/board"})
	f.await(t, connected)
	both := func(condition string) {
		t.Helper()
		await(ctx, t, condition)
		f.await(t, condition)
	}

	sign(t, first.origin(), "Ada", "to the first")
	sign(t, second.origin(), "Grace", "to the second")
	both(guests("Grace: to the second", "Ada: to the first"))
	both(`document.querySelector("#now").textContent.includes("2 instances")`)

	nothing := func() {
		t.Helper()
		if got := said(); len(got) > 0 {
			t.Errorf("Chromium's console says %q, want nothing", got)
		}
	}
	nothing()
	first.stop(t)
	await(ctx, t, `document.documentElement.dataset.live == "lost"`)
	sign(t, second.origin(), "Lin", "to the one that is left")
	f.await(t, guests("Lin: to the one that is left", "Grace: to the second", "Ada: to the first"))
	first = join(t, server, first.addr)
	await(ctx, t, connected)
	said() // may have reported that no server answered
	both(guests("Lin: to the one that is left", "Grace: to the second", "Ada: to the first"))
	sign(t, first.origin(), "Mary", "to the first again")
	both(guests("Mary: to the first again", "Lin: to the one that is left", "Grace: to the second", "Ada: to the first"))
	await(ctx, t, `window.same`)
	nothing()
	first.stop(t)
	second.stop(t)
}

// TestScreenshotsOfTwoInstances takes the picture board-two in testdata, of a page
// of the first instance and one of the second, side by side. It must show the same
// two guests on both, one of whom has signed on each, that there are two boards
// open, and two instances.
func TestScreenshotsOfTwoInstances(t *testing.T) {
	if !*update {
		t.Skip("make screenshots takes them")
	}
	for name, dark := range map[string]bool{"light": false, "dark": true} {
		t.Run(name, func(t *testing.T) {
			server := newNATS(t)
			both := []*program{join(t, server, "127.0.0.1:0"), join(t, server, "127.0.0.1:0")}
			var pages []context.Context
			for _, p := range both {
				ctx := chromium(t)
				if err := chromedp.Do(ctx, chromedp.EmulateViewport(980, 900), prefer(dark), visit(p.origin()+"/board")); err != nil {
					t.Fatal(err)
				}
				pages = append(pages, ctx)
			}
			sign(t, both[0].origin(), "Ada", "Hello from the first instance.")
			sign(t, both[1].origin(), "Grace", "And from the second.")
			var picture *image.RGBA
			for i, ctx := range pages {
				await(ctx, t, `document.querySelectorAll(".guest").length == 2 && document.querySelector("#now").textContent.includes("2 instances") &&
					document.querySelector(".figures div:nth-child(2) dd").textContent == "2"`)
				shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
				if err != nil {
					t.Fatal(err)
				}
				page, err := png.Decode(bytes.NewReader(shot))
				if err != nil {
					t.Fatal(err)
				}
				size := page.Bounds().Size()
				if picture == nil {
					picture = image.NewRGBA(image.Rect(0, 0, 2*size.X+8, size.Y))
				}
				at := image.Pt(i*(size.X+8), 0)
				draw.Draw(picture, image.Rectangle{at, at.Add(size)}, page, image.Point{}, draw.Src)
			}
			var file bytes.Buffer
			if err := png.Encode(&file, picture); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join("testdata", "board-two-"+name+".png"), file.Bytes())
		})
	}
}

// newNATS starts a server as -nats embedded does, but on a free port.
func newNATS(t *testing.T) *embedded.Server {
	t.Helper()
	server, err := embedded.Start(embedded.Options{Dir: t.TempDir(), Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

// join starts an instance of the demo on an address.
func join(t *testing.T, server *embedded.Server, addr string) *program {
	t.Helper()
	h, err := openHub(t.Context(), server.URL(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	b, err := board.Join(t.Context(), h.store)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, b) })
	return launchWith(t, addr, b)
}
