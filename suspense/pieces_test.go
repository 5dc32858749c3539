package suspense_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"github.com/rivulet-go/rivulet/stream"
	"github.com/rivulet-go/rivulet/suspense"
	"github.com/rivulet-go/rivulet/suspense/internal/pagetest"
)

// each is a sequence of values, each so long after the one before it, that ends
// with err if it is not nil.
func each[T any](d time.Duration, err error, values ...T) func(context.Context) iter.Seq2[T, error] {
	return func(ctx context.Context) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			var none T
			for _, v := range values {
				if err := pagetest.Sleep(ctx, d); err != nil {
					yield(none, err)
					return
				}
				if !yield(v, nil) {
					return
				}
			}
			if err != nil {
				yield(none, err)
			}
		}
	}
}

func TestSequences(t *testing.T) {
	sorry := suspense.ErrorView(func(err *stream.BoundaryError) templ.Component { return html("sorry, " + err.Name) })
	item := func(s string) templ.Component { return html("<li>" + s) }
	for _, tt := range []struct {
		name string
		c    templ.Component
		want []string
		err  error
	}{
		{"Text is escaped", suspense.Text(html("dots"), each(100*ms, nil, "<b>", "&")),
			[]string{`0s <?start name="1">dots<?end>`, `100ms <template for="1">&lt;b&gt;<?start name="1"><?end></template><!/>`, `200ms <template for="1">&amp;</template><!/>`}, nil},
		{"Text within a character waits for the rest", suspense.Text(nil, each(100*ms, nil, "\xe2", "\x82", "\xac!")),
			[]string{`0s <?start name="1"><?end>`, `300ms <template for="1">€!</template><!/>`}, nil},
		{"Text without the rest ends without it", suspense.Text(nil, each(100*ms, nil, "1\xe2\x82", "2\xe2")),
			[]string{`0s <?start name="1"><?end>`, `100ms <template for="1">1<?start name="1"><?end></template><!/>`, "200ms <template for=\"1\">\xe2\x822\xe2</template><!/>"}, nil},
		{"Text that fails shows the rest before the error view", suspense.Text(nil, each(100*ms, errBoom, "1\xe2"), sorry),
			[]string{`0s <?start name="1"><?end>`, "100ms <template for=\"1\">1\xe2sorry, </template><!/>"}, errBoom},
		{"Text within a line end waits for the rest", suspense.Text(nil, each(100*ms, nil, "1\r", "\n2\r", "3\r")),
			[]string{`0s <?start name="1"><?end>`, `100ms <template for="1">1<?start name="1"><?end></template><!/>`, "200ms <template for=\"1\">\r\n2<?start name=\"1\"><?end></template><!/>", "300ms <template for=\"1\">\r3\r</template><!/>"}, nil},
		{"Text leaves the fallback until it says something", suspense.Text(html("dots"), each(100*ms, nil, "", "", "1")),
			[]string{`0s <?start name="1">dots<?end>`, `300ms <template for="1">1</template><!/>`}, nil},
		{"Text has a time", suspense.Text(nil, each(100*ms, nil, "1", "2", "3"), sorry, suspense.Timeout(250*ms), suspense.Name("answer")),
			[]string{`0s <?start name="1"><?end>`, `100ms <template for="1">1<?start name="1"><?end></template><!/>`, `200ms <template for="1">2<?start name="1"><?end></template><!/>`, `250ms <template for="1">sorry, answer</template><!/>`}, stream.ErrTimeout},
		{"Each shows a view for each value", suspense.Each(html("dots"), each(100*ms, nil, "1", "2"), item),
			[]string{`0s <?start name="1">dots<?end>`, `100ms <template for="1"><li>1<?start name="1"><?end></template><!/>`, `200ms <template for="1"><li>2</template><!/>`}, nil},
		{"Each without values shows nothing", suspense.Each(html("dots"), each[string](100*ms, nil), item), []string{}, nil},
		{"Each that fails shows ErrorView behind what has come", suspense.Each(nil, each(100*ms, errBoom, "1"), item, sorry),
			[]string{`0s <?start name="1"><?end>`, `100ms <template for="1"><li>1sorry, </template><!/>`}, errBoom},
		{"Each whose view panics shows ErrorView behind what has come", suspense.Each(nil, each(100*ms, nil, 1, 0), func(n int) templ.Component { return item(strings.Repeat("1", 1/n)) }, sorry),
			[]string{`0s <?start name="1"><?end>`, `100ms <template for="1"><li>1<?start name="1"><?end></template><!/>`, `200ms <template for="1">sorry, </template><!/>`}, nil},
		{"a view of Each may hold an Await", suspense.Each(nil, each(100*ms, nil, "1", "2"), func(s string) templ.Component {
			return templ.Join(item(s), suspense.Await(html("dots"), pagetest.Value(150*ms, s), html))
		}), []string{`0s <?start name="1"><?end>`, `100ms <template for="1"><li>1<?start name="1.1.1">dots<?end><?start name="1"><?end></template><!/>`,
			`200ms <template for="1"><li>2<?start name="1.2.1">dots<?end></template><!/>`, `250ms <template for="1.1.1">1</template><!/>`, `350ms <template for="1.2.1">2</template><!/>`}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, failed := pagetest.Response(t, tt.c)
			if want := strings.Join(append(tt.want, ""), "\n"); got != want {
				t.Errorf("response:\n%s\nwant:\n%s", got, want)
			}
			if tt.err != nil && (len(failed) != 1 || !errors.Is(failed[0], tt.err)) {
				t.Errorf("failed = %v, want one that matches %v", failed, tt.err)
			}
		})
	}
}

