package markup_test

import (
	"strings"
	"testing"

	"github.com/rivulet-go/rivulet/stream/internal/markup"
)

func TestSingle(t *testing.T) {
	for _, tt := range []struct {
		around, html string
		want         string // html with "@" behind the name of its element; "" if it is not one
	}{
		{"<table><tbody>@", "<tr><td>a</td></tr>", "<tr@><td>a</td></tr>"},
		{"<table>@", "<tr><td>a</td></tr>", "<tr@><td>a</td></tr>"},
		{"@", "<tr><td>a</td></tr>", "<tr@><td>a</td></tr>"},
		{"<tr>@", "<td colspan=2>a</td>", "<td@ colspan=2>a</td>"},
		{"<table>@", "<caption>a</caption>", "<caption@>a</caption>"},
		{"<table><colgroup>@", "<col>", "<col@>"},
		{"<select>@", "<option selected>a</option>", "<option@ selected>a</option>"},
		{"<ul>@", "<li>a<ul><li>b</ul></li>", "<li@>a<ul><li>b</ul></li>"},
		{"<div>@", `<svg viewBox="0 0 1 1"><path d="M0"/></svg>`, `<svg@ viewBox="0 0 1 1"><path d="M0"/></svg>`},
		{"<div>@", "<svg/>", "<svg@/>"},
		{"@", " \n<!-- a --> <p>a</p><!--b-->\n", " \n<!-- a --> <p@>a</p><!--b-->\n"},
		{"@", "<DIV\n>a</div\t>", "<DIV@\n>a</div\t>"},
		{"@", "<div/>a</div>", "<div@/>a</div>"},
		{"@", `<img alt="a > b"/>`, `<img@ alt="a > b"/>`},
		{"@", "<br>", "<br@>"},
		{"@", `<div title='</div>"' data-a="<p>" b=c>a</div>`, `<div@ title='</div>"' data-a="<p>" b=c>a</div>`},
		{"@", "<div<p>a</div<p>", "<div<p@>a</div<p>"},
		{"@", "<script>if (a</p>b) '<p>'</script>", "<script@>if (a</p>b) '<p>'</script>"},
		{"@", "<textarea><p></textarea>", "<textarea@><p></textarea>"},
		{"@", "<div><script>'</div>'</script><p>b<p>c</div>", "<div@><script>'</div>'</script><p>b<p>c</div>"},
		{"@", "<my-dots>a</my-dots>", "<my-dots@>a</my-dots>"},
		{"@", "<b>a<i>b</i></b>", "<b@>a<i>b</i></b>"},
		{"<p>a @", "<span>b</span>", "<span@>b</span>"},
		{"<p>a @", "<div>b</div>", "<div@>b</div>"},
		{"<svg><foreignObject>@", "<p>a</p>", "<p@>a</p>"},

		{"@", "", ""},
		{"@", "a", ""},
		{"@", "<!-- a -->", ""},
		{"@", "a <b>b</b>", ""},
		{"@", "<b>a</b> b", ""},
		{"@", "<b>a</b><b>b</b>", ""},
		{"@", "<br><br>", ""},
		{"@", "<script></script><p></p>", ""},
		{"@", "<p>a<div>b</div></p>", ""},
		{"@", "<p>a<hr>", ""},
		{"@", "<p>a<p>b", ""},
		{"@", "<p>a", ""},
		{"@", "<div>a</div></div>", ""},
		{"<ul>@", "<li>a</ul>", ""},
		{"@", "</p><p>a</p>", ""},
		{"@", "<p>a</p></br>", ""},
		{"@", "<b>a<p>b</b>c</p>", ""},
		{"@", "<div>a</div", ""},
		{"@", "<div a='>a</div>", ""},
		{"@", "<!-- <p>a</p>", ""},
		{"@", "<script>a", ""},
		{"@", "<plaintext>a</plaintext>", ""},
		{"@", "<3", ""},
		{"@", "<html>a</html>", ""},
		{"@", "<body>a</body>", ""},
		{"<div>@", "<tr><td>a</td></tr>", ""},
		{"<div>@", "<col>", ""},
		{"<tr>@", "<p>a</p>", ""},
		{"<table><tbody>@", "<div>a</div>", ""},
		{"<table><tbody>@", "<input>", ""},
		{"<select>@", "<div>a</div>", ""},
		{"@", "<table><div>a</div></table>", ""},
		{"<svg>@", "<g></g>", ""},
		{"<template>@", "<p></p>", ""},
		{"<textarea>@", "<p></p>", ""},
		{"<p title='@", "<p></p>", ""},
	} {
		t.Run(tt.around+tt.html, func(t *testing.T) {
			s := markup.Chunk()
			s.Read([]byte(strings.TrimSuffix(tt.around, hole)), nil, nil)
			before := s.Within()
			end, ok := s.Single([]byte(tt.html))
			got := ""
			if ok {
				got = tt.html[:end] + "@" + tt.html[end:]
			}
			if got != tt.want {
				t.Errorf("Single() = %q, want %q", got, tt.want)
			}
			if s.Within() != before {
				t.Errorf("Single() has changed the Scanner: within %q, was %q", s.Within(), before)
			}
		})
	}
}

// FuzzSingle holds that Single finds the end of the name of an element, and that it is
// the same element with an attribute more.
func FuzzSingle(f *testing.F) {
	f.Add("<table>", "<tr><td>a</td></tr>")
	f.Add("", "<!-- a --><p a='>'>b</p> ")
	f.Add("<select>", "<option>a</option>")
	f.Add("<p>", "<svg><a/></svg>")
	f.Fuzz(func(t *testing.T, around, html string) {
		s := markup.Chunk()
		s.Read([]byte(around), nil, nil)
		end, ok := s.Single([]byte(html))
		if !ok {
			return
		}
		if end < 2 || !strings.ContainsRune(" \t\r\n\f/>", rune(html[end])) {
			t.Fatalf("Single(%q) = %d", html, end)
		}
		more := html[:end] + ` data-a="b"` + html[end:]
		if again, ok := s.Single([]byte(more)); !ok || again != end {
			t.Errorf("Single(%q) = %d, %t, want %d", more, again, ok, end)
		}
	})
}
