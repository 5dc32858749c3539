package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/stream/streamtest"
)

func TestThePageShowsTheWeather(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		page := streamtest.Get(t, stream.Handler(stream.Component(Page())), "/")

		if want := "<em>looking out of the window …</em>"; !strings.Contains(page.Shell, want) {
			t.Errorf("the shell lacks %s\n%s", want, page)
		}
		if want := "<strong>sunny, 21 °C</strong>"; !strings.Contains(page.HTML, want) {
			t.Errorf("the page lacks %s\n%s", want, page)
		}
		if page.ShellAt != 0 || page.End != 2*time.Second {
			t.Errorf("the shell came at %v and the end at %v, want 0s and 2s", page.ShellAt, page.End)
		}
	})
}
