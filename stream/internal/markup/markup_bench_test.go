package markup_test

import (
	"bytes"
	"testing"

	"github.com/rivulet-go/rivulet/stream/internal/markup"
)

var section = []byte(`<section class="card"><h2>A title</h2><ul><li><a href="/a?b=c&amp;d">one</a> and some text</li><li>two</li></ul></section>`)

// BenchmarkHint is what each boundary of a page costs that is known.
func BenchmarkHint(b *testing.B) {
	for b.Loop() {
		markup.Hint(section)
	}
}

// BenchmarkScanner is what the first page of a route costs, for 10 MB.
func BenchmarkScanner(b *testing.B) {
	page := bytes.Repeat(section, markup.MaxLook/len(section))
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		new(markup.Scanner).Read(page, nil, nil)
	}
}