// FuzzText cuts a text at any bytes: each chunk must be right by itself, and all
// of them together must be the text.
func FuzzText(f *testing.F) {
	f.Add("naïve €uro 😀\r\n<b>&\r", uint64(0b1011011101111011))
	f.Add("\xf0\x9f\x98", uint64(1))
	f.Add("a\xffb\xc3", ^uint64(0))
	f.Fuzz(func(t *testing.T, text string, cuts uint64) {
		text = text[:min(len(text), 100)]
		var parts []string
		begin := 0
		for i := range len(text) {
			if i > begin && cuts>>(i%64)&1 == 1 {
				parts = append(parts, text[begin:i])
				begin = i
			}
		}
		parts = append(parts, text[begin:])
		got, _ := pagetest.Response(t, suspense.Text(nil, each(ms, nil, parts...)))
		const start, again, end = `<template for="1">`, `<?start name="1"><?end></template><!/>`, `</template><!/>`
		whole := ""
		chunks := strings.Split(got, start)[1:]
		for i, chunk := range chunks {
			chunk, _, _ = strings.Cut(strings.ReplaceAll(chunk, again, end), end)
			if i < len(chunks)-1 && utf8.ValidString(text) && !utf8.ValidString(chunk) {
				t.Errorf("chunk %d of %q is %q, which ends within a character", i, parts, chunk)
			}
			if strings.HasSuffix(whole, "\r") && strings.HasPrefix(chunk, "\n") {
				t.Errorf("chunk %d of %q starts within a line end", i, parts)
			}
			whole += chunk
		}
		if want := templ.EscapeString(text); whole != want {
			t.Errorf("the chunks of %q are %q together, want %q", parts, whole, want)
		}
	})
}

// A sequence that says nothing has no yield of its own that could end it.
func TestTextOfNothingEnds(t *testing.T) {
	yielded := 0
	nothing := func(context.Context) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			for range 100 {
				time.Sleep(ms) // whatever its context says
				yielded++
				if !yield("", nil) {
					return
				}
			}
		}
	}
	_, failed := pagetest.Response(t, suspense.Text(nil, nothing, suspense.Timeout(5*ms)))
	if yielded > 6 || len(failed) != 1 || !errors.Is(failed[0], stream.ErrTimeout) {
		t.Errorf("yielded %d times, failed = %v, want an end at its timeout", yielded, failed)
	}
}

// TestSequenceAlone has no response around it.
func TestSequenceAlone(t *testing.T) {
	t.Run("Text and Each stand in place", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var b strings.Builder
			c := templ.Join(suspense.Text(nil, each(ms, nil, "<", "\xe2\x82", "\xac")), suspense.Each(nil, each(ms, nil, "1", "2"), html))
			if err := c.Render(t.Context(), &b); err != nil || b.String() != "&lt;€12" {
				t.Errorf("Render() = %v, page = %q", err, b.String())
			}
		})
	})
}
